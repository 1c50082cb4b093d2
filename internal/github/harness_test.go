package github

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/githubsim"
	"github.com/lakeshare/lakeshare/internal/githubsim/contract"
)

const (
	repoName = "acme/lake"
	repoID   = 7
)

// permissions are those that the workflows of lakeshare have together.
var permissions = map[string]string{
	"contents": "read", "actions": "read", "deployments": "write", "issues": "write", "pull-requests": "write",
}

// hub is a GitHub with one repository, a clock and a client of run 99.
type hub struct {
	t    *testing.T
	sim  *githubsim.Server
	url  string
	run  Run
	log  bytes.Buffer
	mu   sync.Mutex
	now  time.Time
	wait []time.Duration // what was slept
}

func newHub(t *testing.T) *hub {
	t.Helper()
	return newHubWith(t, githubsim.Repo{Owner: "acme", Name: "lake", ID: repoID}, nil)
}

// newHubWith lets a test change answers, outside of what GitHub's description checks.
func newHubWith(t *testing.T, repo githubsim.Repo, around func(http.Handler) http.Handler) *hub {
	t.Helper()
	h := &hub{t: t, now: time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)}
	h.sim = githubsim.New(githubsim.Options{Now: h.clock})
	h.sim.AddRepo(repo)
	handler := contract.Wrap(t, h.sim)
	if around != nil {
		handler = around(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	h.run = Run{
		Event: "push", Owner: "acme", Repo: "lake", RepositoryID: repoID, DefaultBranch: "main", Ref: "refs/heads/main", SHA: shaA,
		ID: 99, Attempt: 1, ServerURL: "https://github.com", APIURL: server.URL,
	}
	return h
}

func (h *hub) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hub) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *hub) options() Options {
	return Options{
		Now: h.clock,
		Sleep: func(_ context.Context, d time.Duration) error {
			h.pass(d)
			h.wait = append(h.wait, d)
			return nil
		},
		Log: slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// client is the client of a run of Actions with all permissions.
func (h *hub) client() *Client { return h.clientOf(h.run, githubsim.Token{}, h.options()) }

func (h *hub) clientOf(run Run, token githubsim.Token, o Options) *Client {
	h.t.Helper()
	if token.Permissions == nil {
		token.Permissions = permissions
	}
	c, err := New(run, h.sim.Token(token), o)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// called counts the requests of a method whose path contains a text.
func (h *hub) called(method, part string) int {
	n := 0
	for _, c := range h.sim.Calls() {
		if c.Method == method && strings.Contains(c.Path, part) {
			n++
		}
	}
	return n
}

func (h *hub) pull(number int) {
	h.t.Helper()
	if _, err := h.sim.OpenPull(repoName, githubsim.Pull{Number: number, Head: shaA, Base: shaB}); err != nil {
		h.t.Fatal(err)
	}
}

// write lets somebody write a comment on the web page.
func (h *hub) write(number int, login, app, body string) int64 {
	h.t.Helper()
	id, err := h.sim.AddComment(repoName, githubsim.Comment{Number: number, Author: login, App: app, Body: body})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// bodies are the comments as "login: body".
func (h *hub) bodies(number int) []string {
	var out []string
	for _, c := range h.sim.Comments(repoName, number) {
		out = append(out, c.Author+": "+c.Body)
	}
	return out
}

// commit makes up a commit.
func commit(n int) string { return fmt.Sprintf("%040x", n+1) }
