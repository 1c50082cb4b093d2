package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// declared is what an earlier tree asked for, with the commit that did.
type declared struct {
	want   fact.Want
	commit string
}

// past answers questions about the trees before.
type past struct {
	tip      *fact.Tree
	before   []*fact.Tree
	declared map[fact.Key]declared // by trees before and, for ended shares, by the tip
	reopened map[fact.Key]bool     // acceptances to look at again
}

func newPast(tip *fact.Tree, before []*fact.Tree) *past {
	p := &past{tip: tip, before: before, declared: map[fact.Key]declared{}, reopened: map[fact.Key]bool{}}
	for _, t := range before {
		p.learn(t, t.Wanted)
		p.learn(t, t.Ended)
		p.forget(t)
	}
	p.learn(tip, tip.Ended)
	p.forget(tip)
	p.reopen()
	return p
}

func (p *past) learn(t *fact.Tree, facts map[fact.Key]fact.Want) {
	for k, w := range facts {
		p.declared[k] = declared{want: w, commit: t.Commit}
	}
}

// forget ends what earlier trees declared and this one released.
func (p *past) forget(t *fact.Tree) {
	for k := range t.Released {
		delete(p.declared, k)
	}
}

// same reports whether every tree before wants the fact with this body. Without
// any tree before it is false: everything is new. A grant on a link changes with
// its link, since it falls when the link gets another target.
func (p *past) same(k fact.Key, b fact.Body) bool {
	if link, ok := p.link(k); ok && !p.same(link, p.tip.Wanted[link].Body) {
		return false
	}
	return !p.reopened[k] && p.everywhere(k, b)
}

// everywhere reports whether there are trees before and all want the fact with this body.
func (p *past) everywhere(k fact.Key, b fact.Body) bool {
	for _, t := range p.before {
		if w, ok := t.Wanted[k]; !ok || w.Body != b {
			return false
		}
	}
	return len(p.before) > 0
}

// reopen looks at acceptances again that new facts need after a run that was cut
// short: it may have made AWS open a new share for a pair that had accepted one,
// and the grants of that run do not show it.
func (p *past) reopen() {
	if len(p.before) < 2 {
		return
	}
	for k, w := range p.tip.Wanted {
		if p.everywhere(k, w.Body) {
			continue
		}
		for _, n := range w.Needs {
			if n.Kind == fact.Accepted {
				p.reopened[n] = true
			}
		}
	}
}

// link returns the link that a consumer grant stands on, if the tip wants it.
func (p *past) link(k fact.Key) (fact.Key, bool) {
	link := fact.Key{Kind: fact.Link, At: k.At, Object: k.Object}
	_, wanted := p.tip.Wanted[link]
	return link, wanted && k.Kind == fact.ConsumerGrant
}

// started reports whether a tree after the base wants the fact: an apply may have made it already.
func (p *past) started(k fact.Key) bool {
	return len(p.before) > 1 && slices.ContainsFunc(p.before[1:], func(t *fact.Tree) bool {
		_, ok := t.Wanted[k]
		return ok
	})
}

// newlyAbsent reports whether the tip asks for the fact to go and not every tree before did.
func (p *past) newlyAbsent(k fact.Key) bool {
	if _, ok := p.tip.Absent[k]; !ok || len(p.before) == 0 {
		return false
	}
	return slices.ContainsFunc(p.before, func(t *fact.Tree) bool {
		_, ok := t.Absent[k]
		return !ok
	})
}

// candidates returns what a merge may have to delete: what some tree declared
// and the tip does not want, and what the tip newly asks to go.
func (p *past) candidates() []fact.Key {
	keys := map[fact.Key]bool{}
	for k := range p.declared {
		if _, wanted := p.tip.Wanted[k]; !wanted && len(p.before) > 0 {
			keys[k] = true
		}
	}
	for k := range p.tip.Absent {
		if p.newlyAbsent(k) {
			keys[k] = true
		}
	}
	return slices.SortedFunc(maps.Keys(keys), fact.Key.Compare)
}

