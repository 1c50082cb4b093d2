package awssim

import (
	"cmp"
	"slices"
)

// bucket gathers what is held on one table, with its columns and filters, on
// one database, or on the locations and the catalog of an account. Nearly every
// check looks at one bucket: estates have many thousands of rows.
type bucket struct{ catalog, database, table string }

func (r resource) bucket() bucket { return bucket{r.catalog, r.database, r.table} }

// put stores an atom; whoever reads it finds it by key, in order, or by object.
func (r *region) put(k atomKey, a *atom) {
	if r.atoms[k] == nil {
		r.order = insert(r.order, k)
		b := k.on.bucket()
		r.objects[b] = insert(r.objects[b], k)
	}
	r.atoms[k] = a
}

// drop forgets an atom.
func (r *region) drop(k atomKey) {
	if r.atoms[k] == nil {
		return
	}
	delete(r.atoms, k)
	r.order = remove(r.order, k)
	b := k.on.bucket()
	r.objects[b] = remove(r.objects[b], k)
	if len(r.objects[b]) == 0 {
		delete(r.objects, b)
	}
}

func insert(keys []atomKey, k atomKey) []atomKey {
	i, _ := slices.BinarySearchFunc(keys, k, atomKey.compare)
	return slices.Insert(keys, i, k)
}

func remove(keys []atomKey, k atomKey) []atomKey {
	if i, ok := slices.BinarySearchFunc(keys, k, atomKey.compare); ok {
		return slices.Delete(keys, i, i+1)
	}
	return keys
}

// sortedAtoms lists a region's atoms in a fixed order.
func (r *region) sortedAtoms() []atomKey { return slices.Clone(r.order) }

// near lists what is held on an object, its columns and its filters.
func (r *region) near(on resource) []atomKey { return slices.Clone(r.objects[on.bucket()]) }

// around is near, and what is held on all tables of the database.
func (r *region) around(on resource) []atomKey {
	out := r.near(on)
	if on.table != "" && on.table != allTables {
		out = append(out, r.objects[bucket{on.catalog, on.database, allTables}]...)
	}
	return out
}

// heldBy lists what any of the names holds on or around an object.
func (r *region) heldBy(names map[string]bool, on resource) []held {
	var out []held
	for _, k := range r.around(on) {
		if names[k.principal] {
			out = append(out, held{k, r.atoms[k]})
		}
	}
	return out
}

// heldAnywhere lists what any of the names holds in a whole catalog.
func (r *region) heldAnywhere(names map[string]bool, catalog string) []held {
	var out []held
	for _, k := range r.order {
		if names[k.principal] && k.on.catalog == catalog {
			out = append(out, held{k, r.atoms[k]})
		}
	}
	return out
}

// compare orders atoms by object, principal and permission.
func (k atomKey) compare(o atomKey) int {
	return cmp.Or(k.on.compare(o.on), cmp.Compare(k.principal, o.principal), cmp.Compare(k.permission, o.permission))
}

func (r resource) compare(o resource) int {
	return cmp.Or(
		cmp.Compare(r.catalog, o.catalog), cmp.Compare(r.database, o.database), cmp.Compare(r.table, o.table),
		cmp.Compare(r.kind, o.kind), cmp.Compare(r.detail, o.detail), cmp.Compare(r.sign(), o.sign()),
	)
}

// sign tells left-out columns from listed ones.
func (r resource) sign() string {
	if r.exceptColumns {
		return "-"
	}
	return ""
}
