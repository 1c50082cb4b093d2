package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

const (
	salesID     = "111122223333"
	analyticsID = "444455556666"
	partnerID   = "777788889999"
	region      = "eu-west-1"
	analyst     = "arn:aws:iam::" + analyticsID + ":role/Analyst"
	admin       = "arn:aws:iam::" + salesID + ":role/Admin"
)

var (
	sales     = fact.Place{Account: salesID, Region: region}
	analytics = fact.Place{Account: analyticsID, Region: region}
)

func accounts() []fact.Account {
	return []fact.Account{{Place: sales, Alias: "sales"}, {Place: analytics, Alias: "analytics"}}
}

func table(name string) fact.Object {
	return fact.Object{Type: fact.Table, Catalog: salesID, Database: "sales", Table: name}
}

func database(catalog, name string) fact.Object {
	return fact.Object{Type: fact.Database, Catalog: catalog, Database: name}
}

func grant(kind fact.Kind, at fact.Place, o fact.Object, to, permission string) fact.Key {
	return fact.Key{Kind: kind, At: at, Object: o, Principal: to, Permission: permission}
}

func from(share string, line int) []fact.Origin {
	return []fact.Origin{{Share: share, File: "shares/" + share + ".yaml", Line: line, Col: 3}}
}

func making(share string, line int, k fact.Key, b fact.Body) plan.Change {
	return plan.Change{Op: fact.Op{Verb: fact.Make, Key: k, Body: b}, Row: plan.New, Origins: from(share, line)}
}

// example is a plan in which everything occurs that a plan can tell.
func example() *plan.Plan {
	filter := fact.Object{Type: fact.FilteredRows, Catalog: salesID, Database: "sales", Table: "customers", Filter: "churn"}
	link := fact.Object{Type: fact.Table, Catalog: analyticsID, Database: "sales_shared", Table: "rl_orders"}
	old := table("invoices")
	storage := fact.Key{Kind: fact.Storage, At: sales, Object: table("orders")}
	p := &plan.Plan{
		Tip: "22222222222222222222222222222222aaaaaaaa", Base: "11111111111111111111111111111111aaaaaaaa",
		Started: []string{"33333333333333333333333333333333aaaaaaaa"},
		Counts:  map[plan.Row]int{plan.New: 12, plan.Adopted: 2, plan.Changed: 2, plan.Withdrawn: 2, plan.Done: 4, plan.Missing: 1, plan.Altered: 1, plan.Stray: 1},
		Paths:   map[fact.Key]string{storage: "s3://acme-sales/tables"},
	}
	p.Changes = exampleChanges(filter, link, old, storage)
	exampleRest(p, filter)
	p.Gains = []plan.Access{
		{At: analytics, Principal: analyst, Object: table("customers"), Columns: "country,id", Rows: "country = 'DE'", Permissions: []string{"SELECT"}, Tables: 1},
		{At: sales, Principal: "o-abcdef1234", Object: fact.Object{Type: fact.Tables, Catalog: salesID, Database: "sales"}, Columns: "*", Permissions: []string{"DESCRIBE", "SELECT"}, Tables: 40},
	}
	for _, name := range []string{"orders", "events", "items", "carts", "returns"} {
		p.Gains = append(p.Gains,
			plan.Access{At: sales, Principal: analyticsID, Object: table(name), Columns: "*", Permissions: []string{"DESCRIBE", "SELECT"}, Tables: 1},
			plan.Access{At: analytics, Principal: analyst, Object: table(name), Columns: "*", Permissions: []string{"DESCRIBE", "SELECT"}, Tables: 1})
	}
	p.Losses = []plan.Access{
		{At: sales, Principal: analyticsID, Object: old, Columns: "*", Permissions: []string{"SELECT"}, Tables: 1},
		{At: sales, Principal: admin, Object: table("orders"), Columns: "-email", Permissions: []string{"SELECT"}, Tables: 1},
	}
	return p
}

