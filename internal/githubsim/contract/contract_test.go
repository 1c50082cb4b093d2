package contract

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
)

// reported is a test that notes what fails instead of failing.
type reported struct {
	testing.TB
	lines []string
}

func (r *reported) Errorf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}
func (r *reported) Helper() {}

const (
	issues = "/repos/acme/lake/issues"
	issue  = `{"number":1,"url":"https://example.com/1","closed_at":null}`
)

// exchange is a request, and the answer to it.
type exchange struct {
	method, path, body string
	status             int
	answer             string
	header             http.Header // of the answer
	want               string      // part of the only report; "" if all is well
}

func (e exchange) run(t *testing.T, d *description) []string {
	t.Helper()
	report := &reported{TB: t}
	h := &checked{report, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err != nil || string(body) != e.body {
			t.Errorf("the handler read %q, %v; the client sent %q", body, err, e.body)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for name := range e.header {
			w.Header().Set(name, e.header.Get(name))
		}
		w.WriteHeader(e.status)
		_, _ = io.WriteString(w, e.answer)
	}), d}
	r := httptest.NewRequestWithContext(t.Context(), e.method, e.path, strings.NewReader(e.body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != e.status || w.Body.String() != e.answer {
		t.Errorf("the client got %d %q, the handler answered %d %q", w.Code, w.Body, e.status, e.answer)
	}
	return report.lines
}

func TestWhatIsReported(t *testing.T) {
	t.Parallel()
	d, err := read("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]exchange{
		"good read":            {"GET", issues + "?full=true&state=open&page=2", "", 200, "[" + issue + "]", nil, ""},
		"good write":           {"POST", issues, `{"title":"x","labels":["y"]}`, 201, issue, nil, ""},
		"good deletion":        {"DELETE", "/repos/acme/lake/git/ref/heads/main", "", 204, "", nil, ""},
		"escaped slash":        {"DELETE", "/repos/acme/lake/git/ref/heads%2Fmain", "", 204, "", nil, ""},
		"git":                  {"POST", "/acme/lake/git-upload-pack", "0000", 200, "x", nil, ""},
		"oidc":                 {"GET", "/oidc?audience=x", "", 200, "x", nil, ""},
		"scripted":             {"POST", issues, `{"title":"x"}`, 201, "<html>", http.Header{FaultHeader: {"1"}}, ""},
		"refused":              {"POST", issues, `{"title":"x"}`, 403, `{"message":"no","documentation_url":"https://x.org"}`, nil, ""},
		"broken down":          {"POST", issues, `{"title":"x"}`, 502, "<html>", nil, ""},
		"unknown path":         {"GET", "/repos/acme/lake/isues", "", 200, "[]", nil, "/repos/acme/lake/isues is not in GitHub's description"},
		"unknown method":       {"PUT", issues, "", 200, "[]", nil, "is not in GitHub's description"},
		"too long a path":      {"GET", issues + "/1/2", "", 200, "[]", nil, "is not in GitHub's description"},
		"unknown parameter":    {"GET", issues + "?full=true&label=x", "", 200, "[]", nil, `there is no query parameter "label"`},
		"parameter not listed": {"GET", issues + "?full=true&state=done", "", 200, "[]", nil, `parameter "state" value is not one of`},
		"parameter no number":  {"GET", issues + "?full=true&page=x", "", 200, "[]", nil, `"page" has to be a number`},
		"parameter no truth":   {"GET", issues + "?full=maybe", "", 200, "[]", nil, `"full" has to be true or false`},
		"parameter missing":    {"GET", issues, "", 200, "[]", nil, `the parameter "full" is missing`},
		"unknown key":          {"POST", issues, `{"title":"x","label":[]}`, 201, issue, nil, `the body has the key "label"`},
		"key missing":          {"POST", issues, `{"labels":[]}`, 201, issue, nil, `/title: property "title" is missing`},
		"wrong type":           {"POST", issues, `{"title":"x","labels":["y",7]}`, 201, issue, nil, "/labels/1: value must be a string"},
		"no JSON":              {"POST", issues, `{"title"`, 201, issue, nil, "the body is not JSON"},
		"no body":              {"POST", issues, "", 201, issue, nil, "it has no body"},
		"a body too much":      {"GET", issues + "?full=true", "{}", 200, "[]", nil, "it has a body, and none is described"},
		"unknown status":       {"POST", issues, `{"title":"x"}`, 202, issue, nil, "the status is not described"},
		"answer without key":   {"POST", issues, `{"title":"x"}`, 201, `{"number":1,"url":"https://x.org"}`, nil, "/closed_at: property"},
		"answer's time":        {"POST", issues, `{"title":"x"}`, 201, strings.Replace(issue, "null", `"today"`, 1), nil, "/closed_at: "},
		"answer's address":     {"POST", issues, `{"title":"x"}`, 201, strings.Replace(issue, "https://", "", 1), nil, "/url: "},
		"answer is no list":    {"GET", issues + "?full=true", "", 200, "null", nil, "Value is not nullable"},
		"answer is HTML":       {"POST", issues, `{"title":"x"}`, 201, issue, http.Header{"Content-Type": {"text/html"}}, `the content type is "text/html"`},
		"answer broken":        {"POST", issues, `{"title":"x"}`, 201, "{", nil, "the body is not JSON"},
		"error without link":   {"POST", issues, `{"title":"x"}`, 404, `{"message":"no"}`, nil, `/documentation_url: property`},
		"deletion with body":   {"DELETE", "/repos/acme/lake/git/ref/heads/main", "", 204, "{}", nil, "it has a body"},
		"304 with body":        {"GET", issues + "?full=true", "", 304, "[]", nil, "a 304 has no body"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := e.run(t, d)
			switch {
			case e.want == "" && len(lines) > 0:
				t.Errorf("reported %q, and nothing is wrong", lines)
			case e.want != "" && (len(lines) != 1 || !strings.Contains(lines[0], e.want)):
				t.Errorf("reported %q, want one line with %q", lines, e.want)
			}
		})
	}
}

func TestDescriptionsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	empty := t.TempDir() + "/empty.json"
	if err := os.WriteFile(empty, []byte(`{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"testdata/none.json", "contract_test.go", empty} {
		if d, err := read(file); err == nil {
			t.Errorf("%s was read: %d operations", file, len(d.operations))
		}
	}
}

// TestGitHubsOwnDescription reports wrong requests against the real thing.
func TestGitHubsOwnDescription(t *testing.T) {
	t.Parallel()
	if os.Getenv(Variable) == "" {
		t.Skipf("%s does not name GitHub's description; make contract sets it", Variable)
	}
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	const missing = `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`
	for name, e := range map[string]exchange{
		"a comment for nobody": {"POST", issues + "/1/comments", `{}`, 404, missing, nil, `property "body" is missing`},
		"a filter of another":  {"GET", "/repos/acme/lake/deployments?creator=me", "", 200, "[]", nil, `no query parameter "creator"`},
		"a state of none":      {"POST", "/repos/acme/lake/deployments/1/statuses", `{"state":"done"}`, 404, missing, nil, "/state: value is not one of"},
		"an option misspelt":   {"POST", "/repos/acme/lake/deployments", `{"ref":"main","automerge":false}`, 404, missing, nil, `key "automerge"`},
		"a half-made answer":   {"GET", issues + "/comments/1", "", 200, `{"id":1}`, nil, `/user: property "user" is missing`},
	} {
		lines := e.run(t, d)
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, e.want) }) {
			t.Errorf("%s: reported %q, want a line with %q", name, lines, e.want)
		}
	}
}

func TestWithoutADescriptionNothingIsWrapped(t *testing.T) {
	t.Setenv(Variable, "")
	mux := http.NewServeMux()
	if got := Wrap(t, mux); got != http.Handler(mux) {
		t.Errorf("wrapped as %T", got)
	}
}
