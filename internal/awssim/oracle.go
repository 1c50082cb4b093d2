package awssim

import (
	"fmt"
	"slices"
)

// Question asks whether a principal can read a column.
type Question struct {
	Principal string // ARN of an IAM role or user
	Region    string
	// Catalog is the account whose catalog is addressed: the principal's own
	// if empty, where database and table may be links.
	Catalog, Database, Table string
	Column                   string
	// Row is the row to read; nil asks whether there can be one.
	Row map[string]string
}

// Answer says yes or no, and why.
type Answer struct {
	Yes bool
	Why string
}

func no(format string, args ...any) Answer { return Answer{Why: fmt.Sprintf(format, args...)} }

// Result is what a principal gets to read. A cell that may not be read is
// missing from its row, as NULL is.
type Result struct {
	Columns []string
	Rows    []Row
}

// CanRead answers the question that matters in the end (R48): registration,
// hybrid access, grants of the producer and of the consumer, filters, RAM, and
// IAM, taken together.
func (s *Server) CanRead(q Question) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick(s.now())
	v, answer := s.view(q)
	if !answer.Yes {
		return answer
	}
	column := fold(q.Column)
	if !slices.Contains(v.table.columnNames(), column) {
		return no("%s has no column %s", v.table.name, column)
	}
	if !v.shows(column, q.Row) {
		return no("no grant of SELECT shows the column %s%s", column, map[bool]string{true: " of this row"}[q.Row != nil])
	}
	return answer
}

// Read returns what a principal can read of a table.
func (s *Server) Read(principalARN, regionName, catalog, databaseName, tableName string) (Result, Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick(s.now())
	v, answer := s.view(Question{Principal: principalARN, Region: regionName, Catalog: catalog, Database: databaseName, Table: tableName})
	if !answer.Yes {
		return Result{}, answer
	}
	var out Result
	for _, column := range v.table.columnNames() {
		if v.shows(column, nil) {
			out.Columns = append(out.Columns, column)
		}
	}
	if len(out.Columns) == 0 {
		return Result{}, no("no grant of SELECT shows any column")
	}
	for _, row := range v.table.rows {
		cells, seen := Row{}, false
		for _, column := range out.Columns {
			if !v.shows(column, row) {
				continue
			}
			seen = true
			if text, ok := row[column]; ok {
				cells[column] = text
			}
		}
		if seen {
			out.Rows = append(out.Rows, cells)
		}
	}
	return out, answer
}

// view is what a principal sees of one table.
type view struct {
	table  *table
	whole  bool   // IAM lets the principal at the data itself
	own    []lens // granted in the table's account, or directly from there
	passed []lens // granted on in the principal's account …
	given  []lens // … and given to that account
}

func (v view) shows(column string, row Row) bool {
	return v.whole || anyShows(v.own, column, row) || anyShows(v.passed, column, row) && anyShows(v.given, column, row)
}

// view resolves the names and collects everything that counts.
func (s *Server) view(q Question) (view, Answer) {
	who := parsePrincipal(q.Principal)
	if who.kind != iamPrincipal {
		return view{}, no("%s is no IAM principal", q.Principal)
	}
	if _, exists := s.principalCreated(who); !exists {
		return view{}, no("%s does not exist", q.Principal)
	}
	c := &call{Server: s, region: q.Region, who: caller{account: who.account, principal: who.id, arn: who.id, role: s.role(who.id)}}
	for _, action := range []string{"glue:GetTable", "lakeformation:GetDataAccess"} {
		if !c.who.may(action) && s.rule("R48") {
			return view{}, no("IAM does not allow %s", action)
		}
	}
	p, t, answer := c.reach(q)
	if !answer.Yes {
		return view{}, answer
	}
	return c.dataOf(p, t)
}

