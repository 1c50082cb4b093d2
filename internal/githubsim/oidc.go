package githubsim

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strings"
	"time"
)

// Claims are the claims of an OIDC token.
type Claims map[string]any

// Job is a job of a workflow run that may ask for OIDC tokens.
type Job struct {
	Repo         string // "owner/name", added before
	RunID        int64
	RunAttempt   int    // 1 if 0
	WorkflowPath string // ".github/workflows/apply.yml"
	Environment  string // of the job, "" for none
	Event        string // "push" if empty
	Ref          string // "refs/heads/main"; the default branch if empty
	SHA          string
	Actor        string // login
	HeadRef      string // of a pull request
	BaseRef      string
	// Immutable makes the subject name ids besides names, as for repositories
	// that were made or renamed since July 2026.
	Immutable bool
	// Claims replace those that follow from the rest; nil takes one away.
	Claims Claims
}

const issuer = "https://token.actions.githubusercontent.com"

// RequestToken registers a job and returns what the runner gives it as
// ACTIONS_ID_TOKEN_REQUEST_TOKEN. The address that goes with it is /oidc on
// this server.
func (s *Server) RequestToken(j Job) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf("request-%d", s.id())
	s.jobs[text] = j
	return text
}

// serveOIDC gives out a token as the runner's service does. Its audience is
// the owner's address unless the caller names one.
func (s *Server) serveOIDC(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, _ := presented(r)
	job, known := s.jobs[text]
	repo := s.repos[strings.ToLower(job.Repo)]
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !known || repo == nil {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"message":"The request token is not valid."}`))
		return
	}
	audience := cmp.Or(r.URL.Query().Get("audience"), "https://github.com/"+repo.Owner)
	token := encodeToken(s.claims(job, repo, audience))
	_ = json.NewEncoder(w).Encode(map[string]any{"count": len(token), "value": token}) // the client may be gone
}

// claims are those of GitHub's tokens; every number is a text.
func (s *Server) claims(j Job, r *repository, audience string) Claims {
	now := s.now()
	ref := cmp.Or(j.Ref, "refs/heads/"+r.DefaultBranch)
	file := cmp.Or(j.WorkflowPath, ".github/workflows/apply.yml")
	workflow := fmt.Sprintf("%s/%s@%s", r.full(), file, ref)
	actor := cmp.Or(j.Actor, "octocat")
	kind := "branch"
	if strings.HasPrefix(ref, "refs/tags/") {
		kind = "tag"
	}
	claims := Claims{
		"iss": issuer, "aud": audience, "sub": subject(j, r, ref), "jti": fmt.Sprintf("00000000-0000-4000-8000-%012d", s.id()),
		"iat": now.Unix(), "nbf": now.Add(-10 * time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"repository": r.full(), "repository_id": fmt.Sprint(r.ID), "repository_owner": r.Owner,
		"repository_owner_id": fmt.Sprint(r.OwnerID), "repository_visibility": "private",
		"ref": ref, "ref_type": kind, "ref_protected": "true", "sha": j.SHA, "head_ref": j.HeadRef, "base_ref": j.BaseRef,
		"event_name": cmp.Or(j.Event, "push"), "actor": actor, "actor_id": fmt.Sprint(userID(actor)),
		"run_id": fmt.Sprint(j.RunID), "run_number": "1", "run_attempt": fmt.Sprint(cmp.Or(j.RunAttempt, 1)),
		"workflow": strings.TrimSuffix(path.Base(file), path.Ext(file)), "workflow_ref": workflow, "workflow_sha": j.SHA,
		"job_workflow_ref": workflow, "job_workflow_sha": j.SHA, "runner_environment": "github-hosted",
	}
	if j.Environment != "" {
		claims["environment"] = j.Environment
	}
	for name, value := range j.Claims {
		claims[name] = value
	}
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// subject is what trust policies look at: the environment if the job has one,
// else that it is a pull request, else the ref.
func subject(j Job, r *repository, ref string) string {
	name := r.full()
	if j.Immutable {
		name = fmt.Sprintf("%s@%d/%s@%d", r.Owner, r.OwnerID, r.Name, r.ID)
	}
	switch {
	case j.Environment != "":
		return "repo:" + name + ":environment:" + strings.ReplaceAll(j.Environment, ":", "%3A")
	case j.Event == "pull_request":
		return "repo:" + name + ":pull_request"
	}
	return "repo:" + name + ":ref:" + ref
}

// encodeToken writes a token as it goes over the wire. Its signature has the
// right length and is worth nothing.
func encodeToken(claims Claims) string {
	header := Claims{"typ": "JWT", "alg": "RS256", "kid": "simulated"}
	parts := make([]string, 0, 3)
	for _, part := range []Claims{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			text = []byte("{}") // a claim that JSON cannot express: nobody will accept it
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0x5a}, 256))), ".")
}