// Needed says which facts have to be read for a plan: those that changed in git,
// what they need, and what falls with them. Everything else costs no call.
func Needed(only Only, tip *fact.Tree, before []*fact.Tree) fact.Query {
	p := newPast(tip, before)
	keys := map[fact.Key]bool{}
	for k, w := range tip.Wanted {
		if !p.concerns(only, k, w.Body) {
			continue
		}
		keys[k] = true
		for _, n := range w.Needs {
			if !costly(n.Kind) {
				keys[n] = true
			}
		}
	}
	q := fact.Query{Wanted: tip.Set()}
	for _, k := range p.candidates() {
		if k.Kind.Stays() || !p.ends(only, k) {
			continue
		}
		keys[k] = true
		probe, ok := p.probe(k)
		if !ok {
			continue
		}
		keys[probe] = true
		// What a grant on all tables carries may stand on any of them.
		if k.Object.Type == fact.Tables && !slices.Contains(q.Sweep, probe.At) {
			q.Sweep = append(q.Sweep, probe.At)
		}
	}
	q.Keys = slices.SortedFunc(maps.Keys(keys), fact.Key.Compare)
	return q
}

// concerns reports whether a run has to look at a wanted fact.
func (p *past) concerns(only Only, k fact.Key, b fact.Body) bool {
	switch only {
	case Repairs, AutoRepairs:
		return p.same(k, b) && (only == Repairs || repairable(p.tip, k))
	case Endings:
		return p.tip.Narrowed[k] && p.everywhere(k, b) || p.foreign(k)
	}
	return !p.same(k, b) || p.tip.Narrowed[k]
}

// foreign reports a grant to an account outside lakeshare.yaml, whose owner has to accept it.
func (p *past) foreign(k fact.Key) bool {
	account := cmp.Or(fact.AccountOf(k.Principal), k.Principal)
	return k.Kind == fact.AccountGrant && len(account) == 12 &&
		!slices.ContainsFunc(p.tip.Accounts, func(a fact.Account) bool { return a.Place.Account == account })
}

// ends reports whether a run may take away a fact that the tip does not want. A
// date that a merge has just brought waits for the apply of that merge, where
// limits count: only what has ended in every tree before has ended by time.
func (p *past) ends(only Only, k fact.Key) bool {
	_, ended := p.tip.Ended[k]
	return only == Merges || only == Endings && ended && !p.wantedBefore(k)
}

func (p *past) wantedBefore(k fact.Key) bool {
	return slices.ContainsFunc(p.before, func(t *fact.Tree) bool {
		_, ok := t.Wanted[k]
		return ok
	})
}

// costly reports kinds that are not read again only because something new needs
// them: enforcement is a fact about every table of a database, acceptance one
// about RAM. Where they do not hold, making what needs them fails and says so.
func costly(k fact.Kind) bool { return k == fact.Enforced || k == fact.Accepted }

// onObject returns the consumer grants on one container or link.
func onObject(facts map[fact.Key]fact.Want, at fact.Place, o fact.Object) []fact.Key {
	var out []fact.Key
	for k := range facts {
		if k.Kind == fact.ConsumerGrant && k.At == at && k.Object == o {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, fact.Key.Compare)
	return out
}

// probe is a key that nobody wants, to have the grants of a consumer on an
// object read when the account's own grant on it is withdrawn: they fall with it.
func (p *past) probe(k fact.Key) (fact.Key, bool) {
	if k.Kind != fact.AccountGrant || len(k.Principal) != 12 {
		return fact.Key{}, false
	}
	for _, t := range append(slices.Clone(p.before), p.tip) {
		for _, a := range t.Accounts {
			if a.Place.Account == k.Principal {
				return fact.Key{Kind: fact.ConsumerGrant, At: a.Place, Object: k.Object}, true
			}
		}
	}
	return fact.Key{}, false
}
