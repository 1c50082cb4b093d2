package plan

import (
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Survey is what a sweep over everything in scope found.
type Survey struct {
	Tip     string // commit
	Base    string // commit carried out last; "" for none
	Started []string

	Missing []Note // somebody took it away
	Altered []Note // somebody changed it
	Strays  []Note // live, and no tree declares it
	// Expiring are shares that end soon.
	Expiring []fact.Expiry
	// Waiting is what others still have to do.
	Waiting []fact.Wait
	// Unread are accounts, or parts of them, of which nothing could be proven.
	Unread []Unread
	// Pending counts facts that are merged and not yet carried out: the next apply does them.
	Pending int
	// Ignored counts rows that lakeshare.yaml says to ignore.
	Ignored int
	// Done counts facts that are as git wants them.
	Done int
}

// Unread is a place of which something could not be read.
type Unread struct {
	At  fact.Place
	Why string
}

// Drifts counts what is not as git says.
func (s *Survey) Drifts() int { return len(s.Missing) + len(s.Altered) + len(s.Strays) }

// Surveyed is what has to be read for a survey: everything that git wants or
// wanted, and every catalog in whole.
func Surveyed(tip *fact.Tree, before []*fact.Tree) fact.Query {
	p := newPast(tip, before)
	keys := map[fact.Key]bool{}
	for k := range tip.Wanted {
		keys[k] = true
	}
	for _, k := range p.candidates() {
		keys[k] = true
	}
	q := fact.Query{Keys: fact.SortedKeys(keys), Wanted: tip.Set(), Scope: tip.Scope}
	for _, a := range tip.Accounts {
		if !slices.Contains(q.Sweep, a.Place) {
			q.Sweep = append(q.Sweep, a.Place)
		}
	}
	return q
}

// MakeSurvey compares everything that was read with what git says. Shares that
// end by soon are listed.
func MakeSurvey(in Input, soon time.Time) *Survey {
	m := &maker{in: in, past: newPast(in.Tip, in.Before), plan: &Plan{}}
	m.trees()
	s := &Survey{Tip: in.Tip.Commit, Base: m.plan.Base, Started: m.plan.Started, Waiting: in.Live.Waits}
	for _, e := range in.Tip.Expires {
		if !e.Ends.After(soon) {
			s.Expiring = append(s.Expiring, e)
		}
	}
	m.surveyWanted(s)
	m.surveyStrays(s)
	s.unread(in.Live)
	return s
}

func (m *maker) surveyWanted(s *Survey) {
	for _, k := range fact.SortedKeys(m.in.Tip.Wanted) {
		w := m.in.Tip.Wanted[k]
		if _, unread := m.in.Live.Unread[k]; unread {
			continue
		}
		switch row := m.past.classify(m.in.Live.Rows, k); row {
		case New, Changed:
			s.Pending++
		case Missing:
			s.Missing = append(s.Missing, m.note(row, k, w, ""))
		case Altered:
			s.Altered = append(s.Altered, m.note(row, k, w, ""))
		default:
			s.Done++
		}
	}
}

// surveyStrays lists what is live in scope and no tree declares. What others
// granted on in a consumer belongs to the scope of the object that it is about.
func (m *maker) surveyStrays(s *Survey) {
	for _, k := range fact.SortedKeys(m.in.Live.Rows) {
		row := m.in.Live.Rows[k]
		_, released := m.in.Tip.Released[k]
		if _, wanted := m.in.Tip.Wanted[k]; wanted || row.Implicit || released || k.Kind.Stays() {
			continue
		}
		ignored, inScope := m.scope(k, row)
		switch {
		case !inScope:
		case m.ended(k):
			s.Strays = append(s.Strays, Note{Row: Stray, Key: k, Live: row, Origins: m.in.Tip.Ended[k].Origins, Why: "its share has ended: lakeshare apply --expired takes it away"})
		case m.past.classify(m.in.Live.Rows, k) == Withdrawn:
			s.Pending++
		case ignored:
			s.Ignored++
		default:
			s.Strays = append(s.Strays, Note{Row: Stray, Key: k, Live: row})
		}
	}
}

// ended reports whether only a date has to pass for a fact to go: no merge and no
// apply is waited for.
func (m *maker) ended(k fact.Key) bool {
	_, ended := m.in.Tip.Ended[k]
	return ended && len(m.in.Before) > 0 && !m.past.wantedBefore(k)
}

// scope reports whether a live fact lies in the scope, and whether it is ignored there.
func (m *maker) scope(k fact.Key, row fact.Row) (ignored, inScope bool) {
	if k.Object.Type == fact.Location {
		covered := slices.ContainsFunc(m.in.Tip.Accounts, func(a fact.Account) bool {
			return a.Place.Account == k.Object.Catalog && a.Storage.Covering(k.Object.Path) != ""
		})
		return fact.Scope{Ignore: m.in.Tip.Ignore}.Ignores(k, row), covered
	}
	entry, ok := fact.ScopeOf(m.in.Tip.Scope, fact.Place{Account: k.Object.Catalog, Region: k.At.Region}, k.Object.Database)
	return ok && entry.Ignores(k, row), ok
}

// repairable reports whether lakeshare.yaml lets the scheduled job put a fact back.
func repairable(tip *fact.Tree, k fact.Key) bool {
	entry, ok := fact.ScopeOf(tip.Scope, fact.Place{Account: k.Object.Catalog, Region: k.At.Region}, k.Object.Database)
	return ok && entry.Repair || k.Object.Database == "" && tip.Repair // paths and acceptances lie in no database
}

// unread names each place and cause once.
func (s *Survey) unread(live fact.Live) {
	for _, k := range fact.SortedKeys(live.Unread) {
		u := Unread{At: k.At, Why: live.Unread[k].Error()}
		if !slices.Contains(s.Unread, u) {
			s.Unread = append(s.Unread, u)
		}
	}
}
