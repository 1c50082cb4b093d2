package githubsim_test

import (
	"fmt"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
	"github.com/lakeshare/lakeshare/internal/githubsim/contract"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault githubsim.Fault
		want  string // status of three calls, 0 where the connection ends; comments that are there then
	}{
		"the second call":     {githubsim.Fault{Method: "POST", Path: "/repos/*/*/issues/*/comments", Nth: 2, Status: 502}, "201 502 201, 2"},
		"every call":          {githubsim.Fault{Path: "/repos/*/*/issues/*/comments"}, "500 500 500, 0"},
		"after it was done":   {githubsim.Fault{Method: "POST", Nth: 1, Status: 502, CarryOut: true}, "502 201 201, 3"},
		"connection cut":      {githubsim.Fault{Nth: 1, CutConnection: true}, "0 201 201, 2"},
		"cut after it":        {githubsim.Fault{Nth: 3, CutConnection: true, CarryOut: true}, "201 201 0, 3"},
		"another method":      {githubsim.Fault{Method: "DELETE", Status: 502}, "201 201 201, 3"},
		"a segment too short": {githubsim.Fault{Path: "/repos/*/issues/*/comments"}, "201 201 201, 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			number := w.pull()
			w.Fault(test.fault)
			var status []int
			for range 3 {
				status = append(status, w.call("POST", fmt.Sprintf("/repos/acme/lake/issues/%d/comments", number), `{"body":"x"}`).status)
			}
			got := fmt.Sprintf("%d %d %d, %d", status[0], status[1], status[2], len(w.Comments("acme/lake", number)))
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestSecondaryLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fault(githubsim.Fault{Nth: 1, Status: 429, Body: `{"message":"You have exceeded a secondary rate limit."}`, Headers: map[string]string{"Retry-After": "60"}})
	a := w.want(429, "GET", "/repos/acme/lake", "")
	if a.header.Get(contract.FaultHeader) == "" {
		t.Error("the contract cannot tell a scripted answer from others")
	}
	if a.header.Get("Retry-After") != "60" || a.object["message"] != "You have exceeded a secondary rate limit." {
		t.Errorf("%v %s", a.header, a.text)
	}
	w.want(200, "GET", "/repos/acme/lake", "")
	w.Fault(githubsim.Fault{})
	w.ClearFaults()
	w.want(200, "GET", "/repos/acme/lake", "")
}

func TestHookMovesTheBranchBetweenCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var seen []string
	w.OnCall(func(c githubsim.Call) {
		seen = append(seen, fmt.Sprintf("%s %s by %s of run %d", c.Method, c.Path, c.Login, c.RunID))
		if len(seen) == 2 {
			w.must(w.Push("acme/lake", githubsim.Push{Ref: "main", After: w.sha["topic"]}))
		}
	})
	c := w.as(githubsim.Token{RunID: 42, Permissions: everything})
	for _, want := range []string{"third", "topic"} {
		a := c.want(200, "GET", "/repos/acme/lake/branches/main", "")
		if got := a.object["commit"].(map[string]any)["sha"]; got != w.sha[want] {
			t.Errorf("main is at %v, want %s", got, want)
		}
	}
	if seen[0] != "GET /repos/acme/lake/branches/main by github-actions[bot] of run 42" {
		t.Errorf("the hook saw %s", seen[0])
	}
	if calls := w.Calls(); len(calls) != 2 || calls[1].Status != 200 {
		t.Errorf("calls %+v", calls)
	}
}
