package aws

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestSweepSeesWhatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{Switches: awssim.Switches{PageSize: 2, EmptyPages: true}})
	wanted := shareOf("orders")
	germans := rows(producerID, "sales", "events", "germans")
	more := fact.Set{
		key(fact.Filter, producerAt, germans):                                                                         {Columns: "id", Rows: "country = 'DE'"},
		key(fact.OwnGrant, producerAt, germans, etl, "SELECT"):                                                        {},
		key(fact.OwnGrant, producerAt, db(producerID, "sales"), etl, "ALTER"):                                         {},
		key(fact.AccountGrant, producerAt, tbl(producerID, "sales", "events"), outsiderID, "SELECT"):                  grantable,
		key(fact.LocationGrant, producerAt, path(producerID, "s3://acme-sales/landing"), etl, "DATA_LOCATION_ACCESS"): {},
		key(fact.Link, consumerAt, tbl(consumerID, "sales_shared", "by_hand")):                                        {Target: source},
		key(fact.Link, consumerAt, db(consumerID, "rl_by_hand")):                                                      {Target: db(producerID, "sales")},
		key(fact.ConsumerGrant, consumerAt, tbl(consumerID, "sales_shared", "by_hand"), analyst, "DESCRIBE"):          {},
		key(fact.ConsumerGrant, consumerAt, source, "arn:aws:iam::444455556666:role/Other", "SELECT"):                 {},
	}
	l.make(wanted)
	l.make(more)
	live, err := l.cloud(Planning).Read(t.Context(), fact.Query{
		Keys: wanted.Keys(), Wanted: wanted, Sweep: []fact.Place{producerAt, consumerAt},
	})
	if err != nil {
		t.Fatal(err)
	}
	mustProve(t, live)
	if diff := cmp.Diff(more, restrict(live, more)); diff != "" {
		t.Errorf("the sweep did not see (-want +got):\n%s", diff)
	}
	for _, k := range fact.SortedKeys(live.Rows) {
		_, a := wanted[k]
		_, b := more[k]
		if !a && !b && !live.Rows[k].Implicit {
			t.Errorf("nobody made %s", k)
		}
	}
}

func TestSweepThatIsCutShortIsToldOf(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{OnCall: failing("ListDataCellsFilter", 100, awssim.Fault{Code: "InternalFailure", Message: "oops"})})
	live, err := l.cloud(Planning).Read(t.Context(), fact.Query{Sweep: []fact.Place{producerAt, consumerAt}})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, live.Unread[fact.Key{At: producerAt}], "lakeformation:ListDataCellsFilter", "InternalFailure")
}

// A container that no share names any more is looked into where the scope holds it.
func TestSweepSeesLinksInContainersNobodyNames(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	wanted := shareOf("orders")
	stray := fact.Set{
		key(fact.Container, consumerAt, db(consumerID, "old_shared")):                                      {},
		key(fact.Link, consumerAt, tbl(consumerID, "old_shared", "by_hand")):                               {Target: source},
		key(fact.ConsumerGrant, consumerAt, tbl(consumerID, "old_shared", "by_hand"), analyst, "DESCRIBE"): {},
	}
	l.make(wanted)
	l.make(stray)
	live, err := l.cloud(Planning).Read(t.Context(), fact.Query{Keys: wanted.Keys(), Wanted: wanted, Sweep: []fact.Place{producerAt, consumerAt}, Scope: []fact.Scope{{At: consumerAt, Pattern: "*_shared"}}})
	if err != nil {
		t.Fatal(err)
	}
	link := key(fact.Link, consumerAt, tbl(consumerID, "old_shared", "by_hand"))
	if _, ok := live.Rows[link]; !ok {
		t.Errorf("the sweep did not see %s", link)
	}
}
