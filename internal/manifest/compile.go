package manifest

import (
	"maps"
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// Compile turns a tree into what it means at the given time. Findings name what
// AWS would refuse, what lies outside the scope and where two shares disagree.
// What a file of version 1 compiles to never changes, names included.
func Compile(t *Tree, now time.Time) (*fact.Tree, diag.List) {
	c := &compiler{tree: t, now: now}
	out := &fact.Tree{Losses: DefaultLosses, Named: map[fact.Name]fact.Origin{}}
	c.named = out.Named
	if t.Config == nil {
		return out, nil
	}
	out.Losses, out.Scope, out.Ignore, out.Repair = t.Config.Losses, t.Config.scope(), values(t.Config.Ignore), t.Config.Repair
	for _, a := range t.Config.Accounts {
		out.Accounts = append(out.Accounts, fact.Account{
			Place: a.place(), Alias: a.Alias.Value,
			PlanRole: a.PlanRole.Value, ApplyRole: a.ApplyRole.Value, Storage: a.storageRules(),
		})
	}
	c.checkConfig()
	present, ended, absent, released := c.newLayer(), c.newLayer(), c.newLayer(), c.newLayer()
	present.wants = true
	for i := range t.Shares {
		s := &t.Shares[i]
		switch {
		case s.State.Value == StateAbsent:
			c.expand(s, absent)
		case s.State.Value == StateReleased:
			c.expand(s, released)
		case s.Expired(now):
			c.expand(s, ended)
		default:
			c.expand(s, present)
			if !s.Ends.IsZero() {
				out.Expires = append(out.Expires, s.expiry())
			}
		}
	}
	for _, l := range []*layer{present, ended, absent, released} {
		l.settle()
		l.foldAll()
	}
	c.checkAbsent(present, absent)
	c.checkNames(present)
	out.Wanted = present.facts
	out.Ended = without(ended.facts, present.facts)
	out.Narrowed = narrowed(ended.facts, present.facts)
	slices.SortStableFunc(out.Expires, func(a, b fact.Expiry) int { return a.Ends.Compare(b.Ends) })
	out.Absent = without(absent.facts, present.facts)
	out.Released = without(released.facts, present.facts)
	out.Onward = present.onward
	return out, c.findings.Sorted()
}

// compiler carries what expanding the shares of one tree needs and finds.
type compiler struct {
	tree     *Tree
	now      time.Time
	findings diag.List
	named    map[fact.Name]fact.Origin
}

// name remembers the first place that writes a name.
func (c *compiler) name(n fact.Name, at fact.Origin) {
	if _, ok := c.named[n]; !ok {
		c.named[n] = at
	}
}

// layer collects the facts of all shares of one state.
type layer struct {
	c      *compiler
	facts  map[fact.Key]fact.Want
	wants  bool              // bodies count: what has ended or is to go may have any
	leaves map[fact.Key]bool // facts that are what a recipient asks for, not what carries it
	onward []fact.Wait
}

func (c *compiler) newLayer() *layer {
	return &layer{c: c, facts: map[fact.Key]fact.Want{}, leaves: map[fact.Key]bool{}}
}

// add makes the fact wanted from one more place. Two bodies for one filter or
// one link are a finding that names both lines; for grants the option wins.
func (l *layer) add(k fact.Key, b fact.Body, at fact.Origin, needs ...fact.Key) fact.Key {
	w := fact.Want{Body: b, Origins: []fact.Origin{at}, Needs: needs}
	old, ok := l.facts[k]
	if !ok {
		l.facts[k] = w
		return k
	}
	if old.Body != b && !k.Kind.IsGrant() && l.wants {
		l.c.conflict(k, old, w)
	}
	// Sorted once, in settle: ten thousand shares may want one fact.
	old.Body.Grantable = old.Body.Grantable || b.Grantable
	old.Origins, old.Needs = append(old.Origins, at), append(old.Needs, needs...)
	l.facts[k] = old
	return k
}

func (c *compiler) conflict(k fact.Key, old, other fact.Want) {
	rule, hint := ruleFilterConflict, "describe the filter alike in both, or give one of them another name with filter:"
	if k.Kind == fact.Link {
		rule, hint = ruleLinkConflict, "give one of them another name with link:"
		if old.Body.Target != other.Body.Target && old.Origins[0] == other.Origins[0] {
			hint = "two tables would have this link: write {table} in link.table"
		}
	}
	c.findings = append(c.findings, diag.Finding{
		Rule: rule, Pos: position(other.Origins[0]), Other: position(old.Origins[0]), Hint: hint,
		Message: k.Kind.String() + " " + k.Object.Name() + " in account " + k.At.Account + " is described in two ways",
	})
}

// checkAbsent reports what one share wants gone and another wants. What merely
// carries a grant (the database's DESCRIBE, a container, an account's grant for
// somebody else) stays without a word.
func (c *compiler) checkAbsent(present, absent *layer) {
	for _, k := range fact.SortedKeys(absent.facts) {
		w, wanted := present.facts[k]
		if !wanted || !absent.leaves[k] {
			continue
		}
		c.findings = append(c.findings, diag.Finding{
			Rule: ruleAbsentConflict, Pos: position(absent.facts[k].Origins[0]), Other: position(w.Origins[0]),
			Message: "state: absent asks for " + k.Object.Name() + " to go, but another share wants it",
			Hint:    "remove one of the two",
		})
	}
}

// checkNames reports one name in one account used for two things.
func (c *compiler) checkNames(l *layer) {
	for _, k := range fact.SortedKeys(l.facts) {
		if k.Kind != fact.Link || k.Object.Type != fact.Database {
			continue
		}
		container := k
		container.Kind = fact.Container
		if w, ok := l.facts[container]; ok {
			c.findings = append(c.findings, diag.Finding{
				Rule: ruleLinkConflict, Pos: position(l.facts[k].Origins[0]), Other: position(w.Origins[0]),
				Message: "database " + k.Object.Database + " in account " + k.At.Account + " cannot be a database link and hold table links",
				Hint:    "give one of them another name with link:",
			})
		}
	}
}

// settle sorts the origins and needs of every fact.
func (l *layer) settle() {
	for k, w := range l.facts {
		l.facts[k] = w.Merge(fact.Want{})
	}
}

// foldAll drops what ALL covers: ALL is one permission that stands for its
// members, and when it goes, what it covered goes.
func (l *layer) foldAll() {
	for _, k := range fact.SortedKeys(l.facts) {
		if !k.Kind.IsGrant() || k.Permission == "ALL" {
			continue
		}
		all := k
		all.Permission = "ALL"
		w, ok := l.facts[all]
		if !ok || (l.facts[k].Body.Grantable && !w.Body.Grantable) {
			continue // an option that ALL does not carry stays a grant of its own
		}
		w.Origins = w.Merge(l.facts[k]).Origins
		l.facts[all] = w
		delete(l.facts, k)
	}
}

func without(facts, other map[fact.Key]fact.Want) map[fact.Key]fact.Want {
	out := maps.Clone(facts)
	maps.DeleteFunc(out, func(k fact.Key, _ fact.Want) bool {
		_, ok := other[k]
		return ok
	})
	return out
}

func position(o fact.Origin) diag.Pos { return diag.Pos{File: o.File, Line: o.Line, Col: o.Col} }

func origin(share *Share, p diag.Pos) fact.Origin {
	return fact.Origin{Share: share.Name, File: p.File, Line: p.Line, Col: p.Col}
}
