package manifest

import "github.com/lakeshare/lakeshare/internal/diag"

// Rules of compiling; not-yet is shared with loading.
const (
	ruleUnknownAccount     = "unknown-account"
	ruleUnknownPrincipal   = "unknown-principal"
	ruleWrongAccount       = "wrong-account"
	ruleDuplicateAccount   = "duplicate-account"
	ruleOutsideScope       = "outside-scope"
	ruleAmbiguousScope     = "ambiguous-scope"
	ruleWrongFile          = "wrong-file"
	ruleMissingDatabase    = "missing-database"
	ruleMissingTables      = "missing-tables"
	ruleMissingPrincipals  = "missing-principals"
	ruleRefusedPermission  = "refused-permission"
	ruleRefusedGrantOption = "refused-grant-option"
	ruleRefusedRecipient   = "refused-recipient"
	ruleRefusedLink        = "refused-link"
	ruleFilterConflict     = "filter-conflict"
	ruleLinkConflict       = "link-conflict"
	ruleAbsentConflict     = "absent-conflict"
	ruleEnded              = "ended"
	ruleEndsSoon           = "ends-soon"
)

// CompileRules returns the rules of compiling: names, scope, what AWS refuses,
// and shares that contradict each other.
func CompileRules() []diag.Rule {
	return append([]diag.Rule{
		{Name: ruleUnknownAccount, Title: "Unknown account", Help: "Accounts are named by their alias in lakeshare.yaml; an account that is not there by its id in quotes."},
		{Name: ruleUnknownPrincipal, Title: "Unknown principal", Help: "A principal is role/NAME or user/NAME of the recipient's account, a whole ARN, or a name from principals in lakeshare.yaml."},
		{Name: ruleWrongAccount, Title: "Principal of another account", Help: "Each recipient lists principals of its own account."},
		{Name: ruleDuplicateAccount, Title: "One account, two aliases", Help: "An account has one alias."},
		{Name: ruleOutsideScope, Title: "Outside the scope", Help: "lakeshare looks at and changes only the databases and paths that lakeshare.yaml lists for an account."},
		{Name: ruleAmbiguousScope, Title: "Two patterns match", Help: "The exact name counts, then the longer pattern. Two of the same length leave it open which one rules."},
		{Name: ruleWrongFile, Title: "Not in this folder", Help: "manifests: in lakeshare.yaml binds a database or the storage to a folder, so that code owners decide who may share it."},
	}, refusalRules()...)
}

func refusalRules() []diag.Rule {
	return []diag.Rule{
		{Name: ruleMissingDatabase, Title: "Database missing", Help: "Only locations can be granted without from.database."},
		{Name: ruleMissingTables, Title: "Tables missing", Help: "permissions are about tables, so the share has to name some."},
		{Name: ruleMissingPrincipals, Title: "Principals missing", Help: "A grant in the own account, and a direct grant, go to principals."},
		{Name: ruleRefusedPermission, Title: "Permission refused", Help: "Lake Formation takes each permission on some kinds of object only: SELECT alone on filters, ALL and DROP on databases never for other accounts."},
		{Name: ruleRefusedGrantOption, Title: "Grant option refused", Help: "A principal of another account cannot get the grant option, and an account needs it to grant on."},
		{Name: ruleRefusedRecipient, Title: "Recipient refused", Help: "Organizations take no principals; across accounts only IAM roles and users can be granted to."},
		{Name: ruleRefusedLink, Title: "Link refused", Help: "Links are made in other accounts that are in lakeshare.yaml; all tables are reached through a database link."},
		{Name: ruleFilterConflict, Title: "Two bodies for one filter", Help: "Shares may use one filter if they describe it alike."},
		{Name: ruleLinkConflict, Title: "Two targets for one link", Help: "A name in an account is one link, or one container."},
		{Name: ruleAbsentConflict, Title: "Absent and wanted", Help: "state: absent asks for something to go that another share wants."},
		{Name: ruleEnded, Title: "Share ended", Help: "A warning of validate: what a share asked for is taken away on the date of expires. The file does nothing any more."},
		{Name: ruleEndsSoon, Title: "Share ends soon", Help: "A warning of validate: the date of expires is at most 14 days away. Who needs the access has to know, or the date has to move."},
	}
}
