package awssim

import (
	"maps"
	"slices"
)

// load fills the state from a world. The world is written and read again
// first: that checks it, and nothing is shared with the caller.
func (s *Server) load(w *World) error {
	text, err := w.Encode()
	if err != nil {
		return err
	}
	own, err := ParseWorld(text)
	if err != nil {
		return err
	}
	s.record, s.clock = own.Record, own.Clock
	s.state = &state{org: own.Organization, accounts: map[string]*account{}}
	for id, a := range own.Accounts {
		s.state.accounts[id] = &account{
			id: id, name: a.Name, roles: orEmpty(a.Roles), users: orEmpty(a.Users), policies: orEmpty(a.Policies),
			providers: a.OIDCProviders, regions: map[string]*region{},
		}
	}
	for _, id := range sortedKeys(own.Accounts) {
		for _, name := range sortedKeys(own.Accounts[id].Regions) {
			s.loadRegion(s.at(id, name), own.Accounts[id].Regions[name])
		}
	}
	return nil
}

func orEmpty[M ~map[string]V, V any](m M) M {
	if m == nil {
		return M{}
	}
	return m
}

func (s *Server) loadRegion(r *region, w *Region) {
	s.loadSettings(r, w.Settings)
	for _, name := range sortedKeys(w.Databases) {
		r.databases[name] = loadDatabase(r, name, w.Databases[name])
	}
	for _, l := range w.Registered {
		arn, _ := normalARN(l.Path) // checked when it was parsed
		made := &location{arn: arn, role: l.Role, serviceLinked: l.ServiceLinked, hybrid: l.Hybrid, updated: l.Updated}
		if made.role == "" {
			made.serviceLinked, made.role = true, serviceLinkedRole(r.account)
		}
		r.locations[arn] = made
	}
	for _, f := range w.Filters {
		on := r.object(f.Table)
		on.kind, on.detail = kindFilter, f.Name
		made := &filter{columns: f.Columns, except: f.Except, rows: f.Rows, version: f.Version}
		if made.version == "" {
			made.version = made.filterVersion()
		}
		r.filters[on] = made
	}
	for _, o := range w.OptIns {
		r.optIns[optInKey{o.Principal, r.object(o.On)}] = &optIn{o.Updated, o.By}
	}
	for _, sh := range w.Shares {
		r.shares = append(r.shares, loadShare(r, sh))
	}
	for _, g := range w.Grants {
		s.loadGrant(r, g)
	}
	r.policy = w.ResourcePolicy
}

func (s *Server) loadSettings(r *region, w *Settings) {
	if w == nil {
		return
	}
	if w.Preset == "fresh" {
		r.settings = s.freshSettings()
		return
	}
	r.settings = settings{
		admins: slices.Clone(w.Admins), readOnly: slices.Clone(w.ReadOnlyAdmins), version: w.Version,
		databaseDefault: w.CreateDatabaseDefault == "iam", tableDefault: w.CreateTableDefault == "iam",
	}
	if r.settings.version == "" {
		r.settings.version = "4"
	}
}

func loadDatabase(r *region, name string, w *Database) *database {
	d := &database{
		name: name, location: w.Location, description: w.Description, createdBy: w.CreatedBy, target: r.loadTarget(w.Target),
		created: w.Created, parameters: w.Parameters, tables: map[string]*table{}, tableDefault: w.TableDefault == "iam",
	}
	if w.TableDefault == "" {
		d.tableDefault = r.settings.tableDefault
	}
	for table, t := range w.Tables {
		d.tables[table] = r.loadTable(table, t)
	}
	return d
}

func (r *region) loadTable(name string, w *Table) *table {
	return &table{
		name: name, location: w.Location, description: w.Description, kind: w.Type, createdBy: w.CreatedBy,
		columns: w.Columns, keys: w.PartitionKeys, target: r.loadTarget(w.Target), created: w.Created,
		parameters: maps.Clone(w.Parameters), rows: w.Rows,
	}
}

