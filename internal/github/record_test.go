package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// apply records an apply of a run of its own and returns the deployment's id.
// Without a state it is left as it started.
func (h *hub) apply(run int64, sha string, state State) int64 {
	h.t.Helper()
	h.addRun(githubsim.Run{ID: run})
	return h.deploy(run, sha, state)
}

func (h *hub) addRun(r githubsim.Run) {
	h.t.Helper()
	if r.HeadBranch == "" {
		r.HeadBranch = "main"
	}
	if r.HeadSHA == "" {
		r.HeadSHA = shaA
	}
	if _, err := h.sim.AddRun(repoName, r); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) deploy(run int64, sha string, state State) int64 {
	h.t.Helper()
	r := h.run
	r.ID = run
	c := h.clientOf(r, githubsim.Token{}, h.options())
	id, err := c.Start(h.t.Context(), Start{Config: ".", Commit: sha, Digest: "sha256:1"})
	if err == nil && state != "" {
		err = c.Finish(h.t.Context(), id, state, "done")
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.pass(time.Minute / 2)
	return id
}

// forge sends a request as somebody with a token of their own.
func (h *hub) forge(token githubsim.Token, path, body string) {
	h.t.Helper()
	if token.Permissions == nil {
		token.Permissions = permissions
	}
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+"/repos/acme/lake/"+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.sim.Token(token))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode >= 300 {
		h.t.Fatalf("forge %s: %v %v", body, resp, err)
	}
	resp.Body.Close()
}

// forgeDeployment forges one of a payload, with success.
func (h *hub) forgeDeployment(token githubsim.Token, sha, payload string) int64 {
	h.t.Helper()
	h.forge(token, "deployments", fmt.Sprintf(
		`{"ref": %q, "task": "lakeshare", "environment": "lakeshare", "auto_merge": false, "required_contexts": [], "payload": %s}`, sha, payload))
	all := h.sim.Deployments(repoName)
	id := all[len(all)-1].ID
	h.forge(token, fmt.Sprintf("deployments/%d/statuses", id), `{"state": "success", "auto_inactive": false}`)
	return id
}

func quote(run int64, attempt int) string {
	return fmt.Sprintf(`{"config": ".", "version": 1, "digest": "sha256:1", "run": %d, "attempt": %d}`, run, attempt)
}

// clone trusts the commits 0 to 9 and the head of the runs, and has workflows.
type clone struct {
	on func(sha string) (bool, error) // instead of the above
}

func (c clone) OnBranch(sha string) (bool, error) {
	if c.on != nil {
		return c.on(sha)
	}
	for n := range 10 {
		if sha == commit(n) {
			return true, nil
		}
	}
	return sha == shaA, nil
}

func (c clone) File(_, path string) ([]byte, error) {
	if path != ".github/workflows/apply.yml" {
		return nil, nil
	}
	return []byte("permissions: {contents: read, deployments: write}"), nil
}

func (h *hub) record() Record {
	h.t.Helper()
	r, err := h.client().Record(h.t.Context(), ".", clone{})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *hub) wantRecord(applied string, started ...string) Record {
	h.t.Helper()
	got := h.record()
	want := Record{Applied: applied, Started: started}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Record{}, "Refused"), cmpopts.EquateEmpty()); diff != "" {
		h.t.Errorf("record (-want +got):\n%s", diff)
	}
	return got
}

func TestRecordOfNothing(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	if r := h.wantRecord(""); len(r.Refused) > 0 {
		t.Errorf("refused %v", r.Refused)
	}
}

func TestRecordBaseAndStarted(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	h.apply(2, commit(1), Failure)
	h.wantRecord(commit(0), commit(1))
	id := h.apply(3, commit(2), Success)
	h.apply(4, commit(3), Broken)
	h.apply(5, commit(4), "")
	h.apply(6, commit(3), Failure)
	h.wantRecord(commit(2), commit(3), commit(4))
	h.forge(githubsim.Token{}, fmt.Sprintf("deployments/%d/statuses", id), `{"state": "inactive"}`)
	h.wantRecord(commit(2), commit(3), commit(4))

	d := h.sim.Deployments(repoName)[2]
	want := `{"config":".","version":1,"digest":"sha256:1","run":3,"attempt":1}`
	if d.SHA != commit(2) || d.Task != "lakeshare" || d.Environment != "lakeshare" || string(d.Payload) != want || d.Transient || d.Production {
		t.Errorf("got %+v with payload %s", d, d.Payload)
	}
	if s := d.Statuses; len(s) != 3 || s[0].State != "in_progress" || s[1].State != "success" || s[1].LogURL != "https://github.com/acme/lake/actions/runs/3" {
		t.Errorf("statuses %+v", s)
	}
}

