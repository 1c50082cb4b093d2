package awssim

import "time"

// Who holds what. A permission on an object of another account counts only as
// far as that account still gives it: directly to the principal, or to the
// principal's account, whose admins granted it on [4.57, 4.61].

// grants says whether holding k means holding a permission on an object.
func (k atomKey) grants(on resource, permission string) bool {
	if !k.on.includes(on) {
		return false
	}
	switch {
	case k.permission == permission, permission == permDescribe: // implied by anything [2.24]
		return true
	case k.permission != permAll:
		return false
	}
	return permission != permDataLocation && permission != permCreateDB
}

// includes says whether r is o, or contains it.
func (r resource) includes(o resource) bool {
	if r == o {
		return true
	}
	if r.catalog != o.catalog {
		return false
	}
	switch r.kind {
	case kindLocation:
		return o.kind == kindLocation && covers(r.detail, o.detail)
	case kindTable:
		sameTable := r.table == o.table || r.table == allTables
		return r.database == o.database && sameTable && (o.kind == kindTable || o.kind == kindColumns)
	case kindCatalog, kindDatabase, kindColumns, kindFilter:
	}
	return false
}

// about says whether a permission on r touches a table at all.
func (r resource) about(t resource) bool {
	switch r.kind {
	case kindTable, kindColumns, kindFilter:
		return r.catalog == t.catalog && r.database == t.database && (r.table == t.table || r.table == allTables)
	case kindCatalog, kindDatabase, kindLocation:
	}
	return false
}

// selves are the names under which a principal holds permissions.
func selves(who, account string) map[string]bool {
	return map[string]bool{who: true, account + ":IAMPrincipals": true}
}

// recipients are the names under which an account receives shares (R67).
func (s *Server) recipients(account string) map[string]bool {
	names := map[string]bool{account: true}
	if org := s.state.org; org.has(account) || org != nil && !s.rule("R67") {
		names[org.arn()] = true
		for _, unit := range org.units(account) {
			names[org.unitARN(unit)] = true
		}
	}
	return names
}

// held is one atom and what it is worth.
type held struct {
	key  atomKey
	atom *atom
}

// own lists what a principal was granted inside its account, on or around an object.
func (s *Server) own(who, account, regionName string, on resource) []held {
	r := s.at(account, regionName)
	if r == nil {
		return nil
	}
	names := selves(who, account)
	if account == on.catalog {
		names[iamAllowedPrincipals] = true
	}
	return r.heldBy(names, on)
}

// incoming lists what an account as such was given on another's objects.
// Without seen it includes what is not accepted yet.
func (s *Server) incoming(account, regionName string, on resource, seen bool) []held {
	return s.given(s.recipients(account), regionName, on, seen)
}

// direct lists what a principal was given by the other account itself [1.15].
func (s *Server) direct(who, account, regionName string, on resource) []held {
	return s.given(selves(who, account), regionName, on, true)
}

func (s *Server) given(names map[string]bool, regionName string, on resource, seen bool) []held {
	r := s.at(on.catalog, regionName)
	if r == nil {
		return nil
	}
	all := r.heldBy(names, on)
	if !seen || !s.rule("R62") {
		return all
	}
	var out []held
	for _, h := range all {
		if r.delivered(h) {
			out = append(out, h)
		}
	}
	return out
}

// delivered says whether RAM carries a grant: share there, principal and
// object associated (R62). Grants without a share need none.
func (r *region) delivered(h held) bool {
	if h.atom.share == "" {
		return true
	}
	sh := r.share(h.atom.share)
	if sh == nil || sh.status != shareActive {
		return false
	}
	a, object := sh.associate(parsePrincipal(h.key.principal).shareEntity()), sh.resource(sharedObject(h.key.on))
	return a != nil && a.status == associated && object != nil && object.status == associated
}

func anyGrants(list []held, on resource, permission string, option bool) bool {
	for _, h := range list {
		if h.key.grants(on, permission) && (!option || h.atom.grantable) {
			return true
		}
	}
	return false
}

// mayPassOn says whether an account may grant a permission on another's object
// to its own principals: it holds it with the grant option, in so many words
// (R63) [4.61]. SELECT on some columns or cells is enough to grant SELECT on
// the table; what is seen in the end is the intersection [4.64].
func (s *Server) mayPassOn(account, regionName string, on resource, permission string, seen bool) bool {
	for _, h := range s.incoming(account, regionName, on, seen) {
		if !h.atom.grantable || permission == permDescribe && h.key.permission != permDescribe && h.key.permission != permAll {
			continue
		}
		narrow := on.kind != kindFilter && permission == permSelect && h.key.permission == permSelect && h.key.on.about(on)
		if narrow || h.key.grants(on, permission) {
			return true
		}
	}
	return false
}

// cascades says whether what a principal was granted inside its account on
// another's object still counts.
func (s *Server) cascades(account, regionName string, k atomKey) bool {
	return k.on.catalog == account || s.mayPassOn(account, regionName, k.on, k.permission, true)
}

// holds says whether a principal may use a permission on an object.
func (s *Server) holds(who, account, regionName string, on resource, permission string) bool {
	for _, h := range s.own(who, account, regionName, on) {
		if h.key.grants(on, permission) && s.cascades(account, regionName, h.key) {
			return true
		}
	}
	return on.catalog != account && anyGrants(s.direct(who, account, regionName, on), on, permission, false)
}

// isAdmin says whether a caller is a Lake Formation admin in a region.
func (s *Server) isAdmin(who caller, r *region) bool {
	return who.administrator || contains(r.settings.admins, who.principal)
}

// seesAll is for readers: admins and read-only admins [2.27].
func (s *Server) seesAll(who caller, r *region) bool {
	return s.isAdmin(who, r) || contains(r.settings.readOnly, who.principal)
}

// tick lets time do its work: invitations expire (R52), acceptances settle
// (R53), deleted shares and graves are forgotten.
func (s *Server) tick(now time.Time) {
	for _, accountID := range sortedKeys(s.state.accounts) {
		for _, name := range sortedKeys(s.state.accounts[accountID].regions) {
			r := s.state.accounts[accountID].regions[name]
			var kept []*share
			for _, sh := range r.shares {
				s.tickShare(sh, now)
				if sh.status != shareDeleted || now.Sub(sh.updated) < deletedLife {
					kept = append(kept, sh)
				}
			}
			r.shares = kept
			var graves []grave
			for _, g := range r.graves {
				if now.Sub(g.died) < s.options.Switches.ListLag {
					graves = append(graves, g)
				}
			}
			r.graves = graves
		}
	}
}

// tickShare: an invitation that was accepted earlier does not speak for a
// principal that was associated again since.
func (s *Server) tickShare(sh *share, now time.Time) {
	latest := map[string]*invitation{}
	for _, i := range sh.invitations {
		latest[i.entity] = i
	}
	for _, i := range sh.invitations {
		a := sh.associate(i.entity)
		switch {
		case i.status == invitePending && now.Sub(i.sent) >= invitationLife && s.rule("R52"):
			i.status = inviteExpired
			if a != nil && a.status == associating {
				a.status, a.updated = disassociated, i.sent.Add(invitationLife)
			}
		case i.status == inviteAccepted && latest[i.entity] == i && a != nil && a.status == associating &&
			now.Sub(a.updated) >= s.options.Switches.SettleDelay:
			a.status, a.updated = associated, now
		}
	}
}

func contains(list []string, item string) bool {
	for _, i := range list {
		if i == item {
			return true
		}
	}
	return false
}
