package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// atom is one permission in the world, in a form of its own: it shares no code
// with the normal form of the tool.
type atom struct {
	account    string // whose listing it stands in
	owner      string
	database   string
	table      string // "*" for all
	filter     string
	location   string
	principal  string
	permission string
}

// atoms lists the permissions of an account, "" for all, without those of the tool's own roles.
func (l *lab) atoms(account string) []atom {
	var out []atom
	for id, a := range l.server.Snapshot().Accounts {
		if account != "" && id != account {
			continue
		}
		for _, r := range a.Regions {
			for _, g := range r.Grants {
				principal := g.Principal
				if strings.HasPrefix(principal, "role/") || strings.HasPrefix(principal, "user/") {
					principal = "arn:aws:iam::" + id + ":" + principal
				}
				if strings.Contains(principal, "lakeshare-") || len(g.Columns)+len(g.Except) > 0 {
					continue
				}
				owner := cmp.Or(g.On.Owner, id)
				for _, p := range g.Permissions {
					out = append(out, atom{id, owner, g.On.Database, g.On.Table, g.Filter, g.On.Location, principal, p})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b atom) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.owner, b.owner), cmp.Compare(a.database, b.database),
			cmp.Compare(a.table, b.table), cmp.Compare(a.filter, b.filter), cmp.Compare(a.location, b.location),
			cmp.Compare(a.principal, b.principal), cmp.Compare(a.permission, b.permission))
	})
	return slices.Compact(out)
}

func (a atom) resource() map[string]any {
	switch {
	case a.location != "":
		return map[string]any{"DataLocation": map[string]any{"CatalogId": a.owner, "ResourceArn": "arn:aws:s3:::" + strings.TrimPrefix(a.location, "s3://")}}
	case a.filter != "":
		return map[string]any{"DataCellsFilter": map[string]any{"TableCatalogId": a.owner, "DatabaseName": a.database, "TableName": a.table, "Name": a.filter}}
	case a.table == "":
		return map[string]any{"Database": map[string]any{"CatalogId": a.owner, "Name": a.database}}
	case a.table == "*":
		return map[string]any{"Table": map[string]any{"CatalogId": a.owner, "DatabaseName": a.database, "TableWildcard": map[string]any{}}}
	}
	return map[string]any{"Table": map[string]any{"CatalogId": a.owner, "DatabaseName": a.database, "Name": a.table}}
}

// atomOf is the atom that a grant fact stands for.
func atomOf(k fact.Key) atom {
	a := atom{
		account: k.At.Account, owner: k.Object.Catalog, database: k.Object.Database, table: k.Object.Table,
		filter: k.Object.Filter, location: k.Object.Path, principal: k.Principal, permission: k.Permission,
	}
	if k.Object.Type == fact.Tables {
		a.table = "*"
	}
	if strings.HasPrefix(a.principal, "o-") {
		a.principal = "arn:aws:organizations::999900001111:organization/" + a.principal
	}
	return a
}

// object is what the permission is on, as facts name it.
func (a atom) object() fact.Object {
	o := fact.Object{Type: fact.Table, Catalog: a.owner, Database: a.database, Table: a.table, Filter: a.filter, Path: a.location}
	switch {
	case a.location != "":
		o.Type = fact.Location
	case a.filter != "":
		o.Type = fact.FilteredRows
	case a.table == "":
		o.Type = fact.Database
	case a.table == "*":
		o.Type, o.Table = fact.Tables, ""
	}
	return o
}
