package awssim_test

import (
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func TestR68_CreatorsGetRowsAndNamesAreFolded(t *testing.T) {
	rule(t, "R68", func(l lab) {
		s := l.sim(strings.Replace(two, "databases: {lake: {}}", "databases: {lake: {table_default: iam}}", 1))
		r := s.role(consumer, "Lake")
		r.glue("CreateTable", map[string]any{"DatabaseName": "Lake", "TableInput": map[string]any{
			"Name": "RL_Orders", "TargetTable": map[string]any{"CatalogId": producer, "DatabaseName": "nowhere", "Name": "yet"},
		}}).ok()
		r.glue("CreateTable", map[string]any{"DatabaseName": "lake", "TableInput": map[string]any{"Name": "rl_orders"}}).
			fails("AlreadyExistsException", "already exists")
		equal(l, r.on("lake.rl_orders"), []string{
			`IAM_ALLOWED_PRINCIPALS {"Table":{"CatalogId":"444455556666","DatabaseName":"lake","Name":"rl_orders"}} [ALL] []`,
			`role/Lake {"Table":{"CatalogId":"444455556666","DatabaseName":"lake","Name":"rl_orders"}} [DESCRIBE DROP] [DESCRIBE DROP]`,
		})
		r.glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{"Name": "More"}}).ok()
		if got := r.on("more"); len(got) != 1 || !strings.Contains(got[0], "[ALL ALTER CREATE_TABLE DESCRIBE DROP] [ALL") {
			l.Fatalf("got %v", got)
		}
		s.role(consumer, "Analyst").glue("CreateTable", newTable("lake", "x", "")).fails(refused, "Insufficient Lake Formation permission(s): Required Create Table on lake")
		s.role(consumer, "Analyst").glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{"Name": "x"}}).
			fails(refused, "Required Create Database on Catalog")
	})
}

// linked is a consumer with a link to the database sales, and what it needs to
// change things through it.
func linked(l lab, switches awssim.Switches) (*sim, actor) {
	s := l.sim(two, switches)
	s.share("sales", "DESCRIBE,ALTER,CREATE_TABLE/+")
	s.share("sales.*", "SELECT,DROP,ALTER/+")
	c := s.role(consumer, "Lake")
	c.glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{
		"Name": "rl_sales", "TargetDatabase": map[string]any{"CatalogId": producer, "DatabaseName": "sales"},
	}}).ok()
	c.grant("role/Lake", "111122223333:sales", "ALTER,CREATE_TABLE").ok()
	c.grant("role/Lake", "111122223333:sales.*", "ALTER,DROP").ok()
	return s, c
}

// TestR69_LinksAreFollowed is table 5b.
func TestR69_LinksAreFollowed(t *testing.T) {
	rule(t, "R69", func(l lab) {
		s, c := linked(l, awssim.Switches{})
		a := s.admin(producer)
		text := l.text(c.glue("GetDatabase", map[string]any{"Name": "rl_sales"}).ok().doc)
		if !strings.Contains(text, "s3://acme/tables") || !strings.Contains(text, `"Name":"rl_sales"`) {
			l.Fatalf("GetDatabase: %s", text)
		}
		list := c.glue("GetTables", map[string]any{"DatabaseName": "rl_sales"})
		equal(l, list.each("TableList", "DatabaseName"), []string{"sales", "sales"})
		c.glue("CreateTable", newTable("rl_sales", "made", "s3://x/y")).ok()
		a.glue("GetTable", table("sales", "made")).ok()
		c.glue("UpdateTable", newTable("rl_sales", "orders", "s3://x/changed")).ok()
		if text := l.text(a.glue("GetTable", table("sales", "orders")).ok().doc); !strings.Contains(text, "s3://x/changed") {
			l.Fatalf("UpdateTable: %s", text)
		}
		c.glue("DeleteTable", table("rl_sales", "orders")).ok()
		a.glue("GetTable", table("sales", "orders")).fails(missing, "not found")
		out := c.glue("BatchDeleteTable", map[string]any{"DatabaseName": "rl_sales", "TablesToDelete": []string{"made", "none"}})
		equal(l, out.each("Errors", "TableName"), []string{"none"})
		c.glue("DeleteDatabase", map[string]any{"Name": "rl_sales"}).ok()
		a.glue("GetDatabase", map[string]any{"Name": "sales"}).ok()
	})
}

func TestR69_TableLinks(t *testing.T) {
	rule(t, "R69", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT,ALTER/+")
		c := s.role(consumer, "Lake")
		s.link("rl_orders", "sales", "orders")
		c.grant("role/Lake", "111122223333:sales.orders", "ALTER").ok()
		c.grant("role/Lake", "lake.rl_orders", "DROP").ok()
		c.glue("UpdateTable", newTable("lake", "rl_orders", "s3://x/changed")).ok()
		if text := l.text(s.admin(producer).glue("GetTable", table("sales", "orders")).ok().doc); !strings.Contains(text, "s3://x/changed") {
			l.Fatalf("UpdateTable: %s", text)
		}
		c.glue("DeleteTable", table("lake", "rl_orders")).ok()
		s.admin(producer).glue("GetTable", table("sales", "orders")).ok()
	})
}

