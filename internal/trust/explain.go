package trust

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const webIdentity = "sts:AssumeRoleWithWebIdentity"

// Verdict is what a trust policy says about one token.
type Verdict struct {
	Allowed    bool
	Statements []Statement // in the order of the policy
	Warnings   []string    // what the policy lets in or leaves out without meaning to
}

// Statement is one statement of the policy, compared with a token.
type Statement struct {
	Number     int    // from 1
	Sid        string // may be empty
	Effect     string // Allow or Deny
	Problem    string // why it is not about this token at all; "" if it is
	Conditions []Condition
	Holds      bool // it is about this token, and every condition holds
}

// Explain compares a trust policy with the claims of a token. The provider is the
// ARN of the OpenID Connect provider that the token comes from, or the host of
// its issuer. It fails on what is no trust policy.
func Explain(document []byte, provider string, claims map[string]any) (Verdict, error) {
	p, err := parse(document)
	if err != nil {
		return Verdict{}, err
	}
	e := explainer{provider: provider, issuer: host(provider), claims: claims}
	var v Verdict
	denied := false
	for i, s := range p.Statement {
		out := e.statement(i+1, s)
		v.Statements = append(v.Statements, out)
		v.Allowed = v.Allowed || out.Holds && s.Effect == "Allow"
		denied = denied || out.Holds && s.Effect == "Deny"
	}
	v.Allowed = v.Allowed && !denied
	v.Warnings = e.warnings(p)
	return v, nil
}

// Reasons says in lines why the token is kept out; none if it is let in. Only
// what is in the way is told, and of statements that are about the token only
// those, where there are any.
func (v Verdict) Reasons() []string {
	if v.Allowed {
		return nil
	}
	var near, far []string
	for _, s := range v.Statements {
		switch {
		case s.Effect == "Deny" && s.Holds:
			return []string{s.name() + " denies it"}
		case s.Effect == "Deny":
		case s.Problem != "":
			far = append(far, s.name()+": "+s.Problem)
		default:
			for _, c := range s.Conditions {
				if !c.Holds {
					near = append(near, s.name()+": "+c.String())
				}
			}
		}
	}
	if len(near) > 0 {
		return near
	}
	if len(far) == 0 {
		return []string{"no statement allows " + webIdentity}
	}
	return far
}

func (s Statement) name() string {
	if s.Sid != "" {
		return "statement " + s.Sid
	}
	return fmt.Sprintf("statement %d", s.Number)
}

// String is the condition in one line: what is asked, what the token says, and why.
func (c Condition) String() string {
	got := "the token does not have it"
	if c.Got != nil {
		got = "the token says " + quoted(c.Got)
	}
	line := fmt.Sprintf("%s %s %s, but %s", c.Operator, c.Key, quoted(c.Wanted), got)
	if c.Holds {
		line = fmt.Sprintf("%s %s %s holds", c.Operator, c.Key, quoted(c.Wanted))
	}
	if c.Note != "" {
		line += ": " + c.Note
	}
	return line
}

func quoted(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return cmp.Or(strings.Join(out, " or "), "nothing")
}

type explainer struct {
	provider, issuer string
	claims           map[string]any
}

func (e explainer) statement(number int, s statement) Statement {
	out := Statement{Number: number, Sid: s.Sid, Effect: s.Effect, Problem: e.problem(s)}
	out.Holds = out.Problem == ""
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		for _, key := range slices.Sorted(maps.Keys(s.Condition[operator])) {
			c := e.condition(operator, key, s.Condition[operator][key])
			out.Conditions = append(out.Conditions, c)
			out.Holds = out.Holds && c.Holds
		}
	}
	return out
}

// problem says why a statement is not about tokens of this provider.
func (e explainer) problem(s statement) string {
	acts := slices.ContainsFunc(s.Action, matchesAction)
	if len(s.NotAction) > 0 {
		acts = !slices.ContainsFunc(s.NotAction, matchesAction)
	}
	federated := s.Principal["Federated"]
	switch {
	case !acts:
		return "its Action is " + quoted(s.Action) + ", not " + webIdentity
	case len(s.Principal[everybody]) > 0, slices.Contains(federated, everybody):
		return ""
	case len(federated) == 0:
		return "its Principal is " + quoted(slices.Sorted(maps.Keys(s.Principal))) + ", not Federated"
	}
	for _, p := range federated {
		// A provider that is given by its host alone is one of any account.
		if p == e.provider || e.provider == e.issuer && host(p) == e.issuer {
			return ""
		}
	}
	return "its Principal is " + quoted(federated) + ", but the token comes from " + e.provider
}

func matchesAction(pattern string) bool {
	return like(strings.ToLower(pattern), strings.ToLower(webIdentity))
}

func (e explainer) condition(operatorText, key string, wanted []scalar) Condition {
	c := Condition{Key: key, Operator: operatorText}
	for _, w := range wanted {
		c.Wanted = append(c.Wanted, string(w))
	}
	o := parseOperator(operatorText)
	name, ours := e.claimOf(key)
	present := false
	if ours && knows(e.issuer, name) {
		c.Got, present = texts(e.claims, name)
	}
	c.Holds = o.supported && o.holds(c.Wanted, c.Got, present)
	c.Note = e.note(c, o, name, ours, present)
	return c
}

// claimOf takes a condition key apart; keys do not mind their case, claims do.
func (e explainer) claimOf(key string) (string, bool) {
	at := strings.LastIndexByte(key, ':')
	if at < 0 || !strings.EqualFold(key[:at], e.issuer) {
		return "", false
	}
	return strings.ToLower(key[at+1:]), true
}
