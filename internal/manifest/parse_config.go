package manifest

import (
	"cmp"
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func (p *parser) parseConfig(root value) *Config {
	c := &Config{File: p.file, Losses: DefaultLosses, Region: root.get("region").str()}
	for _, e := range root.get("accounts").entries {
		c.Accounts = append(c.Accounts, p.account(e))
	}
	p.regions(root, c)
	for _, e := range root.get("principals").entries {
		c.Principals = append(c.Principals, Group{Name: e.key, Members: p.unique(e.value.list())})
	}
	slices.SortFunc(c.Accounts, func(a, b Account) int { return cmp.Compare(a.Alias.Value, b.Alias.Value) })
	slices.SortFunc(c.Principals, func(a, b Group) int { return cmp.Compare(a.Name.Value, b.Name.Value) })
	c.Links.Container, c.Links.Table, c.Links.Database = p.links(root.get("links"))
	if losses := root.get("limits").get("losses"); losses.kind == integer {
		n, _ := losses.number()
		c.Losses, c.LossesPos = int(n), losses.pos
	}
	p.notYetKey(root, "rules", "rules", "remove it; CODEOWNERS and review decide until then")
	c.Ignore, c.Repair = p.unique(root.get("ignore").list()), root.get("drift").str().Value == driftRepair
	return c
}

func (p *parser) account(e entry) Account {
	v := e.value
	a := Account{
		Alias: e.key, ID: v.get("id").str(), Region: v.get("region").str(),
		PlanRole: v.get("plan_role").str(), ApplyRole: v.get("apply_role").str(),
	}
	seen := map[string]Text{}
	for _, d := range v.get("databases").entries {
		scope := p.databaseScope(d)
		p.sameName(seen, scope.Pattern)
		a.Databases = append(a.Databases, scope)
	}
	s := v.get("storage")
	a.Storage = Storage{
		Paths: p.unique(normalPaths(s.get("paths").list())), Role: s.get("role").str(),
		Policy: s.get("policy").str(), Manifests: s.get("manifests").str(),
	}
	if a.Storage.Role.Value == "service-linked" {
		a.Storage.Role, a.Storage.ServiceLinked = Text{}, true
	}
	p.ownARN("plan_role", a.PlanRole, a.ID)
	p.ownARN("apply_role", a.ApplyRole, a.ID)
	p.ownARN("policy", a.Storage.Policy, a.ID)
	return a
}

// ownARN reports an ARN of another account than the one it stands in.
func (p *parser) ownARN(key string, arn, id Text) {
	owner := fact.AccountOf(arn.Value)
	if len(owner) != 12 || len(id.Value) != 12 || owner == id.Value {
		return
	}
	p.findings = append(p.findings, diag.Finding{
		Rule: ruleBadValue, Pos: arn.Pos, Other: id.Pos,
		Message: key + " is of account " + owner + ": expected one of account " + id.Value,
		Hint:    "write the ARN with " + id.Value + ", or mend id",
	})
}

func (p *parser) databaseScope(e entry) DatabaseScope {
	d := DatabaseScope{Pattern: lower(e.key), Access: AccessAsIs, Manifests: e.value.get("manifests").str()}
	if access := e.value.get("access").str(); access.Set() {
		d.Access, d.AccessPos = access.Value, access.Pos
		if access.Value == "hybrid" {
			p.notYet(access.Pos, "access: hybrid", "write as_is to leave the database as it is, or lake_formation to enforce permissions for everybody")
		}
	}
	d.Ignore, d.Drift = p.unique(e.value.get("ignore").list()), e.value.get("drift").str()
	return d
}

// regions gives each account its region: its own, or the default.
func (p *parser) regions(root value, c *Config) {
	base := c.Region
	for i := range c.Accounts {
		a := &c.Accounts[i]
		if !base.Set() {
			base = a.Region
		}
		if a.Region.Set() && a.Region.Value != base.Value {
			p.notYet(a.Region.Pos, "a second region ("+clip(a.Region.Value)+" beside "+clip(base.Value)+")",
				"keep the accounts of each region in a repository of their own")
		}
	}
	written := root.has("region") || p.excused(root.pos, "region")
	if !base.Set() && !written && len(c.Accounts) > 0 && !regionWritten(root) {
		p.findings.Add(ruleMissingKey, root.pos, "write region: eu-west-1", "key region is missing: expected a default one, or one in each account")
		return
	}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		v := root.get("accounts").get(a.Alias.Value)
		if !a.Region.Set() && !written && base.Set() && v.kind == mapping && !v.has("region") && !p.excused(v.pos, "region") {
			p.findings.Add(ruleMissingKey, a.Alias.Pos, "write region: "+clip(base.Value)+" at the top of the file", "key region is missing in %s, and there is no default one", clip(a.Alias.Value))
		}
		if !a.Region.Set() {
			a.Region = c.Region
		}
	}
}

// regionWritten reports whether any account names a region, however badly.
func regionWritten(root value) bool {
	return slices.ContainsFunc(root.get("accounts").entries, func(e entry) bool { return e.value.has("region") })
}
