package github

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	gh "github.com/google/go-github/v89/github"
	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// Whoever may push a branch has a token of Actions there: nothing that they can
// make with it becomes part of the record.
func TestRecordForged(t *testing.T) {
	t.Parallel()
	bot := githubsim.Token{}
	for name, c := range map[string]struct {
		token   githubsim.Token
		sha     string
		payload string
		run     githubsim.Run // the run that is quoted
		late    time.Duration // how long after the run
		why     string
	}{
		"by a person":           {token: githubsim.Token{Login: "mallory"}, why: "not made by github-actions[bot]"},
		"by another app":        {token: githubsim.Token{Login: "my-app[bot]", App: "my-app"}, why: "not made by github-actions[bot]"},
		"in a run of a branch":  {token: bot, run: githubsim.Run{HeadBranch: "topic"}, why: "run 50 is of branch topic"},
		"in a pull request":     {token: bot, run: githubsim.Run{Event: "pull_request"}, why: "of event pull_request, which never applies"},
		"in a tag named alike":  {token: bot, run: githubsim.Run{HeadSHA: commit(66)}, why: "run 50 is of a commit that was never on main"},
		"run that is not there": {token: bot, payload: quote(51, 1), why: "run 51, which it names, does not exist (any more)"},
		"attempt not made yet":  {token: bot, payload: quote(50, 2), why: "run 50 had no attempt 2"},
		"run that has ended":    {token: bot, run: githubsim.Run{Status: "completed", Conclusion: "success"}, late: time.Hour, why: "not made while run 50 ran"},
		"run that came later":   {token: bot, run: githubsim.Run{CreatedAt: time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC)}, why: "not made while run 50 ran"},
		"other workflow":        {token: bot, run: githubsim.Run{WorkflowPath: ".github/workflows/drift.yml"}, why: "run 50 is of a workflow that may not write deployments"},
		"commit of a branch":    {token: bot, sha: commit(66), why: "its commit was never on main"},
		"payload as a text":     {token: bot, payload: `"{\"config\": \".\", \"version\": 1, \"run\": 50, \"attempt\": 1}"`, why: "its payload is not an object"},
		"payload of nothing":    {token: bot, payload: `{}`, why: "its payload lacks config"},
		"payload of wrong type": {token: bot, payload: `{"config": ".", "version": "1", "run": 50, "attempt": 1}`, why: "a value of the wrong type"},
		"payload without a run": {token: bot, payload: `{"config": ".", "version": 1, "attempt": 1}`, why: "its payload lacks config, version, run or attempt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.apply(1, commit(0), Success)
			c.run.ID = 50
			h.addRun(c.run)
			h.pass(c.late)
			if c.sha == "" {
				c.sha = commit(1)
			}
			if c.payload == "" {
				c.payload = quote(50, 1)
			}
			id := h.forgeDeployment(c.token, c.sha, c.payload)
			got := h.wantRecord(commit(0))
			if len(got.Refused) != 1 || got.Refused[0].ID != id || got.Refused[0].SHA != c.sha || !strings.Contains(got.Refused[0].Why, c.why) {
				t.Errorf("refused %+v, want deployment %d because %q", got.Refused, id, c.why)
			}
		})
	}
}

func TestIsActions(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		login, kind, app string
		want             bool
	}{
		{actionsLogin, "Bot", "github-actions", true},
		{actionsLogin, "Bot", "", true},
		{actionsLogin, "User", "", false},
		{actionsLogin, "Bot", "my-app", false},
		{"github-actions", "Bot", "github-actions", false},
		{"", "", "", false},
	} {
		var app *gh.App
		if c.app != "" {
			app = &gh.App{Slug: &c.app}
		}
		if got := isActions(&gh.User{Login: &c.login, Type: &c.kind}, app); got != c.want {
			t.Errorf("case %d: %v, want %v", i, got, c.want)
		}
	}
	if isActions(nil, nil) {
		t.Error("nobody is taken for the Actions app")
	}
}

// Nothing above is refused for another reason than the one it is about.
func TestRecordCountsWhatIsReal(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]githubsim.Run{
		"push": {}, "dispatch": {Event: "workflow_dispatch"}, "schedule": {Event: "schedule"},
		"second attempt": {Attempt: 2}, "completed": {Status: "completed", Conclusion: "failure"},
		"path with its ref": {WorkflowPath: ".github/workflows/apply.yml@refs/heads/main"},
	} {
		h := newHub(t)
		h.apply(1, commit(0), Success)
		run.ID = 50
		h.addRun(run)
		h.forgeDeployment(githubsim.Token{}, commit(1), quote(50, max(1, run.Attempt)))
		if got := h.wantRecord(commit(1)); len(got.Refused) > 0 {
			t.Errorf("%s: refused %+v", name, got.Refused)
		}
	}
}

func TestRecordAttemptsOfOneRun(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	h.apply(2, commit(1), Failure)
	h.addRun(githubsim.Run{ID: 2, Attempt: 2, CreatedAt: h.clock().Add(-time.Hour)})
	h.forgeDeployment(githubsim.Token{}, commit(2), quote(2, 2))
	h.wantRecord(commit(2))
}

