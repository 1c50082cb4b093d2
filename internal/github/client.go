package github

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	gh "github.com/google/go-github/v89/github"
)

// requestTimeout bounds one request with its answer; GitHub gives up after ten seconds itself.
const requestTimeout = 60 * time.Second

// ActionsLogin is the account behind the token that Actions gives to every run.
const ActionsLogin = "github-actions[bot]"

// The account and the app behind the token that Actions gives to every run. No
// person can take a login with brackets.
const (
	actionsLogin = ActionsLogin
	actionsApp   = "github-actions"
)

// Client talks to the repository of one run. It may be used from several
// goroutines, except that comments and issues with the same key are written
// one after the other.
type Client struct {
	run   Run
	opt   Options
	api   *gh.Client
	token string
	calls atomic.Int64
}

// Options are what a test or a special setup replaces. The zero value works.
type Options struct {
	Transport http.RoundTripper                          // default: http.DefaultTransport
	Now       func() time.Time                           // default: time.Now
	Sleep     func(context.Context, time.Duration) error // default: waits, and fails when the context ends
	Log       *slog.Logger                               // default: discards
	// Author is the login whose comments and issues are ours, where the token is
	// not the one of Actions: the login of a machine user or "my-app[bot]".
	Author string
}

func (o Options) filled() Options {
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// New returns a client for the repository of a run. It sends nothing.
func New(run Run, token string, o Options) (*Client, error) {
	if token == "" {
		return nil, errors.New("no token for GitHub: give the input token, ${{ github.token }} for instance (outside the action it is LAKESHARE_TOKEN)")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the token for GitHub has blanks or other characters that no token has: check the input token (LAKESHARE_TOKEN)")
	}
	base, err := url.Parse(strings.TrimSuffix(run.APIURL, "/") + "/")
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("the address of GitHub's API is %q, want an https URL", run.APIURL)
	}
	if !isName(run.Owner) || !isName(run.Repo) || !isBranch(run.DefaultBranch) {
		return nil, fmt.Errorf("repository %q with default branch %q: not the names of a repository and a branch", run.Owner+"/"+run.Repo, run.DefaultBranch)
	}
	c := &Client{run: run, opt: o.filled(), token: token}
	httpClient := &http.Client{Transport: (*transport)(c), Timeout: requestTimeout, CheckRedirect: checkRedirect}
	address := base.String()
	// go-github's own bookkeeping of limits goes by the clock of the machine and
	// refuses without saying when to try again.
	c.api, err = gh.NewClient(gh.WithHTTPClient(httpClient), gh.WithURLs(&address, nil), gh.WithUserAgent("lakeshare"), gh.WithDisableRateLimitCheck())
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Calls is how many requests were sent so far, those tried again included.
func (c *Client) Calls() int { return int(c.calls.Load()) }

// transport counts requests and adds the token, to nobody but the API.
type transport Client

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	base, err := url.Parse(t.api.BaseURL())
	if err != nil || r.URL.Host != base.Host || r.URL.Scheme != base.Scheme {
		return nil, fmt.Errorf("%s: %w", r.URL.Host, errForeign)
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+t.token)
	t.calls.Add(1)
	return t.opt.Transport.RoundTrip(r)
}

var (
	errMoved   = errors.New("the repository has another address now: run the workflow again")
	errForeign = errors.New("not the address of GitHub's API, the token is not sent there")
)

// checkRedirect follows a renamed repository when something is read. A write is
// not followed: it would arrive as a read and look as if it had succeeded.
func checkRedirect(r *http.Request, via []*http.Request) error {
	if via[0].Method != http.MethodGet || len(via) > 3 {
		return errMoved
	}
	return nil
}

// path is a path below the repository.
func (c *Client) path(format string, args ...any) string {
	return fmt.Sprintf("repos/%s/%s/", url.PathEscape(c.run.Owner), url.PathEscape(c.run.Repo)) + fmt.Sprintf(format, args...)
}

// isActions reports whether the token that Actions gives to runs did something.
// The app is compared where GitHub sends it.
func isActions(user *gh.User, app *gh.App) bool {
	return user.GetLogin() == actionsLogin && user.GetType() == "Bot" && (app == nil || app.GetSlug() == actionsApp)
}

// isOurs reports whether the token of this client, or another run of the same
// setup, wrote something. Text alone proves nothing: anybody can paste it.
func (c *Client) isOurs(user *gh.User, app *gh.App) bool {
	if c.opt.Author != "" {
		return strings.EqualFold(user.GetLogin(), c.opt.Author)
	}
	return isActions(user, app)
}

// redact takes the token out of a text.
func (c *Client) redact(s string) string { return strings.ReplaceAll(s, c.token, "***") }
