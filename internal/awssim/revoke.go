package awssim

func revokePermissions(c *call) (any, *apiError) {
	var in grantInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	return nil, c.revoke(in)
}

func (c *call) revoke(in grantInput) *apiError {
	q, err := c.read(in)
	if err != nil {
		return c.revokeGone(in, err)
	}
	if err := c.mayRevoke(q); err != nil {
		return err
	}
	if q.to.kind == invalidPrincipal && c.rule("R22") {
		return invalidInput("Invalid principal, %s", q.to.id)
	}
	if !subset(q.permissions, permissionsOn(q.on.kind, q.seen.link)) && c.rule("R8") {
		return modificationInvalid()
	}
	if err := c.unknownColumns(q); err != nil {
		return err
	}
	return c.erase(q)
}

// revokeGone lets rows go whose object is gone or no longer shared, if there
// are such rows: they linger under some switches [2.57].
func (c *call) revokeGone(in grantInput, cause *apiError) *apiError {
	on, err := c.canonical(in.Resource)
	if err != nil || !c.isAdmin(c.who, c.home()) {
		return cause
	}
	for _, p := range in.Permissions {
		if c.home().atoms[atomKey{parsePrincipal(in.Principal.ID).id, on, p}] != nil {
			return c.erase(request{
				to: parsePrincipal(in.Principal.ID), on: on,
				permissions: sortedSet(in.Permissions), options: sortedSet(in.PermissionsWithGrantOption),
			})
		}
	}
	return cause
}

// mayRevoke: as for granting, but a consumer's admin may take away what the
// account can no longer give.
func (c *call) mayRevoke(q request) *apiError {
	if q.on.catalog == c.who.account {
		return c.mayGrant(q)
	}
	if c.isAdmin(c.who, c.home()) {
		for _, k := range c.home().near(q.on) {
			if k.on == q.on {
				return nil
			}
		}
	}
	if !c.sees(q.on) {
		return c.unauthorized()
	}
	return nil
}

// erase deletes atoms, or their grant option (R16, R17, R18, R19).
func (c *call) erase(q request) *apiError {
	r := c.home()
	if contains(q.permissions, permAll) && r.atoms[atomKey{q.to.id, q.on, permAll}] == nil && c.rule("R17") {
		for _, k := range r.near(q.on) {
			if k.principal == q.to.id && k.on == q.on {
				return modificationInvalid()
			}
		}
	}
	if c.otherShape(q) && c.rule("R18") {
		return modificationInvalid()
	}
	gone, narrowed := c.victims(q)
	missing := len(gone)+len(narrowed) < len(sortedSet(append(q.permissions, q.options...)))
	if c.rule("R16") && (len(gone)+len(narrowed) == 0 || missing && c.options.Switches.PartialRevokeFails) {
		if q.on.kind == kindFilter && q.seen.filter == nil {
			return invalidInput("Cell Filter not found.")
		}
		return invalidInput("No permissions revoked. Grantee has no permissions and no grantable permissions on resource.")
	}
	for _, k := range narrowed {
		a := r.atoms[k]
		a.grantable, a.updated, a.by = false, c.now, c.who.principal
	}
	for _, k := range gone {
		c.kill(r, k)
	}
	c.cascade(r, q.on)
	return nil
}

// victims are the atoms that a revoke deletes, and those that only lose the
// grant option: what PermissionsWithGrantOption alone names (R19) [2.10].
func (c *call) victims(q request) (gone, narrowed []atomKey) {
	r := c.home()
	for _, p := range sortedSet(append(append([]string{}, q.permissions...), q.options...)) {
		k := atomKey{q.to.id, q.on, p}
		a := r.atoms[k]
		repeated := c.options.Switches.RepeatRevokesOption && contains(q.options, p)
		switch {
		case a == nil:
		case contains(q.permissions, p) && !(repeated && a.grantable) || !c.rule("R19"):
			gone = append(gone, k)
		case a.grantable:
			narrowed = append(narrowed, k)
		}
	}
	return gone, narrowed
}

// otherShape says whether the principal has SELECT on the table in another
// shape than the revoke names [2.17].
func (c *call) otherShape(q request) bool {
	if q.on.kind != kindTable && q.on.kind != kindColumns || !contains(q.permissions, permSelect) {
		return false
	}
	r := c.home()
	if r.atoms[atomKey{q.to.id, q.on, permSelect}] != nil {
		return false
	}
	for _, k := range r.near(q.on) {
		shape := k.on.kind == kindTable || k.on.kind == kindColumns
		if shape && k.principal == q.to.id && k.permission == permSelect && k.on.whole() == q.on.whole() {
			return true
		}
	}
	return false
}

// kill deletes one atom and takes its object out of the RAM share.
func (c *call) kill(r *region, k atomKey) {
	a := r.atoms[k]
	r.graves = append(r.graves, grave{key: k, atom: *a, died: c.now})
	r.drop(k)
	if a.share != "" {
		c.releaseShare(r, a.share, k.principal, k.on, c.now)
	}
}

// cascade takes away what consumers granted on below an object and can no
// longer give (R65) [4.70, 4.72]. Under the switch the rows stay, without effect.
func (s *Server) cascade(owner *region, on resource) {
	if s.options.Switches.KeepSecondHop || on.catalog != owner.account || !s.rule("R65") {
		return
	}
	wide := on.table == allTables || on.kind == kindDatabase || on.kind == kindLocation
	for _, id := range sortedKeys(s.state.accounts) {
		r := s.state.accounts[id].regions[owner.name]
		if r == nil || id == on.catalog {
			continue
		}
		keys := r.near(on)
		if wide {
			keys = r.sortedAtoms()
		}
		for _, k := range keys {
			below := k.on.catalog == on.catalog && k.on.database == on.database
			if below && !s.mayPassOn(id, owner.name, k.on, k.permission, false) {
				r.drop(k)
			}
		}
	}
}
