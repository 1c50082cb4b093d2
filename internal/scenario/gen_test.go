package scenario

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/lakeshare/lakeshare/internal/fact"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// recipientForms are the forms of a recipient, with %s for more keys.
func recipientForms() map[string]string {
	return map[string]string{
		"own account":           "  - {account: sales, principals: [%p]%s}",
		"account inside":        "  - {account: inside, principals: [%p]%s}",
		"account outside":       "  - {account: outside, principals: [%p]%s}",
		"account alone":         "  - {account: inside%s}",
		"direct":                "  - {account: outside, principals: [%p], direct: true%s}",
		"organization":          "  - {organization: o-abcdef1234%s}",
		"not in lakeshare.yaml": `  - {account: "888899990000", principals: [%p]%s}`,
	}
}

// drawShare draws the text of one share, and tells the forms it uses.
func drawShare(t *rapid.T, label string) (text string, used []string) {
	head := shareHead
	if state := rapid.SampledFrom([]string{"", "", "", "", "", "", "absent", "released"}).Draw(t, label+" state"); state != "" {
		head += "state: " + state + "\n"
	}
	if ends := rapid.SampledFrom([]string{"", "", "", "2026-11-23", "2026-11-25"}).Draw(t, label+" ends"); ends != "" {
		head += "expires: " + ends + "\n"
	}
	database := rapid.SampledFrom([]string{"sales", "sales", "mart"}).Draw(t, label+" database")
	head += "from: {account: sales, database: " + database + "}\n"
	tables, plain := drawTables(t, label, database)
	if tables != "" {
		head += "tables: " + tables + "\n"
	}
	var to []string
	for i := range rapid.IntRange(1, 2).Draw(t, label+" recipients") {
		line, form := drawRecipient(t, fmt.Sprintf("%s to %d", label, i), tables == "", plain, database)
		to, used = append(to, line), append(used, form)
	}
	return head + "to:\n" + strings.Join(to, "\n") + "\n", used
}

func drawTables(t *rapid.T, label, database string) (tables string, plain bool) {
	if database == "mart" {
		return rapid.SampledFrom([]string{"{revenue: {}}", `"*"`}).Draw(t, label+" tables"), true
	}
	tables = rapid.SampledFrom([]string{
		"{orders: {}}", "{orders: {}, customers: {}}", `"*"`, "",
		"{customers: {columns: [id]}}", "{customers: {columns: [id, country]}}", "{customers: {except: [email], filter: f}}",
		"{orders: {rows: \"country = 'DE'\", filter: f}}", "{orders: {rows: \"country = 'FR'\", filter: f}, customers: {}}",
	}).Draw(t, label+" tables")
	return tables, tables != "" && !strings.ContainsAny(tables, "[\\") && !strings.Contains(tables, "rows")
}

func drawRecipient(t *rapid.T, label string, bare, plain bool, database string) (line, form string) {
	form = rapid.SampledFrom([]string{
		"own account", "account inside", "account outside", "account alone", "direct", "organization", "not in lakeshare.yaml",
	}).Draw(t, label+" form")
	more := ""
	if bare || rapid.IntRange(0, 3).Draw(t, label+" database permission") == 0 {
		more += ", database: [CREATE_TABLE]"
	}
	if database == "sales" && rapid.IntRange(0, 5).Draw(t, label+" location") == 0 {
		more += ", locations: [s3://acme-sales/landing/in]"
	}
	if plain && rapid.IntRange(0, 2).Draw(t, label+" permissions") == 0 {
		more += ", permissions: [SELECT, INSERT]"
	}
	if form == "own account" && rapid.IntRange(0, 2).Draw(t, label+" grantable") == 0 {
		more += ", grantable: true"
	}
	line = strings.Replace(recipientForms()[form], "%s", more, 1)
	who := rapid.SampledFrom([]string{"role/Reader", "role/Other", "role/Reader, role/Other"}).Draw(t, label+" principals")
	return strings.Replace(line, "%p", who, 1), form
}

// drawCommit changes up to two of four shares; what would not compile is left out.
func (l *lab) drawCommit(t *rapid.T, label string) (forms []string) {
	for i := range rapid.IntRange(1, 2).Draw(t, label+" files") {
		name := fmt.Sprintf("shares/s%d.yaml", rapid.IntRange(1, 4).Draw(t, fmt.Sprintf("%s file %d", label, i)))
		text := ""
		var used []string
		if rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("%s remove %d", label, i)) > 0 {
			text, used = drawShare(t, fmt.Sprintf("%s share %d", label, i))
		}
		if l.compiles(name, text) {
			l.commit(map[string]string{name: text})
			forms = append(forms, used...)
		}
	}
	return forms
}

