package report

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// objects writes sales.orders, customers, … (100 tables): the database only
// where it changes. count is how many things the objects stand for, 0 for as
// many as there are.
func (n names) objects(objects []fact.Object, limit, count int) phrase {
	objects = slices.Clone(objects)
	slices.SortFunc(objects, fact.Object.Compare)
	objects = slices.Compact(objects)
	if len(objects) == 0 {
		return nil
	}
	what := objectNoun(objects[0].Type)
	owners := map[string]int{} // how many accounts have an object of the name
	for _, o := range objects {
		owners[o.Name()]++
	}
	var parts []phrase
	last := ""
	for _, o := range objects {
		if objectNoun(o.Type) != what {
			what = regular("object")
		}
		shown := n.object(o, last)
		if owners[o.Name()] > 1 && o.Path == "" && o.Database != "" {
			shown = cat(shown, words(" of "), n.account(o.Catalog))
		}
		parts = append(parts, shown)
		last = ""
		if o.Type == fact.Table || o.Type == fact.FilteredRows {
			last = o.Catalog + "." + o.Database + "."
		}
	}
	return list(parts, limit, max(count, len(objects)), what)
}

func (n names) object(o fact.Object, last string) phrase {
	switch {
	case o.Database == "" && o.Path == "": // what RAM shares hold: a type, no name
		return cat(wordsf("%s share from ", o.Type), n.account(o.Catalog))
	case last == o.Catalog+"."+o.Database+"." && (o.Type == fact.Table || o.Type == fact.FilteredRows):
		return name(o.Name()[len(o.Database)+1:])
	}
	return name(o.Name())
}

// part is what of a table: its columns and rows. It is never cut, since the end
// of an expression may undo its beginning.
func part(columns, rows string) phrase {
	include, except := fact.ParseColumns(columns)
	var c, r phrase
	switch {
	case len(include) > 0:
		c = cat(words(plural(len(include), "column ", "columns ")), join(", ", namesOf(include)...))
	case len(except) > 0:
		c = cat(words("without "), join(", ", namesOf(except)...))
	}
	if rows != "" {
		r = cat(words("rows where "), name(rows))
	}
	return join("; ", c, r)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// severalOwners reports whether names of tables alone would be ambiguous.
func severalOwners(p *plan.Plan) bool {
	owners := map[fact.Place]bool{}
	for _, a := range slices.Concat(p.Gains, p.Losses) {
		owners[fact.Place{Account: a.Object.Catalog, Region: a.At.Region}] = true
	}
	for _, c := range p.Changes {
		if c.Op.Key.Kind == fact.AccountGrant || c.Op.Key.Kind == fact.OwnGrant {
			owners[fact.Place{Account: c.Op.Key.Object.Catalog, Region: c.Op.Key.At.Region}] = true
		}
	}
	return len(owners) > 1
}