// A run may apply several configurations, and what a person says about it does
// not make the run's own word the second.
func TestRecordIsFirstOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.addRun(githubsim.Run{ID: 1})
	h.forgeDeployment(githubsim.Token{}, commit(0), strings.Replace(quote(1, 1), `"."`, `"team"`, 1))
	person := h.forgeDeployment(githubsim.Token{Login: "mallory"}, commit(0), quote(1, 1))
	h.deploy(1, commit(1), Failure)
	if got := h.wantRecord("", commit(1)); len(got.Refused) != 1 || got.Refused[0].ID != person || got.Refused[0].Creator != "mallory" {
		t.Errorf("refused %+v", got.Refused)
	}
}

// A deployment that is made while pages are read moves the others: one comes twice.
func TestRecordWhilePagesShift(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	h.apply(2, commit(1), Failure)
	for range 99 {
		h.forgeDeployment(githubsim.Token{Login: "mallory"}, commit(2), quote(2, 1))
	}
	var once sync.Once
	h.sim.OnCall(func(c githubsim.Call) {
		if strings.Contains(c.Query, "page=2") {
			once.Do(func() { h.forgeDeployment(githubsim.Token{Login: "mallory"}, commit(2), quote(2, 1)) })
		}
	})
	if got := h.wantRecord(commit(0), commit(1)); len(got.Refused) != 99 {
		t.Errorf("%d refused, want 99", len(got.Refused))
	}
}

func TestRecordStatusForged(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	id := h.apply(2, commit(1), Failure)
	path := fmt.Sprintf("deployments/%d/statuses", id)
	h.forge(githubsim.Token{Login: "mallory"}, path, `{"state": "success"}`)
	h.wantRecord(commit(0), commit(1))
	h.addRun(githubsim.Run{ID: 2, Status: "completed", Conclusion: "failure", CreatedAt: h.clock().Add(-time.Minute)})
	h.pass(time.Hour)
	h.forge(githubsim.Token{}, path, `{"state": "success"}`)
	h.wantRecord(commit(0), commit(1))
}

// A force-push takes commits off the branch; that they were there is remembered.
func TestRecordAfterForcePush(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for n := range 130 { // two pages of pushes
		if err := h.sim.Push(repoName, githubsim.Push{Ref: "main", After: commit(50 + n)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.sim.Push(repoName, githubsim.Push{Ref: "topic", After: commit(66 + 200)}); err != nil {
		t.Fatal(err)
	}
	h.apply(1, commit(52), Success)
	h.apply(2, commit(66+200), Failure)
	got := h.wantRecord(commit(52))
	if len(got.Refused) != 1 || got.Refused[0].SHA != commit(66+200) {
		t.Errorf("refused %+v", got.Refused)
	}
	if n := h.called(http.MethodGet, "/activity"); n != 2 {
		t.Errorf("%d requests for the pushes, want its 2 pages once", n)
	}
	h.sim.Fault(githubsim.Fault{Path: "/repos/*/*/activity"})
	if r, err := h.client().Record(t.Context(), ".", clone{}); err == nil {
		t.Errorf("without the pushes: %+v", r)
	}
}

func TestRecordOfAnotherRepository(t *testing.T) {
	t.Parallel()
	h := newHubWith(t, githubsim.Repo{Owner: "acme", Name: "lake", ID: repoID}, func(next http.Handler) http.Handler {
		return rewrite(next, "/actions/runs/2", `"head_repository":{`, `"head_repository":{"id":8},"x":{`)
	})
	h.apply(1, commit(0), Success)
	h.apply(2, commit(1), Success)
	got := h.wantRecord(commit(0))
	if len(got.Refused) != 1 || !strings.Contains(got.Refused[0].Why, "another repository") {
		t.Errorf("refused %+v", got.Refused)
	}
}

func TestRecordOfALaterVersion(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	h.addRun(githubsim.Run{ID: 50})
	h.forgeDeployment(githubsim.Token{}, commit(1), strings.Replace(quote(50, 1), `"version": 1`, `"version": 2`, 1))
	if _, err := h.client().Record(t.Context(), ".", clone{}); err == nil || !strings.Contains(err.Error(), "version 2, this lakeshare reads version 1") {
		t.Errorf("error %v", err)
	}
}

func TestRecordUnderAFlood(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	for n := range maxJudged + 1 {
		h.forgeDeployment(githubsim.Token{}, commit(1), quote(int64(1000+n), 1))
	}
	if r, err := h.client().Record(t.Context(), ".", clone{}); err == nil || !strings.Contains(err.Error(), "delete the deployments") {
		t.Errorf("got %+v, %v", r, err)
	}
}

// rewrite changes what is answered below a path.
func rewrite(next http.Handler, path, from, to string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, path) {
			next.ServeHTTP(w, r)
			return
		}
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		body, _ := io.ReadAll(kept.Body)
		if !bytes.Contains(body, []byte(from)) {
			http.Error(w, "nothing to rewrite", http.StatusTeapot)
			return
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(bytes.Replace(body, []byte(from), []byte(to), 1))
	})
}
