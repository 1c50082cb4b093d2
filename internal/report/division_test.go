package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// division is one case of the rule of divide, about SELECT on sales.orders in a consumer.
type division struct {
	changes     []plan.Change
	merged      []fact.Key
	permissions string // SELECT if empty
	lost        bool
	want        bool // that the access was merged before
}

func divisions() map[string]division {
	orders := table("orders")
	part := fact.Object{Type: fact.FilteredRows, Catalog: salesID, Database: "sales", Table: "orders", Filter: "eu"}
	all := fact.Object{Type: fact.Tables, Catalog: salesID, Database: "sales"}
	filter := fact.Key{Kind: fact.Filter, At: sales, Object: part}
	link := fact.Key{Kind: fact.Link, At: analytics, Object: table("rl_orders")}
	onTable := func(permission string) fact.Key {
		return grant(fact.ConsumerGrant, analytics, orders, analyst, permission)
	}
	onFilter := grant(fact.ConsumerGrant, analytics, part, analyst, "SELECT")
	onAll := grant(fact.ConsumerGrant, analytics, all, analyst, "SELECT")
	account := grant(fact.AccountGrant, sales, orders, analyticsID, "SELECT")
	op := func(v fact.Verb, k fact.Key, needs ...fact.Key) plan.Change {
		return plan.Change{Op: fact.Op{Verb: v, Key: k, Needs: needs}}
	}
	falling := op(fact.Drop, account)
	falling.Falls = []fact.Key{onTable("SELECT")}
	return map[string]division{
		"a merged grant":                          {changes: []plan.Change{op(fact.Make, onTable("SELECT"))}, merged: []fact.Key{onTable("SELECT")}, want: true},
		"a grant of the pull request":             {changes: []plan.Change{op(fact.Make, onTable("SELECT"))}},
		"nothing that explains it":                {changes: []plan.Change{op(fact.Make, link)}, merged: []fact.Key{link}},
		"somebody else's grant":                   {changes: []plan.Change{op(fact.Make, grant(fact.ConsumerGrant, analytics, orders, admin, "SELECT"))}, merged: []fact.Key{grant(fact.ConsumerGrant, analytics, orders, admin, "SELECT")}},
		"another permission of the pull request":  {changes: []plan.Change{op(fact.Make, onTable("SELECT")), op(fact.Make, onTable("INSERT"))}, merged: []fact.Key{onTable("SELECT")}, want: true},
		"both permissions, one merged":            {changes: []plan.Change{op(fact.Make, onTable("SELECT")), op(fact.Make, onTable("INSERT"))}, merged: []fact.Key{onTable("SELECT")}, permissions: "INSERT SELECT"},
		"both permissions, both merged":           {changes: []plan.Change{op(fact.Make, onTable("SELECT")), op(fact.Make, onTable("INSERT"))}, merged: []fact.Key{onTable("SELECT"), onTable("INSERT")}, permissions: "INSERT SELECT", want: true},
		"DESCRIBE comes with any grant":           {changes: []plan.Change{op(fact.Make, onTable("SELECT"))}, merged: []fact.Key{onTable("SELECT")}, permissions: "DESCRIBE", want: true},
		"a merged grant on a new filter":          {changes: []plan.Change{op(fact.Make, onFilter), op(fact.Make, filter)}, merged: []fact.Key{onFilter}},
		"a merged grant on a merged filter":       {changes: []plan.Change{op(fact.Make, onFilter), op(fact.Make, filter)}, merged: []fact.Key{onFilter, filter}, want: true},
		"a filter alone":                          {changes: []plan.Change{op(fact.Change, filter)}, merged: []fact.Key{filter}, want: true},
		"a merged grant that needs what is new":   {changes: []plan.Change{op(fact.Make, onTable("SELECT"), link), op(fact.Make, link)}, merged: []fact.Key{onTable("SELECT")}},
		"a wildcard over the table":               {changes: []plan.Change{op(fact.Make, onAll)}, merged: []fact.Key{onAll}, want: true},
		"a wildcard of the pull request":          {changes: []plan.Change{op(fact.Make, onAll), op(fact.Make, onTable("SELECT"))}, merged: []fact.Key{onTable("SELECT")}},
		"a merged withdrawal":                     {changes: []plan.Change{op(fact.Drop, onTable("SELECT"))}, merged: []fact.Key{onTable("SELECT")}, lost: true, want: true},
		"a withdrawal explains no gain":           {changes: []plan.Change{op(fact.Drop, onTable("SELECT"))}, merged: []fact.Key{onTable("SELECT")}},
		"a new grant explains no loss":            {changes: []plan.Change{op(fact.Make, onTable("SELECT"))}, merged: []fact.Key{onTable("SELECT")}, lost: true},
		"what falls with a merged withdrawal":     {changes: []plan.Change{falling}, merged: []fact.Key{account}, lost: true, want: true},
		"what falls with the pull request's":      {changes: []plan.Change{falling}, lost: true},
		"what falls, and the rest of the request": {changes: []plan.Change{falling, op(fact.Drop, onAll)}, merged: []fact.Key{account}, lost: true},
	}
}

