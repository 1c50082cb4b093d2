package report

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

const server = "https://github.example/acme/lake/"

func links() Links {
	return Links{
		Run: server + "actions/runs/42", Commit: server + "commit/2222", Base: server + "commit/1111",
		File: func(path string, line int) string {
			return server + "blob/2222/" + (&url.URL{Path: path}).EscapedPath() + "#L" + strconv.Itoa(line)
		},
	}
}

// review is the example as a pull request shows it: the grants on orders and
// events were merged before.
func review() Review {
	p := example()
	merged := map[fact.Key]bool{}
	for _, c := range p.Changes {
		if o := c.Op.Key.Object; c.Op.Key.Kind == fact.AccountGrant && (o == table("orders") || o == table("events")) {
			merged[c.Op.Key] = true
		}
	}
	l := append(diag.List{}, p.Findings...)
	l.Warn("expires-soon", diag.Pos{File: "shares/churn.yaml", Line: 2, Col: 10}, "", "the share ends tomorrow")
	return Review{
		Plan: p, Merged: merged, LossLimit: 25, Findings: l, Links: links(),
		Notes: []string{"Account partner is only in this pull request and was not read."},
		Calls: []Call{
			{At: sales, Name: "lakeformation:BatchGrantPermissions", Count: 2, Entries: 10},
			{At: analytics, Name: "ram:AcceptResourceShareInvitation", Count: 1},
		},
	}
}

// huge has 5,000 changes in 500 shares, of which 100 take access away.
func huge() Review {
	p := &plan.Plan{Tip: strings.Repeat("2", 40), Base: strings.Repeat("1", 40), Counts: map[plan.Row]int{plan.New: 4900, plan.Withdrawn: 100}}
	for share := range 500 {
		name := fmt.Sprintf("team%02d/share%03d", share%40, share)
		role := fmt.Sprintf("arn:aws:iam::%s:role/team/Reader%03d", analyticsID, share)
		for i := range 5 {
			o := table(fmt.Sprintf("table_%03d_%d", share, i))
			verb, row := fact.Make, plan.New
			if share >= 490 {
				verb, row = fact.Drop, plan.Withdrawn
			}
			for _, k := range []fact.Key{grant(fact.AccountGrant, sales, o, analyticsID, "SELECT"), grant(fact.ConsumerGrant, analytics, o, role, "SELECT")} {
				p.Changes = append(p.Changes, plan.Change{Op: fact.Op{Verb: verb, Key: k}, Row: row, Origins: from(name, 7+i)})
			}
			a := plan.Access{At: analytics, Principal: role, Object: o, Columns: "*", Permissions: []string{"SELECT"}, Tables: 1}
			if verb == fact.Drop {
				p.Losses = append(p.Losses, a)
			} else {
				p.Gains = append(p.Gains, a)
			}
		}
	}
	return Review{Plan: p, LossLimit: 25, Links: links()}
}

// survey is a sweep that found all there is to find.
func survey() *plan.Survey {
	p := example()
	day := func(d int) time.Time { return today().Truncate(24*time.Hour).AddDate(0, 0, d) }
	live := func(days int, writer string) fact.Row {
		return fact.Row{Writer: writer, UpdatedAt: today().AddDate(0, 0, -days)}
	}
	crawler := "arn:aws:iam::" + salesID + ":role/GlueCrawler"
	s := &plan.Survey{
		Tip: p.Tip, Base: p.Base, Missing: p.Drift[:1], Altered: p.Drift[1:2], Strays: p.Drift[2:],
		Waiting: p.Waiting, Pending: 4, Ignored: 3, Done: 1200,
		Unread: []plan.Unread{{At: analytics, Why: "AssumeRole: AccessDenied\nthe role lakeshare-plan does not trust this repository"}},
		Expiring: []fact.Expiry{
			{Origin: from("churn", 4)[0], Owner: "@acme/sales-data", Ends: day(14)},
			{Origin: from("billing", 4)[0], Owner: "@acme/finance", Ends: day(3)},
			{Origin: from("later", 4)[0], Owner: "@acme/finance", Ends: day(40)},
		},
	}
	for _, name := range []string{"items", "carts"} {
		s.Strays = append(s.Strays, plan.Note{Row: plan.Stray, Key: grant(fact.OwnGrant, sales, table(name), crawler, "ALTER"), Live: live(9, admin)})
	}
	filter := fact.Object{Type: fact.FilteredRows, Catalog: salesID, Database: "sales", Table: "customers", Filter: "old"}
	s.Strays = append(s.Strays, plan.Note{Row: plan.Stray, Key: fact.Key{Kind: fact.Filter, At: sales, Object: filter}, Live: live(2, "")})
	return s
}

func today() time.Time { return time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC) }
