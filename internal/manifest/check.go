package manifest

import (
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// The permissions that Lake Formation takes on each type of object [2c].
var (
	onTables   = []string{"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"}
	onFilters  = []string{"SELECT"}
	onDatabase = []string{"ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"}
)

// checkConfig reports what lakeshare.yaml gets wrong across its parts.
func (c *compiler) checkConfig() {
	seen := map[string]Account{}
	for _, a := range c.tree.Config.Accounts {
		if first, ok := seen[a.ID.Value]; ok {
			c.findings = append(c.findings, diag.Finding{
				Rule: ruleDuplicateAccount, Pos: a.ID.Pos, Other: first.ID.Pos,
				Message: "accounts " + first.Alias.Value + " and " + a.Alias.Value + " have the same id",
				Hint:    "one alias is enough; a second region is not supported by this version",
			})
		}
		seen[a.ID.Value] = a
	}
}

// checkRecipient reports what AWS would refuse for an account recipient.
func (x *expansion) checkRecipient(r *Recipient, consumer Account, principals []principal) bool {
	own := consumer.ID.Value == x.producer.ID.Value
	before := len(x.c.findings)
	add := x.c.findings.Add
	switch {
	case own && len(principals) == 0:
		x.c.findings.Add(ruleMissingPrincipals, r.Pos, "write principals: [role/NAME]", "a grant in the own account needs principals")
	case own && r.Direct:
		add(ruleRefusedRecipient, r.DirectPos, "leave direct out", "direct is for principals of another account")
	case r.Direct && len(principals) == 0:
		add(ruleMissingPrincipals, r.DirectPos, "write principals: [role/NAME]", "direct needs principals to grant to")
	case r.Direct && r.Grantable:
		add(ruleRefusedGrantOption, r.GrantablePos, "leave grantable out, or leave direct out so that the account gets the grant option",
			"a principal of another account cannot get the grant option")
	case !own && !r.Direct && len(principals) > 0 && r.GrantableSet && !r.Grantable:
		add(ruleRefusedGrantOption, r.GrantablePos, "leave grantable out, or use direct: true",
			"without the grant option, account %s could not grant on to its principals", consumer.ID.Value)
	}
	if own && r.Link.Pos != (diag.Pos{}) && !r.Link.None {
		add(ruleRefusedLink, r.Link.Pos, "leave link out", "the own account needs no resource link")
	}
	x.checkLink(r)
	x.checkPermissions(r, own)
	x.checkLocations(r)
	x.checkPrincipalKinds(own, principals)
	return len(x.c.findings) == before
}

// checkLink reports links that cannot be made.
func (x *expansion) checkLink(r *Recipient) {
	if x.share.AllTables && (r.Link.Container.Set() || r.Link.Table.Set()) {
		x.c.findings.Add(ruleRefusedLink, r.Link.Pos, "write link: {database: NAME}",
			"table links need named tables; all tables are reached through a database link")
	}
}

// checkPermissions reports permissions that an object or a recipient cannot have.
func (x *expansion) checkPermissions(r *Recipient, own bool) {
	filtered := slices.ContainsFunc(x.items, func(it item) bool { return it.object.Type == fact.FilteredRows })
	for _, p := range r.Permissions {
		switch {
		case filtered && !slices.Contains(onFilters, p.Value):
			x.refusedPermission(p, "a table with columns or rows", onFilters, "; put other permissions into a share of their own")
		case !slices.Contains(onTables, p.Value):
			x.refusedPermission(p, "tables", onTables, "")
		case p.Value == "ALL" && !own:
			x.refusedPermission(p, "tables of another account", onTables[1:], "; ALL works within the own account only")
		}
	}
	if len(r.Permissions) > 0 && len(x.items) == 0 {
		x.c.findings.Add(ruleMissingTables, r.Permissions[0].Pos, "name the tables of the share, or leave permissions out",
			"permissions are about tables, and the share names none")
	}
	for _, p := range r.Database {
		switch {
		case !slices.Contains(onDatabase, p.Value):
			x.refusedPermission(p, "a database", onDatabase, "")
		case !own && (p.Value == "ALL" || p.Value == "DROP"):
			x.refusedPermission(p, "a database of another account", []string{"ALTER", "CREATE_TABLE", "DESCRIBE"}, "")
		}
	}
}

func (x *expansion) refusedPermission(p Text, on string, allowed []string, more string) {
	hint := "write one of " + strings.Join(allowed, ", ") + more
	x.c.findings.Add(ruleRefusedPermission, p.Pos, hint, "%s cannot be granted on %s", p.Value, on)
}

// checkLocations reports locations outside storage.paths.
func (x *expansion) checkLocations(r *Recipient) {
	for _, l := range r.Locations {
		x.c.pathInScope(x.share, x.producer, l)
	}
}

// checkPrincipalKinds reports principals that cannot be granted to across accounts [1b].
func (x *expansion) checkPrincipalKinds(own bool, principals []principal) {
	for _, p := range principals {
		if !own && !isIAM(p.arn) {
			x.c.findings.Add(ruleRefusedRecipient, p.pos, "grant to a role that these people assume",
				"%s cannot be granted to across accounts; only IAM roles and users can", p.arn)
		}
	}
}

// checkOrganization reports what an organization or a unit cannot have.
func (x *expansion) checkOrganization(r *Recipient, id Text) bool {
	before := len(x.c.findings)
	if len(r.Principals) > 0 {
		x.c.findings.Add(ruleRefusedRecipient, r.Principals[0].Pos, "leave principals out; each account's admins grant on",
			"%s is shared with as a whole and takes no principals", id.Value)
	}
	if r.Direct {
		x.c.findings.Add(ruleRefusedRecipient, r.DirectPos, "leave direct out", "direct is for principals of another account")
	}
	if r.Link.Pos != (diag.Pos{}) && !r.Link.None {
		x.c.findings.Add(ruleRefusedLink, r.Link.Pos, "leave link out", "links in the accounts of an organization are made by their admins")
	}
	x.checkPermissions(r, false)
	x.checkLocations(r)
	return len(x.c.findings) == before
}

func (c *compiler) accountByID(id string) (Account, bool) {
	for _, a := range c.tree.Config.Accounts {
		if a.ID.Value == id {
			return a, true
		}
	}
	return Account{}, false
}
