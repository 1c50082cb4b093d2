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
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%d losses of access (principals × tables), and limits.losses allows %d in one run; to let exactly this list pass once: --allow %s",
		e.Lost, e.Limit, e.Digest[:16])
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
	if len(allow) >= minQuote && strings.HasPrefix(digest, strings.ToLower(allow)) {
		return nil
	}
	return &LimitError{Lost: lost, Limit: limit, Digest: digest}
}