func exampleChanges(filter, link, old fact.Object, storage fact.Key) []plan.Change {
	changes := []plan.Change{
		making("churn", 9, fact.Key{Kind: fact.Filter, At: sales, Object: filter}, fact.Body{Columns: "country,id", Rows: "country = 'DE'"}),
		making("churn", 8, storage, fact.Body{}),
		making("churn", 7, fact.Key{Kind: fact.Enforced, At: sales, Object: database(salesID, "sales")}, fact.Body{}),
	}
	for _, name := range []string{"orders", "events", "items", "carts", "returns"} {
		for _, permission := range []string{"DESCRIBE", "SELECT"} {
			changes = append(changes, making("churn", 12, grant(fact.AccountGrant, sales, table(name), analyticsID, permission), fact.Body{Grantable: true}))
		}
	}
	accepted := fact.Key{Kind: fact.Accepted, At: analytics, Object: fact.Object{Type: fact.Table, Catalog: salesID}, Principal: analyticsID}
	narrowed := plan.Change{
		Op:  fact.Op{Verb: fact.Change, Key: fact.Key{Kind: fact.Filter, At: sales, Object: filter}, Body: fact.Body{Columns: "id"}, Old: fact.Body{Columns: "*", Rows: "a|b"}},
		Row: plan.Changed, Origins: from("churn", 9),
	}
	moved := plan.Change{
		Op: fact.Op{
			Verb: fact.Change, Key: fact.Key{Kind: fact.Link, At: analytics, Object: link}, Needs: []fact.Key{accepted},
			Body: fact.Body{Target: table("orders"), Region: "us-east-1"}, Old: fact.Body{Target: old},
		},
		Row: plan.Changed, Origins: from("churn", 12), Exchange: true,
	}
	again := making("churn", 13, grant(fact.ConsumerGrant, analytics, link, analyst, "DESCRIBE"), fact.Body{})
	again.Row, again.Why, again.Exchange = plan.Done, "falls with its link and is made again", true
	gone := plan.Change{
		Op:  fact.Op{Verb: fact.Drop, Key: grant(fact.AccountGrant, sales, old, analyticsID, "SELECT")},
		Row: plan.Withdrawn, Origins: from("billing", 11), Commit: "11111111111111111111111111111111aaaaaaaa", Why: "no share wants it any more",
		Falls: []fact.Key{
			grant(fact.ConsumerGrant, analytics, old, analyst, "SELECT"),
			grant(fact.ConsumerGrant, analytics, old, "arn:aws:iam::"+analyticsID+":user/ana", "SELECT"),
		},
	}
	return append(changes, making("churn", 12, accepted, fact.Body{}), narrowed, moved, again, gone)
}

// exampleRest adds what the plan leaves alone or waits for.
func exampleRest(p *plan.Plan, filter fact.Object) {
	when := time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)
	live := func(b fact.Body, writer string) fact.Row { return fact.Row{Body: b, Writer: writer, UpdatedAt: when} }
	partner := grant(fact.AccountGrant, sales, table("orders"), partnerID, "SELECT")
	p.Adopted = []plan.Note{
		{Row: plan.Adopted, Key: grant(fact.OwnGrant, sales, table("orders"), admin, "SELECT"), Live: live(fact.Body{}, admin), Origins: from("churn", 14)},
		{Row: plan.Adopted, Key: grant(fact.OwnGrant, sales, table("orders"), admin, "DESCRIBE"), Live: live(fact.Body{}, admin), Origins: from("churn", 14)},
	}
	p.Left = []plan.Note{{Row: plan.Withdrawn, Key: fact.Key{Kind: fact.Container, At: analytics, Object: database(analyticsID, "old_shared")}, Why: "never taken away by lakeshare: others may rely on it", Origins: from("billing", 9)}}
	p.Blocked = []plan.Blocked{
		{Change: making("partner", 8, grant(fact.AccountGrant, sales, table("gone"), partnerID, "SELECT"), fact.Body{}), Why: "table gone does not exist"},
		{Change: making("partner", 9, grant(fact.ConsumerGrant, analytics, table("items"), analyst, "SELECT"), fact.Body{}), Why: "needs account-grant sales.items, which is missing", Held: true},
	}
	p.Waiting = []fact.Wait{
		{
			Key: partner, Who: partnerID, What: "accept the invitation of 111122223333", Until: when.AddDate(0, 0, 7),
			Commands: []string{"aws ram accept-resource-share-invitation --resource-share-invitation-arn arn:aws:ram:eu-west-1:111122223333:x"},
		},
		{Key: partner, Who: partnerID, What: "let principals read sales.orders"},
	}
	p.Drift = []plan.Note{
		{Row: plan.Missing, Key: grant(fact.AccountGrant, sales, table("items"), analyticsID, "SELECT"), Body: fact.Body{Grantable: true}, Origins: from("churn", 12)},
		{Row: plan.Altered, Key: fact.Key{Kind: fact.Filter, At: sales, Object: filter}, Body: fact.Body{Columns: "id"}, Live: live(fact.Body{Columns: "email,id"}, admin), Origins: from("churn", 9)},
		{Row: plan.Stray, Key: grant(fact.AccountGrant, sales, table("orders"), "999988887777", "SELECT"), Live: live(fact.Body{}, "")},
	}
	p.Findings.Add("not-found", diag.Pos{File: "shares/partner.yaml", Line: 8, Col: 3}, "did you mean goner?", "table gone does not exist in account %s", salesID)
	p.Findings[0].Other = diag.Pos{File: "lakeshare.yaml", Line: 3, Col: 1}
}

