// Package diag holds findings about the user's files: collected, positioned and
// sorted, so that one run tells everything there is to mend.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a file. Line and Col count from 1; 0 means the whole file.
type Pos struct {
	File string
	Line int
	Col  int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// Severity says whether a finding stops the run.
type Severity uint8

// The severities, worst first.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Rule describes one kind of finding.
type Rule struct {
	Name  string // stable; part of every finding
	Title string
	Help  string // why it is a finding, and what to do
}

// Finding is one thing that is wrong, or about to be, with where and what to write instead.
type Finding struct {
	Rule     string // stable name, e.g. unknown-key; listed in docs/findings.md
	Severity Severity
	Pos      Pos
	Message  string // what is wrong and what was expected
	Hint     string // what to write instead; may be empty
	Other    Pos    // the second place, for findings about two; zero if none
}

// String is the one-line form, path:line:col: error: message [rule].
func (f Finding) String() string {
	s := fmt.Sprintf("%s: %s: %s [%s]", f.Pos, f.Severity, f.Message, f.Rule)
	if f.Other != (Pos{}) {
		s += fmt.Sprintf(" (see %s)", f.Other)
	}
	return s
}

// List is a collection of findings.
type List []Finding

// Add appends an error.
func (l *List) Add(rule string, pos Pos, hint, format string, args ...any) {
	*l = append(*l, Finding{Rule: rule, Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// Warn appends a warning.
func (l *List) Warn(rule string, pos Pos, hint, format string, args ...any) {
	*l = append(*l, Finding{Rule: rule, Severity: Warning, Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// HasErrors reports whether any finding stops the run.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// Sorted returns the findings by place, then severity and text, each once.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message), a.Other.Compare(b.Other))
	})
	return slices.Compact(out)
}