// reach follows links to the table, one hop, and says what is in the way.
func (c *call) reach(q Question) (place, *table, Answer) {
	p, err := c.place(q.Catalog, q.Database, false)
	if err != nil {
		return p, nil, no("there is no database %s in %s", q.Database, c.catalog(q.Catalog))
	}
	if p.database.target != nil {
		if !c.describesDatabase(p) {
			return p, nil, no("no DESCRIBE on the database link %s", p.database.name)
		}
		to, ok := c.follow(p.database.target)
		if !ok {
			return p, nil, no("the database link %s leads nowhere", p.database.name)
		}
		p = to
	}
	t := p.database.tables[fold(q.Table)]
	if t == nil {
		return p, nil, no("there is no table %s in %s", q.Table, p.database.name)
	}
	if t.target == nil {
		return p, t, Answer{Yes: true}
	}
	if p.database.name != fold(q.Database) || p.catalog != c.who.account {
		return p, nil, no("%s is a link behind a link", t.name)
	}
	if _, ok := c.columnsOf(p, t); !ok {
		return p, nil, no("no DESCRIBE on the table link %s", t.name)
	}
	to, ok := c.follow(&Target{Account: t.target.Account, Database: t.target.Database, Region: t.target.Region})
	if !ok || to.database.tables[t.target.Table] == nil || to.database.tables[t.target.Table].target != nil {
		return p, nil, no("the table link %s leads nowhere", t.name)
	}
	return to, to.database.tables[t.target.Table], Answer{Yes: true}
}

// dataOf says by which way the data of a table is reached: past Lake Formation
// by IAM alone, or through it by grants.
func (c *call) dataOf(p place, t *table) (view, Answer) {
	v := view{table: t}
	on := p.table(t.name)
	iam := c.who.role != nil && c.who.role.S3
	registered := p.home.locationOf(t.location)
	if p.catalog == c.who.account && iam && c.openData(p, on) {
		v.whole = true
		return v, Answer{true, "IAM_ALLOWED_PRINCIPALS holds the table and IAM allows the data"}
	}
	if registered == nil {
		if _, sees := c.columnsOf(p, t); iam && sees {
			v.whole = true
			return v, Answer{true, "the location is not registered and IAM allows the data"}
		}
		return v, no("the location %q of the table is not registered with Lake Formation", t.location)
	}
	if registered.hybrid && !c.optedIn(p, on) {
		return v, no("the location is in hybrid access mode and the principal has not opted in")
	}
	v.own = p.home.lenses(t, on, c.direct(c.who.principal, c.who.account, p.region, on))
	why := "granted directly"
	if p.catalog != c.who.account {
		v.passed = p.home.lenses(t, on, c.counting(p, on))
		given := c.incoming(c.who.account, p.region, on, true)
		v.given = p.home.lenses(t, on, slices.DeleteFunc(given, func(h held) bool { return !h.atom.grantable }))
		if len(v.own) == 0 {
			why = "granted on by the principal's account"
		}
	}
	switch {
	case len(v.own) > 0 || len(v.passed) > 0 && len(v.given) > 0:
		return v, Answer{true, why}
	case len(v.passed) > 0:
		return v, no("the principal's account no longer has SELECT with the grant option")
	}
	return v, no("no SELECT on %s", t.name)
}

// counting lists what the principal was granted on that its account can still
// give. SELECT is left to the intersection of what both sides show.
func (c *call) counting(p place, on resource) []held {
	return slices.DeleteFunc(c.own(c.who.principal, c.who.account, p.region, on), func(h held) bool {
		return h.key.permission != permSelect && !c.cascades(c.who.account, p.region, h.key)
	})
}

// openData says whether IAM_ALLOWED_PRINCIPALS may read a table.
func (c *call) openData(p place, on resource) bool {
	for _, h := range p.home.heldBy(map[string]bool{iamAllowedPrincipals: true}, on) {
		if h.key.grants(on, permSelect) {
			return true
		}
	}
	return false
}

// optedIn: an opt-in on the table or its database, kept in the account of the
// principal [4.75, 4.79].
func (c *call) optedIn(p place, on resource) bool {
	r := c.at(c.who.account, p.region)
	if r == nil {
		return false
	}
	for k := range r.optIns {
		database := k.on.kind == kindDatabase && k.on.catalog == on.catalog && k.on.database == on.database
		if selves(c.who.principal, c.who.account)[k.principal] && (database || k.on.includes(on)) {
			return true
		}
	}
	return false
}