// TestAccessBelongsToWhoeverCausesIt goes through the rule of divide.
func TestAccessBelongsToWhoeverCausesIt(t *testing.T) {
	t.Parallel()
	other := plan.Change{Op: fact.Op{Verb: fact.Make, Key: fact.Key{Kind: fact.Link, At: analytics, Object: table("other")}}}
	for name, tt := range divisions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.permissions == "" {
				tt.permissions = "SELECT"
			}
			p := &plan.Plan{Changes: append(tt.changes, other)}
			a := []plan.Access{{At: analytics, Principal: analyst, Object: table("orders"), Columns: "*", Permissions: strings.Fields(tt.permissions), Tables: 1}}
			if tt.lost {
				p.Losses = a
			} else {
				p.Gains = a
			}
			merged := map[fact.Key]bool{{}: true}
			for _, k := range tt.merged {
				merged[k] = true
			}
			own, before := divide(p, merged)
			if got := len(before.Gains)+len(before.Losses) == 1; got != tt.want || len(own.Gains)+len(own.Losses)+len(before.Gains)+len(before.Losses) != 1 {
				t.Errorf("merged %v, want %v; own %d", got, tt.want, len(own.Gains)+len(own.Losses))
			}
		})
	}
}

func TestDivisionLosesNothing(t *testing.T) {
	t.Parallel()
	r := review()
	p := r.Plan
	own, before := divide(p, r.Merged)
	for _, pair := range [][3]int{
		{len(own.Changes), len(before.Changes), len(p.Changes)},
		{len(own.Blocked), len(before.Blocked), len(p.Blocked)},
		{len(own.Gains), len(before.Gains), len(readers(p.Gains))},
		{len(own.Losses), len(before.Losses), len(readers(p.Losses))},
	} {
		if pair[0]+pair[1] != pair[2] {
			t.Errorf("%d and %d of %d", pair[0], pair[1], pair[2])
		}
	}
	if len(before.Changes) != 4 {
		t.Errorf("%d changes were merged before", len(before.Changes))
	}
	for _, c := range before.Changes {
		if !r.Merged[c.Op.Key] {
			t.Errorf("%s was not merged", c.Op.Key)
		}
	}
	if own, _ := divide(p, nil); cmp.Diff(p.Changes, own.Changes) != "" {
		t.Error("without merged changes the plan is the pull request's")
	}
}

// TestMergedChangesStandApart: a reviewer must not take for this pull request's what another one asked for.
func TestMergedChangesStandApart(t *testing.T) {
	t.Parallel()
	r := Review{Plan: large(), LossLimit: 25, Merged: map[fact.Key]bool{}}
	for _, c := range r.Plan.Changes {
		r.Merged[c.Op.Key] = c.Origins[0].Share != "team3/orders"
	}
	body, _ := Comment(r, Options{Accounts: accounts()})
	first, rest, _ := strings.Cut(body, "### Merged, not yet carried out")
	verdict, _, _ := strings.Cut(first, "\n")
	if want := "**1 share changes: 2 principals gain, 1 loses; 9 facts to make, 0 to change, 1 to take away. 90 more changes are merged and not yet carried out.**\\"; verdict != want {
		t.Errorf("got  %s\nwant %s", verdict, want)
	}
	if !strings.Contains(first, "Merging this carries it out, with what was merged before.") {
		t.Error("it does not say that the merge carries out more than its own")
	}
	for i := range 10 {
		team, at := "Team"+string(rune('0'+i)), first
		other := rest
		if i != 3 {
			at, other = rest, first
		}
		if !strings.Contains(at, team) || strings.Contains(other, team) {
			t.Errorf("%s stands in the wrong part", team)
		}
	}
	if !strings.Contains(rest, "<details><summary>90 changes</summary>") {
		t.Error("the merged changes are not folded away with their count")
	}
}
