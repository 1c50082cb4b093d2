package plan

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// exchanges makes again what falls when a link gets another target: AWS has no
// update, so the link is deleted and created, and its grants go with it.
func (m *maker) exchanges() {
	planned := map[fact.Key]bool{}
	for _, c := range m.plan.Changes {
		planned[c.Op.Key] = true
	}
	for _, c := range slices.Clone(m.plan.Changes) {
		if c.Op.Key.Kind != fact.Link || c.Op.Verb != fact.Change {
			continue
		}
		for _, g := range onObject(m.in.Tip.Wanted, c.Op.Key.At, c.Op.Key.Object) {
			if planned[g] || m.in.Only != Merges && !m.past.everywhere(g, m.in.Tip.Wanted[g].Body) {
				continue // a run of its own leaves what is merged and waits alone
			}
			again := m.change(fact.Make, Done, g, m.in.Tip.Wanted[g])
			again.Why, again.Exchange = "falls with its link and is made again", true
			m.plan.Changes = append(m.plan.Changes, again)
		}
	}
	m.movedOnFilters()
	m.replacements()
	m.widenings()
}

// movedOnFilters marks what happens to grants on a filter that changes while
// some come and some go: whoever goes from one to the other has neither for an
// instant, since the old grant must not show the new columns.
func (m *maker) movedOnFilters() {
	changing := m.plan.changingFilters()
	made, gone := map[fact.Object]bool{}, map[fact.Object]bool{}
	for _, c := range m.plan.Changes {
		made[c.Op.Key.Object] = made[c.Op.Key.Object] || c.Op.Verb == fact.Make
		gone[c.Op.Key.Object] = gone[c.Op.Key.Object] || c.Op.Verb == fact.Drop
	}
	for i, c := range m.plan.Changes {
		if o := c.Op.Key.Object; changing[o] && made[o] && gone[o] && c.Op.Key.Kind.IsGrant() {
			m.plan.Changes[i].Exchange = true
		}
	}
}

// replacements lets a withdrawal wait for what takes its place: whoever keeps
// access to a table on another way must not be cut off when that way fails.
func (m *maker) replacements() {
	made := map[reader][]fact.Key{}
	for _, c := range m.plan.Changes {
		if r, ok := readerOf(c.Op.Key); ok && c.Op.Verb == fact.Make {
			made[r] = append(made[r], c.Op.Key)
		}
	}
	for i, c := range m.plan.Changes {
		if r, ok := readerOf(c.Op.Key); ok && c.Op.Verb == fact.Drop {
			m.plan.Changes[i].Op.Needs = made[r]
		}
	}
}

// widenings lets a filter that will show more wait for the withdrawals from it:
// whoever goes must not see what comes, also where taking them off fails.
func (m *maker) widenings() {
	going := map[fact.Object][]fact.Key{}
	note := func(c Change) {
		if k := c.Op.Key; c.Op.Verb == fact.Drop && k.Kind.IsGrant() && k.Object.Type == fact.FilteredRows {
			going[k.Object] = append(going[k.Object], k)
		}
	}
	for _, c := range m.plan.Changes {
		note(c)
	}
	for _, b := range m.plan.Blocked {
		note(b.Change)
	}
	for i, c := range m.plan.Changes {
		if c.Op.Key.Kind == fact.Filter && c.Op.Verb == fact.Change && !lets(c.Op.Old, c.Op.Body) {
			m.plan.Changes[i].Op.Needs = slices.Concat(c.Op.Needs, going[c.Op.Key.Object])
		}
	}
}

// lets reports whether a filter with one body lets through all that one with the other does.
func lets(wide, narrow fact.Body) bool {
	return columnsCover(wide.Columns, narrow.Columns) && (wide.Rows == "" || wide.Rows == narrow.Rows)
}

// takes reports whether an operation takes something away from somebody.
func takes(op fact.Op) bool {
	switch {
	case op.Verb == fact.Drop:
		return true
	case op.Verb != fact.Change:
		return false
	case op.Key.Kind == fact.Filter:
		return !lets(op.Body, op.Old)
	case op.Key.Kind == fact.Link:
		return op.Old.Target != op.Body.Target
	}
	return op.Old.Grantable && !op.Body.Grantable
}

// reader is one grantee on one table, database or path of a producer.
type reader struct {
	at        fact.Place
	principal string
	object    fact.Object
}

