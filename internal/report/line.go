package report

import (
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// bundle writes one line for facts that belong together: how many of which
// kind, where, on what, to whom, and everything that is remarkable about them.
func (n names) bundle(b bundle, withShare bool) item {
	i := item{sign: b.sign, place: n.places(b.entries)}
	kinds := kindsOf(b.entries)
	if len(kinds) == 1 {
		i.line = join(" ", n.kindLine(b, kinds[0]), n.inShare(b, withShare))
	} else {
		i.line = n.mixedLine(b, kinds, withShare)
	}
	i.line = cat(i.line, n.remarks(b))
	i.below = n.below(b)
	if b.fault != "" {
		i.block = cleanLines(b.fault)
	}
	return i
}

// inShare names the share on lines that stand under no head.
func (n names) inShare(b bundle, withShare bool) phrase {
	if !withShare || b.share == "" || b.live {
		return nil
	}
	return cat(words("for "), name(b.share))
}

// kindLine is a line about facts of one kind: 8 cross-account grants in sales:
// SELECT on sales.orders, customers, … (8 tables) to account analytics.
func (n names) kindLine(b bundle, kind fact.Kind) phrase {
	what := words(kindNoun(kind).of(len(b.entries)))
	if len(b.entries) > 1 {
		what = words(kindNoun(kind).count(len(b.entries)))
	}
	if b.at != (fact.Place{}) {
		what = cat(what, words(" in "), n.place(b.at))
	}
	if b.row != "" {
		what = cat(words(b.row+" "), what)
	}
	return cat(what, words(": "), n.facts(b.entries))
}

// facts says what facts of one kind are about.
func (n names) facts(entries []entry) phrase {
	var objects []fact.Object
	var permissions, principals []string
	for _, e := range entries {
		objects = append(objects, e.key.Object)
		permissions = append(permissions, e.key.Permission)
		principals = append(principals, e.key.Principal)
	}
	first := entries[0]
	on := cat(n.objects(objects, n.limit(4), 0), n.owner(first.key.Object, first.key.At))
	switch {
	case first.key.Kind.IsGrant():
		permissions, principals = uniquePermissions(permissions), unique(principals)
		line := cat(join(", ", namesOf(permissions)...), words(" on "), on, words(" to "), n.principals(principals))
		if first.body.Grantable {
			line = cat(line, words(" with grant option"))
		}
		return line
	case first.key.Kind == fact.Link && len(entries) == 1:
		return cat(on, words(" to "), n.target(first.body))
	case first.key.Kind == fact.Filter && len(entries) == 1:
		return join("; ", on, part(first.body.Columns, first.body.Rows))
	case first.path != "" && len(entries) == 1:
		if first.path == first.key.Object.Name() {
			return on
		}
		return cat(name(first.path), words(" for "), on)
	}
	return on
}

func (n names) target(b fact.Body) phrase {
	p := cat(name(b.Target.Name()), words(" of "), n.account(b.Target.Catalog))
	if b.Region != "" {
		p = cat(p, words(" in "), name(b.Region))
	}
	return p
}

func (n names) principals(ids []string) phrase {
	parts := each(ids, n.principal)
	return list(parts, n.limit(3), len(parts), regular("principal"))
}

// mixedLine is a line about facts of several kinds, with their counts.
func (n names) mixedLine(b bundle, kinds []fact.Kind, withShare bool) phrase {
	counts := make([]phrase, len(kinds))
	for i, k := range kinds {
		of := 0
		for _, e := range b.entries {
			if e.key.Kind == k {
				of++
			}
		}
		counts[i] = words(kindNoun(k).count(of))
	}
	line := cat(words(regular("fact").count(len(b.entries))), n.in(b))
	if withShare && b.share != "" {
		line = cat(line, words(" of "), name(b.share))
	}
	line = cat(line, words(": "), join(", ", counts...))
	var objects []fact.Object
	for _, e := range b.entries {
		if e.key.Object.Database != "" || e.key.Object.Path != "" {
			objects = append(objects, e.key.Object.TableObject())
		}
	}
	if len(objects) > 0 {
		line = cat(line, words(" on "), n.objects(objects, n.limit(3), 0))
	}
	return line
}

func (n names) in(b bundle) phrase {
	if b.at == (fact.Place{}) {
		return nil
	}
	return cat(words(" in "), n.place(b.at))
}

// remarks are what is out of the ordinary, in parentheses.
func (n names) remarks(b bundle) phrase {
	var parts []phrase
	if b.why != "" {
		parts = append(parts, quote(b.why))
	}
	if b.commit != "" {
		parts = append(parts, cat(words("declared at "), name(short(b.commit, commitLength, n.verbose))))
	}
	if b.exchange {
		parts = append(parts, words("exchange: cut off for an instant"))
	}
	if b.live {
		parts = append(parts, n.written(b.entries))
	}
	if len(parts) == 0 {
		return nil
	}
	return cat(words(" ("), join("; ", parts...), words(")"))
}

// written is who wrote facts and when: by role/Admin in sales, 2026-01-02 to 2026-02-03.
func (n names) written(entries []entry) phrase {
	var first, last time.Time
	for _, e := range entries {
		if first.IsZero() || !e.when.IsZero() && e.when.Before(first) {
			first = e.when
		}
		if e.when.After(last) {
			last = e.when
		}
	}
	by := n.writer(fact.Row{Writer: entries[0].writer, UpdatedAt: first})
	if day(last) != day(first) && !last.IsZero() {
		by = cat(by, words(" to "+day(last)))
	}
	return by
}

// below is what follows a line: what changes, and what goes with it.
func (n names) below(b bundle) []phrase {
	var out []phrase
	for _, e := range b.entries {
		if e.old != nil && (n.verbose || len(b.entries) <= 2) {
			out = append(out, n.difference(e, len(b.entries) > 1))
		}
	}
	var falls []entry
	for _, e := range b.entries {
		for _, k := range e.falls {
			falls = append(falls, entry{key: k})
		}
		if e.key.Kind == fact.Enforced && e.sign == plus && len(out) == 0 {
			out = append(out, words("whoever reads it by IAM alone loses access"))
		}
	}
	if len(falls) == 0 {
		return out
	}
	sortEntries(falls)
	for _, f := range fold(falls, byKind) {
		out = append(out, cat(words("falls with it: "), n.kindLine(f, f.kind)))
	}
	return out
}

// difference is what changes under a key.
func (n names) difference(e entry, named bool) phrase {
	side := func(b fact.Body) phrase {
		switch {
		case e.key.Kind == fact.Link:
			return n.target(b)
		case e.key.Kind == fact.Filter:
			if p := part(b.Columns, b.Rows); len(p) > 0 {
				return p
			}
			return words("all columns and rows")
		}
		return words(map[bool]string{true: "with grant option", false: "without grant option"}[b.Grantable])
	}
	line := cat(words("was "), side(*e.old), words("; becomes "), side(e.body))
	if e.sign == query {
		line = cat(words("is "), side(*e.old), words("; git says "), side(e.body))
	}
	if named {
		line = cat(name(e.key.Object.Name()), words(" "), line)
	}
	return line
}

// places is where files ask for the facts: the first place, or all if verbose.
func (n names) places(entries []entry) phrase {
	var all []fact.Origin
	for _, e := range entries {
		all = append(all, e.origins...)
	}
	slices.SortFunc(all, fact.Origin.Compare)
	var parts []phrase
	last := fact.Origin{}
	for _, o := range all {
		if o.File == last.File && o.Line == last.Line {
			continue
		}
		last = o
		parts = append(parts, n.at(o.File, o.Line))
		if !n.verbose || n.dense {
			break
		}
	}
	return join(", ", parts...)
}

func kindsOf(entries []entry) []fact.Kind {
	var out []fact.Kind
	for _, e := range entries {
		out = append(out, e.key.Kind)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
