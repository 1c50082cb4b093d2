package awssim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// read is what a principal reads, one line for each row.
func (s *sim) read(principal, database, name string) []string {
	s.Helper()
	result, answer := s.Read(principal, region, "", database, name)
	if !answer.Yes {
		return []string{"no: " + answer.Why}
	}
	var out []string
	for _, row := range result.Rows {
		var cells []string
		for _, column := range result.Columns {
			if cell, ok := row[column]; ok {
				cells = append(cells, cell)
			}
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

const reader = "arn:aws:iam::111122223333:role/Reader"

func TestR48_ReadingNeedsEverythingAtOnce(t *testing.T) {
	rule(t, "R48", func(l lab) {
		s := l.sim(strings.Replace(two, "Reader: {}", "Reader: {deny: [\"lakeformation:GetDataAccess\"]}", 1))
		s.admin(producer).grant("role/Reader", "sales.orders", "SELECT").ok()
		equal(l, s.read(reader, "sales", "orders"), []string{"no: IAM does not allow lakeformation:GetDataAccess"})
	})
}

func TestR48_GrantsShowCells(t *testing.T) {
	always(t, func(l lab) {
		for _, c := range []struct {
			grants []string
			want   []string
		}{
			{nil, []string{"no: no SELECT on orders"}},
			{[]string{"sales.orders DESCRIBE"}, []string{"no: no SELECT on orders"}},
			{[]string{"sales.orders SELECT"}, []string{"1 DE a@x mon", "2 FR b@x mon", "3 DE c@x tue"}},
			{[]string{"sales.orders ALL"}, []string{"1 DE a@x mon", "2 FR b@x mon", "3 DE c@x tue"}},
			{[]string{"sales.* SELECT"}, []string{"1 DE a@x mon", "2 FR b@x mon", "3 DE c@x tue"}},
			{[]string{"sales.orders(id) SELECT"}, []string{"1", "2", "3"}},
			{[]string{"sales.orders(-email) SELECT"}, []string{"1 DE mon", "2 FR mon", "3 DE tue"}},
			{[]string{"sales.orders#de SELECT"}, []string{"1 DE", "3 DE"}},
			{[]string{"sales.orders#de SELECT", "sales.orders#two SELECT"}, []string{"1 DE", "2 b@x", "3 DE"}},
		} {
			s := l.sim(two)
			a := s.admin(producer)
			a.filter("sales.orders", "de", "id,country", "country = 'DE'").ok()
			a.filter("sales.orders", "two", "id,email", "id = 2").ok()
			for _, g := range c.grants {
				spec, permission, _ := strings.Cut(g, " ")
				a.grant("role/Reader", spec, permission).ok()
			}
			if got := s.read(reader, "sales", "orders"); fmt.Sprint(got) != fmt.Sprint(c.want) {
				l.Errorf("%v: got %q, want %q", c.grants, got, c.want)
			}
		}
	})
}

func TestR48_StorageDecidesWhoIsAsked(t *testing.T) {
	always(t, func(l lab) {
		const registered = "registered: [{path: s3://acme/tables, role: role/Lake}]"
		hybrid := strings.Replace(two, "role: role/Lake}", "role: role/Lake, hybrid: true}", 1)
		for _, c := range []struct {
			name, world string
			grants      []string
			optIn       bool
			want        string
		}{
			{"not registered", strings.Replace(two, registered, "", 1), []string{"SELECT"}, false, "no: the location"},
			{"not registered, but IAM", strings.Replace(strings.Replace(two, registered, "", 1), "Reader: {}", "Reader: {s3: true}", 1), []string{"DESCRIBE"}, false, "1 DE"},
			{"open to IAM", strings.Replace(two, "Reader: {}", "Reader: {s3: true}", 1), []string{"IAM"}, false, "1 DE"},
			{"open to IAM, which says no", two, []string{"IAM"}, false, "no: no SELECT"},
			{"hybrid", hybrid, []string{"SELECT"}, false, "no: the location is in hybrid access mode"},
			{"hybrid, opted in", hybrid, []string{"SELECT"}, true, "1 DE"},
		} {
			s := l.sim(c.world)
			a := s.admin(producer)
			for _, permission := range c.grants {
				principal := "role/Reader"
				if permission == "IAM" {
					principal, permission = "IAM_ALLOWED_PRINCIPALS", "ALL"
				}
				a.grant(principal, "sales.orders", permission).ok()
			}
			if c.optIn {
				a.lf("CreateLakeFormationOptIn", map[string]any{"Principal": a.who("role/Reader"), "Resource": object("sales.orders")}).ok()
			}
			if got := s.read(reader, "sales", "orders")[0]; !strings.HasPrefix(got, c.want) {
				l.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	})
}

func TestR48_AcrossAccountsBothSidesCount(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		a, c := s.admin(producer), s.admin(consumer)
		a.filter("sales.orders", "de", "id,country", "country = 'DE'").ok()
		s.share("sales.orders#de", "SELECT/+")
		s.link("rl_orders", "sales", "orders")
		steps := []struct {
			do   func()
			want string
		}{
			{func() {}, "[no: no DESCRIBE on the table link rl_orders]"},
			{func() { c.grant("role/Analyst", "lake.rl_orders", "DESCRIBE").ok() }, "[no: no SELECT on orders]"},
			{func() { c.grant("role/Analyst", "111122223333:sales.orders", "SELECT").ok() }, "[1 DE 3 DE]"},
			{func() { s.share("sales.orders(id,email)", "SELECT/+") }, "[1 DE a@x 2 b@x 3 DE c@x]"},
			{func() { a.revoke(consumer, "sales.orders#de", "SELECT").ok() }, "[1 a@x 2 b@x 3 c@x]"},
			{func() { a.revoke(consumer, "sales.orders(id,email)", "/SELECT").ok() }, "[no: no SELECT on orders]"},
			{func() { s.share("sales.orders#de", "SELECT/+") }, "[no: no SELECT on orders]"},
		}
		for i, step := range steps {
			step.do()
			if got := fmt.Sprint(s.read(analyst, "lake", "rl_orders")); got != step.want {
				l.Errorf("step %d: got %s, want %s", i, got, step.want)
			}
		}
	})
}

func TestR48_ThroughDatabaseLinksAndDirectShares(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant(analyst, "sales.events", "SELECT").ok()
		s.accept(consumer)
		c := s.admin(consumer)
		c.glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{
			"Name": "rl_sales", "TargetDatabase": map[string]any{"CatalogId": producer, "DatabaseName": "sales"},
		}}).ok()
		equal(l, s.read(analyst, "rl_sales", "events"), []string{"no: no DESCRIBE on the database link rl_sales"})
		c.grant("role/Analyst", "rl_sales", "DESCRIBE").ok()
		equal(l, s.read(analyst, "rl_sales", "events"), []string{"7"})
		if got := s.CanRead(awssim.Question{Principal: analyst, Region: region, Catalog: producer, Database: "sales", Table: "events", Column: "id"}); !got.Yes {
			l.Fatalf("without the link: %s", got.Why)
		}
		if got := s.CanRead(question("rl_sales", "events", "nope")); got.Yes {
			l.Fatalf("a column that is not there")
		}
	})
}

func TestR48_RowsAreAskedForOneByOne(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.filter("sales.orders", "de", "", "country = 'DE' AND NOT (id IN (3, 4) OR email LIKE '%@y')").ok()
		a.grant("role/Reader", "sales.orders#de", "SELECT").ok()
		equal(l, s.read(reader, "sales", "orders"), []string{"1 DE a@x mon"})
		q := awssim.Question{Principal: reader, Region: region, Database: "sales", Table: "orders", Column: "id"}
		for row, want := range map[string]bool{"1": true, "3": false} {
			q.Row = map[string]string{"id": row, "country": "DE", "email": "x"}
			if got := s.CanRead(q); got.Yes != want {
				l.Errorf("row %s: %v %s", row, got.Yes, got.Why)
			}
		}
	})
}
