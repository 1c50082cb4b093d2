package awssim

import (
	"slices"
	"strconv"
)

func itoa(i int) string { return strconv.Itoa(i) }

// object checks that what a grant is on exists, where the world can know.
func (c regionChecker) object(path []string, o Object) *Table {
	if o.Owner != "" && !isAccountID(o.Owner) {
		c.bad(path, "owner %q is not 12 digits", o.Owner)
	}
	if o.Location != "" {
		if _, ok := normalARN(o.Location); !ok {
			c.bad(path, "%q is no S3 path: write s3://bucket/prefix", o.Location)
		}
		return nil
	}
	if o.Database == "" && !o.Catalog {
		c.bad(path, "names no object: write sales, sales.orders, sales.*, s3://bucket/prefix or catalog")
	}
	if o.Owner != "" || o.Database == "" {
		return nil
	}
	d := c.region.Databases[o.Database]
	switch {
	case d == nil:
		c.bad(path, "there is no database %q in this region", o.Database)
	case o.Table != "" && o.Table != allTables && d.Tables[o.Table] == nil:
		c.bad(path, "database %q has no table %q", o.Database, o.Table)
	case o.Table != "":
		return d.Tables[o.Table]
	}
	return nil
}

func (c regionChecker) columns(path []string, t *Table, names []string) {
	if t == nil {
		return
	}
	known := (&table{columns: t.Columns, keys: t.PartitionKeys}).columnNames()
	for i, name := range names {
		if !slices.Contains(known, name) {
			c.bad(at(path, i), "the table has no column %q", name)
		}
	}
}

func (c regionChecker) filter(i int) {
	f := &c.region.Filters[i]
	path := at(c.path, "filters", i)
	t := c.object(at(path, "table"), f.Table)
	if f.Name == "" {
		c.bad(path, "a filter has a name")
	}
	if len(f.Columns) > 0 && len(f.Except) > 0 {
		c.bad(path, "a filter has either columns or except")
	}
	sortStrings(f.Columns)
	sortStrings(f.Except)
	c.columns(at(path, "columns"), t, f.Columns)
	c.columns(at(path, "except"), t, f.Except)
	if f.Rows == "" {
		return
	}
	if _, err := parseRows(f.Rows); err != nil {
		c.bad(at(path, "rows"), "row filter: %v", err)
	}
}

func (c regionChecker) grant(i int) {
	g := &c.region.Grants[i]
	path := at(c.path, "grants", i)
	g.Principal = c.principal(at(path, "principal"), g.Principal)
	g.By = c.long(g.By)
	utc(&g.Updated)
	t := c.object(at(path, "on"), g.On)
	if g.On.Owner == c.account {
		g.On.Owner = ""
	}
	if narrow := len(g.Columns) > 0 || len(g.Except) > 0 || g.Filter != ""; narrow && (g.On.Table == "" || g.On.Table == allTables) {
		c.bad(path, "columns, except and filter are for grants on one table")
	}
	sortStrings(g.Columns)
	sortStrings(g.Except)
	c.columns(at(path, "columns"), t, g.Columns)
	c.columns(at(path, "except"), t, g.Except)
	g.Permissions, g.Grantable = sortedSet(g.Permissions), sortedSet(g.Grantable)
	if len(g.Grantable) == 0 {
		g.Grantable = nil
	}
	for _, p := range append(slices.Clone(g.Permissions), g.Grantable...) {
		if !isPermission(p) {
			c.bad(at(path, "permissions"), "%q is no permission", p)
		}
	}
	if len(g.Permissions) == 0 {
		c.bad(path, "a grant has permissions")
	}
	if !subset(g.Grantable, g.Permissions) {
		c.bad(at(path, "grantable"), "grantable is a part of permissions")
	}
}

func (c regionChecker) share(i int) {
	s := &c.region.Shares[i]
	path := at(c.path, "shares", i)
	if s.Name == "" {
		c.bad(path, "a share has a name")
	}
	c.oneOf(at(path, "kind"), s.Kind, shareDatabases, shareTables, shareAllTables)
	c.oneOf(at(path, "status"), s.Status, shareActive, shareDeleted)
	utc(&s.Created)
	utc(&s.Updated)
	for j := range s.Resources {
		// The object may be gone: RAM keeps associations of deleted tables.
		utc(&s.Resources[j].Created)
		c.oneOf(at(path, "resources", j, "status"), s.Resources[j].Status, associated, failed)
	}
	for j := range s.Principals {
		a := &s.Principals[j]
		a.Principal = c.principal(at(path, "principals", j, "principal"), a.Principal)
		c.oneOf(at(path, "principals", j, "status"), a.Status, associating, associated, failed, disassociated)
		utc(&a.Created)
		utc(&a.Updated)
	}
	for j := range s.Invitations {
		v := &s.Invitations[j]
		if !isAccountID(v.To) {
			c.bad(at(path, "invitations", j, "to"), "account id %q is not 12 digits", v.To)
		}
		if v.Principal != "" {
			v.Principal = c.principal(at(path, "invitations", j, "principal"), v.Principal)
		}
		c.oneOf(at(path, "invitations", j, "status"), v.Status, invitePending, inviteAccepted, inviteRejected, inviteExpired)
		utc(&v.Sent)
	}
}
