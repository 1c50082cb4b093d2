package github

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

func (h *hub) jobEnv(j githubsim.Job) func(string) string {
	token := h.sim.RequestToken(j)
	return func(k string) string {
		return map[string]string{idURL: h.url + "/oidc?api-version=2.0", idToken: token}[k]
	}
}

func TestIDToken(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.sim.Fault(githubsim.Fault{Path: "/oidc", Nth: 1, CutConnection: true})
	h.sim.Fault(githubsim.Fault{Path: "/oidc", Nth: 1, Status: 503})
	env := h.jobEnv(githubsim.Job{Repo: repoName, RunID: 99, Environment: "apply", SHA: shaA})
	token, err := IDToken(t.Context(), env, "sts.amazonaws.com", h.options())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := Claims(token)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"aud": "sts.amazonaws.com", "sub": "repo:acme/lake:environment:apply", "repository_id": "7", "run_id": "99"} {
		if claims[name] != want {
			t.Errorf("claim %s is %v, want %v", name, claims[name], want)
		}
	}
	if len(h.wait) != 2 {
		t.Errorf("waited %v, want two times", h.wait)
	}
}

func TestIDTokenFails(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	_, err := IDToken(t.Context(), none, "sts.amazonaws.com", Options{})
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Permission != "id-token: write" || !strings.Contains(err.Error(), "`id-token: write`") {
		t.Errorf("without the permission: %v", err)
	}
	for name, f := range map[string]githubsim.Fault{
		"500":      {Status: 500, Body: "the request token was SECRET"},
		"no token": {Status: 200, Body: `{"count": 0}`},
		"not JSON": {Status: 200, Body: `<html>`},
		"redirect": {Status: 302, Headers: map[string]string{"Location": "/elsewhere"}},
		"refused":  {Status: 401, Body: "SECRET is not valid"},
	} {
		h := newHub(t)
		env := h.jobEnv(githubsim.Job{Repo: repoName})
		secret := env(idToken)
		f.Path, f.Body = "/oidc", strings.ReplaceAll(f.Body, "SECRET", secret)
		h.sim.Fault(f)
		token, err := IDToken(t.Context(), env, "sts.amazonaws.com", h.options())
		if err == nil || token != "" || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "identity token") {
			t.Errorf("%s: %q, %v", name, token, err)
		}
		if again := f.Status == http.StatusInternalServerError || name == "no token"; again != (len(h.wait) == 2) {
			t.Errorf("%s: waited %v", name, h.wait)
		}
	}
}

func TestClaimsRefuses(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "a.b", "a.!.c", "a.bnVsbA.c", "a.W10.c", "a.eyJ.c", "a.e30.c.d"} {
		if claims, err := Claims(token); err == nil {
			t.Errorf("%q: %v", token, claims)
		}
	}
	if claims, err := Claims("e30.e30."); err != nil || len(claims) != 0 {
		t.Errorf("no claims: %v, %v", claims, err)
	}
}
