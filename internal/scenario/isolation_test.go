package scenario

import (
	"context"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// denying refuses one operation in one account.
func denying(service, operation, account string) func(awssim.Call) *awssim.Fault {
	return func(c awssim.Call) *awssim.Fault {
		if c.Service == service && c.Operation == operation && c.Account == account {
			return &awssim.Fault{Code: "AccessDeniedException", Message: "denied by the test", Status: 400}
		}
		return nil
	}
}

func TestAShareThatFailsDoesNotStopTheRevocationOfAnother(t *testing.T) {
	t.Parallel()
	fault := func(awssim.Call) *awssim.Fault { return nil }
	l := newLab(t, baseWorld, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault { return fault(c) }})
	l.commit(map[string]string{
		"lakeshare.yaml":  baseConfig,
		"shares/old.yaml": share("{orders: {}}", "  - {account: inside, principals: [role/Reader]}"),
	})
	l.mustApply()
	fault = denying("lakeformation", "CreateDataCellsFilter", producer)
	l.commit(map[string]string{
		"shares/old.yaml": "",
		"shares/new.yaml": share("{customers: {columns: [id]}}", "  - {account: inside, principals: [role/Other]}"),
	})
	r, err := l.apply(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := readable(l.server); len(got) != 0 {
		t.Errorf("somebody still reads: %v", got)
	}
	failed := 0
	for _, o := range r.Outcomes {
		if o.Err != nil && !o.Skipped {
			failed++
			if o.Op.Key.Kind != fact.Filter || !strings.Contains(o.Err.Error(), "denied by the test") {
				t.Errorf("%s: %v; want only the filter to fail", o.Op.Key, o.Err)
			}
		}
	}
	if failed != 1 || r.Done() || r.Recorded {
		t.Errorf("%d failed, done %v, recorded %v; want one failure and no record", failed, r.Done(), r.Recorded)
	}
}

func TestADeniedConsumerDoesNotStopTheProducersRevocation(t *testing.T) {
	t.Parallel()
	fault := func(awssim.Call) *awssim.Fault { return nil }
	l := newLab(t, baseWorld, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault { return fault(c) }})
	l.commit(map[string]string{
		"lakeshare.yaml": baseConfig,
		"shares/s.yaml":  share("{orders: {}}", "  - {account: inside, principals: [role/Reader]}"),
	})
	l.mustApply()
	for _, operation := range []string{"BatchRevokePermissions", "RevokePermissions", "ListPermissions", "GetDataLakeSettings"} {
		t.Run(operation, func(t *testing.T) {
			fault = denying("lakeformation", operation, inside)
			l.commit(map[string]string{"shares/s.yaml": ""})
			if _, err := l.apply(context.Background()); err != nil {
				t.Fatal(err)
			}
			if got := readable(l.server); len(got) != 0 {
				t.Errorf("somebody still reads: %v", got)
			}
			fault = func(awssim.Call) *awssim.Fault { return nil }
			l.mustApply()
			l.commit(map[string]string{"shares/s.yaml": share("{orders: {}}", "  - {account: inside, principals: [role/Reader]}")})
			l.mustApply()
		})
	}
}
