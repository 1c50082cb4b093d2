package awssim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// trustPolicy is the document that says who may assume a role.
type trustPolicy struct {
	Statement oneOrMore[trustStatement]
}

type trustStatement struct {
	Effect    string
	Principal trustPrincipal
	Action    oneOrMore[string]
	Condition map[string]map[string]oneOrMore[looseText]
}

// trustPrincipal is "*", or lists by kind: AWS, Federated, Service.
type trustPrincipal map[string]oneOrMore[string]

// UnmarshalJSON reads either form; "*" is everybody of every kind.
func (p *trustPrincipal) UnmarshalJSON(b []byte) error {
	if string(b) == `"*"` {
		*p = trustPrincipal{"AWS": {"*"}, "Federated": {"*"}}
		return nil
	}
	return json.Unmarshal(b, (*map[string]oneOrMore[string])(p))
}

// oneOrMore is a list that IAM also takes without brackets.
type oneOrMore[T any] []T

// UnmarshalJSON reads either form.
func (l *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*l = oneOrMore[T]{one}
	return nil
}

// looseText is a string; numbers and booleans count as what they are written like.
type looseText string

// UnmarshalJSON takes every scalar.
func (t *looseText) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = looseText(s)
		return nil
	}
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return errors.New("a condition's value is a string")
	}
	*t = looseText(b)
	return nil
}

func parseTrust(document JSONText) (trustPolicy, error) {
	var p trustPolicy
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		return p, fmt.Errorf("this is no trust policy: %w", err)
	}
	if len(p.Statement) == 0 {
		return p, errors.New("a trust policy has a Statement")
	}
	for _, s := range p.Statement {
		if s.Effect != "Allow" && s.Effect != "Deny" {
			return p, fmt.Errorf("the effect of a statement is Allow or Deny, not %q", s.Effect)
		}
	}
	return p, nil
}

// trustDocument is the role's trust policy, or what its short form stands for.
func trustDocument(account string, r *Role) []byte {
	if r.TrustPolicy != "" {
		return []byte(r.TrustPolicy)
	}
	trusted := append([]string{account}, r.Trust...)
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": trusted}, "Action": "sts:AssumeRole",
	}}})
	if err != nil {
		document = []byte("{}") // strings always encode
	}
	return document
}

// trust checks a role's trust policy.
func (c *checker) trust(path []string, r *Role) {
	if r.TrustPolicy == "" {
		return
	}
	if len(r.Trust) > 0 {
		c.bad(at(path, "trust"), "a role has either trust or trust_policy")
	}
	if _, err := parseTrust(r.TrustPolicy); err != nil {
		c.bad(at(path, "trust_policy"), "%v", err)
	}
}

// asking is one attempt to assume a role: as whom, how, and what is known about it.
type asking struct {
	kind   string   // AWS or Federated
	names  []string // every spelling of the principal
	action string
	keys   map[string][]string // condition keys, in lower case
}

// lets evaluates a trust policy: a matching Deny wins, and nothing but an Allow lets in.
func (p trustPolicy) lets(a asking) bool {
	allowed := false
	for _, s := range p.Statement {
		if !s.about(a) || !s.holds(a.keys) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		allowed = true
	}
	return allowed
}

func (s trustStatement) about(a asking) bool {
	named := slices.ContainsFunc(s.Principal[a.kind], func(p string) bool { return p == "*" || slices.Contains(a.names, p) })
	return named && slices.ContainsFunc(s.Action, func(pattern string) bool {
		return wild(strings.ToLower(pattern), strings.ToLower(a.action))
	})
}

func (s trustStatement) holds(keys map[string][]string) bool {
	for operator, tests := range s.Condition {
		for key, wanted := range tests {
			values, present := keys[strings.ToLower(key)]
			if !testCondition(operator, wanted, values, present) {
				return false
			}
		}
	}
	return true
}

// testCondition is one operator on one key. An operator that is not known here never holds.
func testCondition(operator string, wanted []looseText, values []string, present bool) bool {
	base, ifExists := strings.CutSuffix(operator, "IfExists")
	base, all := strings.CutPrefix(base, "ForAllValues:")
	base, _ = strings.CutPrefix(base, "ForAnyValue:")
	if base == "Null" {
		return len(wanted) == 1 && (wanted[0] == "true") == !present
	}
	base, negated := strings.CutPrefix(strings.Replace(base, "StringNot", "!String", 1), "!")
	compare := map[string]func(want, have string) bool{
		"StringEquals":           func(want, have string) bool { return want == have },
		"StringEqualsIgnoreCase": strings.EqualFold,
		"StringLike":             wild,
	}[base]
	switch {
	case compare == nil:
		return false
	case !present:
		return negated && !strings.HasPrefix(operator, "ForAnyValue:") || ifExists || all // all of nothing is true
	}
	one := func(have string) bool {
		found := slices.ContainsFunc(wanted, func(w looseText) bool { return compare(string(w), have) })
		return found != negated
	}
	if all {
		return !slices.ContainsFunc(values, func(have string) bool { return !one(have) })
	}
	return slices.ContainsFunc(values, one)
}

// wild matches IAM's patterns: * is any run of characters, ? is one.
func wild(pattern, text string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := range len(text) + 1 {
				if wild(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case text == "" || pattern[0] != '?' && pattern[0] != text[0]:
			return false
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}

// tokenKeys are the claims that STS compares with a trust policy; the others of
// a token are as if they were not there.
var tokenKeys = []string{
	"aud", "sub", "amr", "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
	"repository_id", "workflow",
}

// letsToken decides by a role's trust policy, or by the issuers in its short form.
func (c *call) letsToken(r *Role, account string, t webToken) bool {
	if r.TrustPolicy == "" {
		return contains(r.Trust, t.host()) || contains(r.Trust, "*")
	}
	policy, err := parseTrust(r.TrustPolicy)
	if err != nil {
		return false // the world was checked
	}
	keys := map[string][]string{}
	for _, name := range tokenKeys {
		if values, ok := t.claim(name); ok {
			keys[strings.ToLower(t.host()+":"+name)] = values
		}
	}
	return policy.lets(asking{
		kind: "Federated", names: []string{"arn:aws:iam::" + account + ":oidc-provider/" + t.host()},
		action: "sts:AssumeRoleWithWebIdentity", keys: keys,
	})
}

// letsCaller decides by a role's trust policy about somebody with AWS credentials.
func (c *call) letsCaller(r *Role) bool {
	policy, err := parseTrust(r.TrustPolicy)
	if err != nil {
		return false // the world was checked
	}
	keys := map[string][]string{"aws:principalarn": {c.who.principal}, "aws:principalaccount": {c.who.account}}
	if id := c.values.Get("ExternalId"); id != "" {
		keys["sts:externalid"] = []string{id}
	}
	return policy.lets(asking{
		kind: "AWS", names: []string{c.who.account, "arn:aws:iam::" + c.who.account + ":root", c.who.principal, c.who.arn},
		action: "sts:AssumeRole", keys: keys,
	})
}

func forbidden(code, format string, args ...any) *apiError {
	e := fail(code, format, args...)
	e.status = http.StatusForbidden
	return e
}
