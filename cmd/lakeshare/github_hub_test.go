package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/githubsim"
	"github.com/lakeshare/lakeshare/internal/githubsim/contract"
)

const (
	hubRepo = "acme/lake-shares"
	hubID   = 4242
	noSHA   = "0000000000000000000000000000000000000000"
)

// hub is one repository on a simulated GitHub, the clone of whoever works on it,
// and the simulated AWS of the company.
type hub struct {
	t      testing.TB
	work   string // the clone
	path   string // PATH of the test
	origin string // bare repository behind GitHub

	github         *githubsim.Server
	aws            *awssim.Server
	address, cloud string // of the two servers

	minutes int          // of the dates of commits, so that commits are always the same
	passed  atomic.Int64 // how far the clock was moved: the servers ask while scripts move it
	pulls   map[int]*pullRequest
	pushes  [][2]string // of main: before and after
	jobs    map[string]job
	steps   map[string]*step
	last    *step

	mu     sync.Mutex // guards what follows: hooks run while a step does
	hooks  []*hook
	runner *os.Process // of the step that is running
}

// now is a clock that stories may move.
func (h *hub) now() time.Time { return time.Now().Add(time.Duration(h.passed.Load())) }

func (h *hub) pass(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: pass DURATION")
	}
	d, err := time.ParseDuration(args[0])
	h.passed.Add(int64(d))
	return err
}

// startHub puts the company on GitHub and into AWS.
func startHub(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 0, "hub")
	h := hubOf(ts)
	ts.Check(layOut(h.work, func(path string) bool {
		_, err := os.Stat(filepath.Join(h.work, path))
		return err != nil && !strings.HasPrefix(path, "shares/")
	}))
	h.pulls, h.steps = map[int]*pullRequest{}, map[string]*step{}
	ts.Check(h.layOutWorkflows())
	ts.Check(h.startAWS(ts.ReadFile("world.yaml")))
	ts.Check(h.startGit())
	h.github = githubsim.New(githubsim.Options{Now: h.now})
	h.github.AddRepo(githubsim.Repo{Owner: "acme", Name: "lake-shares", ID: hubID, Dir: h.origin})
	h.github.OnCall(h.onGitHub)
	server := httptest.NewServer(contract.Wrap(h.t, h.github))
	ts.Defer(server.Close)
	h.address = server.URL
	simulated := httptest.NewServer(h.aws)
	ts.Defer(simulated.Close)
	h.cloud = simulated.URL
	_, err := h.git(h.work, "push", "-q", h.origin, "main")
	ts.Check(err)
	ts.Check(h.moved("main", noSHA, "branch_creation"))
}

// startAWS lets the jobs of the repository assume the roles, each in its
// environment, and gives every account a steward who changes things by hand.
func (h *hub) startAWS(text string) error {
	w, err := awssim.ParseWorld([]byte(text))
	if err != nil {
		return err
	}
	for id, a := range w.Accounts {
		for name, environments := range map[string]string{"lakeshare-plan": `"lakeshare-plan"`, "lakeshare-apply": `"lakeshare-apply", "lakeshare-schedule"`} {
			if r := a.Roles[name]; r != nil {
				r.TrustPolicy = trustOf(id, environments)
			}
		}
		for _, r := range a.Regions {
			if r.Settings != nil {
				r.Settings.Admins = append(r.Settings.Admins, "role/"+steward)
				a.Roles[steward] = &awssim.Role{}
			}
		}
	}
	h.aws, err = awssim.New(w, awssim.Options{Now: h.now, OnCall: h.onAWS})
	return err
}

const steward = "Steward"

func trustOf(account, environments string) awssim.JSONText {
	subjects := strings.ReplaceAll(environments, `"lakeshare-`, `"repo:`+hubRepo+`:environment:lakeshare-`)
	return awssim.JSONText(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": {"Federated": "arn:aws:iam::` + account + `:oidc-provider/token.actions.githubusercontent.com"},
		"Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
			"token.actions.githubusercontent.com:sub": [` + subjects + `]}}}]}`)
}

// startGit makes the clone and the bare repository behind GitHub, with
// lakeshare.yaml and the workflows on main.
func (h *hub) startGit() error {
	h.origin = filepath.Join(h.work, ".hub", "origin.git")
	for _, args := range [][]string{
		{"init", "-q", "--bare", "-b", "main", h.origin},
		{"init", "-q", "-b", "main", h.work},
		{"-C", h.work, "config", "commit.gpgsign", "false"},
	} {
		if _, err := h.git(h.work, args...); err != nil {
			return err
		}
	}
	ignored := "*.txt\n*.md\n*.json\nworld.yaml\n.hub/\n.tmp/\n"
	if err := os.WriteFile(filepath.Join(h.work, ".git", "info", "exclude"), []byte(ignored), 0o644); err != nil {
		return err
	}
	if _, err := h.git(h.work, "add", "lakeshare.yaml", ".github"); err != nil {
		return err
	}
	_, err := h.git(h.work, "commit", "-q", "-m", "accounts and scope")
	return err
}

// git runs git with nothing of the machine's settings, and dates that are the
// same in every run of a script.
func (h *hub) git(dir string, args ...string) (string, error) {
	h.minutes++
	date := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(h.minutes) * time.Minute).Format(time.RFC3339)
	cmd := exec.CommandContext(h.t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + h.path, "HOME=" + h.work, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com", "GIT_COMMITTER_DATE=" + date,
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// at is the commit of a ref on GitHub.
func (h *hub) at(ref string) (string, error) {
	return h.git(h.origin, "rev-parse", "--verify", ref+"^{commit}")
}

// moved tells GitHub that a branch has moved.
func (h *hub) moved(branch, before, kind string) error {
	after, err := h.at("refs/heads/" + branch)
	if err != nil {
		return err
	}
	if branch == "main" {
		h.pushes = append(h.pushes, [2]string{before, after})
	}
	return h.github.Push(hubRepo, githubsim.Push{Ref: branch, Before: before, After: after, Kind: kind, Actor: "ada"})
}
