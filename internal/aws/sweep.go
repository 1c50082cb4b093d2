package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// sweepLinks looks at every link in the databases of the scope and in those that
// the facts name, and at every database link, so that links nobody asked for are
// seen.
func (v *visit) sweepLinks(ctx context.Context) {
	if !v.everything {
		return
	}
	named := map[string]bool{}
	for _, k := range v.keys {
		if k.Kind == fact.Container || (k.Kind == fact.Link && k.Object.Type == fact.Table) {
			named[k.Object.Database] = true
		}
	}
	all, err := v.site.allDatabases(ctx)
	v.sweepFailed(err)
	for _, d := range all {
		name := lower(d.raw.Name)
		_, scoped := fact.ScopeOf(v.query.Scope, v.place, name)
		switch {
		case d.target != fact.Object{}:
			o := fact.Object{Type: fact.Database, Catalog: v.place.Account, Database: name}
			v.consumer[o] = true
			v.row(fact.Key{Kind: fact.Link, At: v.place, Object: o}, d.row())
		case !d.isLink() && (scoped || named[name]):
			v.sweepTableLinks(ctx, name)
		}
	}
}

func (v *visit) sweepTableLinks(ctx context.Context, name string) {
	all, _, err := v.site.getTables(ctx, name, "", anyBudget)
	v.sweepFailed(err)
	for _, t := range all {
		if (t.target != fact.Object{}) {
			o := fact.Object{Type: fact.Table, Catalog: v.place.Account, Database: name, Table: t.name}
			v.consumer[o] = true
			v.row(fact.Key{Kind: fact.Link, At: v.place, Object: o}, t.row())
		}
	}
}

// sweepFilters looks at every filter, and has the grants on them listed, which
// no listing without the table shows [2.50].
func (v *visit) sweepFilters(ctx context.Context) {
	if !v.everything {
		return
	}
	all, _, err := v.site.filters(ctx, nil, anyBudget)
	v.sweepFailed(err)
	for _, f := range all {
		o := filterObject(f)
		v.row(fact.Key{Kind: fact.Filter, At: v.place, Object: o}, fact.Row{Body: filterBody(f)})
		v.want(o)
	}
}

// sweepRows tells every row that was listed, on whatever object.
func (v *visit) sweepRows(ctx context.Context) {
	if !v.everything {
		return
	}
	for _, kind := range []types.DataLakeResourceType{
		types.DataLakeResourceTypeDatabase, types.DataLakeResourceTypeTable, types.DataLakeResourceTypeDataLocation,
	} {
		if !v.list.complete(kind) {
			// Listed again only to learn why: a sweep goes on where it stopped.
			_, err := v.list.sweep(ctx, kind, anyBudget)
			v.sweepFailed(err)
		}
	}
	objects := map[fact.Object]bool{}
	for o := range v.list.objects() {
		objects[o.TableObject()] = true
	}
	v.rowsOf(ctx, objects)
}

// sweepFailed notes that the place was not listed to its end.
func (v *visit) sweepFailed(err error) {
	if err != nil {
		v.unread(fact.Key{At: v.place}, err)
	}
}
