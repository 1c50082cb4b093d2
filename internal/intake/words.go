package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// The rules of findings.
const (
	ruleManifest = "intake-manifest" // the older manifest as a whole
	ruleRecord   = "intake-record"   // one record
	ruleInput    = "intake-input"    // what was asked for beside it
)

// permissions lists the words that Lake Formation knows [2.4], whatever they can be granted on.
func permissions() []string {
	return []string{
		"ALL", "SELECT", "ALTER", "DROP", "DELETE", "INSERT", "DESCRIBE", "CREATE_DATABASE", "CREATE_TABLE",
		"DATA_LOCATION_ACCESS", "CREATE_LF_TAG", "ASSOCIATE", "GRANT_WITH_LF_TAG_EXPRESSION",
		"CREATE_LF_TAG_EXPRESSION", "CREATE_CATALOG", "SUPER_USER",
	}
}

// What can be granted on tables and on databases, in the order in which shares list it.
func onTables() []string {
	return []string{"ALL", "SELECT", "DESCRIBE", "INSERT", "DELETE", "ALTER", "DROP"}
}

func onDatabases() []string { return []string{"ALL", "DESCRIBE", "CREATE_TABLE", "ALTER", "DROP"} }

// inOrder sorts permissions as shares list them.
func inOrder(words []string) []string {
	order := append(onTables(), "CREATE_TABLE")
	out := slices.Clone(words)
	slices.SortFunc(out, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return out
}

// sides checks who is granted to: the own account's principal, or another account and its role.
func (r *run) sides(rec *record, m map[string]value, who string) {
	rec.crossWords = m["AccountID"].written() || m["Cross_role"].written()
	if !rec.cross {
		switch p := m["Principal"]; {
		case p.kind != "":
			r.arn(rec.principal, r.forms.any, who+"Principal", "arn:aws:iam::111122223333:role/Etl")
		case !p.written() && m["Cross_account"].written() == (m["Cross_account"].kind != ""):
			r.bad(rec.pos, "", "%sPrincipal: missing key; a record without Cross_account: true grants to it", who)
		}
		return
	}
	id, role := m["AccountID"], m["Cross_role"]
	switch {
	case !id.written():
		r.bad(rec.pos, "", "%sAccountID: missing key; Cross_account: true shares with it", who)
	case id.kind != "" && !r.forms.account.MatchString(id.text):
		r.bad(id.pos, "", "%sAccountID: expected 12 digits, got %q", who, clip(id.text))
	}
	if role.kind == "" || !r.arn(rec.role, r.forms.iam, who+"Cross_role", "arn:aws:iam::444455556666:role/Analyst") {
		return
	}
	if of := fact.AccountOf(role.text); id.kind != "" && of != id.text {
		r.bad(role.pos, "name a role of the account that the record shares with", "%sCross_role: %s belongs to account %s, not to AccountID %s", who, role.text, of, clip(id.text))
	}
}

// arn checks the form of a principal.
func (r *run) arn(t text, form *regexp.Regexp, path, example string) bool {
	if len(t.value) <= 255 && form.MatchString(t.value) {
		return true
	}
	hint := ""
	switch {
	case strings.Contains(t.value, ":assumed-role/"):
		hint = "name the role, not a session of it"
	case strings.HasSuffix(t.value, ":root"):
		hint = "name a role or a user; a whole account is shared with by AccountID without Cross_role"
	}
	r.bad(t.pos, hint, "%s: expected the ARN of a principal such as %s, got %q", path, example, clip(t.value))
	return false
}

const iamForm = `iam::[0-9]{12}:(role|user)/([!-)+-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}`

// forms are what ids and principals must look like.
type forms struct {
	account *regexp.Regexp
	iam     *regexp.Regexp // roles and users, the only principals that can be granted to across accounts [1b]
	any     *regexp.Regexp // what can be granted to in the own account
}

func newForms() forms {
	return forms{
		account: regexp.MustCompile(`^[0-9]{12}$`),
		iam:     regexp.MustCompile(`^arn:aws[a-z-]*:` + iamForm + `$`),
		any: regexp.MustCompile(`^arn:aws[a-z-]*:(` + iamForm +
			`|iam::[0-9]{12}:saml-provider/[A-Za-z0-9._-]+:(user|group)/[^\s*]+` +
			`|quicksight:[a-z0-9-]+:[0-9]{12}:(user|group)/[^\s*]+|identitystore:::(user|group)/[^\s*]+)$`),
	}
}

// names checks what is granted on, and folds it as Glue does.
func (r *run) names(rec *record, t map[string]value, who string) {
	if t["DatabaseName"].kind != "" && !r.name(rec.database, who+"Table.DatabaseName") {
		rec.database.value = "" // nothing more is said about it
	}
	switch name := t["Name"]; {
	case name.kind == "":
	case rec.wildcard && name.text != "":
		r.bad(name.pos, "leave one of the two out", "%sTable: Name and Wildcard: true say different things", who)
	case rec.wildcard:
	case name.text == "":
		r.bad(name.pos, "leave the key out if the database itself is meant", "%sTable.Name: expected a name, got an empty string", who)
	case name.text == "*":
		r.bad(name.pos, "write \"Wildcard\": true for all tables", "%sTable.Name: expected a name, got %q", who, name.text)
	default:
		r.name(rec.table, who+"Table.Name")
	}
	rec.database.value, rec.table.value = strings.ToLower(rec.database.value), strings.ToLower(rec.table.value)
}

func (r *run) name(t text, path string) bool {
	s := t.value
	odd := func(c rune) bool { return c == '/' || c == '*' || unicode.IsControl(c) || unicode.Is(unicode.Cf, c) }
	if s == "" || len(s) > 255 || s != strings.TrimSpace(s) || strings.ContainsFunc(s, odd) {
		r.bad(t.pos, "", "%s: expected a name of 1 to 255 characters without /, *, line breaks, or blanks at its ends, got %q", path, clip(s))
		return false
	}
	return true
}

// Rules returns the rules of findings about the older manifest.
func Rules() []diag.Rule {
	return []diag.Rule{
		{Name: ruleManifest, Title: "Not the older manifest", Help: "The file is a JSON object with the one key Records, a list."},
		{Name: ruleRecord, Title: "Record not understood", Help: "Every record has to be understood before anything is written. The message names the record and the key."},
		{Name: ruleInput, Title: "Something is missing", Help: "The producer has to be in lakeshare.yaml with the databases in its scope, and new shares need an owner and a reason."},
	}
}
