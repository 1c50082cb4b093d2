package manifest

import (
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// Soon is how long before its end a share is told about.
const Soon = 14 * 24 * time.Hour

// Dates warns about shares that have ended or end soon. A tree means the same
// with these findings and without, so Compile has none of them: what was carried
// out long ago may have ended.
func Dates(t *Tree, now time.Time) diag.List {
	var out diag.List
	for i := range t.Shares {
		s := &t.Shares[i]
		switch day := s.Ends.Format(time.DateOnly); {
		case s.Ends.IsZero(), s.State.Value != StatePresent:
		case s.Expired(now):
			out.Warn(ruleEnded, s.Expires.Pos, "remove the file, or write a later date if the access shall come back",
				"the share ended on %s: it gives nobody anything", day)
		case !now.Add(Soon).Before(s.Ends):
			out.Warn(ruleEndsSoon, s.Expires.Pos, "write a later date if the access shall stay", "the share ends on %s, at 00:00 UTC", day)
		}
	}
	return out.Sorted()
}

// expiry is when a share that is in force ends.
func (s *Share) expiry() fact.Expiry {
	return fact.Expiry{Origin: origin(s, s.Expires.Pos), Owner: s.Owner.Value, Ends: s.Ends}
}

// narrowed are the grants that lost their option with a share that ended, while
// another share still wants them.
func narrowed(ended, present map[fact.Key]fact.Want) map[fact.Key]bool {
	out := map[fact.Key]bool{}
	for k, w := range ended {
		if p, ok := present[k]; ok && w.Body.Grantable && !p.Body.Grantable {
			out[k] = true
		}
	}
	return out
}
