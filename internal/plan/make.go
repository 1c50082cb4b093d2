package plan

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Make compares and says what a merge carries out. The same input gives the same plan.
func Make(in Input) *Plan {
	m := &maker{
		in: in, past: newPast(in.Tip, in.Before),
		plan: &Plan{Tip: in.Tip.Commit, Only: in.Only, Counts: map[Row]int{}, Paths: in.Live.Paths},
		held: map[fact.Key]string{}, needed: map[fact.Key]bool{},
	}
	for _, k := range Needed(in.Only, in.Tip, in.Before).Keys {
		m.needed[k] = true
	}
	m.trees()
	m.wanted()
	m.withdrawn()
	m.lapsed()
	m.exchanges()
	m.falls()
	m.strays()
	m.findings()
	m.block()
	m.access()
	m.waiting()
	return m.plan
}

// maker carries one comparison.
type maker struct {
	in     Input
	past   *past
	plan   *Plan
	held   map[fact.Key]string // facts that cannot hold now, and why
	needed map[fact.Key]bool   // facts that were to be read
	// carrying is made when it is first asked for.
	carrying map[spot][]fact.Key
}

func (m *maker) trees() {
	for i, t := range m.in.Before {
		if i == 0 {
			m.plan.Base = t.Commit
			continue
		}
		m.plan.Started = append(m.plan.Started, t.Commit)
	}
}

// Classify puts a fact into its row of the table.
func Classify(tip *fact.Tree, before []*fact.Tree, live map[fact.Key]fact.Row, k fact.Key) Row {
	return newPast(tip, before).classify(live, k)
}

func (p *past) classify(live map[fact.Key]fact.Row, k fact.Key) Row {
	row, isLive := live[k]
	w, wanted := p.tip.Wanted[k]
	_, known := p.declared[k]
	switch {
	case !wanted && !isLive:
		return Gone
	case !wanted && (known && len(p.before) > 0 || p.newlyAbsent(k)):
		return Withdrawn
	case !wanted && known:
		return Gone // an ended share on the first run: nothing is deleted
	case !wanted:
		return Stray
	case !isLive && p.same(k, w.Body):
		return Missing
	case !isLive:
		return New
	case row.Body == w.Body && !p.inAny(k):
		return Adopted
	case row.Body == w.Body:
		return Done
	case p.same(k, w.Body) && !(p.tip.Narrowed[k] && row.Body.Grantable):
		return Altered
	}
	return Changed
}

// inAny reports whether any tree before declares the fact.
func (p *past) inAny(k fact.Key) bool {
	return slices.ContainsFunc(p.before, func(t *fact.Tree) bool { return t.Declares(k) })
}

// wanted goes through what the tip wants and the plan had to look at.
func (m *maker) wanted() {
	for _, k := range fact.SortedKeys(m.in.Tip.Wanted) {
		w := m.in.Tip.Wanted[k]
		if !m.needed[k] {
			continue
		}
		if err, unread := m.in.Live.Unread[k]; unread {
			if m.in.Only != Merges || !m.past.same(k, w.Body) {
				m.unread(m.change(fact.Make, New, k, w), err)
			}
			continue
		}
		row := m.past.classify(m.in.Live.Rows, k)
		m.plan.Counts[row]++
		if m.in.Only != Merges && m.other(row, k, w) {
			continue
		}
		switch row {
		case New:
			c := m.change(fact.Make, New, k, w)
			if m.past.started(k) {
				c.Why = "made again"
			}
			m.plan.Changes = append(m.plan.Changes, c)
		case Changed:
			m.changed(k, w)
		case Adopted:
			if k.Kind.Stays() { // never taken away, so nobody has to know whose it is
				m.plan.Counts[Adopted]--
				m.plan.Counts[Done]++
				continue
			}
			m.plan.Adopted = append(m.plan.Adopted, m.note(row, k, w, ""))
		case Missing, Altered:
			m.held[k] = row.String()
			m.plan.Drift = append(m.plan.Drift, m.note(row, k, w, ""))
		}
	}
}

// changed updates a fact with another body. A filter or link that git never
// declared belongs to somebody else; without a record nothing is narrowed.
func (m *maker) changed(k fact.Key, w fact.Want) {
	live := m.in.Live.Rows[k].Body
	c := m.change(fact.Change, Changed, k, w)
	c.Op.Old = live
	switch {
	case !k.Kind.IsGrant() && !m.past.inAny(k):
		m.taken(k, w, describeBody(k, live))
		m.plan.Changes = append(m.plan.Changes, c) // block takes it out again
	case len(m.in.Before) == 0 && live.Grantable && !w.Body.Grantable:
		m.plan.Left = append(m.plan.Left, m.note(Changed, k, w, "the grant option stays: without a record nothing is narrowed"))
	default:
		c.Exchange = k.Kind == fact.Link // no update exists: delete, then create [5.10]
		m.plan.Changes = append(m.plan.Changes, c)
	}
}

// withdrawn deletes what the tip does not want any more.
func (m *maker) withdrawn() {
	for _, k := range m.past.candidates() {
		if !m.past.ends(m.in.Only, k) {
			continue
		}
		d, known := m.past.declared[k]
		if !known {
			d = declared{want: m.in.Tip.Absent[k]}
		}
		if k.Kind.Stays() {
			if m.past.wantedBefore(k) {
				m.plan.Left = append(m.plan.Left, m.note(Withdrawn, k, d.want, "never taken away by lakeshare: others may rely on it"))
			}
			continue
		}
		c := m.change(fact.Drop, Withdrawn, k, d.want)
		c.Commit, c.Why = d.commit, m.reason(k, known)
		if err, unread := m.in.Live.Unread[k]; unread {
			m.unread(c, err)
			continue
		}
		live, ok := m.in.Live.Rows[k]
		if !ok {
			continue
		}
		m.plan.Counts[Withdrawn]++
		c.Op.Body, c.Op.Old = live.Body, fact.Body{}
		m.plan.Changes = append(m.plan.Changes, c)
	}
	m.firstRun()
}

// firstRun tells what state: absent asks for and nobody may delete without a record.
func (m *maker) firstRun() {
	if len(m.in.Before) > 0 || m.in.Only != Merges {
		return
	}
	for _, k := range fact.SortedKeys(m.in.Tip.Absent) {
		if !k.Kind.Stays() {
			m.plan.Left = append(m.plan.Left, m.note(Withdrawn, k, m.in.Tip.Absent[k],
				"without a record nothing is deleted: merge state: absent again after the first apply"))
		}
	}
}

func (m *maker) reason(k fact.Key, known bool) string {
	if _, ended := m.in.Tip.Ended[k]; ended {
		return "the share ended"
	}
	if _, absent := m.in.Tip.Absent[k]; absent && !known {
		return "state: absent"
	}
	return "no share wants it any more"
}

func (m *maker) change(v fact.Verb, r Row, k fact.Key, w fact.Want) Change {
	return Change{
		Op:  fact.Op{Verb: v, Key: k, Body: w.Body, Needs: w.Needs},
		Row: r, Origins: w.Origins,
	}
}

func (m *maker) note(r Row, k fact.Key, w fact.Want, why string) Note {
	return Note{Row: r, Key: k, Body: w.Body, Live: m.in.Live.Rows[k], Origins: w.Origins, Why: why}
}

// unread refuses a change whose fact could not be read: what is not known is never absent.
func (m *maker) unread(c Change, err error) {
	m.held[c.Op.Key] = err.Error()
	m.plan.Blocked = append(m.plan.Blocked, Blocked{Change: c, Why: err.Error(), Unread: true})
}