func (l *lab) compiles(name, text string) bool {
	files := map[string][]byte{}
	for n, data := range l.commits[len(l.commits)-1] {
		files[n] = data
	}
	delete(files, name)
	if text != "" {
		files[name] = []byte(text)
	}
	source, findings := manifest.Load(files)
	_, more := manifest.Compile(source, l.clock.now())
	return !findings.HasErrors() && !more.HasErrors()
}

// drawHand changes something by hand: a grant that is there goes, or one is made.
func (l *lab) drawHand(t *rapid.T, label string) {
	account := rapid.SampledFrom([]string{producer, producer, producer, inside, outside}).Draw(t, label+" account")
	if rapid.Bool().Draw(t, label+" revoke") {
		l.revokeOne(t, label, account)
		return
	}
	who := rapid.SampledFrom([]string{"Reader", "Other"}).Draw(t, label+" who")
	principal := "arn:aws:iam::" + account + ":role/" + who
	if account == producer && rapid.IntRange(0, 3).Draw(t, label+" across") == 0 {
		principal = rapid.SampledFrom([]string{inside, outside, "arn:aws:iam::" + outside + ":role/Reader"}).Draw(t, label+" to")
	}
	resource := rapid.SampledFrom([]map[string]any{
		{"Table": map[string]any{"CatalogId": producer, "DatabaseName": "sales", "Name": "orders"}},
		{"Table": map[string]any{"CatalogId": producer, "DatabaseName": "sales", "Name": "customers"}},
		{"Table": map[string]any{"CatalogId": producer, "DatabaseName": "sales", "TableWildcard": map[string]any{}}},
		{"Table": map[string]any{"CatalogId": producer, "DatabaseName": "mart", "Name": "revenue"}},
	}).Draw(t, label+" on")
	permissions := rapid.SampledFrom([][]string{{"SELECT"}, {"SELECT", "DESCRIBE"}, {"INSERT"}}).Draw(t, label+" permissions")
	input := map[string]any{
		"Principal": map[string]string{"DataLakePrincipalIdentifier": principal}, "Resource": resource, "Permissions": permissions,
	}
	if len(principal) == 12 || principal[13:25] == account && rapid.Bool().Draw(t, label+" option") {
		input["PermissionsWithGrantOption"] = permissions
	}
	// AWS may refuse what was drawn: then nothing has happened.
	_, _ = l.byHand(account, "lakeformation", "GrantPermissions", input)
}

// revokeOne takes a grant away that is there, whoever made it.
func (l *lab) revokeOne(t *rapid.T, label, account string) {
	atoms := l.atoms(account)
	if len(atoms) == 0 {
		return
	}
	a := rapid.SampledFrom(atoms).Draw(t, label+" what")
	_, _ = l.byHand(account, "lakeformation", "RevokePermissions", map[string]any{
		"Principal": map[string]string{"DataLakePrincipalIdentifier": a.principal}, "Resource": a.resource(),
		"Permissions": []string{a.permission},
	})
}

// drawWorld draws what differs between companies.
func drawWorld(t *rapid.T) string {
	w := baseWorld
	if rapid.IntRange(0, 3).Draw(t, "invitations everywhere") == 0 {
		w = strings.Replace(w, "  accounts: [\"111122223333\", \"444455556666\"]\naccounts:", "  accounts: [\"111122223333\", \"444455556666\", \"888899990000\"]\naccounts:", 1)
	}
	if rapid.IntRange(0, 3).Draw(t, "storage registered") == 0 {
		w = strings.Replace(w, "{path: \"s3://acme-sales/tables\", role: role/LakeFormationRegister}, ", "", 1)
	}
	return w
}

