package trust

import (
	"maps"
	"slices"
	"strings"
)

// note says what is behind a condition that fails, or holds for the wrong reason.
func (e explainer) note(c Condition, o operator, name string, ours, present bool) string {
	switch {
	case !o.supported:
		return "this operator is not explained here; it counts as not holding"
	case !ours && !c.Holds:
		return "this is no key of tokens from " + e.issuer + ": write " + e.issuer + ":CLAIM"
	case ours && !knows(e.issuer, name) && !c.Holds:
		return "STS does not evaluate the claim " + name + ", so it never holds: use sub or repository_id"
	case o.forAll && !present && c.Holds:
		return "it holds because the token has no such value: ForAllValues of nothing is true"
	case c.Holds:
		return ""
	case name == "aud":
		return "the audience that AWS expects is sts.amazonaws.com"
	case name == "sub":
		return e.subjectNote(c, o)
	}
	return ""
}

// subjectNote finds the difference that people overlook.
func (e explainer) subjectNote(c Condition, o operator) string {
	sub := claim(e.claims, "sub")
	legacy, immutable := Subject(e.claims)
	for _, want := range c.Wanted {
		switch {
		case sub == immutable && sub != legacy && o.compares(want, legacy):
			return "the policy has the form without ids; write " + immutable
		case sub == legacy && immutable != "" && o.compares(want, immutable):
			return "the policy has the form with ids, which this repository's tokens do not have; write " + legacy
		case !strings.Contains(o.name, "like") && strings.ContainsAny(want, "*?"):
			return "StringEquals takes * literally; name the environment, or use StringLike"
		case strings.EqualFold(want, sub):
			return "only upper and lower case differ"
		}
	}
	wantsEnvironment := slices.ContainsFunc(c.Wanted, func(w string) bool { return strings.Contains(w, ":environment:") })
	switch has := strings.Contains(sub, ":environment:"); {
	case wantsEnvironment && !has:
		return "the job names no environment: add \"environment:\" to the job"
	case has && !wantsEnvironment:
		return "the job runs in an environment, so its subject ends with it and names no branch"
	}
	return ""
}

// warnings tells what lets more in than meant, or will stop working.
func (e explainer) warnings(p policy) []string {
	var out []string
	for i, s := range p.Statement {
		if s.Effect != "Allow" || e.problem(s) != "" {
			continue
		}
		name := Statement{Number: i + 1, Sid: s.Sid}.name()
		for _, w := range e.statementWarnings(s) {
			out = append(out, name+" "+w)
		}
	}
	return out
}

func (e explainer) statementWarnings(s statement) []string {
	var out []string
	audience, subject, id := false, false, false
	for _, operatorText := range slices.Sorted(maps.Keys(s.Condition)) {
		o := parseOperator(operatorText)
		for _, key := range slices.Sorted(maps.Keys(s.Condition[operatorText])) {
			name, _ := e.claimOf(key)
			// What holds without the value does not keep anybody out.
			binds := !o.negated && !o.ifExists && !o.forAll && o.name != "null"
			audience = audience || binds && name == "aud"
			id = id || binds && name == "repository_id"
			if name == "sub" {
				subject = subject || binds
				for _, w := range s.Condition[operatorText][key] {
					out = append(out, e.subjectWarnings(string(w), o)...)
				}
			}
			if o.forAll {
				out = append(out, "lets tokens in that have no "+key+", because ForAllValues of nothing is true: use StringEquals")
			}
		}
	}
	if !audience {
		out = append(out, "does not ask for the audience: add StringEquals "+e.issuer+":aud sts.amazonaws.com")
	}
	switch {
	case !subject && !id:
		out = append(out, "does not ask for the subject, so every repository of "+e.issuer+" may assume the role: add StringEquals "+e.issuer+":sub")
	case !subject:
		out = append(out, "does not ask for the subject, so every workflow of the repository may assume the role: add StringEquals "+e.issuer+":sub")
	}
	return out
}

func (e explainer) subjectWarnings(want string, o operator) []string {
	if !strings.Contains(o.name, "like") {
		if !strings.Contains(want, ":environment:") && strings.HasPrefix(want, "repo:") && !strings.Contains(want, "*") {
			return []string{"names no environment in " + want + ", so no reviewer and no branch rule of an environment guards the role"}
		}
		return nil
	}
	rest, _ := strings.CutPrefix(want, "repo:")
	names, what, _ := strings.Cut(rest, ":")
	_, repository, slash := strings.Cut(names, "/")
	switch {
	case strings.HasPrefix(want, "*"), strings.ContainsAny(strings.SplitN(names, "/", 2)[0], "*?"):
		return []string{"lets repositories of other owners in with " + want}
	case !slash, strings.ContainsAny(repository, "*?"):
		return []string{"lets more than one repository in with " + want + ": name the repository"}
	case strings.ContainsAny(what, "*?") && !strings.HasPrefix(what, "environment:"), what == "":
		return []string{"lets every branch and pull request in with " + want + ": name the environment"}
	case strings.ContainsAny(what, "*?"):
		return []string{"lets more than one environment in with " + want + ": name the environment"}
	}
	return nil
}
