package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/githubsim"
)

const driftMarker = "<!-- lakeshare drift:. -->\n"

func drift(body string) Issue {
	return Issue{Key: "drift:.", Label: "lakeshare-drift", Title: "Drift", Body: body, Open: true, Note: "It is back."}
}

func gone() Issue {
	i := drift("")
	i.Open, i.Note = false, "Nothing is left."
	return i
}

func (h *hub) issue(want Issue) IssueResult {
	h.t.Helper()
	r, err := h.client().Issue(h.t.Context(), want)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// wantIssues compares the issues as "#number state by login: body".
func (h *hub) wantIssues(want ...string) {
	h.t.Helper()
	var got []string
	for _, i := range h.sim.Issues(repoName) {
		got = append(got, fmt.Sprintf("#%d %s by %s: %s", i.Number, i.State, i.Author, i.Body))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("issues (-want +got):\n%s", diff)
	}
}

func (h *hub) writes() int {
	return h.called(http.MethodPost, "") + h.called(http.MethodPatch, "")
}

func TestIssueLifecycle(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	if r := h.issue(gone()); r != (IssueResult{Change: Absent}) || h.writes() != 0 {
		t.Errorf("nothing to close: %+v with %d writes", r, h.writes())
	}
	r := h.issue(drift("one"))
	if r.Change != Created || r.Number != 1 || !strings.HasSuffix(r.URL, "/acme/lake/issues/1") {
		t.Errorf("created: %+v", r)
	}
	before := h.writes()
	if r := h.issue(drift("one\r\n")); r.Change != Unchanged || r.Number != 1 || h.writes() != before {
		t.Errorf("the same: %+v with %d writes", r, h.writes()-before)
	}
	if r := h.issue(drift("two")); r.Change != Edited {
		t.Errorf("another body: %+v", r)
	}
	h.wantIssues("#1 open by github-actions[bot]: " + driftMarker + "two")
	if r := h.issue(gone()); r.Change != Closed {
		t.Errorf("closed: %+v", r)
	}
	before = h.writes()
	if r := h.issue(gone()); r.Change != Unchanged || h.writes() != before {
		t.Errorf("closed already: %+v with %d writes", r, h.writes()-before)
	}
	h.wantIssues("#1 closed by github-actions[bot]: " + driftMarker + "two")
	if r := h.issue(drift("three")); r.Change != Reopened || r.Number != 1 {
		t.Errorf("back again: %+v", r)
	}
	h.wantIssues("#1 open by github-actions[bot]: " + driftMarker + "three")
	var notes []string
	for _, c := range h.sim.Comments(repoName, 1) {
		notes = append(notes, c.Body)
	}
	if diff := cmp.Diff([]string{"Nothing is left.", "It is back."}, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if l := h.sim.Issues(repoName)[0].Labels; len(l) != 1 || l[0] != "lakeshare-drift" {
		t.Errorf("labels %q", l)
	}
	if n := h.called(http.MethodPost, "/labels"); n != 1 {
		t.Errorf("%d labels created, want 1", n)
	}
}

// openAs opens an issue with the label and marker as somebody.
func (h *hub) openAs(login, app, body string) {
	h.t.Helper()
	h.forge(githubsim.Token{Login: login, App: app}, "issues", fmt.Sprintf(`{"title": "Drift", "labels": ["lakeshare-drift"], "body": %q}`, body))
}

func TestIssueOfOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.openAs("mallory", "", driftMarker+"all is well")
	h.openAs(actionsLogin, actionsApp, "of another workflow")
	h.openAs(actionsLogin, actionsApp, "<!-- lakeshare drift:team -->\nof another configuration")
	if _, err := h.sim.OpenPull(repoName, githubsim.Pull{Number: 9, Title: "Drift", Author: actionsLogin, Body: driftMarker + "x", Head: shaA, Base: shaB}); err != nil {
		t.Fatal(err)
	}
	h.forge(githubsim.Token{}, "issues/9/labels", `{"labels": ["lakeshare-drift"]}`)
	h.issue(gone())
	if r := h.issue(drift("real")); r.Change != Created || r.Number != 10 {
		t.Errorf("got %+v", r)
	}
	h.issue(gone())
	h.wantIssues("#1 open by mallory: "+driftMarker+"all is well", "#2 open by github-actions[bot]: of another workflow",
		"#3 open by github-actions[bot]: <!-- lakeshare drift:team -->\nof another configuration",
		"#10 closed by github-actions[bot]: "+driftMarker+"real")
}

func TestIssueOlderOnesPointToTheNewest(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.openAs(actionsLogin, actionsApp, driftMarker+"one")
	h.openAs(actionsLogin, actionsApp, driftMarker+"two")
	if r := h.issue(drift("two")); r.Change != Unchanged || r.Number != 2 {
		t.Errorf("got %+v", r)
	}
	h.wantIssues("#1 closed by github-actions[bot]: Superseded by #2", "#2 open by github-actions[bot]: "+driftMarker+"two")
}

func TestIssueLostAnswer(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]githubsim.Fault{
		"issue, cut before": {Path: "/repos/*/*/issues", CutConnection: true},
		"issue, cut after":  {Path: "/repos/*/*/issues", CutConnection: true, CarryOut: true},
		"label, cut after":  {Path: "/repos/*/*/labels", CutConnection: true, CarryOut: true},
	} {
		h := newHub(t)
		f.Method, f.Nth = http.MethodPost, 1
		h.sim.Fault(f)
		if r := h.issue(drift("one")); r.Change != Created || r.Number != 1 {
			t.Errorf("%s: got %+v", name, r)
		}
		h.wantIssues("#1 open by github-actions[bot]: " + driftMarker + "one")
	}
}

// A note that fails leaves a line in the log and not an error: the issue is as it should be.
func TestIssueWithoutItsNote(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.issue(drift("one"))
	h.sim.Fault(githubsim.Fault{Method: http.MethodPost, Path: "/repos/*/*/issues/*/comments"})
	if r := h.issue(gone()); r.Change != Closed || !strings.Contains(h.log.String(), "no note on the issue") {
		t.Errorf("got %+v with log %s", r, h.log.String())
	}
}

func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for _, label := range []string{"", "a,b"} {
		want := drift("x")
		want.Label = label
		if _, err := h.client().Issue(t.Context(), want); err == nil || len(h.sim.Calls()) > 0 {
			t.Errorf("label %q: error %v and %d calls", label, err, len(h.sim.Calls()))
		}
	}
	c := h.clientOf(h.run, githubsim.Token{Permissions: map[string]string{"contents": "read", "issues": "read"}}, h.options())
	if _, err := c.Issue(t.Context(), drift("x")); err == nil || !strings.Contains(err.Error(), "`issues: write`") {
		t.Errorf("without the permission: %v", err)
	}
	h.sim.Fault(githubsim.Fault{Status: http.StatusGone, Body: `{"message": "Issues has been disabled in this repository."}`})
	_, err := h.client().Issue(t.Context(), drift("x"))
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Permission != "" || !strings.Contains(err.Error(), "Issues has been disabled") {
		t.Errorf("without issues: %v", err)
	}
}