// drawSwitches draws readings of what the sources leave open. Rows that stay in
// a consumer after the producer's revoke are not among them: what they would
// bring back to life is not told yet.
func drawSwitches(t *rapid.T) awssim.Switches {
	return awssim.Switches{
		ExpandALL:         rapid.Bool().Draw(t, "expand ALL"),
		SweepHidesForeign: rapid.Bool().Draw(t, "sweep hides foreign"),
		KeepEmptyShare:    rapid.Bool().Draw(t, "keep empty share"),
		EmptyPages:        rapid.Bool().Draw(t, "empty pages"),
		DanglingNotFound:  rapid.Bool().Draw(t, "dangling links are not found"),
		UnsharedList:      rapid.SampledFrom([]awssim.Unshared{awssim.UnsharedNotFound, awssim.UnsharedDenied, awssim.UnsharedEmpty}).Draw(t, "unshared list"),
		SettleDelay:       rapid.SampledFrom([]time.Duration{0, 20 * time.Second}).Draw(t, "settle"),
		ListLag:           rapid.SampledFrom([]time.Duration{0, 0, 0, 20 * time.Second}).Draw(t, "lag"),
	}
}

// drawEstate opens tables to IAM, as estates are that nobody has migrated yet.
func (l *lab) drawEstate(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "open to IAM") > 0 {
		return
	}
	for _, resource := range []map[string]any{
		{"Database": map[string]any{"Name": "sales"}},
		{"Table": map[string]any{"DatabaseName": "sales", "Name": "orders"}},
	} {
		l.mustByHand(producer, "lakeformation", "GrantPermissions", map[string]any{
			"Principal": map[string]string{"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Resource": resource, "Permissions": []string{"ALL"},
		})
	}
}

// undermine takes away by hand what a share stands on, or only its grant option,
// and then lets one more principal into the share.
func (l *lab) undermine(t *rapid.T, label string) {
	var accounts []atom
	for _, a := range l.atoms(producer) {
		if len(a.principal) == 12 && a.table != "" {
			accounts = append(accounts, a)
		}
	}
	if len(accounts) == 0 {
		return
	}
	a := rapid.SampledFrom(accounts).Draw(t, label+" what")
	input := map[string]any{
		"Principal": map[string]string{"DataLakePrincipalIdentifier": a.principal}, "Resource": a.resource(),
		"Permissions": []string{a.permission},
	}
	if rapid.Bool().Draw(t, label+" option only") {
		input["Permissions"], input["PermissionsWithGrantOption"] = []string{}, []string{a.permission}
	}
	_, _ = l.byHand(producer, "lakeformation", "RevokePermissions", input)
	name, aliases := "shares/s5.yaml", map[string]string{inside: "inside", outside: "outside"}
	if aliases[a.principal] == "" || a.filter != "" {
		return
	}
	tables := "{" + a.table + ": {}}"
	if a.table == "*" {
		tables = `"*"`
	}
	text := shareHead + "from: {account: sales, database: " + a.database + "}\ntables: " + tables +
		"\nto: [{account: " + aliases[a.principal] + ", principals: [role/Reader, role/Other]}]\n"
	if l.compiles(name, text) {
		l.commit(map[string]string{name: text})
	}
}

// flip changes a body: columns, rows or the grant option of what is shared.
func (l *lab) flip(t *rapid.T, label string) {
	flips := []string{"[id]", "[id, country]", "'DE'", "'FR'", "{except: [email], filter: f}", "{columns: [id], filter: f}", "grantable: true", "grantable: false"}
	start := rapid.IntRange(0, 3).Draw(t, label+" file")
	for i := range 4 {
		name := fmt.Sprintf("shares/s%d.yaml", (start+i)%4+1)
		text := string(l.commits[len(l.commits)-1][name])
		for j, from := range flips {
			other := strings.ReplaceAll(text, from, flips[j^1])
			if other != text && l.compiles(name, other) {
				l.commit(map[string]string{name: other})
				return
			}
		}
	}
}

// adopt grants by hand what the last commit asks for.
func (l *lab) adopt(t *rapid.T, label string) {
	var grants []fact.Key
	for _, k := range fact.SortedKeys(l.tip().Wanted) {
		if k.Kind == fact.OwnGrant && k.Object.Filter == "" {
			grants = append(grants, k)
		}
	}
	if len(grants) == 0 {
		return
	}
	k := rapid.SampledFrom(grants).Draw(t, label+" grant")
	_, _ = l.byHand(k.At.Account, "lakeformation", "GrantPermissions", map[string]any{
		"Principal": map[string]string{"DataLakePrincipalIdentifier": k.Principal}, "Resource": atomOf(k).resource(), "Permissions": []string{k.Permission},
	})
}
