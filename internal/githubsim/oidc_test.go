package githubsim_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// claims asks for a token as a job does and reads what is in it.
func (w *world) claims(job githubsim.Job, query string) map[string]any {
	w.Helper()
	a := client{w.T, w.address, w.RequestToken(job)}.want(200, "GET", "/oidc"+query, "")
	token := a.object["value"].(string)
	parts := strings.Split(token, ".")
	if len(parts) != 3 || a.object["count"] != float64(len(token)) {
		w.Fatalf("%d parts, count %v of %d", len(parts), a.object["count"], len(token))
	}
	claims := map[string]any{}
	for _, part := range parts[:2] { // the header first
		text, err := base64.RawURLEncoding.DecodeString(part)
		w.must(err)
		w.must(json.Unmarshal(text, &claims))
	}
	return claims
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for want, job := range map[string]githubsim.Job{
		"repo:acme/lake:ref:refs/heads/main":          {},
		"repo:acme/lake:ref:refs/tags/v1":             {Ref: "refs/tags/v1"},
		"repo:acme/lake:pull_request":                 {Event: "pull_request", Ref: "refs/pull/1/merge"},
		"repo:acme/lake:environment:apply":            {Environment: "apply"},
		"repo:acme/lake:environment:eu%3Aapply":       {Environment: "eu:apply", Event: "pull_request"},
		"repo:acme@55/lake@77:environment:apply":      {Environment: "apply", Immutable: true},
		"repo:acme@55/lake@77:ref:refs/heads/main":    {Immutable: true},
		"repo:acme@55/lake@77:pull_request":           {Event: "pull_request", Immutable: true},
		"repository_owner:acme:job_workflow_ref:mine": {Claims: githubsim.Claims{"sub": "repository_owner:acme:job_workflow_ref:mine"}},
	} {
		job.Repo = "acme/lake"
		if got := w.claims(job, "")["sub"]; got != want {
			t.Errorf("subject %v, want %s", got, want)
		}
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := githubsim.Job{
		Repo: "acme/lake", RunID: 42, RunAttempt: 3, SHA: w.sha["third"], Actor: "ada", Environment: "apply",
		Claims: githubsim.Claims{"runner_environment": nil},
	}
	got := w.claims(job, "?api-version=2.0&audience=sts.amazonaws.com")
	for name, want := range map[string]any{
		"alg": "RS256", "iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com",
		"repository": "acme/lake", "repository_id": "77", "repository_owner": "acme", "repository_owner_id": "55",
		"ref": "refs/heads/main", "sha": w.sha["third"], "run_id": "42", "run_attempt": "3", "actor": "ada",
		"workflow": "apply", "workflow_ref": "acme/lake/.github/workflows/apply.yml@refs/heads/main",
		"job_workflow_ref": "acme/lake/.github/workflows/apply.yml@refs/heads/main", "event_name": "push",
		"environment": "apply", "iat": float64(now.Unix()), "exp": float64(now.Unix() + 300), "runner_environment": nil,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if plain := w.claims(githubsim.Job{Repo: "acme/lake"}, ""); plain["aud"] != "https://github.com/acme" || plain["environment"] != nil {
		t.Errorf("by default the audience is %v and the environment %v", plain["aud"], plain["environment"])
	}
}

func TestRequestTokenIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, token := range []string{"", "wrong", w.token} { // the API's token is another one
		if a := (client{t, w.address, token}).want(401, "GET", "/oidc", ""); a.object["value"] != nil {
			t.Errorf("a token for nobody: %s", a.text)
		}
	}
	if got := fmt.Sprint(len(w.Calls())); got != "3" {
		t.Errorf("%s calls were noted, want 3", got)
	}
}
