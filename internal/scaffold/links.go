package scaffold

import (
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// LinkPlace is a database that may be a link or hold links.
type LinkPlace struct {
	At       fact.Place // the zero value is every account
	Database string     // lower case; * stands for any run of characters
}

// linkDatabases narrows the scope of the members to the databases that may be a
// link or hold links: nothing else is ever made or deleted in Glue.
func linkDatabases(members []fact.Account, scope []fact.Scope, links []LinkPlace) []string {
	var out []string
	for _, a := range members {
		for _, s := range scope {
			if s.At != a.Place {
				continue
			}
			for _, l := range links {
				if l.At == (fact.Place{}) || l.At == a.Place {
					out = append(out, overlap(s.Pattern, l.Database)...)
				}
			}
		}
	}
	slices.Sort(out)
	out = withoutCovered(slices.Compact(out))
	if len(out) <= maxPatterns {
		return out
	}
	// No room to tell the scope's entries apart: still only names of links.
	for _, l := range links {
		if l.At == (fact.Place{}) {
			out = append(out, l.Database)
		}
	}
	slices.Sort(out)
	return withoutCovered(slices.Compact(out))
}

// overlap returns patterns of the names that match both p and q. With several
// stars on both sides it may return more than those, never less.
func overlap(p, q string) []string {
	switch {
	case fact.Match(q, p): // a star is an ordinary character of the second
		return []string{p}
	case fact.Match(p, q):
		return []string{q}
	case !strings.Contains(p, "*") || !strings.Contains(q, "*"):
		return nil
	}
	head, ok := longer(before(p), before(q), strings.HasPrefix)
	if !ok {
		return nil
	}
	tail, ok := longer(after(p), after(q), strings.HasSuffix)
	if !ok {
		return nil
	}
	out := []string{head + "*" + tail}
	// In a short name the end of the head is the start of the tail.
	for n := 1; n <= min(len(head), len(tail)); n++ {
		name := head + tail[n:]
		if strings.HasSuffix(head, tail[:n]) && fact.Match(p, name) && fact.Match(q, name) {
			out = append(out, name)
		}
	}
	return out
}

func before(pattern string) string { return pattern[:strings.IndexByte(pattern, '*')] }
func after(pattern string) string  { return pattern[strings.LastIndexByte(pattern, '*')+1:] }

// longer returns the longer one if it includes the other.
func longer(a, b string, includes func(s, part string) bool) (string, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	return a, includes(a, b)
}

// withoutCovered leaves out what another pattern matches anyway.
func withoutCovered(patterns []string) []string {
	var out []string
	for _, p := range patterns {
		covered := func(q string) bool { return q != p && fact.Match(q, p) }
		if !slices.ContainsFunc(patterns, covered) {
			out = append(out, p)
		}
	}
	return out
}
