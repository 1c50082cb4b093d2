package githubsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	const repo = "/repos/acme/lake"
	w := newWorld(t)
	w.want(201, "POST", repo+"/labels", `{"name":"bug"}`)
	w.pull()
	long := func(n int) string { return strings.Repeat("ü", n) } // characters count, not bytes
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		want               string // in the answer
	}{
		"comment one character too long": {
			"POST", "/issues/1/comments", `{"body":"` + long(65537) + `"}`, 422,
			`"message":"Body is too long (maximum is 65536 characters)"`,
		},
		"comment of blanks":     {"POST", "/issues/1/comments", `{"body":" "}`, 422, `"resource":"IssueComment"`},
		"comment without body":  {"POST", "/issues/1/comments", `{}`, 422, `wasn't supplied`},
		"comment on no issue":   {"POST", "/issues/99/comments", `{"body":"x"}`, 404, "Not Found"},
		"comment that is gone":  {"PATCH", "/issues/comments/99", `{"body":"x"}`, 404, "Not Found"},
		"comment id is no id":   {"GET", "/issues/comments/abc", "", 404, "Not Found"},
		"issue body too long":   {"POST", "/issues", `{"title":"t","body":"` + long(65537) + `"}`, 422, `"field":"body"`},
		"issue title too long":  {"POST", "/issues", `{"title":"` + long(257) + `"}`, 422, "title is too long (maximum is 256 characters)"},
		"issue without title":   {"POST", "/issues", `{"body":"x"}`, 422, `wasn't supplied`},
		"issue label too long":  {"POST", "/issues", `{"title":"t","labels":["` + long(51) + `"]}`, 422, `"resource":"Label"`},
		"issue state unknown":   {"PATCH", "/issues/1", `{"state":"done"}`, 422, `"field":"state"`},
		"issues of what state":  {"GET", "/issues?state=done", "", 422, `"field":"state"`},
		"label twice":           {"POST", "/labels", `{"name":"BUG"}`, 422, `"code":"already_exists"`},
		"label color with hash": {"POST", "/labels", `{"name":"x","color":"#aabbcc"}`, 422, `"field":"color"`},
		"label unknown":         {"GET", "/labels/nope", "", 404, "Not Found"},
		"no labels":             {"POST", "/issues/1/labels", `{"labels":[]}`, 422, "oneOf"},
		"broken JSON":           {"POST", "/issues", `{"title":`, 400, "Problems parsing JSON"},
		"a list for an object":  {"POST", "/issues", `[]`, 400, "Body should be a JSON object"},
		"a number for a text":   {"POST", "/issues", `{"title":"t","body":7}`, 422, "For 'properties/body', number is not a string."},
		"deployment of nothing": {"POST", "/deployments", `{"ref":"nope"}`, 422, "No ref found for: nope"},
		"deployment no ref":     {"POST", "/deployments", `{}`, 422, `wasn't supplied`},
		"deployment payload":    {"POST", "/deployments", `{"ref":"main","payload":[1]}`, 422, "properties/payload"},
		"deployment too much":   {"POST", "/deployments", `{"ref":"main","payload":"` + long(65536) + `"}`, 422, `"field":"payload"`},
		"status of nothing":     {"POST", "/deployments/9/statuses", `{"state":"success"}`, 404, "Not Found"},
		"no such branch":        {"GET", "/branches/nope", "", 404, "Branch not found"},
		"no such ref":           {"GET", "/git/ref/heads/nope", "", 404, "Not Found"},
		"no such commit":        {"GET", "/commits/" + strings.Repeat("0", 40), "", 422, "No commit found for SHA"},
		"pulls of no commit":    {"GET", "/commits/" + strings.Repeat("0", 40) + "/pulls", "", 422, "No commit found for SHA"},
		"git's own expressions": {"GET", "/commits/main~1", "", 422, "No commit found for SHA"},
		"compare with nothing":  {"GET", "/compare/main...nope", "", 404, "Not Found"},
		"no such pull request":  {"GET", "/pulls/99", "", 404, "Not Found"},
		"no such run":           {"GET", "/actions/runs/1", "", 404, "Not Found"},
		"no such operation":     {"PUT", "/issues", `{}`, 404, "Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			a := client{t, w.address, w.token}.want(test.status, test.method, repo+test.path, test.body)
			if !strings.Contains(unquoted(a.text), test.want) || a.object["documentation_url"] == nil {
				t.Errorf("answer %s, want %s and a documentation_url", a.text, test.want)
			}
			if n := len(w.Comments("acme/lake", 1)) + len(w.Issues("acme/lake")) + len(w.Deployments("acme/lake")); n > 0 {
				t.Errorf("a refused call left %d things behind", n)
			}
		})
	}
}

// unquoted undoes how JSON writes an apostrophe that HTML could mistake.
func unquoted(text string) string { return strings.ReplaceAll(text, `\u0027`, "'") }

func TestJustFits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.pull()
	body := quote(map[string]string{"body": strings.Repeat("ü", 65536)})
	w.want(201, "POST", fmt.Sprintf("/repos/acme/lake/issues/%d/comments", number), body)
	w.want(201, "POST", "/repos/acme/lake/issues", quote(map[string]string{"title": strings.Repeat("ü", 256)}))
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, githubsim.Options{RateLimit: 2})
	first := w.want(200, "GET", "/repos/acme/lake", "")
	if got := first.header.Get("X-RateLimit-Remaining"); got != "1" {
		t.Errorf("%s calls remain, want 1", got)
	}
	w.want(200, "GET", "/rate_limit", "") // free
	w.want(200, "GET", "/repos/acme/lake", "")
	over := w.want(403, "GET", "/repos/acme/lake", "")
	if over.header.Get("X-RateLimit-Remaining") != "0" || over.header.Get("X-RateLimit-Reset") != fmt.Sprint(now.Unix()+3600) {
		t.Errorf("headers %v do not say when to come back", over.header)
	}
	w.as(githubsim.Token{Permissions: everything}).want(200, "GET", "/repos/acme/lake", "") // each token has its own
}

func TestReadingTheSameAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.pull()
	comments := fmt.Sprintf("/repos/acme/lake/issues/%d/comments", number)
	tag := w.want(200, "GET", comments, "").header.Get("ETag")
	if again := w.want(304, "GET", comments, "", "If-None-Match", tag); again.text != "" {
		t.Errorf("a 304 has the body %s", again.text)
	}
	w.want(201, "POST", comments, `{"body":"new"}`)
	w.want(200, "GET", comments, "", "If-None-Match", tag)
}
