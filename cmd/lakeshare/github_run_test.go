package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// step is one step of a workflow run, and what it needs to be run again.
type step struct {
	id        int64
	attempt   int
	command   string
	settings  map[string]string
	occasion  occasion
	job       job
	created   time.Time // of the run: a run that is started again keeps it
	began     time.Time // this attempt
	dir       string    // of this attempt
	asked     int       // calls of AWS before it began
	requested int       // calls of GitHub before it began
	took      time.Duration
}

// runStep runs one step of a new workflow run.
func runStep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: runs CODE EVENT COMMAND [KEY=VALUE...]")
	}
	h := hubOf(ts)
	o, err := h.occasion(args[1])
	ts.Check(err)
	h.pass([]string{"10m"})
	s := &step{command: args[2], settings: map[string]string{}, occasion: o, job: h.jobs[args[2]], created: h.now()}
	s.job.permissions = maps.Clone(s.job.permissions)
	for _, setting := range args[3:] {
		key, value, ok := strings.Cut(setting, "=")
		switch {
		case !ok:
			ts.Fatalf("%s: want KEY=VALUE", setting)
		case key == "environment":
			s.job.environment = strings.TrimPrefix(value, "none")
		case slices.Contains([]string{"config", "allow", "depth", "as", "credentials"}, key):
			s.settings[key] = value
		default:
			s.job.permissions[key] = value
		}
	}
	if s.settings["as"] != "" {
		h.steps[s.settings["as"]] = s
	}
	h.attempt(ts, s, args[0])
}

// runAgain starts a run again: another attempt, later, with the event and the commit of then.
func runAgain(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 2, "rerun CODE NAME")
	h := hubOf(ts)
	s := h.steps[args[1]]
	if s == nil {
		ts.Fatalf("no step was run with as=%s", args[1])
	}
	h.pass([]string{"10m"})
	h.attempt(ts, s, args[0])
}

// attempt runs the step and compares how it ends.
func (h *hub) attempt(ts *testscript.TestScript, s *step, want string) {
	s.attempt++
	s.began = h.now()
	var err error
	s.id, err = h.github.AddRun(hubRepo, s.run("in_progress", "", h.now()))
	ts.Check(err)
	token := h.github.Token(githubsim.Token{
		Repo: hubRepo, Permissions: s.job.permissions, RunID: s.id, Fork: s.occasion.pull != nil && s.occasion.pull.fork,
	})
	s.dir = filepath.Join(h.work, ".hub", fmt.Sprintf("run-%d-%d", s.id, s.attempt))
	ts.Check(os.MkdirAll(filepath.Join(s.dir, "temp"), 0o755))
	ts.Check(h.checkout(s, token))
	event, err := s.occasion.file(h)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(s.dir, "event.json"), event, 0o644))
	s.asked, s.requested = len(h.aws.Calls()), len(h.github.Calls())
	h.last = s
	got, err := h.execute(ts, s, token)
	ts.Check(err)
	conclusion := "success"
	if got != "0" {
		conclusion = "failure"
	}
	_, err = h.github.AddRun(hubRepo, s.run("completed", conclusion, h.now()))
	ts.Check(err)
	h.github.Revoke(token)
	ts.Check(h.settled())
	ts.Check(s.collect(h.work))
	if got != want {
		ts.Fatalf("%s ended with %s, want %s", s.command, got, want)
	}
}

// run is the step's run as GitHub lists it.
func (s *step) run(status, conclusion string, now time.Time) githubsim.Run {
	return githubsim.Run{
		ID: s.id, Attempt: s.attempt, WorkflowPath: ".github/workflows/" + s.job.workflow, HeadBranch: s.occasion.branch,
		HeadSHA: s.occasion.head, Event: s.occasion.event, Status: status, Conclusion: conclusion, Actor: "ada",
		CreatedAt: s.created, StartedAt: s.began, UpdatedAt: now,
	}
}

// checkout does what actions/checkout does with fetch-depth: 0 and
// persist-credentials: false.
func (h *hub) checkout(s *step, token string) error {
	dir, o := filepath.Join(s.dir, "work"), s.occasion
	header := "AUTHORIZATION: basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))
	remote := fmt.Sprintf("%s/%s.git", h.address, hubRepo)
	fetch := []string{"-C", dir, "-c", "http.extraheader=" + header, "fetch", "-q", "--no-tags"}
	if depth := s.settings["depth"]; depth != "" {
		fetch = append(fetch, "--depth", depth, "origin")
	} else {
		fetch = append(fetch, "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
	}
	at := []string{"-C", dir, "checkout", "-q", "--force", "--detach", o.sha}
	switch {
	case s.job.branch:
		fetch = append(fetch, "+refs/heads/main:refs/remotes/origin/main")
		at = []string{"-C", dir, "checkout", "-q", "--force", "-B", "main", "refs/remotes/origin/main"}
	case o.pull != nil:
		fetch = append(fetch, "+"+o.sha+":refs/remotes/pull/"+strconv.Itoa(o.pull.number)+"/merge")
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main", dir}, {"-C", dir, "remote", "add", "origin", remote}, fetch, at} {
		if _, err := h.git(h.work, args...); err != nil {
			return err
		}
	}
	return nil
}

// execute runs lakeshare as action.yml does and returns its exit code, or "killed".
func (h *hub) execute(ts *testscript.TestScript, s *step, token string) (string, error) {
	program, err := exec.LookPath("lakeshare")
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(h.t.Context(), program, "action")
	cmd.Dir, cmd.Env = filepath.Join(s.dir, "work"), h.environment(s, token)
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	start := time.Now()
	defer func() { s.took = time.Since(start) }()
	if err := cmd.Start(); err != nil {
		return "", err
	}
	h.mu.Lock()
	h.runner = cmd.Process
	h.mu.Unlock()
	err = cmd.Wait()
	h.mu.Lock()
	h.runner = nil
	h.mu.Unlock()
	ended := (*exec.ExitError)(nil)
	switch {
	case errors.As(err, &ended) && !ended.Exited():
		return "killed", nil
	case errors.As(err, &ended):
		return strconv.Itoa(ended.ExitCode()), nil
	}
	return "0", err
}

// collect leaves what a step wrote for the script to look at.
func (s *step) collect(work string) error {
	outputs, err := os.ReadFile(filepath.Join(s.dir, "output"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	set := readOutputs(string(outputs))
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(set)) {
		fmt.Fprintf(&lines, "%s=%s\n", name, set[name])
	}
	if err := os.WriteFile(filepath.Join(work, "out.txt"), []byte(lines.String()), 0o644); err != nil {
		return err
	}
	for from, to := range map[string]string{"summary": "summary.md", "temp/lakeshare-plan.json": "plan.json"} {
		data, err := os.ReadFile(filepath.Join(s.dir, from))
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, to), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// readOutputs reads outputs as the runner does: name<<END, lines, END.
func readOutputs(text string) map[string]string {
	out := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		name, end, ok := strings.Cut(lines[i], "<<")
		if !ok {
			continue
		}
		var value []string
		for i++; i < len(lines) && lines[i] != end; i++ {
			value = append(value, lines[i])
		}
		out[name] = strings.Join(value, "\n")
	}
	return out
}

func output(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 2, "output VARIABLE NAME")
	for line := range strings.Lines(ts.ReadFile("out.txt")) {
		if value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), args[1]+"="); ok {
			ts.Setenv(args[0], value)
			return
		}
	}
	ts.Fatalf("the step has set no output %s", args[1])
}
