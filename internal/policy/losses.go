// Package policy holds what a team forbids itself: limits on losses of access.
package policy

import (
	"fmt"
	"strings"

	"github.com/lakeshare/lakeshare/internal/plan"
)

// minQuote is how many letters of a digest have to be quoted to mean one plan.
const minQuote = 12

// LimitError refuses a plan that takes access from too many.
type LimitError struct {
	Lost   int
	Limit  int
	Digest string
	Quoted string // what was to let the plan pass and does not, "" for nothing
}

func (e *LimitError) Error() string {
	noun, quote := "losses", e.Digest[:16]
	if e.Lost == 1 {
		noun = "loss"
	}
	s := fmt.Sprintf("%d %s of access (principals × tables), and limits.losses allows %d in one run; ", e.Lost, noun, e.Limit)
	switch {
	case e.Quoted == "":
		return s + "to let exactly this list pass once: --allow " + quote
	case len(e.Quoted) < minQuote:
		return s + fmt.Sprintf("%q is too short for a digest: this plan has --allow %s", e.Quoted, quote)
	}
	return s + fmt.Sprintf("the digest %q is of another plan: read this one, it has --allow %s", clip(e.Quoted), quote)
}

// clip keeps a message readable whatever was quoted.
func clip(s string) string { return s[:min(len(s), 64)] }

// names reports whether the quoted text is the beginning of the digest.
func names(digest, quoted string) bool {
	return len(quoted) >= minQuote && strings.HasPrefix(digest, strings.ToLower(quoted))
}

// CheckLosses returns a *LimitError when the plan takes access from more
// principals × tables than the limit, unless its digest is allowed. A negative
// limit allows everything.
func CheckLosses(p *plan.Plan, limit int, allow string) error {
	lost := p.LostTables()
	if limit < 0 || lost <= limit {
		return nil
	}
	digest := p.Digest()
	if names(digest, allow) {
		return nil
	}
	return &LimitError{Lost: lost, Limit: limit, Digest: digest, Quoted: allow}
}
