package github

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// An apply writes nothing unless its start is recorded.
func TestStartFails(t *testing.T) {
	t.Parallel()
	const deployments, statuses = "/repos/*/*/deployments", "/repos/*/*/deployments/*/statuses"
	for name, c := range map[string]struct {
		token githubsim.Token
		fault githubsim.Fault
		want  string
		posts int // deployments that were sent
	}{
		"cut":              {fault: githubsim.Fault{Path: deployments, CutConnection: true}, want: "EOF", posts: 1},
		"cut after":        {fault: githubsim.Fault{Path: deployments, CutConnection: true, CarryOut: true}, want: "EOF", posts: 1},
		"bad gateway":      {fault: githubsim.Fault{Path: deployments, Status: 502}, want: "502", posts: 1},
		"conflict":         {fault: githubsim.Fault{Path: deployments, Status: 409, Body: `{"message": "Conflict merging main"}`}, want: "409 Conflict merging main", posts: 1},
		"merged instead":   {fault: githubsim.Fault{Path: deployments, Status: 202, Body: `{"message": "Auto-merged"}`}, want: "", posts: 1},
		"nothing answered": {fault: githubsim.Fault{Path: deployments, Status: 201}, want: "it is empty", posts: 1},
		"another answered": {fault: githubsim.Fault{Path: deployments, Status: 201, Body: `{"id": 5, "creator": {"login": "github-actions[bot]", "type": "Bot"}}`}, want: "of commit", posts: 1},
		"no status":        {fault: githubsim.Fault{Path: statuses, Status: 500}, want: "500", posts: 1},
		"no permission":    {token: githubsim.Token{Permissions: map[string]string{"contents": "read"}}, want: "`deployments: write`", posts: 1},
		"own token":        {token: githubsim.Token{Login: "acme-lake[bot]", App: "acme-lake"}, want: `is by "acme-lake[bot]", and only those of github-actions[bot] count`, posts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			if c.fault.Path != "" {
				c.fault.Method = http.MethodPost
				h.sim.Fault(c.fault)
			}
			id, err := h.clientOf(h.run, c.token, h.options()).Start(t.Context(), Start{Config: ".", Commit: commit(1), Digest: "d"})
			if err == nil || id != 0 || !strings.Contains(err.Error(), "nothing was written") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("id %d, error %v, want %q in it", id, err, c.want)
			}
			if n := h.called(http.MethodPost, "/deployments"); name != "no status" && n != c.posts {
				t.Errorf("%d sent, want %d", n, c.posts)
			}
			if _, refused := errors.AsType[*RefusedError](err); refused != (name == "no permission") {
				t.Errorf("error of type %T", err)
			}
		})
	}
}

func TestStartIsTriedAgainWhereNothingHappened(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.sim.Fault(githubsim.Fault{Path: "/repos/*/*/deployments", Nth: 1, Status: 429, Headers: map[string]string{"Retry-After": "3"}, Body: "{}"})
	h.sim.Fault(githubsim.Fault{Path: "/repos/*/*/deployments/*/statuses", Nth: 1, CutConnection: true, CarryOut: true})
	id, err := h.client().Start(t.Context(), Start{Config: ".", Commit: commit(1)})
	all := h.sim.Deployments(repoName)
	if err != nil || len(all) != 1 || all[0].ID != id || all[0].State() != "in_progress" {
		t.Errorf("id %d, error %v, deployments %+v", id, err, all)
	}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	first := h.apply(1, commit(0), Success)
	id := h.apply(2, commit(1), "")
	long := strings.Repeat("é", 200) + "\n"
	if err := h.client().Finish(t.Context(), id, Failure, long); err != nil {
		t.Fatal(err)
	}
	all := h.sim.Deployments(repoName)
	s := all[1].Statuses[1]
	if s.State != "failure" || s.Description != strings.Repeat("é", 139)+"…" || s.LogURL != h.run.URL() {
		t.Errorf("status %+v", s)
	}
	if all[0].ID != first || all[0].State() != "success" {
		t.Errorf("the first is %q now", all[0].State())
	}
	if err := h.client().Finish(t.Context(), 4711, Success, ""); err == nil {
		t.Error("an apply that never started was finished")
	}
}

// Somebody quotes the run before it has said anything itself: nothing is
// written, since nobody could tell the two apart later.
func TestStartIsNotSecond(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.addRun(githubsim.Run{ID: 1})
	h.forgeDeployment(githubsim.Token{}, commit(0), quote(1, 1))
	r := h.run
	r.ID = 1
	_, err := h.clientOf(r, githubsim.Token{}, h.options()).Start(t.Context(), Start{Config: ".", Commit: commit(1), Digest: "d"})
	if err == nil || !strings.Contains(err.Error(), "claims to be the record of this run") || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("error %v", err)
	}
}

func TestMayRecord(t *testing.T) {
	t.Parallel()
	for workflow, want := range map[string]bool{
		"permissions:\n  deployments: write\n": true, "permissions: {contents: read, 'deployments': 'write'}": true,
		"permissions: write-all": true, "permissions:\n  deployments: read\n": false, "": false, "jobs: {}": false,
	} {
		if got := MayRecord([]byte(workflow)); got != want {
			t.Errorf("%q: %v", workflow, got)
		}
	}
}

// Two deployments speak for one attempt while it runs: nobody's success counts.
// Who quotes it later changes nothing.
func TestRecordOfAContestedAttempt(t *testing.T) {
	t.Parallel()
	for late, applied := range map[time.Duration]string{0: commit(0), time.Hour: commit(1)} {
		h := newHub(t)
		h.apply(1, commit(0), Success)
		h.apply(2, commit(1), Success)
		h.addRun(githubsim.Run{ID: 2, Status: "completed", Conclusion: "success", CreatedAt: h.clock().Add(-time.Minute / 2)})
		h.pass(late)
		id := h.forgeDeployment(githubsim.Token{}, commit(2), quote(2, 1))
		var started []string
		if applied == commit(0) {
			started = []string{commit(1)}
		}
		r := h.wantRecord(applied, started...)
		if len(r.Refused) != 1 || r.Refused[0].ID != id || r.Refused[0].Why == "" {
			t.Errorf("late %s: refused %+v", late, r.Refused)
		}
	}
}
