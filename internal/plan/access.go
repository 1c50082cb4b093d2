package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Access is what one principal gains or loses on one table, database or path.
type Access struct {
	At          fact.Place // where the grant stands
	Principal   string
	Object      fact.Object // Table, Tables, Database or Location
	Columns     string      // "*" for all, else as in fact.Columns
	Rows        string      // "" for all
	Permissions []string
	Tables      int    // how many tables this counts for; for Tables, as many as the database has
	Keeps       []Part // of a loss: what the principal still reads of the object
}

// Part is a part of a table.
type Part struct {
	Columns string // "*" for all, else as in fact.Columns
	Rows    string // "" for all
}

// atom is one permission of one reader on a part of one object.
type atom struct {
	reader
	permission string
	columns    string
	rows       string
}

// access compares who may do what before and after the changes.
func (m *maker) access() {
	before, after := m.atoms()
	m.plan.Gains = m.difference(after, before)
	m.plan.Losses = m.difference(before, after)
}

// atoms returns the access that is there and the access that will be. Facts
// that did not change in git are taken as they are wanted, since they are not read.
func (m *maker) atoms() (before, after map[atom]bool) {
	before, after = map[atom]bool{}, map[atom]bool{}
	filters := map[fact.Key]fact.Body{}
	rows := fact.Set{}
	for k, r := range m.in.Live.Rows {
		rows[k] = r.Body
	}
	for k, w := range m.in.Tip.Wanted {
		_, unread := m.in.Live.Unread[k]
		if _, live := rows[k]; !live && !unread && !m.needed[k] {
			rows[k] = w.Body
		}
	}
	for k, b := range rows {
		if k.Kind == fact.Filter {
			filters[k] = b
		}
	}
	m.collect(before, rows, filters)
	for _, c := range m.plan.Changes {
		switch c.Op.Verb {
		case fact.Drop:
			delete(rows, c.Op.Key)
		default:
			rows[c.Op.Key] = c.Op.Body
		}
		if c.Op.Key.Kind == fact.Filter && c.Op.Verb != fact.Drop {
			filters[c.Op.Key] = c.Op.Body
		}
		for _, f := range c.Falls {
			delete(rows, f)
		}
	}
	m.collect(after, rows, filters)
	return before, after
}

func (m *maker) collect(into map[atom]bool, rows fact.Set, filters map[fact.Key]fact.Body) {
	for k := range rows {
		r, ok := readerOf(k)
		if !ok {
			continue
		}
		a := atom{reader: r, permission: k.Permission, columns: "*"}
		if k.Object.Type == fact.FilteredRows {
			b, known := m.filterBody(k, filters)
			if !known {
				continue
			}
			a.columns, a.rows = b.Columns, b.Rows
		}
		into[a] = true
	}
}

// filterBody finds what a filter lets through: live, wanted or once declared.
func (m *maker) filterBody(grant fact.Key, filters map[fact.Key]fact.Body) (fact.Body, bool) {
	k := fact.Key{Kind: fact.Filter, At: fact.Place{Account: grant.Object.Catalog, Region: grant.At.Region}, Object: grant.Object}
	if b, ok := filters[k]; ok {
		return b, true
	}
	d, ok := m.past.declared[k]
	return d.want.Body, ok
}

// difference returns what is in one and not covered by the other, grouped for a reader.
func (m *maker) difference(one, other map[atom]bool) []Access {
	others := map[string][]atom{}
	for a := range other {
		others[a.principal] = append(others[a.principal], a)
	}
	type group struct {
		reader
		columns, rows string
	}
	groups, keeps := map[group][]string{}, map[group][]Part{}
	for a := range one {
		if other[a] {
			continue
		}
		if !slices.ContainsFunc(others[a.principal], func(o atom) bool { return o.covers(a) }) {
			g := group{a.reader, a.columns, a.rows}
			groups[g] = append(groups[g], a.permission)
			for _, o := range others[a.principal] {
				if a.covers(o) && o.object == a.object {
					keeps[g] = append(keeps[g], Part{o.columns, o.rows})
				}
			}
		}
	}
	var out []Access
	for g, permissions := range groups {
		slices.Sort(permissions)
		out = append(out, Access{
			At: g.at, Principal: g.principal, Object: g.object, Columns: g.columns, Rows: g.rows,
			Permissions: permissions, Tables: m.tablesOf(g.object), Keeps: sortedParts(keeps[g]),
		})
	}
	slices.SortFunc(out, compareAccess)
	return out
}

