package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

func TestPrincipalsAreShort(t *testing.T) {
	t.Parallel()
	n := Options{Accounts: accounts()}.names()
	for in, want := range map[string]string{
		analyticsID: "account analytics",
		partnerID:   "account 777788889999",
		analyst:     "role/Analyst in analytics",
		"arn:aws:iam::777788889999:user/path/ana":                                     "user/path/ana in 777788889999",
		"arn:aws:sts::111122223333:assumed-role/a/b":                                  "assumed-role/a/b in sales",
		"arn:aws:iam::444455556666:saml-provider/idp:group/data":                      "saml-provider/idp:group/data in analytics",
		"arn:aws:quicksight:eu-west-1:444455556666:group/default/all":                 "quicksight group/default/all in analytics",
		"arn:aws:identitystore:::group/1234":                                          "arn:aws:identitystore:::group/1234",
		"444455556666:IAMPrincipals":                                                  "every IAM principal of analytics",
		"IAM_ALLOWED_PRINCIPALS":                                                      "IAM_ALLOWED_PRINCIPALS",
		"o-abcdef1234":                                                                "organization o-abcdef1234",
		"ou-ab12-11111111":                                                            "unit ou-ab12-11111111",
		"arn:aws:organizations::111122223333:organization/o-abcdef1234":               "organization o-abcdef1234",
		"arn:aws:organizations::111122223333:ou/o-abcdef1234/ou-ab12-11111111":        "unit ou-ab12-11111111",
		"arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/eu-west-1/BI1": "role/aws-reserved/sso.amazonaws.com/eu-west-1/BI1 in analytics",
	} {
		if got := n.principal(in).text(); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestPlacesHaveTheAliasOfTheirRegion(t *testing.T) {
	t.Parallel()
	us := fact.Place{Account: salesID, Region: "us-east-1"}
	n := Options{Accounts: append(accounts(), fact.Account{Place: us, Alias: "sales-us"})}.names()
	for at, want := range map[fact.Place]string{
		sales: "sales", us: "sales-us",
		{Account: salesID, Region: "eu-north-1"}: "sales/eu-north-1",
		{Account: partnerID, Region: region}:     "777788889999/eu-west-1",
	} {
		if got := n.place(at).text(); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}

func TestObjectsOfSeveralOwnersNameThem(t *testing.T) {
	t.Parallel()
	other := fact.Object{Type: fact.Table, Catalog: analyticsID, Database: "sales", Table: "orders"}
	p := &plan.Plan{Gains: []plan.Access{
		{At: sales, Principal: admin, Object: table("orders"), Columns: "*", Permissions: []string{"SELECT"}, Tables: 1},
		{At: analytics, Principal: admin, Object: other, Columns: "*", Permissions: []string{"SELECT"}, Tables: 1},
	}, Changes: []plan.Change{
		making("s", 1, grant(fact.OwnGrant, sales, table("orders"), admin, "SELECT"), fact.Body{}),
		making("s", 1, grant(fact.OwnGrant, analytics, other, admin, "SELECT"), fact.Body{}),
	}}
	got := planText(t, p, 25, Options{Accounts: accounts()})
	for _, want := range []string{"+ SELECT on sales.orders of sales\n", "+ SELECT on sales.orders of analytics\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}

func TestReasonsOfSeveralLinesStandBelow(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Blocked: []plan.Blocked{{
		Change: making("s", 1, grant(fact.OwnGrant, sales, table("orders"), admin, "SELECT"), fact.Body{}),
		Why:    "AccessDenied\nask an admin", Unread: true,
	}}}
	got := planText(t, p, 25, Options{})
	if want := "\n  ! AccessDenied\n      ask an admin\n"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// documented is the plan that docs/output.md explains.
func documented() *plan.Plan {
	p := small()
	p.Base = strings.Repeat("1", 40)
	p.Counts[plan.Withdrawn] = 1
	old := table("invoices")
	p.Changes = append(p.Changes, plan.Change{
		Op:  fact.Op{Verb: fact.Drop, Key: grant(fact.AccountGrant, sales, old, analyticsID, "SELECT")},
		Row: plan.Withdrawn, Origins: from("churn", 8), Commit: p.Base, Why: "no share wants it any more",
		Falls: []fact.Key{grant(fact.ConsumerGrant, analytics, old, analyst, "SELECT")},
	})
	p.Losses = []plan.Access{{At: sales, Principal: analyticsID, Object: old, Columns: "*", Permissions: []string{"SELECT"}, Tables: 1}}
	return p
}

func TestDocumentedPlanIsReal(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "output.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```\n")
	want, _, _ := strings.Cut(rest, "```\n")
	got := planText(t, documented(), 25, Options{Accounts: accounts(), Command: "lakeshare apply"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/output.md (-want +got):\n%s", diff)
	}
}
