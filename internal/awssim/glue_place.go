package awssim

import "slices"

// place is a Glue database as a request names it, after following the link
// that the name may be.
type place struct {
	catalog, region string
	home            *region
	database        *database
	link            *database // the link that led here, or nil
}

func (p place) resource() resource {
	return resource{kind: kindDatabase, catalog: p.catalog, database: p.database.name}
}

func (p place) table(name string) resource {
	return resource{kind: kindTable, catalog: p.catalog, database: p.database.name, table: name}
}

// place finds a database. Operations on tables follow a database link: through
// it they reach the owner's tables (R69) [5b, 5.11].
func (c *call) place(catalogID, name string, follow bool) (place, *apiError) {
	p := place{catalog: c.catalog(catalogID), region: c.region}
	p.home = c.at(p.catalog, p.region)
	missing := notFound("Database %s not found.", name)
	if p.home == nil {
		return p, missing
	}
	p.database = p.home.databases[c.fold(name)]
	if p.database == nil || p.database.target != nil && p.catalog != c.who.account {
		return p, missing
	}
	if p.database.target == nil || !follow || !c.rule("R69") {
		return p, nil
	}
	target, ok := c.follow(p.database.target)
	if !ok {
		return p, missing
	}
	target.link = p.database
	return target, nil
}

// follow finds the database that a target names. Only one hop is followed
// [5.5].
func (c *call) follow(t *Target) (place, bool) {
	p := place{catalog: t.Account, region: t.Region}
	if p.catalog == "" {
		p.catalog = c.who.account
	}
	if p.region == "" {
		p.region = c.region
	}
	p.home = c.at(p.catalog, p.region)
	if p.home == nil {
		return p, false
	}
	p.database = p.home.databases[t.Database]
	return p, p.database != nil && p.database.target == nil
}

// describesDatabase says whether the caller may see a database.
func (c *call) describesDatabase(p place) bool {
	on := p.resource()
	admin := c.seesAll(c.who, c.at(c.who.account, p.region))
	if p.catalog == c.who.account && admin {
		return true
	}
	if c.holds(c.who.principal, c.who.account, p.region, on, permDescribe) {
		return true
	}
	var lists []held
	if p.catalog == c.who.account {
		// DESCRIBE on the database comes with all its tables, inside one
		// account only (R64) [2.31].
		if c.rule("R64") {
			lists = c.own(c.who.principal, c.who.account, p.region, p.table(allTables))
		}
	} else {
		if admin && anyGrants(c.incoming(c.who.account, p.region, on, true), on, permDescribe, false) {
			return true
		}
		if c.options.Switches.ShowContainers || !c.rule("R64") {
			for _, t := range append(sortedKeys(p.database.tables), allTables) {
				lists = append(lists, c.onTable(p.region, p.table(t))...)
			}
		}
	}
	return slices.ContainsFunc(lists, func(h held) bool {
		whole := h.key.on.table == allTables || p.catalog != c.who.account
		return h.key.on.kind != kindDatabase && h.key.on.database == on.database && whole && h.key.on.catalog == on.catalog
	})
}

// onTable lists what the caller has on another account's objects, as far as it
// counts. Read-only and full admins see what the account was given [4.57]; a
// direct share is seen by its principal alone [1.15].
func (c *call) onTable(regionName string, on resource) []held {
	list := c.direct(c.who.principal, c.who.account, regionName, on)
	if c.seesAll(c.who, c.at(c.who.account, regionName)) {
		return append(list, c.incoming(c.who.account, regionName, on, true)...)
	}
	for _, h := range c.own(c.who.principal, c.who.account, regionName, on) {
		if c.cascades(c.who.account, regionName, h.key) {
			list = append(list, h)
		}
	}
	return list
}

// columnsOf are the columns of a table that the caller may see; none if it may
// not see the table.
func (c *call) columnsOf(p place, t *table) ([]string, bool) {
	on := p.table(t.name)
	if p.catalog == c.who.account {
		if c.seesAll(c.who, c.at(c.who.account, p.region)) {
			return t.columnNames(), true
		}
		list := c.own(c.who.principal, c.who.account, p.region, on)
		return p.home.columnsSeen(t, on, list), slices.ContainsFunc(list, func(h held) bool { return h.key.on.about(on) })
	}
	list := c.onTable(p.region, on)
	if !slices.ContainsFunc(list, func(h held) bool { return h.key.on.about(on) }) {
		return nil, false
	}
	seen := p.home.columnsSeen(t, on, list)
	given := p.home.columnsSeen(t, on, c.incoming(c.who.account, p.region, on, true))
	direct := p.home.columnsSeen(t, on, c.direct(c.who.principal, c.who.account, p.region, on))
	return pick(seen, append(given, direct...), false), true
}

// need is the check of one Lake Formation permission by Glue [3.12]. The
// 12-digit administrator passes inside its account; other admins have only
// what they granted themselves [2.26].
func (c *call) need(p place, on resource, permission, name string) *apiError {
	if c.who.administrator && p.catalog == c.who.account {
		return nil
	}
	if c.holds(c.who.principal, c.who.account, p.region, on, permission) {
		return nil
	}
	return c.insufficient(permission, name)
}

// created gives a new object its rows: its creator's, and what the defaults
// say (R68) [2.28, 2.29, 2.32, 5.7].
func (c *call) created(r *region, on resource, link, open bool) {
	if !c.rule("R68") {
		return
	}
	for _, p := range creatorPermissions(on.kind, link) {
		r.put(atomKey{c.who.principal, on, p}, &atom{grantable: true, updated: c.now, by: c.who.principal})
	}
	if open {
		r.put(atomKey{iamAllowedPrincipals, on, permAll}, &atom{updated: c.now, by: c.who.principal})
	}
}

// dropped takes away the rows and filters of a deleted object (R29) [2.33]. RAM
// is not told: the association stays behind (R57) [4.17].
func (c *call) dropped(r *region, on resource) {
	matches := func(other resource) bool {
		if other.catalog != on.catalog || other.database != on.database || other.kind == kindCatalog || other.kind == kindLocation {
			return false
		}
		return on.kind == kindDatabase || other.table == on.table
	}
	for f := range r.filters {
		if matches(f) {
			delete(r.filters, f)
		}
	}
	if c.options.Switches.KeepOnDelete || !c.rule("R29") {
		return
	}
	keys := r.near(on)
	if on.kind == kindDatabase {
		keys = r.sortedAtoms()
	}
	for _, k := range keys {
		if !matches(k.on) {
			continue
		}
		if c.rule("R57") {
			r.graves = append(r.graves, grave{key: k, atom: *r.atoms[k], died: c.now})
			r.drop(k)
			continue
		}
		c.kill(r, k)
	}
	c.cascade(r, on)
}

func (c *call) fold(name string) string {
	if !c.rule("R68") {
		return name
	}
	return fold(name)
}