// small is one share of one table with another account.
func small() *plan.Plan {
	p := &plan.Plan{Tip: "22222222222222222222222222222222aaaaaaaa", Counts: map[plan.Row]int{plan.New: 4}}
	o := table("orders")
	p.Changes = []plan.Change{
		making("churn", 9, grant(fact.AccountGrant, sales, o, analyticsID, "DESCRIBE"), fact.Body{Grantable: true}),
		making("churn", 9, grant(fact.AccountGrant, sales, o, analyticsID, "SELECT"), fact.Body{Grantable: true}),
		making("churn", 10, grant(fact.ConsumerGrant, analytics, o, analyst, "DESCRIBE"), fact.Body{}),
		making("churn", 10, grant(fact.ConsumerGrant, analytics, o, analyst, "SELECT"), fact.Body{}),
	}
	for at, who := range []string{analyticsID, analyst} {
		p.Gains = append(p.Gains, plan.Access{At: []fact.Place{sales, analytics}[at], Principal: who, Object: o, Columns: "*", Permissions: []string{"DESCRIBE", "SELECT"}, Tables: 1})
	}
	return p
}

// large is ten shares with ten changes each: grants to an account, links and
// grants to a principal of its own.
func large() *plan.Plan {
	p := &plan.Plan{Tip: "22222222222222222222222222222222aaaaaaaa", Base: "11111111111111111111111111111111aaaaaaaa", Counts: map[plan.Row]int{plan.New: 90, plan.Withdrawn: 10}}
	for i := range 10 {
		share := fmt.Sprintf("team%d/orders", i)
		role := fmt.Sprintf("arn:aws:iam::%s:role/Team%d", analyticsID, i)
		o := table(fmt.Sprintf("orders_%d", i))
		link := fact.Object{Type: fact.Table, Catalog: analyticsID, Database: "sales_shared", Table: "rl_" + o.Table}
		accepted := fact.Key{Kind: fact.Accepted, At: analytics, Principal: role, Object: fact.Object{Type: fact.Table, Catalog: salesID}}
		for _, k := range []fact.Key{
			grant(fact.AccountGrant, sales, o, analyticsID, "DESCRIBE"), grant(fact.AccountGrant, sales, o, analyticsID, "SELECT"),
			grant(fact.AccountGrant, sales, database(salesID, "sales"), role, "DESCRIBE"),
			accepted,
			{Kind: fact.Link, At: analytics, Object: link},
			grant(fact.ConsumerGrant, analytics, link, role, "DESCRIBE"),
			grant(fact.ConsumerGrant, analytics, o, role, "DESCRIBE"), grant(fact.ConsumerGrant, analytics, o, role, "SELECT"),
			grant(fact.OwnGrant, sales, o, admin, "SELECT"),
		} {
			p.Changes = append(p.Changes, making(share, 5, k, fact.Body{Target: o}))
		}
		old := grant(fact.OwnGrant, sales, table(fmt.Sprintf("old_%d", i)), admin, "SELECT")
		p.Changes = append(p.Changes, plan.Change{
			Op: fact.Op{Verb: fact.Drop, Key: old}, Row: plan.Withdrawn, Origins: from(share, 9), Commit: p.Base, Why: "no share wants it any more",
		})
		both := []string{"DESCRIBE", "SELECT"}
		p.Gains = append(p.Gains,
			plan.Access{At: sales, Principal: analyticsID, Object: o, Columns: "*", Permissions: both, Tables: 1},
			plan.Access{At: analytics, Principal: role, Object: o, Columns: "*", Permissions: both, Tables: 1},
			plan.Access{At: sales, Principal: admin, Object: o, Columns: "*", Permissions: both[1:], Tables: 1})
		p.Losses = append(p.Losses, plan.Access{At: sales, Principal: admin, Object: old.Object, Columns: "*", Permissions: both[1:], Tables: 1})
	}
	return p
}

// run is an apply of the example that went wrong in one place.
func run() Run {
	p := example()
	failure := errors.New("lakeformation:GrantPermissions in 111122223333/eu-west-1 as the ambient credentials: AccessDenied: no.\nGive the role the rights of AWSLakeFormationCrossAccountManager")
	r := Run{Plan: p, Commit: p.Tip, Writes: 7, Left: &plan.Plan{Waiting: p.Waiting, Counts: map[plan.Row]int{plan.New: 2}}}
	for i, c := range p.Changes {
		o := fact.Outcome{Op: c.Op}
		switch {
		case i == 3 || i == 4:
			o.Err = failure
		case c.Op.Key.Kind == fact.ConsumerGrant:
			o.Err, o.Skipped = fmt.Errorf("not tried, since account-grant sales.orders failed: %w", failure), true
		}
		if o.Err != nil {
			r.Left.Changes = append(r.Left.Changes, c)
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}
