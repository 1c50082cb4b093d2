package trust

import (
	"slices"
	"strings"
)

// Condition is one line of a statement's conditions, compared with a token.
type Condition struct {
	Key      string   // as the policy writes it
	Operator string   // StringEquals, ForAnyValue:StringLike, …
	Wanted   []string // what the policy asks for; one of them is enough
	Got      []string // what the token says; nil if it says nothing
	Holds    bool
	Note     string // what is behind a failure or wrong with the condition; may be empty
}

// operator is an operator of IAM taken apart.
type operator struct {
	name      string // without its affixes, in lower case
	ifExists  bool
	forAll    bool
	forAny    bool
	negated   bool
	compares  func(want, have string) bool
	supported bool
}

func parseOperator(text string) operator {
	var o operator
	name := strings.ToLower(text)
	if name, o.forAll = strings.CutPrefix(name, "forallvalues:"); !o.forAll {
		name, o.forAny = strings.CutPrefix(name, "foranyvalue:")
	}
	name, o.ifExists = strings.CutSuffix(name, "ifexists")
	o.name, o.supported = name, true
	switch name {
	case "stringequals", "stringnotequals", "arnequals", "arnnotequals":
		o.compares = func(want, have string) bool { return want == have }
		if strings.HasPrefix(name, "arn") {
			o.compares = like // the ARN operators of both names match patterns
		}
	case "stringequalsignorecase", "stringnotequalsignorecase":
		o.compares = strings.EqualFold
	case "stringlike", "stringnotlike", "arnlike", "arnnotlike":
		o.compares = like
	case "bool":
		o.compares = strings.EqualFold
	case "null":
	default:
		o.supported = false
	}
	o.negated = strings.HasPrefix(name, "stringnot") || strings.HasPrefix(name, "arnnot")
	return o
}

// holds evaluates the operator the way IAM does. A key that is not there fails
// what is asked of it, unless the operator negates, says IfExists, or asks it of
// all values: all of nothing is true.
func (o operator) holds(wanted, got []string, present bool) bool {
	switch {
	case o.name == "null":
		return len(wanted) == 1 && strings.EqualFold(wanted[0], "true") == !present
	case !present && o.forAny:
		return o.ifExists
	case !present:
		return o.negated || o.ifExists || o.forAll
	}
	one := func(have string) bool {
		found := slices.ContainsFunc(wanted, func(want string) bool { return o.compares(want, have) })
		return found != o.negated
	}
	if o.forAll {
		return !slices.ContainsFunc(got, func(have string) bool { return !one(have) })
	}
	return slices.ContainsFunc(got, one)
}

// like matches a pattern: * is any run of characters, ? is one. It goes back to
// the last star only, so that no pattern takes long.
func like(pattern, text string) bool {
	p, star, mark := 0, -1, 0
	for t := 0; t < len(text); {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			p, mark = star+1, mark+1
			t = mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
