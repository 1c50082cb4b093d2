package policy

import (
	"errors"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// taking is a plan that takes SELECT on some tables from one principal.
func taking(tables int) *plan.Plan {
	at := fact.Place{Account: "111122223333", Region: "eu-west-1"}
	p := &plan.Plan{}
	for i := range tables {
		o := fact.Object{Type: fact.Table, Catalog: at.Account, Database: "sales", Table: strings.Repeat("t", i+1)}
		k := fact.Key{Kind: fact.OwnGrant, At: at, Object: o, Principal: "arn:aws:iam::111122223333:role/Etl", Permission: "SELECT"}
		p.Changes = append(p.Changes, plan.Change{Op: fact.Op{Verb: fact.Drop, Key: k}})
		p.Losses = append(p.Losses, plan.Access{At: at, Principal: k.Principal, Object: o, Permissions: []string{"SELECT"}, Tables: 1})
	}
	return p
}

func TestLimitOnLosses(t *testing.T) {
	t.Parallel()
	three := taking(3)
	for name, tt := range map[string]struct {
		limit   int
		allow   string
		refused bool
	}{
		"below the limit":             {limit: 4},
		"at the limit":                {limit: 3},
		"over the limit":              {limit: 2, refused: true},
		"over a limit of nothing":     {limit: 0, refused: true},
		"no limit":                    {limit: -1},
		"allowed by its digest":       {limit: 0, allow: three.Digest()},
		"allowed by its beginning":    {limit: 0, allow: three.Digest()[:16]},
		"another plan's digest":       {limit: 0, allow: taking(2).Digest(), refused: true},
		"too little of the digest":    {limit: 0, allow: three.Digest()[:6], refused: true},
		"upper case is the same hash": {limit: 0, allow: strings.ToUpper(three.Digest()[:16])},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckLosses(three, tt.limit, tt.allow)
			var limit *LimitError
			if errors.As(err, &limit) != tt.refused {
				t.Fatalf("got %v, refused should be %v", err, tt.refused)
			}
			if tt.refused && !strings.Contains(err.Error(), "--allow "+three.Digest()[:16]) {
				t.Errorf("%v does not say how to let the plan pass", err)
			}
		})
	}
}
