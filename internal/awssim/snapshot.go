package awssim

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// Snapshot is the complete state as a world: a new Server made from it behaves
// like this one. Only the call log and what lagging listings still show stay
// behind.
func (s *Server) Snapshot() *World {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.tick(now)
	w := &World{Record: s.record, Organization: s.state.org.copy()}
	if s.clock != nil {
		w.Clock = &now
	}
	if len(s.state.accounts) > 0 {
		w.Accounts = map[string]*Account{}
	}
	for _, id := range sortedKeys(s.state.accounts) {
		w.Accounts[id] = s.state.accounts[id].snapshot()
	}
	return w
}

func (o *Organization) copy() *Organization {
	if o == nil {
		return nil
	}
	made := *o
	made.Accounts = slices.Clone(o.Accounts)
	made.Units = maps.Clone(o.Units)
	return &made
}

func (a *account) snapshot() *Account {
	w := &Account{Name: a.name, OIDCProviders: slices.Clone(a.providers)}
	if len(a.roles) > 0 {
		w.Roles = map[string]*Role{}
	}
	for name, r := range a.roles {
		made := *r
		w.Roles[name] = &made
	}
	if len(a.users) > 0 {
		w.Users = maps.Clone(a.users)
	}
	if len(a.policies) > 0 {
		w.Policies = map[string]*Policy{}
	}
	for name, p := range a.policies {
		w.Policies[name] = &Policy{Versions: slices.Clone(p.Versions), Last: p.Last}
	}
	for name, r := range a.regions {
		made := r.snapshot()
		if made == nil {
			continue
		}
		if w.Regions == nil {
			w.Regions = map[string]*Region{}
		}
		w.Regions[name] = made
	}
	return w
}

// snapshot is nil for a region in which nothing ever happened.
func (r *region) snapshot() *Region {
	w := &Region{Settings: r.settings.snapshot()}
	for name, d := range r.databases {
		if w.Databases == nil {
			w.Databases = map[string]*Database{}
		}
		w.Databases[name] = d.snapshot()
	}
	for _, arn := range sortedKeys(r.locations) {
		l := r.locations[arn]
		made := Registered{Path: "s3://" + strings.TrimPrefix(arn, s3Prefix), ServiceLinked: l.serviceLinked, Hybrid: l.hybrid, Updated: l.updated}
		if !l.serviceLinked {
			made.Role = l.role
		}
		w.Registered = append(w.Registered, made)
	}
	for on, f := range r.filters {
		w.Filters = append(w.Filters, Filter{
			Table: r.objectOf(on), Name: on.detail, Columns: f.columns, Except: f.except, Rows: f.rows, Version: f.version,
		})
	}
	sort.Slice(w.Filters, func(i, j int) bool {
		a, b := w.Filters[i], w.Filters[j]
		return a.Table.short()+"\x00"+a.Name < b.Table.short()+"\x00"+b.Name
	})
	w.Grants = r.grants()
	for k, o := range r.optIns {
		w.OptIns = append(w.OptIns, OptIn{Principal: k.principal, On: r.objectOf(k.on), Updated: o.updated, By: o.by})
	}
	sort.Slice(w.OptIns, func(i, j int) bool {
		a, b := w.OptIns[i], w.OptIns[j]
		return a.On.short()+"\x00"+a.Principal < b.On.short()+"\x00"+b.Principal
	})
	for _, sh := range r.shares {
		w.Shares = append(w.Shares, r.snapshotShare(sh))
	}
	if r.policy != nil {
		made := *r.policy
		w.ResourcePolicy = &made
	}
	empty := w.Settings == nil && len(w.Databases)+len(w.Registered)+len(w.Filters)+len(w.Grants)+len(w.OptIns)+len(w.Shares) == 0
	if empty && w.ResourcePolicy == nil {
		return nil
	}
	return w
}

func (s settings) snapshot() *Settings {
	if s.preset && s.version != "1" {
		return nil
	}
	if s.preset {
		return &Settings{Preset: "fresh"}
	}
	word := map[bool]string{true: "iam", false: "none"}
	return &Settings{
		Admins: s.admins, ReadOnlyAdmins: s.readOnly, Version: s.version,
		CreateDatabaseDefault: word[s.databaseDefault], CreateTableDefault: word[s.tableDefault],
	}
}

func (d *database) snapshot() *Database {
	w := &Database{
		Location: d.location, Description: d.description, TableDefault: "none", Target: d.target, CreatedBy: d.createdBy,
		Created: d.created, Parameters: maps.Clone(d.parameters),
	}
	if d.tableDefault {
		w.TableDefault = "iam"
	}
	for name, t := range d.tables {
		if w.Tables == nil {
			w.Tables = map[string]*Table{}
		}
		w.Tables[name] = &Table{
			Columns: t.columns, PartitionKeys: t.keys, Location: t.location, Description: t.description, Type: t.kind,
			Parameters: maps.Clone(t.parameters), Target: t.target, CreatedBy: t.createdBy, Created: t.created, Rows: t.rows,
		}
	}
	return w
}

func (r *region) objectOf(on resource) Object {
	o := Object{Database: on.database, Table: on.table}
	if on.catalog != r.account {
		o.Owner = on.catalog
	}
	switch on.kind {
	case kindCatalog:
		o.Catalog = true
	case kindLocation:
		o.Location = "s3://" + strings.TrimPrefix(on.detail, s3Prefix)
	case kindDatabase, kindTable, kindColumns, kindFilter:
	}
	return o
}

// grants puts atoms of one origin together.
func (r *region) grants() []Grant {
	type origin struct {
		principal string
		on        resource
		updated   time.Time
		by, share string
	}
	var order []origin
	found := map[origin]*Grant{}
	for _, k := range r.sortedAtoms() {
		a := r.atoms[k]
		from := origin{k.principal, k.on, a.updated, a.by, a.share}
		g := found[from]
		if g == nil {
			g = &Grant{Principal: k.principal, On: r.objectOf(k.on), Updated: a.updated, By: a.by, Share: a.share}
			switch {
			case k.on.kind == kindFilter:
				g.Filter = k.on.detail
			case k.on.kind == kindColumns && k.on.exceptColumns:
				g.Except = k.on.columns()
			case k.on.kind == kindColumns:
				g.Columns = k.on.columns()
			}
			found[from] = g
			order = append(order, from)
		}
		g.Permissions = append(g.Permissions, k.permission)
		if a.grantable {
			g.Grantable = append(g.Grantable, k.permission)
		}
	}
	var out []Grant
	for _, from := range order {
		out = append(out, *found[from])
	}
	return out
}

func (r *region) snapshotShare(sh *share) Share {
	w := Share{ID: sh.id, Name: sh.name, Kind: sh.kind, Status: sh.status, Created: sh.created, Updated: sh.updated}
	for _, e := range sh.resources {
		w.Resources = append(w.Resources, Shared{On: r.objectOf(e.on), Status: e.status, Created: e.created})
	}
	for _, a := range sh.principals {
		w.Principals = append(w.Principals, Associate{a.entity, a.status, a.message, a.created, a.updated})
	}
	for _, i := range sh.invitations {
		w.Invitations = append(w.Invitations, Invitation{i.id, i.to, i.entity, i.status, i.sent})
	}
	return w
}
