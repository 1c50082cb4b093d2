package awssim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// T is what a rule's body needs of a test.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// recorder is a T whose failure is what we want to see.
type recorder struct {
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) {
	r.failed = true
	runtime.Goexit()
}

// lab runs the body of one rule, with the rule in force or switched off.
type lab struct {
	T
	off map[string]bool
}

// rule runs a body twice: with the rule in force it passes, without it fails.
func rule(t *testing.T, name string, body func(l lab)) {
	t.Helper()
	t.Parallel()
	body(lab{T: t})
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		body(lab{r, map[string]bool{name: true}})
	}()
	<-done
	if !r.failed {
		t.Errorf("the test passes with %s switched off: it does not test the rule", name)
	}
}

// always runs the body of a rule that is the shape of the simulator itself and
// cannot be switched off.
func always(t *testing.T, body func(l lab)) {
	t.Helper()
	t.Parallel()
	body(lab{T: t})
}

// sim is a simulator with a clock that the test moves.
type sim struct {
	lab
	*awssim.Server
	now *time.Time
}

func start() time.Time { return time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC) }

func (l lab) sim(world string, switches ...awssim.Switches) *sim {
	l.Helper()
	o := awssim.Options{Off: l.off}
	if len(switches) > 0 {
		o.Switches = switches[0]
	}
	return l.simWith(world, o)
}

func (l lab) simWith(world string, o awssim.Options) *sim {
	l.Helper()
	now := start()
	o.Now, o.Off = func() time.Time { return now }, l.off
	w, err := awssim.ParseWorld([]byte(world))
	if err != nil {
		l.Fatalf("world: %v", err)
	}
	s, err := awssim.New(w, o)
	if err != nil {
		l.Fatalf("new: %v", err)
	}
	return &sim{l, s, &now}
}

func (s *sim) pass(d time.Duration) { *s.now = s.now.Add(d) }

// actor is who makes a call: an account's administrator, or a role.
type actor struct {
	*sim
	account, region, key, token string
}

func (s *sim) admin(account string) actor {
	return actor{sim: s, account: account, region: region, key: account}
}

func (s *sim) role(account, name string) actor {
	s.Helper()
	a := s.admin(account).assume("arn:aws:iam::" + account + ":role/" + name)
	if a.token == "" {
		s.Fatalf("cannot assume %s in %s", name, account)
	}
	return a
}

// assume is an actor without a token if the role is refused.
func (a actor) assume(arn string, extra ...string) actor {
	a.Helper()
	form := url.Values{"Action": {"AssumeRole"}, "RoleArn": {arn}, "RoleSessionName": {"test"}}
	for i := 0; i+1 < len(extra); i += 2 {
		form.Set(extra[i], extra[i+1])
	}
	_, body := a.send("sts", http.MethodPost, "/", "application/x-www-form-urlencoded", "", form.Encode())
	find := func(tag string) string {
		m := regexp.MustCompile(`<` + tag + `>([^<]*)</` + tag + `>`).FindStringSubmatch(body)
		if m == nil {
			return ""
		}
		return m[1]
	}
	m := strings.Split(arn, ":")
	return actor{sim: a.sim, account: m[4], region: a.region, key: find("AccessKeyId"), token: find("SessionToken")}
}

func (a actor) in(region string) actor {
	a.region = region
	return a
}

func (a actor) send(service, method, path, contentType, target, body string) (int, string) {
	a.Helper()
	r, err := http.NewRequest(method, "http://awssim"+path, strings.NewReader(body))
	if err != nil {
		a.Fatalf("request: %v", err)
	}
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20270101/%s/%s/aws4_request, SignedHeaders=host, Signature=x", a.key, a.region, service))
	r.Header.Set("Content-Type", contentType)
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	if a.token != "" {
		r.Header.Set("X-Amz-Security-Token", a.token)
	}
	resp, err := a.RoundTrip(r)
	if err != nil {
		a.Fatalf("round trip: %v", err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		a.Fatalf("read: %v", err)
	}
	return resp.StatusCode, string(text)
}

// reply is an answer: a document, or an error.
type reply struct {
	T
	status        int
	code, message string
	doc           map[string]any
}

func (a actor) lf(op string, in map[string]any) reply { return a.json("lakeformation", "/"+op, "", in) }

func (a actor) glue(op string, in map[string]any) reply {
	return a.json("glue", "/", "AWSGlue."+op, in)
}

func (a actor) ram(op string, in map[string]any) reply {
	return a.json("ram", "/"+strings.ToLower(op), "", in)
}

func (a actor) json(service, path, target string, in map[string]any) reply {
	a.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		a.Fatalf("marshal: %v", err)
	}
	status, text := a.send(service, http.MethodPost, path, "application/json", target, string(body))
	out := reply{T: a.T, status: status, doc: map[string]any{}}
	if err := json.Unmarshal([]byte(text), &out.doc); err != nil {
		a.Fatalf("answer %q: %v", text, err)
	}
	if status != http.StatusOK {
		out.code, _ = out.doc["__type"].(string)
		out.message, _ = out.doc["Message"].(string)
		if out.message == "" {
			out.message, _ = out.doc["message"].(string)
		}
	}
	return out
}

func (a actor) query(service, op string, in map[string]string) (int, string) {
	a.Helper()
	form := url.Values{"Action": {op}}
	for k, v := range in {
		form.Set(k, v)
	}
	return a.send(service, http.MethodPost, "/", "application/x-www-form-urlencoded", "", form.Encode())
}

func (r reply) ok() reply {
	r.Helper()
	if r.code != "" {
		r.Fatalf("unexpected %s: %s", r.code, r.message)
	}
	return r
}

// fails wants an error code and a part of its message.
func (r reply) fails(code, message string) {
	r.Helper()
	if r.code != code || !strings.Contains(r.message, message) {
		r.Fatalf("got %q %q, want %s %q", r.code, r.message, code, message)
	}
}

// list is a member of the document that is a list.
func (r reply) list(member string) []map[string]any {
	r.Helper()
	r.ok()
	items, ok := r.doc[member].([]any)
	if !ok {
		r.Fatalf("no list %s in %v", member, r.doc)
	}
	var out []map[string]any
	for _, i := range items {
		m, ok := i.(map[string]any)
		if !ok {
			r.Fatalf("%v is no object", i)
		}
		out = append(out, m)
	}
	return out
}

// each is the values of one member in a list.
func (r reply) each(member, key string) []string {
	r.Helper()
	var out []string
	for _, m := range r.list(member) {
		out = append(out, fmt.Sprint(m[key]))
	}
	return out
}

func equal[S ~[]E, E comparable](l T, got, want S) {
	l.Helper()
	if !slices.Equal(got, want) {
		l.Fatalf("got %v, want %v", got, want)
	}
}

func sorted(list []string) []string {
	sort.Strings(list)
	return list
}