func TestR69_OneHopOnly(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.glue("CreateTable", map[string]any{"DatabaseName": "sales", "TableInput": map[string]any{
			"Name": "hop", "TargetTable": map[string]any{"DatabaseName": "other", "Name": "things"},
		}}).ok()
		a.glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{
			"Name": "door", "TargetDatabase": map[string]any{"DatabaseName": "sales"},
		}}).ok()
		a.glue("GetTable", table("sales", "hop")).ok()
		a.glue("GetTable", table("door", "hop")).fails(missing, "not found")
		equal(l, a.glue("GetTables", map[string]any{"DatabaseName": "door"}).each("TableList", "Name"), []string{"events", "orders"})
	})
}

func TestR70_ALinkShowsItsTargetToWhoMaySeeIt(t *testing.T) {
	rule(t, "R70", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders(id,country)", "SELECT/+")
		s.link("rl_orders", "sales", "orders")
		s.admin(consumer).grant("role/Analyst", "lake.rl_orders", "DESCRIBE").ok()
		full := l.text(s.role(consumer, "Lake").glue("GetTable", table("lake", "rl_orders")).ok().doc)
		for _, part := range []string{`"Name":"rl_orders"`, `"DatabaseName":"lake"`, `"TargetTable"`, `"Name":"country"`, `"IsRegisteredWithLakeFormation":true`} {
			if !strings.Contains(full, part) {
				l.Fatalf("no %s in %s", part, full)
			}
		}
		bare := l.text(s.role(consumer, "Analyst").glue("GetTable", table("lake", "rl_orders")).ok().doc)
		if strings.Contains(bare, "StorageDescriptor") || strings.Contains(full, "email") {
			l.Fatalf("too much: %s %s", bare, full)
		}
		other := l.sim(two, awssim.Switches{DanglingNotFound: true})
		other.link("rl_orders", "sales", "orders")
		other.admin(consumer).glue("GetTable", table("lake", "rl_orders")).fails(missing, "target of the resource link")
	})
}

func TestR71_UpdatingALinkEditsItsTarget(t *testing.T) {
	rule(t, "R71", func(l lab) {
		update := map[string]any{"Name": "rl_sales", "DatabaseInput": map[string]any{"Name": "rl_sales", "Description": "changed"}}
		s, c := linked(l, awssim.Switches{})
		c.glue("UpdateDatabase", update).ok()
		if text := l.text(s.admin(producer).glue("GetDatabase", map[string]any{"Name": "sales"}).ok().doc); !strings.Contains(text, "changed") {
			l.Fatalf("got %s", text)
		}
		c.glue("UpdateDatabase", map[string]any{"Name": "rl_sales", "DatabaseInput": map[string]any{"Name": "x"}}).fails(input, "cannot be renamed")
		_, c = linked(l, awssim.Switches{UpdateReplacesLink: true})
		c.glue("UpdateDatabase", update).ok()
		if text := l.text(c.glue("GetDatabase", map[string]any{"Name": "rl_sales"}).ok().doc); strings.Contains(text, "TargetDatabase") {
			l.Fatalf("still a link: %s", text)
		}
	})
}

func TestR72_ForeignDatabasesAreAskedForByName(t *testing.T) {
	rule(t, "R72", func(l lab) {
		s := l.sim(two)
		s.share("sales", "DESCRIBE/+")
		c := s.role(consumer, "Lake")
		names := func(kind string) []string {
			in := map[string]any{}
			if kind != "" {
				in["ResourceShareType"] = kind
			}
			return c.glue("GetDatabases", in).each("DatabaseList", "Name")
		}
		equal(l, names(""), []string{"lake"})
		equal(l, names("FOREIGN"), []string{"sales"})
		equal(l, names("ALL"), []string{"lake", "sales"})
		equal(l, c.glue("GetDatabases", map[string]any{"CatalogId": producer}).each("DatabaseList", "CatalogId"), []string{producer})
	})
}

func TestR73_AdminsNeedDropOnOthersLinks(t *testing.T) {
	rule(t, "R73", func(l lab) {
		s := l.sim(two)
		s.link("rl_orders", "sales", "orders") // made by somebody else
		c := s.role(consumer, "Lake")
		c.glue("DeleteTable", table("lake", "rl_orders")).fails(refused, "Insufficient Lake Formation permission(s): Required Drop on rl_orders")
		c.grant("role/Lake", "lake.rl_orders", "DROP").ok()
		c.glue("DeleteTable", table("lake", "rl_orders")).ok()
	})
}
