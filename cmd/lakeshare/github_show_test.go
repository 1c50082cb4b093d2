package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// edits counts how often something below the repository was changed by a call.
func (h *hub) edits(below string) int {
	n := 0
	for _, c := range h.github.Calls() {
		if c.Method == "PATCH" && c.Status == 200 && c.Path == "/repos/"+hubRepo+"/"+below {
			n++
		}
	}
	return n
}

// showComments writes comments with who wrote them, how often they were edited,
// and their text.
func (h *hub) showComments(b *strings.Builder, number int) {
	for i, c := range h.github.Comments(hubRepo, number) {
		fmt.Fprintf(b, "comment %d by %s, edited %d times\n%s\n", i+1, c.Author, h.edits(fmt.Sprintf("issues/comments/%d", c.ID)), strings.TrimSpace(c.Body))
	}
}

func writeComments(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 2, "comments NUMBER FILE")
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	hubOf(ts).showComments(&b, number)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o644))
}

// writeIssues writes issues with their state, texts and comments.
func writeIssues(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 1, "issues FILE")
	h := hubOf(ts)
	var b strings.Builder
	for _, i := range h.github.Issues(hubRepo) {
		fmt.Fprintf(&b, "issue by %s, %s, labels %v, edited %d times: %s\n%s\n", i.Author, i.State, i.Labels, h.edits(fmt.Sprintf("issues/%d", i.Number)), i.Title, i.Body)
		h.showComments(&b, i.Number)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// writeDeployments writes a line for each deployment: who made it, of which
// commit, for which configuration, and the states that it went through.
func writeDeployments(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 1, "deployments FILE")
	h := hubOf(ts)
	var b strings.Builder
	for i, d := range h.github.Deployments(hubRepo) {
		subject, err := h.git(h.origin, "log", "-1", "--format=%s", d.SHA)
		ts.Check(err)
		fmt.Fprintf(&b, "deployment %d of %q for %s by %s: %s\n", i+1, subject, configOf(d), d.Creator, statesOf(d))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

func statesOf(d githubsim.Deployment) string {
	states := make([]string, len(d.Statuses))
	for i, s := range d.Statuses {
		states[i] = s.State
	}
	return cmp.Or(strings.Join(states, ", "), "no status")
}

// configOf is the configuration that a deployment is about.
func configOf(d githubsim.Deployment) string {
	var payload struct{ Config string }
	if err := json.Unmarshal(d.Payload, &payload); err != nil {
		return "nothing"
	}
	return payload.Config
}
