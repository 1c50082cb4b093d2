package awssim

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

// caller is who makes a call. A 12-digit access key id is the administrator of
// that account, who sets worlds up and passes every check inside it.
type caller struct {
	account       string
	principal     string // role or user ARN, what Lake Formation grants to
	arn           string // what STS and the logs call it
	role          *Role
	administrator bool
}

func administratorARN(account string) string {
	return "arn:aws:iam::" + account + ":user/administrator"
}

// may asks IAM. Deny wins; no allow list allows everything.
func (c caller) may(action string) bool {
	if c.role == nil {
		return true
	}
	return !matchesAny(c.role.Deny, action) && (len(c.role.Allow) == 0 || matchesAny(c.role.Allow, action))
}

// matchesAny matches IAM action patterns, which ignore case.
func matchesAny(patterns []string, action string) bool {
	for _, p := range patterns {
		if ok, err := path.Match(strings.ToLower(p), strings.ToLower(action)); err == nil && ok {
			return true
		}
	}
	return false
}

type authorization struct{ key, region, service string }

var credentialScope = regexp.MustCompile(`Credential=([^/,]*)/[0-9]*/([^/,]*)/([^/,]*)/aws4_request`)

func parseAuthorization(header string) authorization {
	m := credentialScope.FindStringSubmatch(header)
	if m == nil {
		return authorization{}
	}
	return authorization{key: m[1], region: m[2], service: m[3]}
}

// session is what a session token carries. Credentials are kept nowhere: the
// access key id is a digest of the token, so the two prove each other and
// survive a restart.
type session struct {
	Role    string    `json:"r"`
	Name    string    `json:"n"`
	Expires time.Time `json:"e"`
}

func (s session) token() string {
	text, err := json.Marshal(s)
	if err != nil {
		return "" // a struct of strings and a time always encodes
	}
	return base64.StdEncoding.EncodeToString(text)
}

func keyOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "ASIA" + base32.StdEncoding.EncodeToString(sum[:])[:16]
}

func unknownKey() *apiError {
	e := fail("UnrecognizedClientException", "The security token included in the request is invalid.")
	e.status = http.StatusForbidden
	return e
}

// identify finds the caller from the credentials (R2, R79).
func (s *Server) identify(key, token string) (caller, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if isAccountID(key) && s.state.account(key) != nil {
		arn := administratorARN(key)
		return caller{account: key, principal: arn, arn: arn, administrator: true}, nil
	}
	if token == "" || keyOf(token) != key {
		return caller{}, unknownKey()
	}
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return caller{}, unknownKey()
	}
	var held session
	if err := json.Unmarshal(text, &held); err != nil {
		return caller{}, unknownKey()
	}
	role := s.role(held.Role)
	if role == nil {
		return caller{}, unknownKey()
	}
	if s.rule("R79") && !s.now().Before(held.Expires) {
		e := fail("ExpiredTokenException", "The security token included in the request is expired")
		e.status = http.StatusForbidden
		return caller{}, e
	}
	p := parsePrincipal(held.Role)
	if !s.rule("R2") {
		arn := administratorARN(p.account)
		return caller{account: p.account, principal: arn, arn: arn, administrator: true}, nil
	}
	return caller{account: p.account, principal: held.Role, arn: sessionARN(p, held.Name), role: role}, nil
}

// sessionARN leaves the role's path out, as STS does.
func sessionARN(p principal, name string) string {
	return "arn:aws:sts::" + p.account + ":assumed-role/" + path.Base(p.name) + "/" + name
}

// role finds an IAM role by ARN.
func (s *Server) role(arn string) *Role {
	p := parsePrincipal(arn)
	name, isRole := strings.CutPrefix(p.name, "role/")
	if a := s.state.account(p.account); a != nil && isRole {
		return a.roles[name]
	}
	return nil
}

// principalCreated finds an IAM role or user and when it was made.
func (s *Server) principalCreated(p principal) (time.Time, bool) {
	a := s.state.account(p.account)
	if a == nil {
		return time.Time{}, false
	}
	if name, ok := strings.CutPrefix(p.name, "role/"); ok {
		if r := a.roles[name]; r != nil {
			return r.Created, true
		}
	}
	if name, ok := strings.CutPrefix(p.name, "user/"); ok {
		if u := a.users[name]; u != nil {
			return u.Created, true
		}
	}
	return time.Time{}, p.id == administratorARN(p.account)
}
