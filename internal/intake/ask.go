package intake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// grantee is an account alone, or a principal of it.
type grantee struct {
	account   string // 12 digits
	principal string // ARN; "" for the account alone
}

// object is what is granted on: a table, all tables, or the database itself.
type object struct {
	database string
	table    string // "*" for all tables, "" for the database
}

// all stands for every table of a database, present and future.
const all = "*"

func (o object) String() string {
	if o.table == "" {
		return "database " + o.database
	}
	return o.database + "." + o.table
}

// atom is the unit in which Lake Formation keeps permissions [2.13].
type atom struct {
	grantee
	object
	permission string
}

// ask is what the last record that names an atom wants.
type ask struct {
	record int
	revoke bool
}

// fate is what became of a permission that a record names.
type fate struct {
	atom atom
	// out says why the permission is left out; "" if it is an ask.
	out string
}

// producer checks that the shares can be written at all: the alias and the scope.
func (r *run) producer(records []record) {
	var aliases []string
	for _, a := range r.config.Accounts {
		aliases = append(aliases, a.Alias.Value)
	}
	from, ok := r.config.Account(r.in.From)
	if !ok {
		hint := diag.DidYouMean(r.in.From, aliases)
		if hint == "" {
			hint = "add accounts." + r.in.From + " to it, or name one of " + strings.Join(aliases, ", ")
		}
		r.findings.Add(ruleInput, diag.Pos{File: manifest.ConfigFile}, hint, "there is no account %q, which --from names", r.in.From)
		return
	}
	r.from = from
	for _, rec := range records {
		if of := fact.AccountOf(rec.principal.value); !rec.cross && of != "" && of != from.ID.Value {
			r.bad(rec.principal.pos, "name the account that owns the database with --from, or share with the principal's account by Cross_account: true",
				"record %d: Principal: %s belongs to account %s, and --from %s is account %s", rec.number, rec.principal.value, of, r.in.From, from.ID.Value)
		}
		if rec.cross && rec.account.value == from.ID.Value {
			r.bad(rec.account.pos, "leave Cross_account out and name the role as Principal",
				"record %d: AccountID: %s is the account of --from %s, and nothing is shared with the own account", rec.number, rec.account.value, r.in.From)
		}
		r.scope(rec)
	}
}

// scope checks that the producer's scope holds the record's database, once for
// each database. What counts is asked of the compiler, by a share that names
// the database and nothing else.
func (r *run) scope(rec record) {
	db := rec.database
	if _, known := r.folders[db.value]; known || db.value == "" {
		return
	}
	r.folders[db.value] = ""
	probe := manifest.Share{File: "shares/" + r.in.From + "/probe.yaml"}
	probe.From.Account = manifest.Text{Value: r.in.From, Pos: diag.Pos{File: probe.File, Line: 1, Col: 1}}
	probe.From.Database = manifest.Text{Value: db.value, Pos: probe.From.Account.Pos}
	_, findings := manifest.Compile(&manifest.Tree{Config: r.config, Shares: []manifest.Share{probe}}, noDate())
	for _, f := range findings {
		if f.Pos.File != probe.File {
			continue
		}
		if folder, only := r.folder(f.Other); only {
			r.folders[db.value] = folder
			continue
		}
		r.bad(db.pos, f.Hint, "record %d: Table.DatabaseName: %s", rec.number, f.Message)
	}
}

// folder returns the folder that a scope entry binds its database to, by its place.
func (r *run) folder(at diag.Pos) (string, bool) {
	for _, d := range r.from.Databases {
		if d.Manifests.Set() && d.Manifests.Pos == at {
			return strings.TrimSuffix(d.Manifests.Value, "/"), true
		}
	}
	return "", false
}

// judge settles what each record asks for and what is left out. A later record
// wins over an earlier one, permission by permission.
func (r *run) judge(records []record) {
	r.fates = make([][]fate, len(records))
	for i, rec := range records {
		a := atom{object: object{rec.database.value, rec.table.value}}
		if rec.wildcard {
			a.table = all
		}
		a.grantee = grantee{r.from.ID.Value, rec.principal.value}
		if rec.cross {
			a.grantee = grantee{rec.account.value, rec.role.value}
		}
		for _, w := range rec.words {
			a.permission = w.value
			out := refusal(a, rec.cross)
			if out == "" {
				r.asks[a] = ask{rec.number, rec.revoke}
			}
			r.fates[i] = append(r.fates[i], fate{a, out})
		}
	}
}

// refusal says why a permission cannot be carried over, or nothing. Lake
// Formation refuses each of these too, so the older system never granted them
// or granted more than reading needs [S1-S3, 1.17, 2c].
func refusal(a atom, cross bool) string {
	on, database := onTables(), a.table == ""
	if database {
		on = onDatabases()
	}
	switch {
	case a.permission == "DATA_LOCATION_ACCESS":
		return "it is not needed to read or write tables; let who creates tables at a path have it by locations in a share"
	case a.permission == "ALL" && cross:
		return "it cannot be granted to another account; name the permissions that are needed"
	case a.permission == "DROP" && cross && database:
		return "it cannot be granted on a database to another account"
	case slices.Contains(on, a.permission):
		return ""
	case database && slices.Contains(onTables(), a.permission):
		return `a database does not take it; name the table, or write "Wildcard": true for all tables`
	}
	return fmt.Sprintf("%s does not take it", a.object)
}
