package awssim

import (
	"slices"
	"strings"
)

// grantInput is the input of GrantPermissions and RevokePermissions, and an
// entry of a batch.
type grantInput struct {
	ID                         string `json:"Id,omitempty"`
	CatalogID                  string `json:"CatalogId,omitempty"`
	Principal                  wirePrincipal
	Resource                   wireResource
	Permissions                []string
	PermissionsWithGrantOption []string   `json:",omitempty"`
	Condition                  *condition `json:",omitempty"`
}

type condition struct{ Expression string }

// request is a checked grantInput.
type request struct {
	to          principal
	on          resource
	permissions []string
	options     []string
	seen        sight
}

func grantPermissions(c *call) (any, *apiError) {
	var in grantInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	return nil, c.grant(in)
}

func (c *call) grant(in grantInput) *apiError {
	q, err := c.read(in)
	if err != nil {
		return err
	}
	if err := c.mayGrant(q); err != nil {
		return err
	}
	for _, check := range []func(request) *apiError{
		c.checkMatrix, c.checkColumns, c.checkRecipient, c.checkAllowedPrincipals, c.checkOrganization, c.checkConflict,
		c.checkFilters, c.checkShareRights,
	} {
		if err := check(q); err != nil {
			return err
		}
	}
	c.write(q)
	return nil
}

// read reads the input and checks what both granting and revoking check.
func (c *call) read(in grantInput) (request, *apiError) {
	var q request
	if in.CatalogID != "" && in.CatalogID != c.who.account {
		return q, c.unauthorized()
	}
	if in.Condition != nil {
		return q, invalidInput("awssim does not simulate conditions.")
	}
	var err *apiError
	if q.on, err = c.canonical(in.Resource); err != nil {
		return q, err
	}
	q.permissions, q.options = sortedSet(in.Permissions), sortedSet(in.PermissionsWithGrantOption)
	for _, p := range append(append([]string{}, q.permissions...), q.options...) {
		if !isPermission(p) && c.rule("R7") {
			return q, invalidInput("Please grant only valid Lake Formation permissions. [%s] are not all valid Lake Formation permissions.", p)
		}
	}
	optionsOnly := c.revoking() && len(q.options) > 0 && !c.options.Switches.OptionNeedsPermission
	if len(q.permissions) == 0 && !optionsOnly {
		return q, invalidInput("Permissions cannot be empty.")
	}
	q.to = parsePrincipal(in.Principal.ID)
	q.seen, err = c.look(q.on)
	return q, err
}

func (c *call) revoking() bool { return strings.Contains(c.name, "Revoke") }

// sight is what a resource turns out to be.
type sight struct {
	home     *region // where the object lives
	database *database
	table    *table
	filter   *filter
	link     bool
}

// look finds the object of a request. Nothing is there for a caller who may
// not see it (R20): not even the table of another account (R62).
func (c *call) look(on resource) (sight, *apiError) {
	found := sight{home: c.at(on.catalog, c.region)}
	if found.home == nil {
		return found, c.unauthorized()
	}
	if on.kind == kindCatalog || on.kind == kindLocation {
		return found, nil
	}
	found.database = found.home.databases[on.database]
	if found.database == nil {
		return found, c.unauthorized()
	}
	found.link = found.database.target != nil
	if on.kind == kindDatabase {
		return found, nil
	}
	if found.link { // tables are not found through a link [5.21]
		return found, c.unauthorized()
	}
	if on.table != allTables {
		found.table = found.database.tables[on.table]
		if found.table == nil {
			return found, c.unauthorized()
		}
		found.link = found.table.target != nil
	}
	if on.kind == kindFilter {
		found.filter = found.home.filters[on]
		if found.filter == nil {
			return found, notFound("Cell Filter not found.")
		}
	}
	return found, nil
}

// mayGrant is Lake Formation's own check of the caller (R20, R23, R63).
func (c *call) mayGrant(q request) *apiError {
	if q.on.catalog != c.who.account {
		return c.mayGrantOn(q)
	}
	if c.isAdmin(c.who, c.home()) || !c.rule("R20") {
		return nil
	}
	mine := c.own(c.who.principal, c.who.account, c.region, q.on)
	for _, p := range q.permissions {
		if !slices.ContainsFunc(mine, func(h held) bool {
			return h.atom.grantable && h.key.on.includes(q.on) && (h.key.permission == p || h.key.permission == permAll)
		}) {
			return c.unauthorized()
		}
	}
	return nil
}

// mayGrantOn is the second hop: on what another account shared with this one,
// to principals of this account, and no more than it holds [4.61-4.63].
func (c *call) mayGrantOn(q request) *apiError {
	if q.to.kind == allowedGroup || q.to.outside(c.who.account) {
		if c.rule("R23") {
			return c.denied("Not authorized to grant permissions for the resource")
		}
	}
	if !c.sees(q.on) && c.rule("R63") {
		return c.unauthorized()
	}
	admin := c.isAdmin(c.who, c.home())
	mine := c.own(c.who.principal, c.who.account, c.region, q.on)
	for _, p := range q.permissions {
		holds := c.mayPassOn(c.who.account, c.region, q.on, p, true) || !c.rule("R63")
		if !admin && !anyGrants(mine, q.on, p, true) {
			return c.unauthorized()
		}
		if !holds {
			return c.insufficient(p, q.on.name())
		}
	}
	return nil
}

// sees says whether the caller's account, or the caller, has anything on
// another account's object.
func (c *call) sees(on resource) bool {
	incoming := c.incoming(c.who.account, c.region, on, true)
	for _, h := range append(incoming, c.direct(c.who.principal, c.who.account, c.region, on)...) {
		same := h.key.on == on || h.key.on.includes(on)
		if same || on.kind == kindTable && h.key.on.about(on) || on.kind == kindColumns && h.key.on.about(on) {
			return true
		}
	}
	return false
}

// write stores the atoms. Repeating a grant adds to it and is never an error
// (R15) [2.21].
func (c *call) write(q request) {
	r := c.home()
	share := ""
	if q.on.catalog == c.who.account && q.to.outside(c.who.account) && shareKind(q.on) != "" {
		share = c.ensureShare(c, q.to, q.on)
	}
	on := c.mergeColumns(r, q)
	for _, p := range q.permissions {
		k := atomKey{principal: q.to.id, on: on, permission: p}
		a := r.atoms[k]
		if a == nil {
			a = &atom{}
			r.put(k, a)
		}
		option := slices.Contains(q.options, p)
		a.grantable = option || a.grantable && c.rule("R15")
		a.updated, a.by, a.share = c.now, c.who.principal, share
	}
}

// mergeColumns joins a second column list with the first, under the switch.
func (c *call) mergeColumns(r *region, q request) resource {
	if q.on.kind != kindColumns || q.on.exceptColumns || !c.options.Switches.MergeColumns {
		return q.on
	}
	merged := q.on
	for _, k := range r.near(q.on) {
		if k.principal != q.to.id || k.on.kind != kindColumns || k.on.exceptColumns || k.on.whole() != q.on.whole() {
			continue
		}
		merged.detail = columnDetail(sortedSet(append(k.on.columns(), merged.columns()...)))
		r.drop(k)
	}
	return merged
}
