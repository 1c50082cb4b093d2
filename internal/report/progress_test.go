package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestProgressFoldsByObject(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	tell := Progress(&b, Options{Accounts: accounts()})
	op := func(v fact.Verb, k fact.Key) fact.Op { return fact.Op{Verb: v, Key: k} }
	link := fact.Object{Type: fact.Table, Catalog: analyticsID, Database: "sales_shared", Table: "rl_orders"}
	for _, o := range []fact.Outcome{
		{Op: op(fact.Make, grant(fact.AccountGrant, sales, table("orders"), analyticsID, "DESCRIBE"))},
		{Op: op(fact.Make, grant(fact.AccountGrant, sales, table("orders"), analyticsID, "SELECT"))},
		{Op: op(fact.Make, grant(fact.AccountGrant, sales, table("items"), analyticsID, "SELECT")), Err: errors.New("AccessDenied: no\nhelp")},
		{Op: fact.Op{Verb: fact.Make, Key: fact.Key{Kind: fact.Link, At: analytics, Object: link}, Body: fact.Body{Target: table("orders")}}},
		{Op: op(fact.Make, fact.Key{Kind: fact.Container, At: analytics, Object: database(analyticsID, "sales_shared")})},
		{Op: op(fact.Make, grant(fact.ConsumerGrant, analytics, link, analyst, "DESCRIBE")), Err: errors.New("not tried"), Skipped: true},
		{Op: op(fact.Drop, grant(fact.AccountGrant, sales, table("old"), analyticsID, "SELECT"))},
		{},
	} {
		tell(o)
	}
	want := `failed to make cross-account grant in sales: SELECT on sales.items to account analytics: AccessDenied: no
granted SELECT, DESCRIBE on sales.orders to account analytics
created link in analytics: sales_shared.rl_orders to sales.orders of sales
created container in analytics: sales_shared
skipped consumer grant in analytics: DESCRIBE on sales_shared.rl_orders to role/Analyst in analytics
revoked SELECT on sales.old from account analytics
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProgressWritesOneLineAnObject(t *testing.T) {
	t.Parallel()
	for verbose, want := range map[bool]int{false: 10, true: 300} {
		var b bytes.Buffer
		tell := Progress(&b, Options{Verbose: verbose})
		var wg sync.WaitGroup
		for i := range 300 {
			wg.Go(func() {
				to := fmt.Sprintf("arn:aws:iam::%s:role/r%d", analyticsID, i)
				tell(fact.Outcome{Op: fact.Op{Verb: fact.Make, Key: grant(fact.ConsumerGrant, analytics, table(fmt.Sprintf("t%d", i%10)), to, "SELECT")}})
			})
		}
		wg.Wait()
		tell(fact.Outcome{})
		if got := strings.Count(b.String(), "\n"); got != want {
			t.Errorf("verbose %v: %d lines, want %d", verbose, got, want)
		}
	}
}
