package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The least that a plan of one new share on a pull request can do. Each is one
// thing that has to be known or said once; a cache between runs would need a server.
var leastOnGitHub = []string{
	"identity token of the run", "head of the default branch", "newest record", "its run", "its statuses",
	"head of the pull request", "comments of the pull request", "the comment",
}

// TestFigures writes down how long a reviewer waits for a plan, beside the least that
// is possible. It fails on calls, never on time. make bench runs it and shows the file that LAKESHARE_BENCH names.
func TestFigures(t *testing.T) {
	if os.Getenv("LAKESHARE_BENCH") == "" {
		t.Skip("make bench prints the figures")
	}
	commands := githubCommands()
	commands["requests"] = requests
	testscript.Run(t, stories("testdata/bench", commands))
}

// requests opens pull requests with one new share each, plans them and prints figures.
func requests(ts *testscript.TestScript, _ bool, args []string) {
	times, err := strconv.Atoi(args[0])
	ts.Check(err)
	h := hubOf(ts)
	var took []time.Duration
	var github, aws int
	for n := 1; n <= times; n++ {
		branch := fmt.Sprintf("share-%d", n)
		ts.Check(h.branch([]string{branch}))
		ts.Check(os.MkdirAll(filepath.Join(h.work, "shares", "new"), 0o755))
		ts.Check(os.WriteFile(filepath.Join(h.work, "shares", "new", branch+".yaml"), []byte(ts.ReadFile("new.txt")), 0o644))
		ts.Check(h.commitAll([]string{branch}))
		ts.Check(h.push([]string{branch}))
		ts.Check(h.pull([]string{strconv.Itoa(n), branch}))
		runStep(ts, false, []string{"0", "pull_request:" + strconv.Itoa(n), "plan"})
		took = append(took, h.last.took)
		github, aws = len(h.github.Calls())-h.last.requested, len(h.aws.Calls())-h.last.asked
		if comments := h.github.Comments(hubRepo, n); len(comments) != 1 {
			ts.Fatalf("pull request %d has %d comments", n, len(comments))
		}
		if github > len(leastOnGitHub) {
			ts.Fatalf("%d calls of GitHub, want at most %d", github, len(leastOnGitHub))
		}
	}
	slices.Sort(took)
	var b strings.Builder
	fmt.Fprintf(&b, "%d pull requests of one share each, in a repository of ten shares, simulated GitHub and AWS on this machine\n", times)
	fmt.Fprintf(&b, "  process start to comment posted   least %s   median %s   most %s\n",
		took[0].Round(time.Millisecond), took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	fmt.Fprintf(&b, "  calls of GitHub                   %d, least possible %d: %s\n", github, len(leastOnGitHub), strings.Join(leastOnGitHub, ", "))
	fmt.Fprintf(&b, "  calls of AWS                      %d, of which %d assume roles\n", aws, roles(h))
	ts.Check(os.WriteFile(os.Getenv("LAKESHARE_BENCH"), []byte(b.String()), 0o644))
}

// roles counts the roles that the last step assumed.
func roles(h *hub) int {
	n := 0
	for _, c := range h.aws.Calls()[h.last.asked:] {
		if c.Service == "sts" {
			n++
		}
	}
	return n
}
