package githubsim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"strings"
)

// actionsApp is the app in whose name workflow runs act.
const (
	actionsLogin = "github-actions[bot]"
	actionsID    = 41898282
	actionsApp   = "github-actions"
	actionsAppID = 15368
)

// Token is who makes a call and what they may do. Left empty, Login, App and
// Type are those of a workflow run's own token.
type Token struct {
	Login string // "github-actions[bot]"
	App   string // slug of the app; "" with a Login of its own is a person's token
	Type  string // "Bot" or "User"
	// Repo is the only repository that the token sees; "" is all of them.
	Repo string
	// Permissions maps a scope, as a workflow writes it ("pull-requests"), to
	// "read" or "write". What is missing is none.
	Permissions map[string]string
	// Fork marks a token of a pull request from a fork: it only reads.
	Fork bool
	// RunID is the run that has the token; it is shown in [Call].
	RunID int64
}

// Token registers a token and returns its text.
func (s *Server) Token(t Token) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Login == "" {
		t.Login, t.App = actionsLogin, cmp.Or(t.App, actionsApp)
	}
	if t.Type == "" {
		t.Type = "User"
		if strings.HasSuffix(t.Login, "[bot]") {
			t.Type = "Bot"
		}
	}
	t.Permissions = maps.Clone(t.Permissions)
	text := fmt.Sprintf("ghs_%036d", s.id())
	s.tokens[text] = &t
	return text
}

// Revoke makes a token unknown, as GitHub does when its job has ended.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

// may says whether the token has a permission such as "pull_requests=write".
// The description of the API writes scopes with an underscore, workflows with
// a hyphen. Everybody who sees a repository may read its metadata.
func (t *Token) may(permission string) bool {
	scope, level, _ := strings.Cut(permission, "=")
	if scope == "metadata" {
		return true
	}
	has := cmp.Or(t.Permissions[scope], t.Permissions[strings.ReplaceAll(scope, "_", "-")])
	if level == "write" {
		return has == "write" && !t.Fork
	}
	return has == "read" || has == "write"
}

func (t *Token) refusal() *apiError {
	if t.App != "" {
		return fail(http.StatusForbidden, "Resource not accessible by integration")
	}
	return fail(http.StatusForbidden, "Resource not accessible by personal access token")
}

// presented reads the token off a request: "Bearer T", "token T", or the
// password of basic authentication, as git sends it.
func presented(r *http.Request) (text string, given bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false
	}
	if _, password, ok := r.BasicAuth(); ok {
		return password, true
	}
	_, text, _ = strings.Cut(header, " ")
	return strings.TrimSpace(text), true
}

// identify finds the token of a request; nil is an anonymous caller.
func (s *Server) identify(r *http.Request) (*Token, *apiError) {
	text, given := presented(r)
	if !given {
		return nil, nil
	}
	token := s.tokens[text]
	if token == nil {
		return nil, fail(http.StatusUnauthorized, "Bad credentials")
	}
	return token, nil
}

// userID makes an id of a login: GitHub's own for the Actions app.
func userID(login string) int64 {
	if login == actionsLogin {
		return actionsID
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(login)))
	return int64(h.Sum32())
}

func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprint(id)))
}
