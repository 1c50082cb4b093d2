package githubsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

func TestPermissions(t *testing.T) {
	t.Parallel()
	const repo = "/repos/acme/lake"
	deploy := `{"ref":"main","required_contexts":[],"auto_merge":false}`
	for name, test := range map[string]struct {
		has                map[string]string
		method, path, body string
		status             int
		accepted           string
	}{
		"read without contents":       {map[string]string{"issues": "read"}, "GET", "/branches/main", "", 403, "contents=read"},
		"read with contents":          {map[string]string{"contents": "read"}, "GET", "/branches/main", "", 200, "contents=read"},
		"writing reads too":           {map[string]string{"contents": "write"}, "GET", "/activity", "", 200, "contents=read"},
		"deploy with read":            {map[string]string{"deployments": "read"}, "POST", "/deployments", deploy, 403, "deployments=write"},
		"deploy with write":           {map[string]string{"deployments": "write"}, "POST", "/deployments", deploy, 201, "deployments=write"},
		"comment as pull request":     {map[string]string{"pull-requests": "write"}, "POST", "/issues/1/comments", `{"body":"x"}`, 201, "issues=write; pull_requests=write"},
		"comment as issue":            {map[string]string{"issues": "write"}, "POST", "/issues/1/comments", `{"body":"x"}`, 201, "issues=write; pull_requests=write"},
		"comment with read":           {map[string]string{"issues": "read"}, "POST", "/issues/1/comments", `{"body":"x"}`, 403, "issues=write; pull_requests=write"},
		"pull requests are no issues": {map[string]string{"pull-requests": "write"}, "POST", "/issues/2/comments", `{"body":"x"}`, 403, "issues=write; pull_requests=write"},
		"issue with nothing":          {nil, "POST", "/issues", `{"title":"x"}`, 403, "issues=write"},
		"run without actions":         {map[string]string{"contents": "read"}, "GET", "/actions/runs/1", "", 403, "actions=read"},
		"everybody reads metadata":    {nil, "GET", "", "", 200, "metadata=read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pull()
			w.want(201, "POST", repo+"/issues", `{"title":"drift"}`)
			token := w.Server.Token(githubsim.Token{Permissions: test.has})
			a := client{t, w.address, token}.want(test.status, test.method, repo+test.path, test.body)
			if got := a.header.Get("X-Accepted-GitHub-Permissions"); got != test.accepted {
				t.Errorf("accepted permissions %q, want %q", got, test.accepted)
			}
			if a.status == 403 && a.object["message"] != "Resource not accessible by integration" {
				t.Errorf("message %q", a.object["message"])
			}
		})
	}
}

func TestTokensThatAreNotGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddRepo(githubsim.Repo{Owner: "acme", Name: "other"})
	number := w.pull()
	comments := fmt.Sprintf("/repos/acme/lake/issues/%d/comments", number)

	client{t, w.address, "nobody"}.want(401, "GET", "/repos/acme/lake", "")
	client{t, w.address, ""}.want(404, "GET", "/repos/acme/lake", "") // a private repository hides itself
	client{t, w.address, ""}.want(401, "POST", comments, `{"body":"x"}`)
	own := w.as(githubsim.Token{Repo: "acme/lake", Permissions: everything})
	own.want(200, "GET", "/repos/ACME/Lake", "")
	own.want(404, "GET", "/repos/acme/other", "")
	own.want(404, "GET", "/repos/acme/nope", "")
	fork := w.as(githubsim.Token{Fork: true, Permissions: everything})
	fork.want(200, "GET", comments, "")
	fork.want(403, "POST", comments, `{"body":"x"}`)
	person := w.as(githubsim.Token{Login: "ada"})
	if a := person.want(403, "GET", comments, ""); a.object["message"] != "Resource not accessible by personal access token" {
		t.Errorf("message %q", a.object["message"])
	}
	w.Revoke(own.token)
	own.want(401, "GET", "/repos/acme/lake", "")
	w.want(400, "GET", "/repos/acme/lake", "", "X-GitHub-Api-Version", "2019-01-01")
	w.want(403, "GET", "/repos/acme/lake", "", "User-Agent", "")
}

func TestAuthorIsTheToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	comments := fmt.Sprintf("/repos/acme/lake/issues/%d/comments", w.pull())
	author := func(a answer) string {
		user := a.object["user"].(map[string]any)
		app, _ := a.object["performed_via_github_app"].(map[string]any)
		return fmt.Sprintf("%v %.0f %v via %v %v", user["login"], user["id"], user["type"], app["slug"], app["id"])
	}
	if got := author(w.want(201, "POST", comments, `{"body":"x"}`)); got != "github-actions[bot] 41898282 Bot via github-actions 15368" {
		t.Errorf("the run's token writes as %s", got)
	}
	ada := w.as(githubsim.Token{Login: "ada", Permissions: everything})
	written := author(ada.want(201, "POST", comments, `{"body":"<!-- marker -->"}`))
	if !strings.HasPrefix(written, "ada ") || !strings.HasSuffix(written, " User via <nil> <nil>") {
		t.Errorf("a person writes as %s", written)
	}
	for _, c := range w.Comments("acme/lake", 1) {
		if (c.App == "") != (c.Author == "ada") {
			t.Errorf("%s wrote through the app %q", c.Author, c.App)
		}
	}
}
