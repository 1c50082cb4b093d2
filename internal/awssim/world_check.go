package awssim

import (
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"
)

// world checks and normalises everything.
func (c *checker) world(w *World) {
	c.organization(w)
	if w.Clock != nil {
		utc := w.Clock.UTC()
		w.Clock = &utc
	}
	for _, id := range sortedKeys(w.Accounts) {
		path := []string{"accounts", id}
		if !isAccountID(id) {
			c.bad(path, "account id %q is not 12 digits; quote it: \"111122223333\"", id)
			continue
		}
		if w.Accounts[id] == nil {
			w.Accounts[id] = &Account{}
		}
		c.account(path, w, id, w.Accounts[id])
	}
}

func (c *checker) organization(w *World) {
	o := w.Organization
	if o == nil {
		return
	}
	path := []string{"organization"}
	if !isOrgID(o.ID) {
		c.bad(at(path, "id"), "organization id %q does not look like o-abcdef1234", o.ID)
	}
	if !isAccountID(o.Management) {
		c.bad(at(path, "management"), "management account %q is not 12 digits", o.Management)
	}
	for i, id := range o.Accounts {
		if !isAccountID(id) {
			c.bad(at(path, "accounts", i), "account id %q is not 12 digits", id)
		}
	}
	for _, unit := range sortedKeys(o.Units) {
		if !isUnitID(unit) {
			c.bad(at(path, "units", unit), "unit id %q does not look like ou-ab12-11111111", unit)
		}
		for i, id := range o.Units[unit] {
			if _, known := o.Units[id]; !isAccountID(id) && !known {
				c.bad(at(path, "units", unit, i), "%q is neither an account id nor a unit of this organization", id)
			}
		}
	}
}

func (c *checker) account(path []string, w *World, id string, a *Account) {
	for _, name := range sortedKeys(a.Roles) {
		if a.Roles[name] == nil {
			a.Roles[name] = &Role{}
		}
		r := a.Roles[name]
		utc(&r.Created)
		if parsePrincipal("arn:aws:iam::"+id+":role/"+name).kind != iamPrincipal {
			c.bad(at(path, "roles", name), "%q is no role name", name)
		}
		for i, t := range r.Trust {
			if strings.HasPrefix(t, "role/") || strings.HasPrefix(t, "user/") {
				r.Trust[i] = "arn:aws:iam::" + id + ":" + t
			}
		}
		c.trust(at(path, "roles", name), r)
	}
	for _, name := range sortedKeys(a.Users) {
		if a.Users[name] == nil {
			a.Users[name] = &User{}
		}
		utc(&a.Users[name].Created)
	}
	for _, name := range sortedKeys(a.Policies) {
		c.policy(at(path, "policies", name), a.Policies[name])
	}
	for _, name := range sortedKeys(a.Regions) {
		if !isRegion(name) {
			c.bad(at(path, "regions", name), "%q is no region", name)
		}
		if a.Regions[name] == nil {
			a.Regions[name] = &Region{}
		}
		rc := regionChecker{checker: c, world: w, account: id, path: at(path, "regions", name), region: a.Regions[name]}
		rc.check()
	}
}

// policy turns a lone document into version v1.
func (c *checker) policy(path []string, p *Policy) {
	if p == nil || (p.Document == "") == (len(p.Versions) == 0) {
		c.bad(path, "a policy has either a document or versions")
		return
	}
	if p.Document != "" {
		p.Versions = []PolicyVersion{{ID: "v1", Document: p.Document, Default: true}}
		p.Document = ""
	}
	if p.Last == 0 {
		p.Last = len(p.Versions)
	}
	for i := range p.Versions {
		utc(&p.Versions[i].Created)
	}
}

func utc(t *time.Time) {
	if !t.IsZero() {
		*t = t.UTC()
	}
}

// regionChecker checks one region of one account.
type regionChecker struct {
	*checker
	world   *World
	account string
	path    []string
	region  *Region
}

func (c regionChecker) check() {
	c.settings()
	for _, name := range sortedKeys(c.region.Databases) {
		c.database(name)
	}
	for i := range c.region.Registered {
		c.registered(i)
	}
	for i := range c.region.Filters {
		c.filter(i)
	}
	for i := range c.region.Grants {
		c.grant(i)
	}
	for i := range c.region.OptIns {
		o := &c.region.OptIns[i]
		o.Principal = c.principal(at(c.path, "opt_ins", i, "principal"), o.Principal)
		o.By = c.long(o.By)
		utc(&o.Updated)
		c.object(at(c.path, "opt_ins", i, "on"), o.On)
	}
	for i := range c.region.Shares {
		c.share(i)
	}
	if p := c.region.ResourcePolicy; p != nil {
		utc(&p.Created)
		utc(&p.Updated)
	}
}

