package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Stages returns the operations in the order in which they are carried out:
// growth before shrinkage, so that nobody who keeps access is cut off between.
//
// A filter that changes comes between the two, for it may do both. Whoever is
// taken off it goes before it changes and newcomers come after, since the one
// must not see the new columns and the others must not see the old ones.
//
// Registering storage and accepting a share bring grants into effect [6.8, 4.56],
// so those that go anyway go before: nobody reads by them yet.
func (p *Plan) Stages() [][]fact.Op {
	changing, late, dormant := p.changingFilters(), p.late(), p.dormant()
	var early, first, off, change, last []fact.Op
	for _, c := range p.Changes {
		switch {
		case c.Op.Verb == fact.Drop && dormant(c.Op.Key):
			early = append(early, c.Op)
		case c.Op.Verb == fact.Drop && changing[c.Op.Key.Object]:
			off = append(off, c.Op)
		case c.Op.Verb == fact.Drop:
			last = append(last, c.Op)
		case late[c.Op.Key]:
			change = append(change, c.Op)
		default:
			first = append(first, c.Op)
		}
	}
	return slices.DeleteFunc([][]fact.Op{early, first, off, change, last}, func(s []fact.Op) bool { return len(s) == 0 })
}

// dormant reports grants of a producer that go from its tables while this plan
// registers storage there, and that nothing of this plan replaces. Which tables
// a registration covers is not known here, so any of the account's may be. Grants
// in a share that this plan accepts are dormant too.
func (p *Plan) dormant() func(fact.Key) bool {
	registering := map[fact.Place]bool{}
	var accepting []fact.Key
	growing := map[string][]fact.Object{} // by grantee; of other accounts by account
	for _, c := range p.Changes {
		switch k := c.Op.Key; {
		case c.Op.Verb == fact.Drop:
		case k.Kind == fact.Storage:
			registering[k.At] = true
		case k.Kind == fact.Accepted:
			accepting = append(accepting, k)
		case k.Kind == fact.OwnGrant || k.Kind == fact.AccountGrant:
			growing[side(k)] = append(growing[side(k)], k.Object)
		}
	}
	return func(k fact.Key) bool {
		if k.Kind == fact.ConsumerGrant { // goes with the account's own grant, and is tried before it
			k = fact.Key{Kind: fact.AccountGrant, At: fact.Place{Account: k.Object.Catalog, Region: k.At.Region}, Object: k.Object, Principal: k.At.Account}
		}
		if slices.ContainsFunc(accepting, func(a fact.Key) bool { return carriedBy(k, a) }) {
			return true // nobody reads by what was never accepted
		}
		return (k.Kind == fact.OwnGrant || k.Kind == fact.AccountGrant) && k.Object.Type != fact.Database && registering[k.At] &&
			!slices.ContainsFunc(growing[side(k)], func(o fact.Object) bool { return within(o, k.Object) || within(k.Object.TableObject(), o) })
	}
}

// side is who may take another way to the same table: a principal of the own
// account, or anybody of another one, which may change between its own grant and direct ones.
func side(k fact.Key) string {
	if of := fact.AccountOf(k.Principal); k.Kind == fact.AccountGrant && of != "" {
		return of
	}
	return k.Principal
}

// late is what grows together with filters that change: they themselves, grants
// on them, and whatever needs those.
func (p *Plan) late() map[fact.Key]bool {
	changing, late := p.changingFilters(), map[fact.Key]bool{}
	for more := len(changing) > 0; more; {
		more = false
		for _, c := range p.Changes {
			k := c.Op.Key
			if c.Op.Verb == fact.Drop || late[k] {
				continue
			}
			needsLate := slices.ContainsFunc(c.Op.Needs, func(n fact.Key) bool { return late[n] })
			if changing[k.Object] || needsLate || k.Kind == fact.Accepted && accepts(k, late) {
				late[k], more = true, true
			}
		}
	}
	return late
}

// accepts reports whether the acceptance is about one of these grants.
func accepts(k fact.Key, grants map[fact.Key]bool) bool {
	for g := range grants {
		if carriedBy(g, k) {
			return true
		}
	}
	return false
}

// carriedBy reports whether a grant to another account travels in the share of an acceptance.
func carriedBy(g, accepted fact.Key) bool {
	return g.Kind == fact.AccountGrant && g.Principal == accepted.Principal &&
		g.At.Account == accepted.Object.Catalog && g.Object.TableObject().Type == accepted.Object.Type
}

func (p *Plan) changingFilters() map[fact.Object]bool {
	changing := map[fact.Object]bool{}
	for _, c := range p.Changes {
		if c.Op.Key.Kind == fact.Filter && c.Op.Verb == fact.Change {
			changing[c.Op.Key.Object] = true
		}
	}
	return changing
}

// Deletes reports whether any change takes something away.
func (p *Plan) Deletes() bool {
	return slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Op.Verb == fact.Drop })
}

// canonicalChange is what the digest is taken of: the change and what falls
// with it, without lines and commits, which may move while the change stays.
type canonicalChange struct {
	Verb  string
	Key   string
	Body  fact.Body
	Old   fact.Body
	Falls []string
}

// Digest is SHA-256 over the canonical list of changes, in hex. People quote it
// to allow exactly this list once.
func (p *Plan) Digest() string {
	list := make([]canonicalChange, 0, len(p.Changes))
	for _, c := range p.Changes {
		cc := canonicalChange{Verb: c.Op.Verb.String(), Key: c.Op.Key.String(), Body: c.Op.Body, Old: c.Op.Old}
		for _, f := range c.Falls {
			cc.Falls = append(cc.Falls, f.String())
		}
		list = append(list, cc)
	}
	data, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("digest: %v", err)) // only strings and booleans are marshalled
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// waiting tells what others have to do: about facts that are live, and about
// what this plan will ask of them.
func (m *maker) waiting() {
	m.plan.Waiting = append(m.plan.Waiting, m.in.Live.Waits...)
	made := map[fact.Key]bool{}
	for _, c := range m.plan.Changes {
		if c.Op.Verb == fact.Make {
			made[c.Op.Key] = true
		}
	}
	for _, w := range m.in.Tip.Onward {
		_, live := m.in.Live.Rows[w.Key]
		if made[w.Key] || live && m.needed[w.Key] {
			m.plan.Waiting = append(m.plan.Waiting, w)
		}
	}
	slices.SortStableFunc(m.plan.Waiting, func(a, b fact.Wait) int { return a.Key.Compare(b.Key) })
}
