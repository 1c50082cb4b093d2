package manifest

import "github.com/lakeshare/lakeshare/internal/fact"

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
