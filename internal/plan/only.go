package plan

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// other handles a wanted fact in a run that is not about merges, and reports
// whether that is all there is to do about it. A repair puts back what is missing
// or altered; what git brought waits for the next apply. What a date narrowed
// goes on like any change.
func (m *maker) other(row Row, k fact.Key, w fact.Want) bool {
	switch {
	case m.in.Only == Endings && row == Changed && m.in.Tip.Narrowed[k] && m.past.everywhere(k, w.Body):
		return false
	case m.in.Only == Endings:
		return true
	case row == Missing:
		c := m.change(fact.Make, row, k, w)
		c.Why = "put back"
		m.plan.Changes = append(m.plan.Changes, c)
	case row == Altered:
		c := m.change(fact.Change, row, k, w)
		c.Op.Old, c.Why = m.in.Live.Rows[k].Body, "put back"
		c.Exchange = k.Kind == fact.Link
		m.plan.Changes = append(m.plan.Changes, c)
	case row == New || row == Changed:
		m.held[k] = "merged and not yet carried out"
	}
	return true
}

// renewing reports whether this run sends the invitation behind a grant again.
func (m *maker) renewing(k fact.Key) bool {
	return m.in.Only == Endings && slices.ContainsFunc(m.in.Live.Lapsed, func(l fact.Lapse) bool { return l.Key == k })
}

// lapsed sends invitations again that ended unanswered, and tells when that has
// gone on for too long. Reading tells which: it knows the clock.
func (m *maker) lapsed() {
	if m.in.Only != Endings {
		return
	}
	for _, l := range m.in.Live.Lapsed {
		w, ok := m.in.Tip.Wanted[l.Key]
		if !ok {
			continue
		}
		c := m.change(fact.Renew, Done, l.Key, w)
		c.Op.Needs, c.Why = nil, "the invitation was not accepted in time"
		m.plan.Changes = append(m.plan.Changes, c)
	}
}
