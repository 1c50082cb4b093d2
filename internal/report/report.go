// Package report shows plans, outcomes, surveys and findings: as text, Markdown
// and JSON for the command line, and as the comments, issues and summaries that
// GitHub shows.
//
// What is shown becomes a document of phrases, in which every piece that came
// from a file or from AWS is marked as such. The text and the Markdown renderer
// walk the same document, so they cannot disagree about what is shown, and
// escaping happens in one place for each. Pages for GitHub are made of the same
// sections; they are cut to their size at rows, see [Comment]. JSON is built from
// the values themselves and leaves nothing out.
package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// Format is a form of output. The zero value is text.
type Format string

// The formats.
const (
	Text     Format = "text"
	Markdown Format = "markdown"
	JSON     Format = "json"
)

// ParseFormat reads what a user wrote after --format; "" is text.
func ParseFormat(s string) (Format, error) {
	switch f := Format(s); f {
	case "":
		return Text, nil
	case Text, Markdown, JSON:
		return f, nil
	}
	return "", fmt.Errorf("unknown format %q: text, markdown or json", s)
}

// Options is how to show something. The zero value is short text without colour.
type Options struct {
	Format   Format
	Colour   bool           // symbols and headings of text only
	Verbose  bool           // every fact on a line of its own, and whole digests
	Accounts []fact.Account // gives the aliases of ids
	// Command is what carries a plan out, or goes on where a run stopped, such as
	// "lakeshare apply". Where it is empty no such hint is given.
	Command string
}

// Run is what became of one apply.
type Run struct {
	Plan     *plan.Plan
	Outcomes []fact.Outcome
	Left     *plan.Plan // what a plan made after the run says; nil if none was made
	Recorded bool       // the commit is recorded as carried out
	Writes   int        // calls that changed something
	Commit   string     // the tip that was carried out
	Refused  string     // why the run wrote nothing, or went no further
	Over     bool       // it was refused because more access would be lost than the limit allows
}

// Plan writes what a merge would carry out. A negative lossLimit means none.
func Plan(w io.Writer, p *plan.Plan, lossLimit int, o Options) error {
	if o.Format == JSON {
		return writeJSON(w, planDocument(p, lossLimit, o))
	}
	return o.render(w, planView(p, lossLimit, o))
}

// Outcome writes what a run did, what it could not do, and what is left.
func Outcome(w io.Writer, r Run, o Options) error {
	if o.Format == JSON {
		return writeJSON(w, outcomeDocument(r, o))
	}
	return o.render(w, outcomeView(r, o))
}

// Findings writes what is wrong with the user's files, sorted by place. source
// returns the bytes of a file, or nil where it has none; it may be nil itself.
// Without findings text and Markdown are empty.
func Findings(w io.Writer, l diag.List, source func(file string) []byte, o Options) error {
	l = l.Sorted()
	switch o.Format {
	case JSON:
		return writeJSON(w, findingsDocument(l))
	case Markdown:
		_, err := io.WriteString(w, findingsMarkdown(l))
		return err
	}
	_, err := io.WriteString(w, findingsText(l, source, o))
	return err
}

func (o Options) render(w io.Writer, d document) error {
	if o.Format == Markdown {
		_, err := io.WriteString(w, markdownOf(d))
		return err
	}
	_, err := io.WriteString(w, textOf(d, o.Colour))
	return err
}

// unique sorts and drops doubles.
func unique(s []string) []string {
	out := slices.Clone(s)
	slices.Sort(out)
	return slices.Compact(out)
}

// uniquePermissions is unique with DESCRIBE at the end: whoever reads a list of
// permissions looks for what lets somebody read or write.
func uniquePermissions(s []string) []string {
	out := unique(s)
	slices.SortStableFunc(out, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "DESCRIBE":
			return 1
		case b == "DESCRIBE":
			return -1
		}
		return 0
	})
	return out
}
