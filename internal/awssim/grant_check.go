package awssim

import (
	"slices"
	"strings"
)

// checkMatrix: the kind of object takes these permissions (R8), and the grant
// option is for what is granted (R9).
func (c *call) checkMatrix(q request) *apiError {
	if !subset(q.permissions, permissionsOn(q.on.kind, q.seen.link)) && c.rule("R8") {
		return modificationInvalid()
	}
	if !subset(q.options, q.permissions) && c.rule("R9") {
		return invalidInput("PermissionsWithGrantOption must be a subset of Permissions.")
	}
	return nil
}

// checkColumns: they exist (R12), are no partition keys (R13), and reach other
// accounts as a list only (R14) [2.14].
func (c *call) checkColumns(q request) *apiError {
	if q.on.kind != kindColumns {
		return nil
	}
	if err := c.unknownColumns(q); err != nil {
		return err
	}
	for _, name := range q.on.columns() {
		key := slices.ContainsFunc(q.seen.table.keys, func(k Column) bool { return k.Name == name })
		if key && !q.on.exceptColumns && c.rule("R13") {
			return invalidInput("Unsupported modification: partition key %s cannot be in a column list.", name)
		}
	}
	if q.on.exceptColumns && q.to.outside(c.who.account) && c.rule("R14") {
		return invalidInput("Excluded columns are not supported for grants to other accounts.")
	}
	if len(q.options) > 0 && c.options.Switches.NoColumnGrantOption {
		return modificationInvalid()
	}
	return nil
}

func (c *call) unknownColumns(q request) *apiError {
	if q.on.kind == kindColumns && !subset(q.on.columns(), q.seen.table.columnNames()) && c.rule("R12") {
		return invalidInput("Unsupported modification: cannot grant/revoke permission on non-existent column.")
	}
	return nil
}

// checkRecipient: the principal exists (R22, R80), and may get this from
// outside (R24, R25).
func (c *call) checkRecipient(q request) *apiError {
	if err := c.checkPrincipal(q.to, c.who.account); err != nil {
		return err
	}
	if !q.to.outside(c.who.account) {
		return nil
	}
	direct := q.to.kind == iamPrincipal || q.to.kind == allIAMPrincipals
	switch {
	case q.to.kind == federatedPrincipal || q.on.kind == kindCatalog || q.seen.link:
		return modificationInvalid()
	case direct && c.home().settings.version < "3" && c.rule("R24"):
		return invalidInput("Invalid cross account grant request. Please update `CrossAccountVersion` in `DataLakeSetting` to minimal version v3")
	case direct && len(q.options) > 0 && c.rule("R24"):
		return invalidInput("Grant option is not supported for IAM principals of another account.")
	}
	tooMuch := contains(q.permissions, permAll) || contains(q.permissions, permDrop)
	if q.on.kind == kindDatabase && tooMuch && c.rule("R25") {
		return invalidInput("ALL and DROP on a database cannot be granted to another account.")
	}
	return nil
}

// checkPrincipal: Lake Formation looks IAM principals up, and does not know
// new ones for some seconds [1.10].
func (c *call) checkPrincipal(p principal, account string) *apiError {
	bad := invalidInput("Invalid principal, %s", p.id)
	if p.kind == invalidPrincipal && c.rule("R22") {
		return bad
	}
	if p.kind != iamPrincipal || p.account != account && !c.options.Switches.CheckForeignPrincipals {
		return nil
	}
	if c.state.account(p.account) == nil && p.account != account {
		return nil // an account outside this world
	}
	created, exists := c.principalCreated(p)
	if !exists && c.rule("R22") {
		return bad
	}
	if !created.IsZero() && c.now.Sub(created) < c.options.Switches.IAMPropagation && c.rule("R80") {
		return bad
	}
	return nil
}

// checkAllowedPrincipals: no grant to another account while everybody whom IAM
// lets in has the object, unless its data is in hybrid access mode (R26).
func (c *call) checkAllowedPrincipals(q request) *apiError {
	if !q.to.outside(c.who.account) || q.on.catalog != c.who.account || !c.rule("R26") {
		return nil
	}
	name, open := c.openToIAM(q)
	if !open {
		return nil
	}
	if c.options.Switches.IllegalCombination {
		return invalidInput("Insufficient Lake Formation permissions: Illegal combination")
	}
	return invalidInput("Please revoke permission(s) for IAM_ALLOWED_PRINCIPALS on the %s %s before granting to another account.",
		strings.ReplaceAll(shareKind(q.on), "_", " "), name)
}

