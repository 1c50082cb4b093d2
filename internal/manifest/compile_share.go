package manifest

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// expansion is one share being turned into facts of one layer.
type expansion struct {
	*layer
	share    *Share
	producer Account
	scope    DatabaseScope // of the shared database; zero if the share names none
	items    []item
}

// item is one thing that the share's tables come down to.
type item struct {
	object fact.Object // Table, Tables or FilteredRows
	at     fact.Origin
	need   []fact.Key // the filter, if there is one
}

// expand adds what the share describes to the layer.
func (c *compiler) expand(s *Share, l *layer) {
	x := &expansion{layer: l, share: s}
	if !x.from() {
		return
	}
	x.tables()
	for i := range s.To {
		x.recipient(&s.To[i])
	}
}

// from finds the producer and checks that the share may name its database.
func (x *expansion) from() bool {
	c, f := x.c, x.share.From
	cfg := c.tree.Config
	a, ok := cfg.Account(f.Account.Value)
	if !ok && isAccountID(f.Account.Value) {
		c.findings.Add(ruleNotYet, f.Account.Pos, "add the account to lakeshare.yaml and name it by its alias",
			"a producer that is not in lakeshare.yaml is not supported by this version")
		return false
	}
	if !ok {
		c.unknownAccount(f.Account)
		return false
	}
	x.producer = a
	if f.Database.Value == "" {
		return x.needsNoDatabase()
	}
	c.name(fact.Name{What: "database", Object: x.database()}, origin(x.share, f.Database.Pos))
	x.scope, ok = c.inScope(x.share, a, f.Database.Value, f.Database.Pos)
	return ok
}

func (c *compiler) unknownAccount(t Text) {
	var aliases []string
	for _, a := range c.tree.Config.Accounts {
		aliases = append(aliases, a.Alias.Value)
	}
	hint := diag.DidYouMean(t.Value, aliases)
	if hint == "" {
		hint = "add it to accounts in lakeshare.yaml, or write the 12-digit id in quotes"
	}
	c.findings.Add(ruleUnknownAccount, t.Pos, hint, "there is no account %s in lakeshare.yaml", t.Value)
}

// needsNoDatabase reports whatever of the share cannot do without from.database.
func (x *expansion) needsNoDatabase() bool {
	pos := x.share.TablesPos
	for _, r := range x.share.To {
		if pos == (diag.Pos{}) && len(r.Database) > 0 {
			pos = r.Database[0].Pos
		}
	}
	if pos == (diag.Pos{}) {
		return true
	}
	x.c.findings.Add(ruleMissingDatabase, pos, "write from: {account: "+x.share.From.Account.Value+", database: NAME}",
		"tables and database permissions need from.database")
	return false
}

// tables turns the tables into items, and columns and rows into filters.
func (x *expansion) tables() {
	db := x.database()
	if x.share.AllTables {
		db.Type = fact.Tables
		x.items = append(x.items, item{object: db, at: origin(x.share, x.share.TablesPos)})
		return
	}
	for _, t := range x.share.Tables {
		o := db
		o.Type, o.Table = fact.Table, t.Name.Value
		at := origin(x.share, t.Name.Pos)
		x.c.name(fact.Name{What: "table", Object: o}, at)
		for _, column := range slices.Concat(t.Columns, t.Except) {
			x.c.name(fact.Name{What: "column", Object: o, Text: column.Value}, origin(x.share, column.Pos))
		}
		if !t.Filtered() {
			x.items = append(x.items, item{object: o, at: at})
			continue
		}
		o.Type, o.Filter = fact.FilteredRows, t.Filter.Value
		if o.Filter == "" {
			o.Filter = filterName(x.share.Name)
		}
		filter := x.add(fact.Key{Kind: fact.Filter, At: x.producer.place(), Object: o},
			fact.Body{Columns: fact.Columns(values(t.Columns), values(t.Except)), Rows: t.Rows.Value}, at)
		if t.Filter.Set() {
			x.leaves[filter] = true
		}
		x.items = append(x.items, item{object: o, at: at, need: []fact.Key{filter}})
	}
}

// database is the shared database.
func (x *expansion) database() fact.Object {
	return fact.Object{Type: fact.Database, Catalog: x.producer.ID.Value, Database: x.share.From.Database.Value}
}

// storage wants the item's location registered and in the policy, where the
// database's access asks for it.
func (x *expansion) storage(it item) {
	if x.scope.Access != AccessLakeFormation || len(x.producer.Storage.Paths) == 0 {
		return
	}
	x.registered(it.object.TableObject(), it.at)
}

func (x *expansion) registered(o fact.Object, at fact.Origin) fact.Key {
	k := x.add(fact.Key{Kind: fact.Storage, At: x.producer.place(), Object: o}, fact.Body{}, at)
	if x.producer.Storage.Policy.Set() {
		x.add(fact.Key{Kind: fact.StoragePath, At: x.producer.place(), Object: o}, fact.Body{}, at)
	}
	return k
}

// enforced wants IAM_ALLOWED_PRINCIPALS off the shared database, where its
// access asks for it, and returns what a grant on it needs.
func (x *expansion) enforced(at fact.Origin) []fact.Key {
	if x.scope.Access != AccessLakeFormation {
		return nil
	}
	return []fact.Key{x.add(fact.Key{Kind: fact.Enforced, At: x.producer.place(), Object: x.database()}, fact.Body{}, at)}
}

// permissions are what the recipient gets on an item: what is written, else the default.
func (r *Recipient) permissions(it item) []string {
	if r.PermissionsSet {
		return values(r.Permissions)
	}
	if it.object.Type == fact.FilteredRows {
		return []string{"SELECT"} // a filter takes nothing else [2c]
	}
	return []string{"SELECT", "DESCRIBE"}
}

// granted reports whether the recipient gets anything on the database or its tables.
func (x *expansion) granted(r *Recipient) bool {
	return len(r.Database) > 0 || (len(x.items) > 0 && (!r.PermissionsSet || len(r.Permissions) > 0))
}

// hasTables reports whether the recipient gets anything on tables.
func (x *expansion) hasTables(r *Recipient) bool {
	return len(x.items) > 0 && (!r.PermissionsSet || len(r.Permissions) > 0)
}

func values(ts []Text) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Value)
	}
	return out
}

// filterName makes a legal and stable filter name of a share's name.
func filterName(share string) string {
	name := []byte(share)
	for i, b := range name {
		if !legalInName(b) {
			name[i] = '_'
		}
	}
	return string(name[:min(len(name), 255)])
}

func legalInName(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '_'
}

func isAccountID(s string) bool {
	return len(s) == 12 && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}
