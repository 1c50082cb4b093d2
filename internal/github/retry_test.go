package github

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

func (h *hub) push(sha string) {
	h.t.Helper()
	if err := h.sim.Push(repoName, githubsim.Push{Ref: "main", After: sha}); err != nil {
		h.t.Fatal(err)
	}
}

func TestTip(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	if sha, err := h.client().Tip(t.Context()); err == nil {
		t.Errorf("a branch that is not there is at %q", sha)
	}
	h.push(shaA)
	h.push(shaB)
	if sha, err := h.client().Tip(t.Context()); err != nil || sha != shaB {
		t.Errorf("got %q, %v", sha, err)
	}
	for _, body := range []string{`{}`, `{"ref": "refs/heads/main2", "object": {"sha": "` + shaA + `"}}`, `{"ref": "refs/heads/main", "object": {"sha": "x"}}`} {
		h.sim.ClearFaults()
		h.sim.Fault(githubsim.Fault{Status: http.StatusOK, Body: body})
		if sha, err := h.client().Tip(t.Context()); err == nil {
			t.Errorf("answer %s: %q", body, sha)
		}
	}
}

func TestReadingIsTriedAgain(t *testing.T) {
	t.Parallel()
	limit := map[string]string{"Retry-After": "20"}
	for name, c := range map[string]struct {
		fault githubsim.Fault
		nth   []int
		waits []time.Duration // nil: it fails at once
		ok    bool
		want  string
	}{
		"once":         {githubsim.Fault{Status: 502}, []int{1}, []time.Duration{time.Second}, true, ""},
		"twice":        {githubsim.Fault{CutConnection: true}, []int{1, 1}, []time.Duration{time.Second, 4 * time.Second}, true, ""},
		"for ever":     {githubsim.Fault{Status: 503}, []int{0}, []time.Duration{time.Second, 4 * time.Second}, false, "(tried 3 times). GitHub has a problem"},
		"limit":        {githubsim.Fault{Status: 429, Headers: limit, Body: "{}"}, []int{1, 1}, []time.Duration{20 * time.Second, 20 * time.Second}, true, ""},
		"forbidden":    {githubsim.Fault{Status: 403, Headers: limit, Body: "{}"}, []int{1}, []time.Duration{20 * time.Second}, true, ""},
		"long limit":   {githubsim.Fault{Status: 403, Headers: map[string]string{"Retry-After": "600"}, Body: "{}"}, []int{0}, nil, false, "Run again after 05:10 UTC"},
		"hour used up": {githubsim.Fault{Status: 403, Headers: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1772602200"}}, []int{0}, nil, false, "rate limit of the token is used up. Run again after 05:30 UTC"},
		"unauthorized": {githubsim.Fault{Status: 401, Body: `{"message": "Bad credentials"}`}, []int{0}, nil, false, "401 Bad credentials. The token is wrong or has ended"},
		"moved":        {githubsim.Fault{Status: 302, Headers: map[string]string{"Location": "https://example.invalid/"}}, []int{0}, nil, false, "not the address of GitHub's API"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.push(shaA)
			for _, c.fault.Nth = range c.nth {
				h.sim.Fault(c.fault)
			}
			client := h.client()
			sha, err := client.Tip(t.Context())
			if c.ok != (err == nil && sha == shaA) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, %v, want %q", sha, err, c.want)
			}
			if !slices.Equal(h.wait, c.waits) {
				t.Errorf("waited %v, want %v", h.wait, c.waits)
			}
			if want := len(c.waits) + 1; client.Calls() != want {
				t.Errorf("%d calls, want %d", client.Calls(), want)
			}
		})
	}
}

// An answer that stops on the way is not taken for a short one.
func TestAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	h := newHubWith(t, githubsim.Repo{Owner: "acme", Name: "lake", ID: repoID}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && calls.Add(1) == 1 {
				w.Header().Set("Content-Length", "100")
				_, _ = w.Write([]byte("[]"))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	h.pull(12)
	h.write(12, actionsLogin, actionsApp, planMarker+"one")
	if r := h.comment("two"); r.Change != Edited || calls.Load() != 2 {
		t.Errorf("got %+v after %d readings", r, calls.Load())
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := sleep(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

// Where nobody could be reached nothing can have happened: it is safe to try again.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	o := h.options()
	o.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}}
	c := h.clientOf(h.run, githubsim.Token{}, o)
	if id, err := c.Start(t.Context(), Start{Config: ".", Commit: commit(1)}); err == nil || c.Calls() != maxTries {
		t.Errorf("id %d, error %v after %d tries", id, err, c.Calls())
	}
}

func TestEndOfContext(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	ctx, cancel := context.WithCancel(t.Context())
	h.sim.OnCall(func(githubsim.Call) { cancel() })
	if _, err := h.client().Comment(ctx, 12, "plan:.", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if len(h.wait) > 0 {
		t.Errorf("waited %v", h.wait)
	}
}

// A write that is redirected would arrive as a read and look as if it had worked.
func TestWritesAreNotRedirected(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	h.comment("one")
	h.sim.Fault(githubsim.Fault{Method: http.MethodPatch, Status: 301, Headers: map[string]string{"Location": h.url + "/repos/acme/lake/issues/12/comments"}})
	if _, err := h.client().Comment(t.Context(), 12, "plan:.", "two"); err == nil || !strings.Contains(err.Error(), "another address") {
		t.Errorf("error %v", err)
	}
}

func TestTokenIsNeverTold(t *testing.T) {
	t.Parallel()
	token := "ghs_secretsecretsecretsecretsecretsecret"
	for _, code := range []int{400, 401, 403, 404, 409, 422, 429, 500, 502, 200} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if code == 429 {
				w.Header().Set("Retry-After", "1")
			}
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"message": "you sent %s", "errors": [{"message": %q}]}`, r.Header.Get("Authorization"), r.Header.Get("Authorization"))
		}))
		h := newHub(t)
		h.run.APIURL = server.URL
		c, err := New(h.run, token, h.options())
		if err != nil {
			t.Fatal(err)
		}
		_, tip := c.Tip(t.Context())
		_, comment := c.Comment(t.Context(), 12, "plan:.", "x")
		_, start := c.Start(t.Context(), Start{Config: ".", Commit: commit(1)})
		_, issue := c.Issue(t.Context(), drift("x"))
		server.Close()
		_, down := c.Tip(t.Context())
		for _, err := range []error{tip, comment, start, issue, down} {
			for ; err != nil; err = errors.Unwrap(err) {
				if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), token) {
					t.Errorf("%d: the token is in %#v", code, err)
				}
			}
		}
		if strings.Contains(h.log.String(), token) {
			t.Errorf("%d: the token is in the log:\n%s", code, h.log.String())
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := Run{Owner: "acme", Repo: "lake", DefaultBranch: "main", APIURL: "https://api.github.com"}
	bad := func(edit func(*Run)) Run { r := good; edit(&r); return r }
	for name, c := range map[string]struct {
		run   Run
		token string
		want  string
	}{
		"no token":  {good, "", "give the input token"},
		"two lines": {good, "ghs_secret\nX: y", "has blanks"},
		"API":       {bad(func(r *Run) { r.APIURL = "api.github.com" }), "t", "the address of GitHub's API"},
		"owner":     {bad(func(r *Run) { r.Owner = "a/../b" }), "t", "not the names"},
		"branch":    {bad(func(r *Run) { r.DefaultBranch = "" }), "t", "not the names"},
	} {
		if _, err := New(c.run, c.token, Options{}); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(good, "t", Options{}); err != nil {
		t.Error(err)
	}
}
