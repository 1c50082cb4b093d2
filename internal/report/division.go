package report

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// divide splits a plan into what a pull request asks for and what was merged
// before and is not carried out yet. Changes go by their keys. Access is
// computed for all changes together, so a gain or loss is merged only when some
// change causes it and every change that does is merged. These cause it:
//
//   - a grant to the principal at the same place, on the same object or on the
//     wildcard over it, of one of the permissions, of ALL, or of anything where
//     DESCRIBE is among them: made or changed for gains, dropped or changed for losses;
//   - for losses, a change with which such a grant falls;
//   - a filter on the table, whatever is done to it: it may decide on columns and rows;
//   - whatever a causing grant that is made needs and the plan makes or changes.
//
// Where no cause is found the access belongs to the pull request: somebody who
// reviews should rather see too much.
func divide(p *plan.Plan, merged map[fact.Key]bool) (own, before *plan.Plan) {
	o, b := *p, *p
	o.Changes, b.Changes = split(p.Changes, func(c plan.Change) bool { return merged[c.Op.Key] })
	o.Blocked, b.Blocked = split(p.Blocked, func(x plan.Blocked) bool { return merged[x.Change.Op.Key] })
	if len(b.Changes)+len(b.Blocked) == 0 {
		return p, &plan.Plan{}
	}
	c := causesOf(p.Changes)
	c.merged = merged
	o.Gains, b.Gains = split(readers(p.Gains), func(a plan.Access) bool { return c.allMerged(a, false) })
	o.Losses, b.Losses = split(readers(p.Losses), func(a plan.Access) bool { return c.allMerged(a, true) })
	return &o, &b
}

func split[T any](list []T, second func(T) bool) (a, b []T) {
	for _, x := range list {
		if second(x) {
			b = append(b, x)
			continue
		}
		a = append(a, x)
	}
	return a, b
}

// causes finds the changes behind a gain or loss.
type causes struct {
	merged  map[fact.Key]bool
	changed map[fact.Key]fact.Verb
	grants  map[string][]cause      // by principal
	filters map[fact.Object][]cause // by table
}

// cause is a change with the fact that it is about, or that falls with it.
type cause struct {
	change plan.Change
	key    fact.Key
	falls  bool
}

func causesOf(changes []plan.Change) causes {
	c := causes{changed: map[fact.Key]fact.Verb{}, grants: map[string][]cause{}, filters: map[fact.Object][]cause{}}
	for _, x := range changes {
		k := x.Op.Key
		c.changed[k] = x.Op.Verb
		switch {
		case k.Kind.IsGrant():
			c.grants[k.Principal] = append(c.grants[k.Principal], cause{change: x, key: k})
		case k.Kind == fact.Filter:
			c.filters[k.Object.TableObject()] = append(c.filters[k.Object.TableObject()], cause{change: x, key: k})
		}
		for _, f := range x.Falls {
			c.grants[f.Principal] = append(c.grants[f.Principal], cause{change: x, key: f, falls: true})
		}
	}
	return c
}

func (c causes) allMerged(a plan.Access, lost bool) bool {
	found := false
	for _, x := range c.grants[a.Principal] {
		if !x.explains(a, lost) {
			continue
		}
		if !c.merged[x.change.Op.Key] || x.change.Op.Verb != fact.Drop && slices.ContainsFunc(x.change.Op.Needs, c.open) {
			return false
		}
		found = true
	}
	for _, x := range c.filters[a.Object] {
		if !c.merged[x.key] {
			return false
		}
		found = true
	}
	return found
}

// open reports whether the pull request itself makes or changes a fact.
func (c causes) open(k fact.Key) bool {
	v := c.changed[k]
	return (v == fact.Make || v == fact.Change) && !c.merged[k]
}

func (x cause) explains(a plan.Access, lost bool) bool {
	verb := x.change.Op.Verb
	switch {
	case x.falls && !lost, !x.falls && lost && verb == fact.Make, !x.falls && !lost && verb == fact.Drop:
		return false
	case x.key.At != a.At || !touches(x.key.Object.TableObject(), a.Object):
		return false
	}
	return x.key.Permission == "ALL" || slices.Contains(a.Permissions, x.key.Permission) || slices.Contains(a.Permissions, "DESCRIBE")
}

// touches reports whether objects are the same, or one is the wildcard over the other.
func touches(a, b fact.Object) bool {
	if a == b {
		return true
	}
	wildcard := a.Type == fact.Tables && b.Type == fact.Table || a.Type == fact.Table && b.Type == fact.Tables
	return wildcard && a.DatabaseObject() == b.DatabaseObject()
}