func TestRecordTakesThreeRequests(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for run := range int64(9) {
		h.apply(run+1, commit(int(run)), Success)
	}
	c := h.client()
	asked := map[string]int{}
	r, err := c.Record(t.Context(), ".", clone{on: func(sha string) (bool, error) {
		asked[sha]++
		return clone{}.OnBranch(sha)
	}})
	if err != nil || r.Applied != commit(8) || c.Calls() != 3 {
		t.Errorf("%+v, %v, with %d requests, want 3", r, err, c.Calls())
	}
	if diff := cmp.Diff(map[string]int{commit(8): 1, shaA: 1}, asked); diff != "" {
		t.Errorf("git was asked (-want +got):\n%s", diff)
	}
}

func TestRecordOfAnotherConfiguration(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	c := h.client()
	if r, err := c.Record(t.Context(), "team/lakeshare.yaml", clone{}); err != nil || !cmp.Equal(r, Record{}, cmpopts.EquateEmpty()) {
		t.Errorf("got %+v, %v", r, err)
	}
	h.forgeDeployment(githubsim.Token{Login: "ana"}, commit(1), `{"config": "team/lakeshare.yaml"}`)
	if got := h.wantRecord(commit(0)); len(got.Refused) != 1 { // it lacks the rest
		t.Errorf("refused %+v", got.Refused)
	}
}

func TestRecordOverManyPages(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	h.addRun(githubsim.Run{ID: 2})
	for range 150 {
		h.forgeDeployment(githubsim.Token{Login: "mallory"}, commit(1), quote(2, 1))
	}
	h.apply(3, commit(2), Failure)
	if got := h.wantRecord(commit(0), commit(2)); len(got.Refused) != 150 {
		t.Errorf("%d refused, want 150", len(got.Refused))
	}
}

// What cannot be read is never the same as nothing.
func TestRecordThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]githubsim.Fault{
		"list":           {Path: "/repos/*/*/deployments", Status: http.StatusInternalServerError},
		"empty list":     {Path: "/repos/*/*/deployments", Status: http.StatusOK},
		"null":           {Path: "/repos/*/*/deployments", Status: http.StatusOK, Body: "null"},
		"page of HTML":   {Path: "/repos/*/*/deployments", Status: http.StatusOK, Body: "<html>"},
		"an object":      {Path: "/repos/*/*/deployments", Status: http.StatusOK, Body: `{"message": "x"}`},
		"half a list":    {Path: "/repos/*/*/deployments", Status: http.StatusOK, Body: `[{"id": 1},`},
		"list of null":   {Path: "/repos/*/*/deployments", Status: http.StatusOK, Body: "[null]"},
		"not found":      {Path: "/repos/*/*/deployments", Status: http.StatusNotFound, Body: `{"message": "Not Found"}`},
		"run":            {Path: "/repos/*/*/actions/runs/*", Status: http.StatusBadGateway},
		"run is cut":     {Path: "/repos/*/*/actions/runs/*", CutConnection: true},
		"another run":    {Path: "/repos/*/*/actions/runs/*", Status: http.StatusOK, Body: `{"id": 77}`},
		"statuses":       {Path: "/repos/*/*/deployments/*/statuses", Status: http.StatusServiceUnavailable},
		"rate limit":     {Path: "/repos/*/*/deployments", Status: http.StatusForbidden, Headers: map[string]string{"Retry-After": "3600"}, Body: `{}`},
		"empty statuses": {Path: "/repos/*/*/deployments/*/statuses", Status: http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.apply(1, commit(0), Success)
			h.sim.Fault(f)
			if r, err := h.client().Record(t.Context(), ".", clone{}); err == nil || !cmp.Equal(r, Record{}) {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}

func TestRecordWithoutPermission(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.apply(1, commit(0), Success)
	for scope, want := range map[string]string{"actions": "actions: read", "deployments": "deployments: read"} {
		token := githubsim.Token{Permissions: map[string]string{"contents": "read", "actions": "read", "deployments": "read"}}
		delete(token.Permissions, scope)
		_, err := h.clientOf(h.run, token, h.options()).Record(t.Context(), ".", clone{})
		if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Permission != want {
			t.Errorf("without %s: %v", scope, err)
		}
	}
	if _, err := h.client().Record(t.Context(), ".", clone{on: func(string) (bool, error) { return false, context.Canceled }}); !errors.Is(err, context.Canceled) {
		t.Errorf("git fails: %v", err)
	}
}
