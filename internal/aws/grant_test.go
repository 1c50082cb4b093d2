package aws

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestGrantsOfEveryShapeReadAsTheyWereMade(t *testing.T) {
	t.Parallel()
	sales, orders := db(producerID, "sales"), tbl(producerID, "sales", "orders")
	germans := rows(producerID, "sales", "events", "germans")
	for name, switches := range map[string]awssim.Switches{
		"as granted": {}, "ALL expanded": {ExpandALL: true}, "small and empty pages": {PageSize: 1, EmptyPages: true},
		"option revoked alone": {RepeatRevokesOption: true}, "option takes the permission": {OptionNeedsPermission: true},
		"partial revokes fail": {PartialRevokeFails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, awssim.Options{Switches: switches})
			wanted := fact.Set{
				key(fact.Filter, producerAt, germans):                                                                         {Columns: "id", Rows: "country = 'DE'"},
				key(fact.OwnGrant, producerAt, sales, etl, "CREATE_TABLE"):                                                    {},
				key(fact.OwnGrant, producerAt, orders, etl, "SELECT"):                                                         {},
				key(fact.OwnGrant, producerAt, orders, etl, "INSERT"):                                                         grantable,
				key(fact.OwnGrant, producerAt, orders, etl, "DESCRIBE"):                                                       {},
				key(fact.OwnGrant, producerAt, tbl(producerID, "sales", "customers"), etl, "ALL"):                             {},
				key(fact.OwnGrant, producerAt, everyTable(producerID, "sales"), etl, "SELECT"):                                {},
				key(fact.OwnGrant, producerAt, everyTable(producerID, "sales"), etl, "DESCRIBE"):                              {},
				key(fact.OwnGrant, producerAt, germans, etl, "SELECT"):                                                        {},
				key(fact.OwnGrant, producerAt, sales, producerID+":IAMPrincipals", "DESCRIBE"):                                {},
				key(fact.AccountGrant, producerAt, germans, consumerID, "SELECT"):                                             grantable,
				key(fact.AccountGrant, producerAt, everyTable(producerID, "sales"), outsiderID, "SELECT"):                     grantable,
				key(fact.AccountGrant, producerAt, orders, analyst, "SELECT"):                                                 {},
				key(fact.LocationGrant, producerAt, path(producerID, "s3://acme-sales/landing"), etl, "DATA_LOCATION_ACCESS"): {},
			}
			l.make(wanted)
			wanted[key(fact.OwnGrant, producerAt, orders, etl, "INSERT")] = fact.Body{}
			wanted[key(fact.OwnGrant, producerAt, orders, etl, "SELECT")] = grantable
			wanted[key(fact.Filter, producerAt, germans)] = fact.Body{Columns: "-email", Rows: ""}
			delete(wanted, key(fact.Filter, producerAt, germans))
			l.make(wanted)
			l.withdraw(wanted)
		})
	}
}

// withdraw drops everything and checks that nothing of it is left.
func (l *lab) withdraw(set fact.Set) {
	l.t.Helper()
	c := l.cloud(Applying)
	l.apply(c, drops(set))
	if left := restrict(l.read(c, set), set); len(left) > 0 {
		l.t.Errorf("still live after dropping: %s", cmp.Diff(fact.Set{}, left))
	}
}

func TestFilterIsChangedInPlace(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	k := key(fact.Filter, producerAt, rows(producerID, "sales", "orders", "few"))
	l.make(fact.Set{k: {Columns: "country,id"}})
	l.make(fact.Set{k: {Columns: "-email", Rows: "country = 'DE'"}})
	l.make(fact.Set{k: {Columns: "*", Rows: "country = 'FR'"}})
	if n := l.count("CreateDataCellsFilter"); n != 1 {
		t.Errorf("the filter was made %d times", n)
	}
	wantError(t, l.applyOne(fact.Op{Verb: fact.Make, Key: k, Body: fact.Body{Columns: "id"}}), "the name is taken")
	if err := l.applyOne(fact.Op{Verb: fact.Make, Key: k, Body: fact.Body{Columns: "*", Rows: "country = 'FR'"}}); err != nil {
		t.Errorf("the same filter again: %v", err)
	}
	l.withdraw(fact.Set{k: {Columns: "*", Rows: "country = 'FR'"}})
	l.withdraw(fact.Set{k: {Columns: "*", Rows: "country = 'FR'"}})
}

func TestManyFiltersAreReadInOneSweep(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	wanted := fact.Set{}
	for _, table := range []string{"orders", "customers", "events"} {
		wanted[key(fact.Filter, producerAt, rows(producerID, "sales", table, "f"))] = fact.Body{Columns: "id"}
	}
	l.make(wanted)
}