func sortedParts(parts []Part) []Part {
	slices.SortFunc(parts, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Columns, b.Columns), cmp.Compare(a.Rows, b.Rows)) })
	return slices.Compact(parts)
}

func compareAccess(a, b Access) int {
	return cmp.Or(a.Object.Compare(b.Object), cmp.Compare(a.Principal, b.Principal),
		cmp.Compare(a.At.Account, b.At.Account), cmp.Compare(a.Columns, b.Columns), cmp.Compare(a.Rows, b.Rows))
}

// covers reports whether holding a means holding b.
func (a atom) covers(b atom) bool {
	if a.at != b.at || a.permission != b.permission && a.permission != "ALL" && !(b.permission == "DESCRIBE" && a.object.Type == b.object.Type) {
		return false
	}
	same := a.object == b.object
	wildcard := a.object.Type == fact.Tables && a.object.DatabaseObject() == b.object.DatabaseObject() && b.object.Type == fact.Table
	if !same && !wildcard {
		return false
	}
	return (a.rows == "" || a.rows == b.rows) && columnsCover(a.columns, b.columns)
}

// columnsCover reports whether the first column part lets through all of the second.
func columnsCover(a, b string) bool {
	if a == "*" || a == b {
		return true
	}
	include, except := fact.ParseColumns(a)
	otherInclude, otherExcept := fact.ParseColumns(b)
	switch {
	case len(include) > 0 && len(otherInclude) > 0:
		return !slices.ContainsFunc(otherInclude, func(c string) bool { return !slices.Contains(include, c) })
	case len(except) > 0 && len(otherInclude) > 0:
		return !slices.ContainsFunc(otherInclude, func(c string) bool { return slices.Contains(except, c) })
	case len(except) > 0 && len(otherExcept) > 0:
		return !slices.ContainsFunc(except, func(c string) bool { return !slices.Contains(otherExcept, c) })
	}
	return false
}

func (m *maker) tablesOf(o fact.Object) int {
	if o.Type != fact.Tables {
		return 1
	}
	return max(1, len(m.in.Live.Tables[o.DatabaseObject()]))
}

// LostTables counts principals × tables that lose access: what limits.losses is
// about. An account counts only for what none of its principals loses.
func (p *Plan) LostTables() int { return tables(p.Losses) }

// GainedTables counts principals × tables that gain access.
func (p *Plan) GainedTables() int { return tables(p.Gains) }

func tables(access []Access) int {
	type pair struct {
		principal string
		object    fact.Object
	}
	lost := map[pair]int{}
	for _, a := range access {
		if a.Object.Type == fact.Location || a.Object.Type == fact.Database {
			continue
		}
		lost[pair{a.Principal, a.Object}] = a.Tables
	}
	for _, q := range slices.Collect(maps.Keys(lost)) {
		if of := fact.AccountOf(q.principal); of != "" {
			delete(lost, pair{of, q.object})
		}
	}
	sum := 0
	for _, n := range lost {
		sum += n
	}
	return sum
}

// String is the access in words, without the principal.
func (a Access) String() string {
	s := strings.Join(a.Permissions, ", ") + " on " + a.Object.Name()
	if include, except := fact.ParseColumns(a.Columns); len(include) > 0 {
		s += " columns " + strings.Join(include, ", ")
	} else if len(except) > 0 {
		s += " without " + strings.Join(except, ", ")
	}
	if a.Rows != "" {
		s += " where " + a.Rows
	}
	return s
}