func (c regionChecker) settings() {
	s := c.region.Settings
	if s == nil {
		return
	}
	path := at(c.path, "settings")
	for i := range s.Admins {
		s.Admins[i] = c.principal(at(path, "admins", i), s.Admins[i])
	}
	for i := range s.ReadOnlyAdmins {
		s.ReadOnlyAdmins[i] = c.principal(at(path, "read_only_admins", i), s.ReadOnlyAdmins[i])
	}
	if s.Version != "" && (len(s.Version) != 1 || s.Version < "1" || s.Version > "5") {
		c.bad(at(path, "version"), "version %q is not 1 to 5", s.Version)
	}
	c.oneOf(at(path, "preset"), s.Preset, "fresh")
	alone := Settings{Preset: s.Preset}
	if s.Preset != "" && !reflect.DeepEqual(*s, alone) {
		c.bad(at(path, "preset"), "preset stands alone: an account that nobody has touched has no admins and no settings of its own; "+
			"to start from there write version: \"1\", create_database_default: iam and create_table_default: iam instead")
	}
	c.oneOf(at(path, "create_database_default"), s.CreateDatabaseDefault, "none", "iam")
	c.oneOf(at(path, "create_table_default"), s.CreateTableDefault, "none", "iam")
}

func (c *checker) oneOf(path []string, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.bad(path, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}

// long writes out role/Name and user/Name of the own account, and the
// organization's ids.
func (c regionChecker) long(text string) string {
	org := c.world.Organization
	switch {
	case strings.HasPrefix(text, "role/"), strings.HasPrefix(text, "user/"):
		return "arn:aws:iam::" + c.account + ":" + text
	case text == "IAMPrincipals":
		return c.account + ":IAMPrincipals"
	case isOrgID(text) && org != nil:
		return org.arn()
	case isUnitID(text) && org != nil:
		return org.unitARN(text)
	}
	return text
}

func (c regionChecker) principal(path []string, text string) string {
	p := parsePrincipal(c.long(text))
	if p.kind == invalidPrincipal {
		c.bad(path, "%q is no principal: write role/Name, user/Name, an account id, an ARN, o-…, ou-… or IAM_ALLOWED_PRINCIPALS", text)
	}
	return p.id
}

func (c regionChecker) database(name string) {
	path := at(c.path, "databases", name)
	if c.region.Databases[name] == nil {
		c.region.Databases[name] = &Database{}
	}
	d := c.region.Databases[name]
	if name != fold(name) {
		c.bad(path, "database name %q has upper-case letters, which Glue folds away", name)
	}
	c.oneOf(at(path, "table_default"), d.TableDefault, "none", "iam")
	d.CreatedBy = c.long(d.CreatedBy)
	utc(&d.Created)
	if d.Target != nil && len(d.Tables) > 0 {
		c.bad(at(path, "tables"), "a database link has no tables of its own")
	}
	if d.Target != nil && d.Target.Table != "" {
		c.bad(at(path, "target"), "a database link points to a database, not to a table")
	}
	for _, table := range sortedKeys(d.Tables) {
		if d.Tables[table] == nil {
			d.Tables[table] = &Table{}
		}
		c.table(at(path, "tables", table), table, d.Tables[table])
	}
}

func (c regionChecker) table(path []string, name string, t *Table) {
	if name != fold(name) {
		c.bad(path, "table name %q has upper-case letters, which Glue folds away", name)
	}
	t.CreatedBy = c.long(t.CreatedBy)
	utc(&t.Created)
	if t.Target != nil && t.Target.Table == "" {
		c.bad(at(path, "target"), "a table link points to a table: write ACCOUNT:database.table")
	}
	columns := (&table{columns: t.Columns, keys: t.PartitionKeys}).columnNames()
	for i, row := range t.Rows {
		t.Rows[i] = c.row(at(path, "rows", i), row, columns)
	}
}

// row gives the cells of a list the names of their columns.
func (c regionChecker) row(path []string, row Row, columns []string) Row {
	named := Row{}
	for _, key := range sortedKeys(row) {
		if slices.Contains(columns, key) {
			named[key] = row[key]
			continue
		}
		position := slices.Index(positions(len(columns)), key)
		if position < 0 {
			c.bad(path, "the table has no column for the cell %q", key)
			continue
		}
		named[columns[position]] = row[key]
	}
	return named
}

func positions(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = itoa(i)
	}
	return out
}

func (c regionChecker) registered(i int) {
	l := &c.region.Registered[i]
	path := at(c.path, "registered", i)
	if _, ok := normalARN(l.Path); !ok {
		c.bad(at(path, "path"), "%q is no S3 path: write s3://bucket/prefix", l.Path)
	}
	l.Role = c.long(l.Role)
	if l.ServiceLinked {
		l.Role = ""
	}
	utc(&l.Updated)
}

func sortStrings(list []string) {
	sort.Strings(list)
}
