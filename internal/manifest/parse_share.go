package manifest

import (
	"cmp"
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
)

func (p *parser) parseShare(root value) Share {
	s := Share{
		File: p.file, Name: shareName(p.file),
		Owner: root.get("owner").str(), Reason: root.get("reason").str(), Ticket: root.get("ticket").str(),
		Expires: root.get("expires").str(), State: root.get("state").str(),
	}
	s.Ends = p.ends(s.Expires)
	from := root.get("from")
	if from.kind == mapping {
		s.From = From{Pos: from.pos, Account: from.get("account").str(), Database: lower(from.get("database").str())}
	}
	p.notYetKey(from, "tags", "from.tags (sharing by LF-Tags)", "name the database and its tables")
	p.notYetKey(from, "catalog", "from.catalog (another catalog than the account's own)", "share a database of the account's own catalog")
	p.tables(root.get("tables"), &s)
	for _, v := range root.get("to").items {
		s.To = append(s.To, p.recipient(v))
	}
	p.nothingShared(root)
	return s
}

// ends is the instant at which the share ends. Only a calendar can tell that
// there is no 30 February, so it is not left to the schema.
func (p *parser) ends(expires Text) time.Time {
	t, err := time.Parse(time.DateOnly, expires.Value)
	if err == nil || len(expires.Value) != len(time.DateOnly) || otherForm(expires.Value) {
		return t
	}
	p.findings.Add(ruleBadDate, expires.Pos, "for example expires: 2027-06-30", "expires is %s: expected a day of the calendar", show(expires.Value))
	return time.Time{}
}

// otherForm reports a text that is not of the form YYYY-MM-DD, which the schema says already.
func otherForm(s string) bool {
	for i, r := range s {
		if dash := i == 4 || i == 7; dash != (r == '-') || !dash && (r < '0' || r > '9') {
			return true
		}
	}
	return false
}

func (p *parser) tables(v value, s *Share) {
	s.TablesPos = v.pos
	if v.kind == text {
		s.AllTables = v.text == "*"
		return
	}
	seen := map[string]Text{}
	for _, e := range v.entries {
		t := Table{
			Name: lower(e.key), Columns: lowered(e.value.get("columns").list()), Except: lowered(e.value.get("except").list()),
			Rows: e.value.get("rows").str(), Filter: e.value.get("filter").str(),
		}
		p.sameName(seen, t.Name)
		p.unique(t.Columns)
		p.unique(t.Except)
		p.notYetKey(e.value, "column_grant", "column_grant", "remove it: columns are then shared through a data cells filter")
		s.Tables = append(s.Tables, t)
	}
	slices.SortFunc(s.Tables, func(a, b Table) int { return cmp.Compare(a.Name.Value, b.Name.Value) })
}

// nothingShared reports a share that names neither tables, nor a database
// permission, nor a location.
func (p *parser) nothingShared(root value) {
	if root.kind != mapping || root.has("tables") || root.get("from").has("tags") || p.excused(root.pos, "tables") {
		return
	}
	to := root.get("to")
	if to.kind != list || len(to.items) == 0 {
		return
	}
	for _, r := range to.items {
		if r.kind != mapping || r.has("database") || r.has("locations") || p.excused(r.pos, "database") || p.excused(r.pos, "locations") {
			return
		}
	}
	p.findings.Add(ruleMissingKey, root.pos, `write tables: {orders: {}} or tables: "*"`,
		"nothing is shared: expected tables, or database or locations in a recipient")
}

func (p *parser) recipient(v value) Recipient {
	r := Recipient{
		Pos: v.pos, Account: v.get("account").str(), Organization: v.get("organization").str(), OU: v.get("ou").str(),
		Permissions: p.unique(v.get("permissions").list()), Database: p.unique(v.get("database").list()),
		Locations: p.unique(normalPaths(v.get("locations").list())), Principals: p.unique(v.get("principals").list()),
		PermissionsSet: v.get("permissions").kind == list, Link: p.linkChoice(v.get("link")),
	}
	r.Direct, r.DirectPos, _ = truth(v.get("direct"))
	r.Grantable, r.GrantablePos, r.GrantableSet = truth(v.get("grantable"))
	if all := v.get("principals").str(); all.Value == "*" {
		p.notYet(all.Pos, `principals: "*"`, "name the roles and users, or leave principals out so that the account's admins grant on")
	}
	p.notYetKey(v, "tags", "tags (permissions on LF-Tags)", "remove it; write permissions on tables or on the database")
	return r
}

// truth returns a boolean with its place.
func truth(v value) (yes bool, pos diag.Pos, set bool) {
	if yes, set = v.is(); set {
		pos = v.pos
	}
	return yes, pos, set
}

func (p *parser) linkChoice(v value) LinkChoice {
	if v.kind == text {
		return LinkChoice{Pos: v.pos, None: v.text == "none"}
	}
	if v.kind != mapping {
		return LinkChoice{}
	}
	c := LinkChoice{Pos: v.pos}
	c.Container, c.Table, c.Database = p.links(v)
	return c
}