func (c *call) openToIAM(q request) (string, bool) {
	r := c.home()
	hybrid := func(path string) bool {
		l := r.locationOf(path)
		return l != nil && l.hybrid && r.settings.version >= "4"
	}
	switch shareKind(q.on) {
	case shareDatabases:
		return q.on.database, r.openToIAM(q.on) && !hybrid(q.seen.database.location)
	case shareTables:
		return q.on.table, r.openToIAM(q.on.whole()) && !hybrid(q.seen.table.location)
	case shareAllTables:
		for _, name := range sortedKeys(q.seen.database.tables) {
			one := q.on.whole()
			one.table = name
			if r.openToIAM(one) && !hybrid(q.seen.database.tables[name].location) {
				return name, true
			}
		}
	}
	return "", false
}

// openToIAM says whether IAM_ALLOWED_PRINCIPALS holds anything on an object.
func (r *region) openToIAM(on resource) bool {
	for _, k := range r.around(on) {
		if k.principal == iamAllowedPrincipals && (k.on == on || k.on.about(on)) {
			return true
		}
	}
	return false
}

// checkOrganization: the organization is known, and sharing within it is on
// (R28) [3.17].
func (c *call) checkOrganization(q request) *apiError {
	if q.to.kind != organizationPrincipal && q.to.kind != unitPrincipal || !c.rule("R28") {
		return nil
	}
	org := c.state.org
	known := org != nil && (q.to.id == org.arn() || org.Units[q.to.unit] != nil && q.to.id == org.unitARN(q.to.unit))
	if !known {
		return invalidInput("Organization %s not found", q.to.unit)
	}
	if !org.sharing() || !org.has(c.who.account) {
		return invalidInput("Access denied to retrieve AWS Organization information")
	}
	return nil
}

// checkConflict: one principal has a table either whole or by columns (R11)
// [2.15].
func (c *call) checkConflict(q request) *apiError {
	if !c.rule("R11") || !c.narrows(q.on) && q.on.kind != kindTable {
		return nil
	}
	coexist := c.options.Switches.ColumnsCoexist
	for _, k := range c.home().near(q.on) {
		if k.principal != q.to.id || k.on.whole() != q.on.whole() || c.narrows(k.on) == c.narrows(q.on) {
			continue
		}
		if !c.narrows(k.on) && k.on.kind != kindTable {
			continue
		}
		whole := q.permissions
		if k.on.kind == kindTable {
			whole = []string{k.permission}
		}
		if !coexist || contains(whole, permSelect) || contains(whole, permAll) {
			return modificationInvalid()
		}
	}
	return nil
}

// narrows says whether a grant on a resource keeps whole-table grants out.
func (c *call) narrows(on resource) bool {
	return on.kind == kindColumns || on.kind == kindFilter && c.options.Switches.FilterExcludesTable
}

// checkFilters: at most 100 filters per principal and table (R76) [3.52], and
// a location must be registered (R27) [3.13].
func (c *call) checkFilters(q request) *apiError {
	r := c.home()
	if q.on.kind == kindLocation && c.rule("R27") {
		if q.seen.home.locationOf(q.on.detail) == nil {
			return invalidInput("Please register the S3 path %s with Lake Formation first.", q.on.name())
		}
	}
	if q.on.kind != kindFilter || !c.rule("R76") {
		return nil
	}
	filters := map[string]bool{q.on.detail: true}
	for _, k := range r.near(q.on) {
		if k.principal == q.to.id && k.on.kind == kindFilter && k.on.whole() == q.on.whole() {
			filters[k.on.detail] = true
		}
	}
	if len(filters) > 100 {
		return fail("ResourceNumberLimitExceededException", "A principal can have at most 100 data cells filters on a table.")
	}
	return nil
}

// checkShareRights: Lake Formation makes the RAM share as the caller [4.6].
func (c *call) checkShareRights(q request) *apiError {
	shares := q.on.catalog == c.who.account && q.to.outside(c.who.account) && shareKind(q.on) != ""
	if shares && !c.who.may("ram:CreateResourceShare") && c.rule("R58") {
		return c.denied("User: %s is not authorized to perform: ram:CreateResourceShare", c.who.arn)
	}
	return nil
}
