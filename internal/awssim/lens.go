package awssim

import "slices"

// A lens is what one SELECT shows of a table: some columns of some rows.
// Several lenses of one principal add up cell by cell; across accounts, what
// the account was given and what the principal was given must both show a
// cell [3.52, 4.64].
type lens struct {
	columns []string
	rows    *rowFilter // nil: all rows
}

func (l lens) shows(column string, row Row) bool {
	return slices.Contains(l.columns, column) && (l.rows == nil || row == nil || l.rows.shows(row))
}

func anyShows(lenses []lens, column string, row Row) bool {
	return slices.ContainsFunc(lenses, func(l lens) bool { return l.shows(column, row) })
}

// lensOf is what SELECT on a resource shows of its table.
func (r *region) lensOf(t *table, on resource) (lens, bool) {
	all := t.columnNames()
	switch on.kind {
	case kindTable:
		return lens{columns: all}, true
	case kindColumns:
		return lens{columns: pick(all, on.columns(), on.exceptColumns)}, true
	case kindFilter:
		f := r.filters[on]
		if f == nil {
			return lens{}, false
		}
		l := lens{columns: pick(all, f.except, true)}
		if f.columns != nil {
			l.columns = pick(all, f.columns, false)
		}
		if f.rows == "" {
			return l, true
		}
		rows, err := parseRows(f.rows)
		l.rows = rows
		return l, err == nil
	case kindCatalog, kindDatabase, kindLocation:
	}
	return lens{}, false
}

func pick(all, names []string, except bool) []string {
	var out []string
	for _, n := range all {
		if slices.Contains(names, n) != except {
			out = append(out, n)
		}
	}
	return out
}

// lenses are those of all SELECTs on a table in a list.
func (r *region) lenses(t *table, on resource, list []held) []lens {
	var out []lens
	for _, h := range list {
		reads := h.key.permission == permSelect || h.key.permission == permAll
		if !reads || !h.key.on.about(on) {
			continue
		}
		if l, ok := r.lensOf(t, h.key.on); ok {
			out = append(out, l)
		}
	}
	return out
}

// columnsSeen are the columns that the metadata shows: all of them to who
// holds anything on the table itself, the granted ones to others [2.25, 4.60].
func (r *region) columnsSeen(t *table, on resource, list []held) []string {
	seen := map[string]bool{}
	for _, h := range list {
		if !h.key.on.about(on) {
			continue
		}
		if l, ok := r.lensOf(t, h.key.on); ok {
			for _, name := range l.columns {
				seen[name] = true
			}
		}
	}
	return sortedKeys(seen)
}
