package awssim

import (
	"sort"
	"time"
)

// incomingRows are what the account itself received, under a switch [U3].
func (c *call) incomingRows(q listQuery) []listed {
	var out []listed
	for _, id := range sortedKeys(c.state.accounts) {
		if id == c.who.account || !c.seesAll(c.who, c.home()) {
			continue
		}
		home := c.at(id, c.region)
		for _, h := range home.heldAnywhere(c.recipients(c.who.account), id) {
			if home.delivered(h) && c.matches(q, h.key) {
				out = append(out, listed{h.key, *h.atom})
			}
		}
	}
	return out
}

// entries groups atoms into entries: one for each principal and resource as
// the listing shows it, permissions in alphabetical order (R34) [2.36-2.39].
func (c *call) entries(atoms []listed) []listEntry {
	type entryKey struct {
		principal string
		on        resource
		split     bool
	}
	groups := map[entryKey][]listed{}
	var order []entryKey
	for _, l := range c.expandALL(atoms) {
		split := l.key.on.kind == kindTable && l.key.permission == permSelect && c.rule("R34")
		key := entryKey{l.key.principal, l.key.on, split}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], l)
	}
	sort.SliceStable(order, func(i, j int) bool { return c.localFirst(order[i].on) && !c.localFirst(order[j].on) })
	out := []listEntry{}
	for _, key := range order {
		out = append(out, c.entry(groups[key]))
	}
	return out
}

func (c *call) localFirst(on resource) bool { return on.catalog == c.who.account }

func (c *call) entry(group []listed) listEntry {
	first := group[0]
	permission := first.key.permission
	if !c.rule("R34") {
		permission = ""
	}
	e := listEntry{
		Principal: wirePrincipal{first.key.principal}, Resource: first.key.on.wire(permission),
		Permissions: []string{}, PermissionsWithGrantOption: []string{},
	}
	var latest time.Time
	for _, l := range group {
		e.Permissions = append(e.Permissions, l.key.permission)
		if l.atom.grantable {
			e.PermissionsWithGrantOption = append(e.PermissionsWithGrantOption, l.key.permission)
		}
		if !l.atom.updated.Before(latest) && c.rule("R40") {
			latest, e.LastUpdatedBy = l.atom.updated, l.atom.by
		}
		if l.atom.share != "" && c.rule("R40") {
			e.AdditionalDetails = &shareDetails{[]string{l.atom.share}}
		}
	}
	e.LastUpdated = when(latest)
	e.Permissions = sortedSet(e.Permissions)
	e.PermissionsWithGrantOption = sortedSet(e.PermissionsWithGrantOption)
	return e
}

// expandALL lists ALL with its members under the switch (R35) [2.40]. For
// IAM_ALLOWED_PRINCIPALS everybody has seen ALL alone.
func (c *call) expandALL(atoms []listed) []listed {
	if !c.options.Switches.ExpandALL || !c.rule("R35") {
		return atoms
	}
	seen := map[atomKey]int{}
	var out []listed
	for _, l := range atoms {
		members := []string{l.key.permission}
		if l.key.permission == permAll && l.key.principal != iamAllowedPrincipals {
			members = permissionsOn(l.key.on.kind, false)
		}
		for _, p := range members {
			k := l.key
			k.permission = p
			if at, ok := seen[k]; ok {
				out[at].atom.grantable = out[at].atom.grantable || l.atom.grantable
				continue
			}
			seen[k] = len(out)
			out = append(out, listed{k, l.atom})
		}
	}
	return out
}

// effective is the other mode of the listing: what a principal can do with an
// object, however it came by it. An admin's implicit rights show up, and what
// IAM_ALLOWED_PRINCIPALS holds leaks into everybody's answer (R37) [2.44, 2.45].
func (c *call) effective(q listQuery) []listEntry {
	p := parsePrincipal(q.principal)
	if !c.rule("R37") {
		return c.entries(c.visible(q))
	}
	if p.kind == identityCenterPrincipal || q.on.kind == kindFilter && p.outside(c.who.account) {
		return []listEntry{}
	}
	r := c.home()
	found := map[atomKey]atom{}
	add := func(permission string, a atom) {
		k := atomKey{q.principal, *q.on, permission}
		a.grantable = a.grantable || found[k].grantable
		found[k] = a
	}
	if c.isAdmin(caller{principal: p.id, administrator: p.id == administratorARN(c.who.account)}, r) {
		for _, permission := range permissionsOn(q.on.kind, c.isLink(*q.on)) {
			add(permission, atom{grantable: true})
		}
	}
	names := map[string]bool{p.id: true, iamAllowedPrincipals: true}
	if p.kind == iamPrincipal {
		names[p.account+":IAMPrincipals"] = true
	}
	for _, h := range r.heldBy(names, *q.on) {
		if !h.key.on.includes(*q.on) {
			continue
		}
		members := []string{h.key.permission}
		if h.key.permission == permAll {
			members = permissionsOn(q.on.kind, false)
		}
		for _, permission := range members {
			add(permission, *h.atom)
		}
	}
	var atoms []listed
	for k, a := range found {
		atoms = append(atoms, listed{k, a})
	}
	sort.Slice(atoms, func(i, j int) bool { return atoms[i].key.permission < atoms[j].key.permission })
	return c.entries(atoms)
}

func (c *call) isLink(on resource) bool {
	seen, err := c.look(on)
	return err == nil && seen.link
}
