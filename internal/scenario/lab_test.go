package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/reconcile"
)

const region = "eu-west-1"

// The accounts of every scenario.
const (
	producer = "111122223333"
	inside   = "444455556666" // in the producer's organization
	outside  = "777788889999" // not in it
	stranger = "888899990000" // not in it, and not in lakeshare.yaml
)

// tester is what a lab needs of a test, be it random or not.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// lab is a simulated AWS with a repository beside it, whose commits are sets of files.
type lab struct {
	t       tester
	server  *awssim.Server
	wire    http.RoundTripper // what the SDK talks to
	clock   *clock
	commits []map[string][]byte
	trees   map[compiledAt]*fact.Tree
	base    int // index of the commit carried out last, -1 for none
	started []int
}

// compiledAt is a commit as it is understood on one day.
type compiledAt struct {
	commit int
	day    string
}

// clock is a clock on which waiting takes no time.
type clock struct {
	start time.Time
	moved atomic.Int64
}

func (c *clock) now() time.Time { return c.start.Add(time.Duration(c.moved.Load())) }

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.moved.Add(int64(d))
	return ctx.Err()
}

func newClock() *clock { return &clock{start: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

// newLab starts a simulated AWS behind a socket.
func newLab(t testing.TB, world string, o awssim.Options) *lab {
	t.Helper()
	l := newDirectLab(t, world, o)
	server := httptest.NewServer(l.server)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	l.wire = socket{target}
	return l
}

// newDirectLab starts one whose handler is called without a socket, for tests with very many calls.
func newDirectLab(t tester, world string, o awssim.Options) *lab {
	t.Helper()
	w, err := awssim.ParseWorld([]byte(world))
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, clock: newClock(), base: -1, trees: map[compiledAt]*fact.Tree{}}
	o.Now = l.clock.now
	l.server, err = awssim.New(w, o)
	if err != nil {
		t.Fatal(err)
	}
	l.wire = l.server
	return l
}

// socket sends every request to one server, whatever host it is meant for.
type socket struct{ target *url.URL }

func (s socket) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = s.target.Scheme, s.target.Host
	return http.DefaultTransport.RoundTrip(r)
}

// commit adds a commit: the files of the last one with these changes; nil removes a file.
func (l *lab) commit(changes map[string]string) {
	files := map[string][]byte{}
	if n := len(l.commits); n > 0 {
		files = maps.Clone(l.commits[n-1])
	}
	for name, text := range changes {
		if text == "" {
			delete(files, name)
			continue
		}
		files[name] = []byte(text)
	}
	l.commits = append(l.commits, files)
	l.compile(len(l.commits) - 1)
}

func (l *lab) compile(i int) *fact.Tree {
	l.t.Helper()
	at := compiledAt{i, l.clock.now().Format(time.DateOnly)}
	if tree, ok := l.trees[at]; ok {
		return tree
	}
	source, findings := manifest.Load(l.commits[i])
	tree, more := manifest.Compile(source, l.clock.now())
	for _, f := range append(findings, more...) {
		l.t.Fatalf("commit %d: %s\n  %s", i, f, f.Hint)
	}
	tree.Commit = fmt.Sprintf("commit-%d", i)
	l.trees[at] = tree
	return tree
}

func (l *lab) tip() *fact.Tree { return l.compile(len(l.commits) - 1) }

func (l *lab) before() []*fact.Tree {
	var out []*fact.Tree
	switch {
	case l.base >= 0:
		out = append(out, l.compile(l.base))
	case len(l.started) > 0:
		out = append(out, &fact.Tree{})
	}
	for _, i := range l.started {
		out = append(out, l.compile(i))
	}
	return out
}

// Start and Complete are the record.
func (l *lab) Start(_, _ string) error {
	tip := len(l.commits) - 1
	if n := len(l.started); n == 0 || l.started[n-1] != tip {
		l.started = append(l.started, tip)
	}
	return nil
}

func (l *lab) Complete(_, _ string) error {
	l.base, l.started = len(l.commits)-1, nil
	return nil
}

func (l *lab) cloud(phase aws.Phase, tip *fact.Tree, before []*fact.Tree) *aws.Cloud {
	accounts := slices.Clone(tip.Accounts)
	for _, t := range before {
		for _, a := range t.Accounts {
			if !slices.ContainsFunc(accounts, func(b fact.Account) bool { return a.Place == b.Place }) {
				accounts = append(accounts, a)
			}
		}
	}
	return aws.New(aws.Config{
		Accounts: accounts, Phase: phase, Session: "lakeshare-test", Simulator: l.wire,
		Now: l.clock.now, Sleep: l.clock.sleep,
	})
}

// plan makes a plan of the last commit.
func (l *lab) plan() *plan.Plan {
	l.t.Helper()
	tip, before := l.tip(), l.before()
	p, err := reconcile.Plan(context.Background(), l.cloud(aws.Planning, tip, before), plan.Input{Tip: tip, Before: before})
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// writes returns the writing calls since the last reset of the call log.
func (l *lab) writes() []string {
	var out []string
	for _, c := range l.server.Calls() {
		if c.Writes {
			out = append(out, c.Service+" "+c.Operation+" "+c.Account)
		}
	}
	return out
}

// byHand calls an operation as the administrator of an account.
func (l *lab) byHand(account, service, operation string, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	path, header := "/"+operation, http.Header{"Content-Type": {"application/json"}}
	switch service {
	case "glue":
		path = "/"
		header = http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AWSGlue." + operation}}
	case "ram":
		path = "/" + strings.ToLower(operation)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, bytes.NewReader(data))
	r.Header = header
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20261123/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	resp, err := l.server.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %d %s", service, operation, resp.StatusCode, answer)
	}
	return answer, err
}

func (l *lab) mustByHand(account, service, operation string, body any) []byte {
	l.t.Helper()
	answer, err := l.byHand(account, service, operation, body)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer
}
