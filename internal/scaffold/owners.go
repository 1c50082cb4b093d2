package scaffold

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// CodeOwners are the places of CODEOWNERS. GitHub reads the first that exists,
// and no other.
var CodeOwners = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// guard is a path whose changes need an approval of their own.
type guard struct {
	pattern string // as CODEOWNERS spells it
	path    string // of a file, or of a folder with a slash at the end
}

// guards are the paths that decide what lakeshare may do and who approves it.
func guards(in Input) []guard {
	paths := []string{in.at("lakeshare.yaml"), in.at("schema") + "/", in.at("iam") + "/", ".github/"}
	if in.CodeOwners != "" && in.CodeOwners != CodeOwners[0] {
		paths = append(paths, in.CodeOwners)
	}
	fixed := len(paths)
	for _, m := range in.Manifests {
		paths = append(paths, in.at(m)+"/")
	}
	slices.Sort(paths[fixed:])
	var out []guard
	for _, p := range slices.Compact(paths) {
		// A space ends a pattern, and a # begins a comment.
		out = append(out, guard{pattern: "/" + strings.NewReplacer(" ", `\ `, "#", `\#`).Replace(p), path: p})
	}
	return out
}

// OwnersOf reads back who owns lakeshare's files in a CODEOWNERS: those of the
// folder first, then those of any other configuration of the repository. It
// returns "" where there are none.
func OwnersOf(have, folder string) string {
	own := "/" + path.Join(folder, "lakeshare.yaml")
	for _, fits := range []func(string) bool{
		func(pattern string) bool { return pattern == own },
		func(pattern string) bool { return strings.HasSuffix(pattern, "/lakeshare.yaml") },
	} {
		for _, r := range slices.Backward(ownerRules(have)) {
			if fits(r.pattern) && len(r.owners) > 0 {
				return strings.Join(r.owners, " ")
			}
		}
	}
	return ""
}

// Override is a line of CODEOWNERS that wins over lines that guard something.
type Override struct {
	Line int // from 1
	Text string
	Over []string // the patterns that lose
}

// ownerRule is a line of CODEOWNERS that GitHub goes by.
type ownerRule struct {
	line          int // from 1
	text, pattern string
	owners        []string // none: nobody has to approve
}

// ownerRules reads a CODEOWNERS. GitHub passes over lines that are not valid.
func ownerRules(have string) []ownerRule {
	var out []ownerRule
	for i, l := range lines(have) {
		text := strings.TrimSpace(l)
		pattern := first(text)
		rest, _, _ := strings.Cut(text[len(pattern):], "#")
		owners := strings.Fields(rest)
		if pattern == "" || strings.HasPrefix(text, "#") || strings.ContainsAny(pattern[:1], "!") || strings.Contains(pattern, "[") ||
			len(owners) > 0 && !areOwners(owners) {
			continue
		}
		out = append(out, ownerRule{line: i + 1, text: text, pattern: pattern, owners: owners})
	}
	return out
}

func areOwners(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !ownerForm.MatchString(w) })
}

// overrides finds the lines that come after those that guard something, and win:
// the last pattern that matches counts. Lines with the same owners do no harm.
func (f File) overrides(have string) []Override {
	rules := ownerRules(have)
	var out []Override
	for _, g := range f.guards {
		ours := lastRule(rules, func(r ownerRule) bool { return r.pattern == g.pattern && len(r.owners) > 0 })
		if ours < 0 {
			continue // told as a line that lacks
		}
		for _, probe := range f.probes(g) {
			last := lastRule(rules, func(r ownerRule) bool { return ownerPattern(r.pattern).MatchString(probe) })
			if last <= ours || f.guardedBy(rules[last]) || includes(rules[last].owners, rules[ours].owners) {
				continue
			}
			out = overridden(out, rules[last], g.pattern)
		}
	}
	return out
}

func overridden(all []Override, by ownerRule, pattern string) []Override {
	i := slices.IndexFunc(all, func(o Override) bool { return o.Line == by.line })
	if i < 0 {
		i, all = len(all), append(all, Override{Line: by.line, Text: by.text})
	}
	if !slices.Contains(all[i].Over, pattern) {
		all[i].Over = append(all[i].Over, pattern)
	}
	return all
}

// guardedBy reports whether a rule is itself one of those that guard something.
func (f File) guardedBy(r ownerRule) bool {
	return len(r.owners) > 0 && slices.ContainsFunc(f.guards, func(g guard) bool { return g.pattern == r.pattern })
}

// probes are paths that a guard has to win for: what init writes there, and what
// somebody may add.
func (f File) probes(g guard) []string {
	if !strings.HasSuffix(g.path, "/") {
		return []string{g.path}
	}
	out := []string{g.path + "any.yaml"}
	for _, p := range f.written {
		if strings.HasPrefix(p, g.path) {
			out = append(out, p)
		}
	}
	return out
}

func includes(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

func lastRule(rules []ownerRule, fits func(ownerRule) bool) int {
	for i, r := range slices.Backward(rules) {
		if fits(r) {
			return i
		}
	}
	return -1
}

// ownerPattern is a pattern of CODEOWNERS as a regular expression on paths.
func ownerPattern(pattern string) *regexp.Regexp {
	body := strings.TrimPrefix(pattern, "/")
	folder := strings.HasSuffix(body, "/")
	body = strings.TrimSuffix(body, "/")
	var b strings.Builder
	b.WriteString("^")
	if !strings.HasPrefix(pattern, "/") && !strings.Contains(body, "/") {
		b.WriteString("(?:.*/)?") // at any depth
	}
	for i := 0; i < len(body); i++ {
		switch rest := body[i:]; {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i++
		case rest[0] == '*':
			b.WriteString("[^/]*")
		case rest[0] == '?':
			b.WriteString("[^/]")
		case rest[0] == '\\' && len(rest) > 1:
			i++
			b.WriteString(regexp.QuoteMeta(body[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	switch {
	case folder && body == "":
		b.WriteString(".*")
	case folder:
		b.WriteString("/.*")
	case !strings.HasSuffix(pattern, "/*"): // that is the files of the folder itself only
		b.WriteString("(?:/.*)?")
	}
	// Bytes that are no UTF-8 make no expression, and no file of ours has them.
	re, err := regexp.Compile(b.String() + "$")
	if err != nil {
		return regexp.MustCompile("^$")
	}
	return re
}
