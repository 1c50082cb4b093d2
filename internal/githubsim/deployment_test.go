package githubsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

const deployments = "/repos/acme/lake/deployments"

// deploy makes a deployment of main and brings it into a state.
func (w *world) deploy(more, state string) string {
	w.Helper()
	made := w.want(201, "POST", deployments, `{"ref":"main","auto_merge":false,"required_contexts":[]`+more+`}`)
	one := fmt.Sprintf("%s/%.0f", deployments, made.object["id"])
	if state != "" {
		w.want(201, "POST", one+"/statuses", `{"state":"`+state+`"}`)
	}
	return one
}

func (w *world) states() string {
	var all []string
	for _, d := range w.Deployments("acme/lake") {
		all = append(all, d.State())
	}
	return strings.Join(all, " ")
}

func TestSuccessEndsEarlierSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deploy(`,"environment":"apply"`, "success")
	w.deploy(`,"environment":"apply"`, "failure")
	w.deploy(`,"environment":"plan"`, "success")
	w.deploy(`,"environment":"apply","transient_environment":true`, "success")
	w.deploy(`,"environment":"apply","production_environment":true`, "success")
	last := w.deploy(`,"environment":"apply"`, "in_progress")
	w.want(201, "POST", last+"/statuses", `{"state":"success","auto_inactive":false}`)
	if got := w.states(); got != "inactive failure success success success success" {
		t.Errorf("states %s: GitHub ends what succeeded in the environment, but nothing transient or of production", got)
	}
	w.deploy(`,"environment":"apply"`, "success")
	if got := w.states(); got != "inactive failure success success success inactive success" {
		t.Errorf("states %s", got)
	}
	if got := column(w.want(200, "GET", last+"/statuses", "").list, "state"); got != "inactive success in_progress" {
		t.Errorf("statuses %s, want the newest first", got)
	}
}

// Actions deploys for every job with an environment. When the next job is
// done, what succeeded there before becomes inactive.
func TestTheJobsOwnDeployment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	recorded := w.deploy(`,"environment":"apply","task":"lakeshare"`, "success")
	own, err := w.AddDeployment("acme/lake", githubsim.Deployment{Environment: "apply", Creator: "github-actions[bot]", App: "github-actions"})
	w.must(err)
	w.must(w.AddStatus("acme/lake", own, githubsim.Status{State: "in_progress"}))
	w.must(w.AddStatus("acme/lake", own, githubsim.Status{State: "success"}))
	if got := w.states(); got != "inactive success" {
		t.Errorf("states %s, want inactive success", got)
	}
	if got := column(w.want(200, "GET", recorded+"/statuses", "").list, "state"); got != "inactive success" {
		t.Errorf("statuses %s: the success has to stay in the history", got)
	}
	if rows := w.want(200, "GET", deployments, "").list; rows[0]["task"] != "deploy" || rows[0]["sha"] != w.sha["third"] {
		t.Errorf("the job's deployment is %v of %v", rows[0]["task"], rows[0]["sha"])
	}
	if err := w.AddStatus("acme/lake", 1, githubsim.Status{State: "success"}); err == nil {
		t.Error("a status of no deployment was taken")
	}
	if _, err := w.AddDeployment("acme/lake", githubsim.Deployment{Ref: "nope"}); err == nil {
		t.Error("a deployment of nothing was taken")
	}
}

func TestDeploymentsAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deploy(`,"environment":"apply","task":"lakeshare","payload":{"a":1}`, "")
	w.deploy(`,"environment":"plan","task":"lakeshare","payload":"{\"a\":2}"`, "")
	w.want(201, "POST", deployments, `{"ref":"`+w.sha["first"]+`","auto_merge":false,"required_contexts":[]}`)
	for query, want := range map[string]string{
		"":                                  "production plan apply", // newest first
		"?task=lakeshare":                   "plan apply",
		"?task=lakeshare&environment=apply": "apply",
		"?sha=" + w.sha["first"]:            "production",
		"?ref=main&per_page=1":              "plan",
		"?environment=none":                 "production plan apply",
	} {
		if got := column(w.want(200, "GET", deployments+query, "").list, "environment"); got != want {
			t.Errorf("deployments%s: %s, want %s", query, got, want)
		}
	}
	rows := w.want(200, "GET", deployments+"?task=lakeshare", "").list
	if got := column(rows, "payload"); got != `{"a":2} map[a:1]` {
		t.Errorf("payloads %s, want a text and an object as they were sent", got)
	}
	if got := column(rows, "sha"); got != w.sha["third"]+" "+w.sha["third"] {
		t.Errorf("deployed %s, want the tip of main", got)
	}
}

func TestStatusMovesEnvironment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := w.deploy(`,"environment":"apply"`, "")
	w.want(201, "POST", one+"/statuses", `{"state":"queued","environment":"eu"}`)
	got := w.want(200, "GET", one, "").object
	if got["environment"] != "eu" || got["original_environment"] != "apply" {
		t.Errorf("environment %v, originally %v", got["environment"], got["original_environment"])
	}
	w.want(422, "POST", one+"/statuses", `{"state":"done"}`)
	w.want(422, "POST", one+"/statuses", `{"state":"success","description":"`+strings.Repeat("x", 141)+`"}`)
}

func TestActiveDeploymentsStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	only := w.deploy("", "success")
	other := w.deploy("", "in_progress")
	w.want(422, "DELETE", other, "")
	w.want(201, "POST", other+"/statuses", `{"state":"inactive"}`)
	w.want(204, "DELETE", other, "")
	w.want(204, "DELETE", only, "") // the last one may go
	w.want(404, "GET", only, "")
}

// What a client that leaves the two options out runs into.
func TestDeploymentConflicts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	behind := w.want(409, "POST", deployments, `{"ref":"`+w.sha["first"]+`"}`)
	if got := behind.object["message"]; got != "Conflict merging main into "+w.sha["first"]+"." {
		t.Errorf("message %v", got)
	}
	_, err := w.AddRun("acme/lake", githubsim.Run{HeadBranch: "main", HeadSHA: w.sha["third"]})
	w.must(err)
	running := w.want(409, "POST", deployments, `{"ref":"main"}`)
	if got := running.object["message"]; got != "Conflict: Commit status checks failed for main." {
		t.Errorf("message %v", got)
	}
	w.want(201, "POST", deployments, `{"ref":"main","required_contexts":[]}`)
}

func TestAttemptsOfARun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.AddRun("acme/lake", githubsim.Run{HeadBranch: "main", HeadSHA: w.sha["third"], Status: "completed", Conclusion: "failure"})
	w.must(err)
	_, err = w.AddRun("acme/lake", githubsim.Run{ID: id, Attempt: 2, HeadBranch: "main", HeadSHA: w.sha["third"]})
	w.must(err)
	path := fmt.Sprintf("/repos/acme/lake/actions/runs/%d", id)
	last := w.want(200, "GET", path, "").object
	first := w.want(200, "GET", path+"/attempts/1", "").object
	if last["run_attempt"] != 2.0 || last["status"] != "in_progress" || first["conclusion"] != "failure" {
		t.Errorf("last attempt %v %v, first one %v", last["run_attempt"], last["status"], first["conclusion"])
	}
	if head := last["head_commit"].(map[string]any); head["message"] != "third" {
		t.Errorf("head commit %v", head)
	}
	w.want(404, "GET", path+"/attempts/3", "")
}
