package plan_test

import (
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// What lies in no database is repaired where the whole file says so.
func TestRepairOfTheWholeFileCoversPathsAndAcceptances(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{
		"lakeshare.yaml": []byte(`version: 1
region: eu-west-1
accounts:
  sales:
    id: "111122223333"
    plan_role: arn:aws:iam::111122223333:role/lakeshare-plan
    apply_role: arn:aws:iam::111122223333:role/lakeshare-apply
    databases: {sales: {}}
    storage: {paths: [s3://acme-sales/landing/], role: "arn:aws:iam::111122223333:role/R"}
  analytics:
    id: "444455556666"
    plan_role: arn:aws:iam::444455556666:role/lakeshare-plan
    apply_role: arn:aws:iam::444455556666:role/lakeshare-apply
    databases: {"*_shared": {}}
drift: repair
`),
		"shares/a.yaml": []byte(`version: 1
owner: "@acme/sales-data"
reason: The load.
from: {account: sales, database: sales}
tables: {orders: {}}
to:
  - account: sales
    principals: [role/SalesEtl]
    locations: [s3://acme-sales/landing]
  - account: analytics
    principals: [role/Analyst]
`),
	}
	src, f := manifest.Load(files)
	tree, more := manifest.Compile(src, time.Now())
	if len(f)+len(more) > 0 {
		t.Fatal(f, more)
	}
	live := fact.NewLive() // everything was taken away by hand
	in := plan.Input{Only: plan.AutoRepairs, Tip: tree, Before: []*fact.Tree{tree}, Live: live}
	p := plan.Make(in)
	put := map[fact.Key]bool{}
	for _, c := range p.Changes {
		put[c.Op.Key] = true
	}
	s := plan.MakeSurvey(plan.Input{Tip: tree, Before: []*fact.Tree{tree}, Live: live}, time.Now())
	for _, n := range s.Missing {
		if !put[n.Key] {
			t.Errorf("drift every day, never repaired: %s", n.Key)
		}
	}
	for _, b := range p.Blocked {
		t.Logf("blocked: %s because %s", b.Change.Op.Key, b.Why)
	}
}