func TestOneBadEntryStopsNoOther(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	var ops []fact.Op
	for _, table := range []string{"customers", "events", "nowhere", "orders"} {
		k := key(fact.OwnGrant, producerAt, tbl(producerID, "sales", table), etl, "SELECT")
		ops = append(ops, fact.Op{Verb: fact.Make, Key: k})
	}
	ops = append(ops,
		fact.Op{Verb: fact.Make, Key: key(fact.AccountGrant, producerAt, source, consumerID, "SELECT"), Body: grantable, Needs: []fact.Key{ops[2].Key}},
		fact.Op{Verb: fact.Make, Key: key(fact.AccountGrant, producerAt, source, outsiderID, "SELECT"), Body: grantable, Needs: []fact.Key{ops[1].Key}},
	)
	var reported int
	got := l.cloud(Applying).Apply(t.Context(), ops, func(fact.Outcome) { reported++ })
	for i, o := range got {
		failed, skipped := i == 2 || i == 4, i == 4
		if (o.Err != nil) != failed || o.Skipped != skipped || o.Op.Key != ops[i].Key {
			t.Errorf("operation %d: %v, skipped %v", i, o.Err, o.Skipped)
		}
	}
	if reported != len(ops) {
		t.Errorf("%d of %d outcomes were reported", reported, len(ops))
	}
}

func TestOrganizationIsSharedWithById(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Organization = &awssim.Organization{
			ID: "o-abcdef1234", Management: outsiderID, RAMSharing: true,
			Units: map[string][]string{"ou-ab12-11111111": {consumerID}}, Accounts: []string{producerID},
		}
	})
	orders := tbl(producerID, "sales", "orders")
	wanted := fact.Set{
		key(fact.AccountGrant, producerAt, orders, "o-abcdef1234", "SELECT"):       grantable,
		key(fact.AccountGrant, producerAt, orders, "ou-ab12-11111111", "SELECT"):   grantable,
		key(fact.AccountGrant, producerAt, orders, "ou-ab12-11111111", "DESCRIBE"): grantable,
	}
	l.make(wanted)
	l.withdraw(wanted)
	wantError(t, l.applyOne(fact.Op{Verb: fact.Make, Key: key(fact.AccountGrant, producerAt, orders, "o-zzzzzz9999", "SELECT")}),
		"o-abcdef1234")
}

func TestColumnGrantBesideAWantedGrantIsWarnedOf(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		sales := w.Accounts[producerID].Regions[region]
		sales.Grants = append(sales.Grants, awssim.Grant{
			Principal: etl, On: awssim.Object{Database: "sales", Table: "orders"}, Columns: []string{"id"}, Permissions: []string{"SELECT"},
		})
	})
	k := key(fact.OwnGrant, producerAt, source, etl, "SELECT")
	live := mustProve(t, l.read(l.cloud(Planning), fact.Set{k: {}}))
	if len(live.Rows) != 0 || len(live.Warnings) != 1 || live.Warnings[0].Rule != "column-grant" || !live.Warnings[0].Fatal {
		t.Errorf("rows %v, warnings %v", live.Rows, live.Warnings)
	}
}

func TestEveryRowOnWhatIsReadIsTold(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	orders := source
	made := fact.Set{
		key(fact.OwnGrant, producerAt, orders, etl, "INSERT"):                 {},
		key(fact.AccountGrant, producerAt, orders, outsiderID, "SELECT"):      grantable,
		key(fact.OwnGrant, producerAt, db(producerID, "sales"), etl, "ALTER"): {},
	}
	l.make(made)
	live := l.read(l.cloud(Planning), fact.Set{key(fact.OwnGrant, producerAt, orders, etl, "SELECT"): {}})
	delete(made, key(fact.OwnGrant, producerAt, db(producerID, "sales"), etl, "ALTER"))
	got := fact.Set{}
	for k, row := range live.Rows {
		got[k] = row.Body
		if !strings.HasSuffix(row.Writer, "role/lakeshare-apply") || row.UpdatedAt.IsZero() || row.Implicit {
			t.Errorf("%s was written by %q at %s, implicit %v", k, row.Writer, row.UpdatedAt, row.Implicit)
		}
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestConsumerThatDoesNotAnswerStopsNoRevocationInTheProducer(t *testing.T) {
	t.Parallel()
	broken := false
	l := newLab(t, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
		if broken && c.Account == consumerID {
			return &awssim.Fault{Code: "ThrottlingException", Message: "Rate exceeded"}
		}
		return nil
	}})
	l.make(shareOf("orders"))
	broken = true
	start := l.clock.Now()
	ops := []fact.Op{
		{Verb: fact.Drop, Key: key(fact.ConsumerGrant, consumerAt, source, analyst, "SELECT")},
		{Verb: fact.Drop, Key: key(fact.AccountGrant, producerAt, source, consumerID, "SELECT"), Body: grantable},
	}
	got := l.cloud(Applying).Apply(t.Context(), ops, nil)
	wantError(t, got[0].Err, "ThrottlingException", "again later")
	if got[1].Err != nil {
		t.Errorf("producer: %v", got[1].Err)
	}
	if waited := l.clock.Now().Sub(start); waited > 3*consumerPatience {
		t.Errorf("the producer waited %s for the consumer", waited)
	}
}
