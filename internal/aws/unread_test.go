package aws

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestListingOfWhoIsNoAdministratorProvesNothing(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Accounts[producerID].Regions[region].Settings.ReadOnlyAdmins = nil
	})
	k := key(fact.OwnGrant, producerAt, source, etl, "SELECT")
	live := l.read(l.cloud(Planning), fact.Set{k: {}})
	wantError(t, live.Unread[k], "role/lakeshare-plan is no Lake Formation administrator of 111122223333/eu-west-1", "read-only administrators")
	if len(live.Rows) > 0 || l.count("ListPermissions") > 0 {
		t.Errorf("rows %v after %d listings", live.Rows, l.count("ListPermissions"))
	}
}

func TestAccountThatCannotBeReadStopsNoOther(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
		if c.Operation == "AssumeRole" && c.Account == consumerID {
			return &awssim.Fault{Code: "AccessDenied", Message: "User is not authorized to perform: sts:AssumeRole"}
		}
		return nil
	}})
	own := key(fact.OwnGrant, producerAt, source, etl, "SELECT")
	there := key(fact.ConsumerGrant, consumerAt, source, analyst, "SELECT")
	nowhere := key(fact.OwnGrant, fact.Place{Account: "000000000001", Region: region}, tbl("000000000001", "a", "b"), etl, "SELECT")
	l.make(fact.Set{own: {}})
	live := l.read(l.cloud(Planning), fact.Set{own: {}, there: {}, nowhere: {}})
	if _, ok := live.Rows[own]; !ok {
		t.Error("the other account was not read")
	}
	wantError(t, live.Unread[there], "sts:AssumeRole in 444455556666/eu-west-1", "role/lakeshare-plan", "trust policy")
	wantError(t, live.Unread[nowhere], "not in lakeshare.yaml")
}

func TestWhatIsHiddenInTheConsumerIsNotCountedAsAbsent(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	l.make(accountShare())
	hidden := l.from(l.server.Snapshot())
	failing := New(Config{
		Accounts: accounts(), Simulator: faulty{hidden.server, "ListPermissions", consumerID}.transport(t), Now: l.clock.Now, Sleep: l.clock.Sleep,
	})
	k := key(fact.ConsumerGrant, consumerAt, source, analyst, "SELECT")
	live, err := failing.Read(t.Context(), fact.Query{Keys: []fact.Key{k, toConsumer}})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, live.Unread[k], "lakeformation:ListPermissions", "EntityNotFoundException")
}

func TestMissingThingsAreToldWithWhatIsThere(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	table := key(fact.OwnGrant, producerAt, tbl(producerID, "sales", "order"), etl, "SELECT")
	database := key(fact.OwnGrant, producerAt, db(producerID, "sale"), etl, "DESCRIBE")
	inNone := key(fact.OwnGrant, producerAt, tbl(producerID, "nowhere", "orders"), etl, "SELECT")
	column := key(fact.Filter, producerAt, rows(producerID, "sales", "orders", "f"))
	role := key(fact.OwnGrant, producerAt, source, "arn:aws:iam::111122223333:role/Nobody", "SELECT")
	otherPath := key(fact.OwnGrant, producerAt, source, "arn:aws:iam::111122223333:role/team/SalesEtl", "SELECT")
	fine := key(fact.OwnGrant, producerAt, source, etl, "SELECT")
	wanted := fact.Set{table: {}, database: {}, inNone: {}, column: {Columns: "id,land"}, role: {}, otherPath: {}, fine: {}}
	live := mustProve(t, l.read(l.cloud(Planning), wanted))
	want := map[fact.Key][2]string{
		table: {"table", "orders"}, database: {"database", "sales"}, inNone: {"database", "sales"}, column: {"column", "country"},
		role: {"principal", etl}, otherPath: {"principal", etl},
	}
	for _, a := range live.Absent {
		w, ok := want[a.Key]
		if !ok || a.What != w[0] || !slices.Contains(a.Near, w[1]) {
			t.Errorf("absent: %+v", a)
		}
		delete(want, a.Key)
	}
	for k := range want {
		t.Errorf("not told: %s", k)
	}
}

func TestVersionBelowThreeCannotShareWithAPrincipal(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) { w.Accounts[producerID].Regions[region].Settings.Version = "2" })
	k := key(fact.AccountGrant, producerAt, source, analyst, "SELECT")
	live := mustProve(t, l.read(l.cloud(Planning), fact.Set{k: {}, toConsumer: grantable}))
	if len(live.Warnings) != 1 || live.Warnings[0].Key != k || live.Warnings[0].Rule != "cross-account-version" || !live.Warnings[0].Fatal {
		t.Errorf("warnings: %+v", live.Warnings)
	}
}

func TestAmbientCredentialsAreTheAccountsOwn(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	list := accounts()
	for i := range list {
		list[i].PlanRole, list[i].ApplyRole = "", ""
	}
	c := New(Config{Accounts: list, Phase: Applying, Simulator: l.server, Now: l.clock.Now, Sleep: l.clock.Sleep})
	wanted := shareOf("orders")
	l.apply(c, missing(wanted, mustProve(t, l.read(c, wanted))))
	if left := missing(wanted, mustProve(t, l.read(c, wanted))); len(left) > 0 {
		t.Errorf("still missing: %s", left[0].Key)
	}
	if n := l.count("AssumeRole"); n > 0 {
		t.Errorf("%d roles were assumed", n)
	}
}

func TestCancelledRunStopsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := newLab(t, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
		if c.Operation == "BatchGrantPermissions" {
			cancel()
		}
		return nil
	}})
	wanted := shareOf("orders")
	c := l.cloud(Applying)
	ops := missing(wanted, mustProve(t, l.read(c, wanted)))
	for _, o := range c.Apply(ctx, ops, nil) {
		if o.Op.Key.Kind > fact.AccountGrant && !errors.Is(o.Err, context.Canceled) {
			t.Errorf("%s: %v", o.Op.Key, o.Err)
		}
	}
	if n := l.count("CreateDatabase"); n > 0 {
		t.Error("it went on after it was cancelled")
	}
	if _, err := c.Read(ctx, fact.Query{Keys: wanted.Keys()}); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v", err)
	}
}

func TestSessionNameIsWhatSTSAccepts(t *testing.T) {
	t.Parallel()
	long := "lakeshare-" + time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339) + "/run 7-0123456789abcdef0123456789abcdef01234567"
	got := sessionName(long)
	if len(got) != 64 || got[:40] != "lakeshare-2026-01-01T00-00-00Z-run-7-012" {
		t.Errorf("session name %q", got)
	}
	if got := sessionName(""); got != "lakeshare" {
		t.Errorf("session name %q", got)
	}
}