func (r *region) loadTarget(t *Target) *Target {
	if t != nil && t.Account == "" {
		t.Account = r.account
	}
	return t
}

// object is the canonical resource of an object in the world.
func (r *region) object(o Object) resource {
	out := resource{kind: kindDatabase, catalog: o.Owner, database: o.Database, table: o.Table}
	if out.catalog == "" {
		out.catalog = r.account
	}
	switch {
	case o.Catalog:
		out.kind = kindCatalog
	case o.Location != "":
		out.kind = kindLocation
		out.detail, _ = normalARN(o.Location) // checked when it was parsed
	case o.Table != "":
		out.kind = kindTable
	}
	return out
}

func loadShare(r *region, w Share) *share {
	sh := &share{id: w.ID, name: w.Name, kind: w.Kind, status: w.Status, created: w.Created, updated: w.Updated}
	if sh.id == "" {
		sh.id = r.newID("world", w.Name)
	}
	if sh.status == "" {
		sh.status = shareActive
	}
	for _, e := range w.Resources {
		made := &sharedResource{on: r.object(e.On), status: e.Status, created: e.Created}
		if made.status == "" {
			made.status = associated
		}
		if sh.kind == "" {
			sh.kind = shareKind(made.on)
		}
		sh.add(made)
	}
	for _, i := range w.Invitations {
		made := &invitation{id: i.ID, to: i.To, entity: i.Principal, status: i.Status, sent: i.Sent}
		if made.id == "" {
			made.id = r.newID("invitation", w.Name, i.To, len(sh.invitations))
		}
		if made.entity == "" {
			made.entity = made.to
		}
		if made.status == "" {
			made.status = invitePending
		}
		sh.invitations = append(sh.invitations, made)
	}
	for _, a := range w.Principals {
		made := &associate{entity: a.Principal, status: a.Status, message: a.Message, created: a.Created, updated: a.Updated}
		if made.status == "" {
			made.status = associated
			for _, i := range sh.invitations {
				if i.entity == made.entity && i.status == invitePending {
					made.status = associating
				}
			}
		}
		sh.principals = append(sh.principals, made)
	}
	return sh
}

// loadGrant writes a grant's atoms. Behind a grant to another account stands a
// share: the one it names, one for the recipient, or a new one, accepted.
func (s *Server) loadGrant(r *region, g Grant) {
	on := r.object(g.On)
	switch {
	case len(g.Columns) > 0:
		on.kind, on.detail = kindColumns, columnDetail(g.Columns)
	case len(g.Except) > 0:
		on.kind, on.detail, on.exceptColumns = kindColumns, columnDetail(g.Except), true
	case g.Filter != "":
		on.kind, on.detail = kindFilter, g.Filter
	}
	p := parsePrincipal(g.Principal)
	arn := g.Share
	if arn == "" && on.catalog == r.account && p.outside(r.account) && shareKind(on) != "" {
		arn = r.acceptedShare(p.shareEntity(), on)
	}
	for _, permission := range g.Permissions {
		r.put(atomKey{g.Principal, on, permission}, &atom{
			grantable: contains(g.Grantable, permission), updated: g.Updated, by: g.By, share: arn,
		})
	}
}

func (r *region) acceptedShare(entity string, on resource) string {
	kind, object := shareKind(on), sharedObject(on)
	found := r.openShare(entity, kind, object, r.settings.version == "1")
	if found == nil {
		id := r.newID("accepted", entity, kind, object)
		found = &share{
			id: id, name: shareName(r.settings.version, id), kind: kind, status: shareActive,
			principals: []*associate{{entity: entity, status: associated}},
		}
		r.shares = append(r.shares, found)
	}
	if found.resource(object) == nil {
		found.add(&sharedResource{on: object, status: associated})
	}
	return r.shareARN(found)
}