// readerOf returns whose access a grant is, or false for facts that let nobody
// read: DESCRIBE on containers, links and source databases only lets them see.
func readerOf(k fact.Key) (reader, bool) {
	if !k.Kind.IsGrant() || k.Kind == fact.ConsumerGrant && k.Object.Catalog == k.At.Account {
		return reader{}, false
	}
	if k.Object.Type == fact.Database && k.Permission == "DESCRIBE" {
		return reader{}, false
	}
	return reader{at: k.At, principal: k.Principal, object: k.Object.TableObject()}, true
}

// falls lists what others granted on in a consumer and lose when the account's
// own grant goes [4.70], and what is on a link that goes.
func (m *maker) falls() {
	dropped := map[fact.Key]bool{}
	for _, c := range m.plan.Changes {
		if c.Op.Verb == fact.Drop {
			dropped[c.Op.Key] = true
		}
	}
	loose := map[fact.Object][]fact.Key{} // what others granted on, by object
	for k, row := range m.in.Live.Rows {
		_, wanted := m.in.Tip.Wanted[k]
		if k.Kind == fact.ConsumerGrant && !wanted && !dropped[k] && !row.Implicit {
			loose[k.Object.TableObject()] = append(loose[k.Object.TableObject()], k)
		}
	}
	carried := m.carried(dropped)
	for i, c := range m.plan.Changes {
		for o, keys := range loose {
			if !within(o, c.Op.Key.Object) {
				continue
			}
			for _, k := range keys {
				if fallsWith(c, k, carried) {
					m.plan.Changes[i].Falls = append(m.plan.Changes[i].Falls, k)
				}
			}
		}
		slices.SortFunc(m.plan.Changes[i].Falls, fact.Key.Compare)
	}
}

// within reports whether a grant on one object may stand on a grant on the other.
func within(o, over fact.Object) bool {
	if over.Type == fact.Tables {
		return o.DatabaseObject() == over.DatabaseObject() && o.Type != fact.Database
	}
	return o == over.TableObject()
}

// carrier is what an account holds on a table, by itself or through a filter,
// and what it has granted on stands on [4.64].
type carrier struct {
	account    string
	object     fact.Object
	permission string
}

func carrierOf(k fact.Key) carrier {
	return carrier{account: k.Principal, object: k.Object.TableObject(), permission: k.Permission}
}

// carried are the carriers that are left when the plan is carried out.
func (m *maker) carried(dropped map[fact.Key]bool) map[carrier]bool {
	out := map[carrier]bool{}
	for k := range m.in.Live.Rows {
		if k.Kind == fact.AccountGrant && !dropped[k] {
			out[carrierOf(k)] = true
		}
	}
	for _, c := range m.plan.Changes {
		if c.Op.Key.Kind == fact.AccountGrant && c.Op.Verb != fact.Drop {
			out[carrierOf(c.Op.Key)] = true
		}
	}
	return out
}

func fallsWith(c Change, k fact.Key, carried map[carrier]bool) bool {
	over := c.Op.Key
	switch {
	case over.Kind == fact.AccountGrant && c.Op.Verb == fact.Drop:
		return k.At.Account == over.Principal && k.Permission == over.Permission && (k.Object == over.Object || !carried[carrierOf(over)] && !carried[carrier{over.Principal, k.Object.TableObject(), k.Permission}])
	case over.Kind == fact.Link && (c.Op.Verb == fact.Drop || c.Exchange):
		return k.At == over.At && k.Object == over.Object
	}
	return false
}

// strays notes what is live on the objects that the plan touches and git never declared.
func (m *maker) strays() {
	type place struct {
		at     fact.Place
		object fact.Object
	}
	touched := map[place]bool{}
	for k := range m.needed {
		touched[place{k.At, k.Object}] = true
	}
	for _, k := range fact.SortedKeys(m.in.Live.Rows) {
		row := m.in.Live.Rows[k]
		if row.Implicit || k.Kind.Stays() || !touched[place{k.At, k.Object}] {
			continue
		}
		if _, released := m.in.Tip.Released[k]; released {
			continue
		}
		if m.past.classify(m.in.Live.Rows, k) == Stray {
			m.plan.Counts[Stray]++
			m.plan.Drift = append(m.plan.Drift, Note{Row: Stray, Key: k, Live: row})
		}
	}
}
