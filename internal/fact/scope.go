package fact

import "strings"

// Scope is one entry of an account's databases in lakeshare.yaml: a name, or a
// pattern in which * stands for any run of characters.
type Scope struct {
	At      Place
	Pattern string
	Repair  bool     // drift: repair: the scheduled job puts back what is missing or altered
	Ignore  []string // writer:PATTERN or grantee:PATTERN: known, and not ours
}

// ScopeOf returns the entry that rules a database: the exact name, then the
// longest pattern.
func ScopeOf(entries []Scope, at Place, database string) (Scope, bool) {
	best, found := Scope{}, false
	for _, s := range entries {
		if s.At == at && Match(s.Pattern, database) && (!found || MoreExact(s.Pattern, best.Pattern)) {
			best, found = s, true
		}
	}
	return best, found
}

// MoreExact reports whether pattern p is more exact than q.
func MoreExact(p, q string) bool {
	if exact := !strings.Contains(p, "*"); exact != !strings.Contains(q, "*") {
		return exact
	}
	return len(p) > len(q)
}

// Match reports whether name matches a pattern in which * stands for any run of characters.
func Match(pattern, name string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for i := 0; i <= len(name); i++ {
		if Match(rest, name[i:]) {
			return true
		}
	}
	return false
}

// Ignores reports whether the entry ignores a live row.
func (s Scope) Ignores(k Key, r Row) bool {
	for _, i := range s.Ignore {
		field, pattern, _ := strings.Cut(i, ":")
		switch {
		case field == "writer" && r.Writer != "" && Match(pattern, r.Writer):
			return true
		case field == "grantee" && k.Principal != "" && Match(pattern, k.Principal):
			return true
		}
	}
	return false
}
