package aws

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

var (
	toConsumer = key(fact.AccountGrant, producerAt, source, consumerID, "SELECT")
	tableShare = accepted(fact.Table, consumerID)
)

func accountShare() fact.Set { return fact.Set{toConsumer: grantable, tableShare: {}} }

// granted makes the account grant alone, and leaves it so for a while.
func (l *lab) granted(wait time.Duration) {
	l.t.Helper()
	l.make(fact.Set{toConsumer: grantable})
	if err := l.clock.Sleep(l.t.Context(), wait); err != nil {
		l.t.Fatal(err)
	}
}

func TestInvitationIsAccepted(t *testing.T) {
	t.Parallel()
	for _, wait := range []time.Duration{0, 11 * time.Hour, 13 * time.Hour, 100 * time.Hour} {
		t.Run(wait.String(), func(t *testing.T) {
			t.Parallel()
			l := newLab(t, awssim.Options{Switches: awssim.Switches{SettleDelay: 20 * time.Second, InvitationDelay: time.Minute}})
			l.granted(wait)
			l.make(accountShare())
			renewed := l.count("AssociateResourceShare") == 1
			if expired := wait > 12*time.Hour; renewed != expired {
				t.Errorf("invitation renewed: %v, want %v", renewed, expired)
			}
		})
	}
}

func TestDirectShareIsAccepted(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	l.make(fact.Set{
		key(fact.AccountGrant, producerAt, source, analyst, "SELECT"): {},
		accepted(fact.Table, analyst):                                 {},
	})
}

func TestFilterIsAcceptedWithTheTablesShare(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	germans := rows(producerID, "sales", "events", "germans")
	l.make(fact.Set{
		key(fact.Filter, producerAt, germans):                             {Columns: "*", Rows: "country = 'DE'"},
		key(fact.AccountGrant, producerAt, germans, consumerID, "SELECT"): grantable,
		accepted(fact.Table, consumerID):                                  {},
		key(fact.ConsumerGrant, consumerAt, germans, analyst, "SELECT"):   {},
	})
}

func TestShareWithinTheOrganizationNeedsNoAcceptance(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Organization = &awssim.Organization{
			ID: "o-abcdef1234", Management: outsiderID, RAMSharing: true, Accounts: []string{producerID, consumerID},
		}
	})
	l.make(accountShare())
	if n := l.count("GetResourceShareInvitations") + l.count("AcceptResourceShareInvitation"); n > 0 {
		t.Errorf("%d calls about invitations", n)
	}
}

func TestInvitationOfAnotherSenderIsNotAccepted(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		// Somebody else invites with a name like Lake Formation's.
		other := w.Accounts[outsiderID].Regions[region]
		other.Shares = append(other.Shares, awssim.Share{
			ID: "11111111-2222-4333-a444-555555555555", Name: "LakeFormation-V4-AAAAAAAAAA", Kind: "table", Status: "ACTIVE",
			Principals: []awssim.Associate{{Principal: consumerID, Status: "ASSOCIATING"}},
			Invitations: []awssim.Invitation{{
				ID: "99999999-2222-4333-a444-555555555555", To: consumerID, Principal: consumerID, Status: "PENDING",
				Sent: time.Date(2026, 11, 1, 7, 59, 0, 0, time.UTC),
			}},
		})
	})
	l.make(accountShare())
	if n := l.count("AcceptResourceShareInvitation"); n != 1 {
		t.Errorf("%d invitations were accepted, want one", n)
	}
	theirs := l.server.Snapshot().Accounts[outsiderID].Regions[region].Shares[0].Invitations[0]
	if theirs.Status != "PENDING" && theirs.Status != "" {
		t.Errorf("their invitation is %s", theirs.Status)
	}
}

func TestRejectedInvitationIsAnErrorWithItsCause(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	l.granted(0)
	world := l.server.Snapshot()
	for i := range world.Accounts[producerID].Regions[region].Shares {
		world.Accounts[producerID].Regions[region].Shares[i].Invitations[0].Status = "REJECTED"
	}
	rejected := l.from(world)
	op := fact.Op{Verb: fact.Make, Key: tableShare, Needs: []fact.Key{toConsumer}}
	wantError(t, rejected.applyOne(op), "rejected the invitation", "put it on again")
}

// from goes on with a changed world.
func (l *lab) from(w *awssim.World) *lab {
	l.t.Helper()
	w.Clock = nil
	server, err := awssim.New(w, awssim.Options{Now: l.clock.Now})
	if err != nil {
		l.t.Fatal(err)
	}
	return &lab{t: l.t, server: server, clock: l.clock}
}

func TestFailedShareNamesTheLikelyCause(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Accounts[producerID].Roles["lakeshare-apply"].Deny = []string{"glue:PutResourcePolicy"}
	})
	l.granted(0)
	op := fact.Op{Verb: fact.Make, Key: tableShare, Needs: []fact.Key{toConsumer}}
	wantError(t, l.applyOne(op), "did not reach", "glue:PutResourcePolicy")
	live := l.read(l.cloud(Planning), accountShare())
	if _, ok := live.Rows[tableShare]; ok {
		t.Error("a failed share counts as accepted")
	}
}

func TestAcceptanceGivesUpAfterItsDeadline(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{Switches: awssim.Switches{InvitationDelay: time.Hour}})
	start := l.clock.Now()
	c := l.cloud(Applying)
	got := c.Apply(t.Context(), []fact.Op{
		{Verb: fact.Make, Key: toConsumer, Body: grantable},
		{Verb: fact.Make, Key: tableShare},
		{Verb: fact.Make, Key: key(fact.ConsumerGrant, consumerAt, source, analyst, "SELECT"), Needs: []fact.Key{tableShare}},
	}, nil)
	wantError(t, got[1].Err, "has not reached 444455556666", "ASSOCIATING")
	if !got[2].Skipped {
		t.Errorf("the onward grant was not skipped: %v", got[2].Err)
	}
	if waited := l.clock.Now().Sub(start); waited < acceptWithin || waited > 2*acceptWithin {
		t.Errorf("waited %s", waited)
	}
}

func TestRecipientOutsideIsWaitedFor(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	k := key(fact.AccountGrant, producerAt, source, outsiderID, "SELECT")
	live := l.make(fact.Set{k: grantable})
	if len(live.Waits) != 1 {
		t.Fatalf("waits: %v", live.Waits)
	}
	w := live.Waits[0]
	if w.Key != k || w.Who != outsiderID || len(w.Commands) != 2 || !strings.Contains(w.Commands[0], "resource-share/") {
		t.Errorf("wait: %+v", w)
	}
	if left := w.Until.Sub(l.clock.Now()); left < 11*time.Hour || left > 12*time.Hour {
		t.Errorf("%s are left", left)
	}
	if err := l.clock.Sleep(t.Context(), 13*time.Hour); err != nil {
		t.Fatal(err)
	}
	live = l.read(l.cloud(Planning), fact.Set{k: grantable})
	if len(live.Waits) != 0 || len(live.Warnings) != 1 || live.Warnings[0].Rule != "invitation-expired" {
		t.Errorf("after its end: waits %v, warnings %v", live.Waits, live.Warnings)
	}
}

// TestConsumerSideAlone reads and applies where the producer is not in
// lakeshare.yaml: what it has to do is waited for, the rest is ours.
func TestConsumerSideAlone(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	grant := key(fact.ConsumerGrant, consumerAt, source, analyst, "SELECT")
	wanted := fact.Set{tableShare: {}, grant: {}}
	alone := func(phase Phase) *Cloud {
		return New(Config{
			Accounts: accounts()[1:], Phase: phase, Simulator: l.server, Now: l.clock.Now, Sleep: l.clock.Sleep,
		})
	}
	live := mustProve(t, l.read(alone(Planning), wanted))
	waits := func(live fact.Live) []fact.Key {
		var keys []fact.Key
		for _, w := range live.Waits {
			if w.Who != producerID {
				t.Errorf("waits for %s", w.Who)
			}
			keys = append(keys, w.Key)
		}
		return keys
	}
	if got := waits(live); !slices.Contains(got, tableShare) || !slices.Contains(got, grant) || len(live.Rows) != 0 {
		t.Errorf("waits %v, rows %v", got, live.Rows)
	}
	l.granted(0)
	c := alone(Applying)
	live = mustProve(t, l.read(c, wanted))
	if got := waits(live); slices.Contains(got, tableShare) {
		t.Error("still waits for an invitation that is there")
	}
	l.apply(c, missing(wanted, live))
	if live = mustProve(t, l.read(c, wanted)); len(restrict(live, wanted)) != 2 || len(live.Waits) > 0 {
		t.Errorf("live %v, waits %v", live.Rows, live.Waits)
	}
}

// TestNewGrantFindsTheShareByAnOlderOne reads a grant that is to go into a share
// that exists: whether that is accepted is told by the grants in it.
func TestNewGrantFindsTheShareByAnOlderOne(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	l.make(accountShare())
	fresh := key(fact.AccountGrant, producerAt, tbl(producerID, "sales", "events"), consumerID, "SELECT")
	tip := fact.Set{toConsumer: grantable, tableShare: {}, fresh: grantable}
	live, err := l.cloud(Planning).Read(t.Context(), fact.Query{Keys: []fact.Key{fresh, tableShare}, Wanted: tip})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := mustProve(t, live).Rows[tableShare]; !ok {
		t.Error("the share counts as not accepted")
	}
	delete(tip, toConsumer)
	live, err = l.cloud(Planning).Read(t.Context(), fact.Query{Keys: []fact.Key{fresh, tableShare}, Wanted: tip})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := mustProve(t, live).Rows[tableShare]; ok {
		t.Error("the share counts as accepted, though git wants nothing that is in it")
	}
}

// TestShareOfItsOwnIsAcceptedWithoutBeingAsked grants under version 1, where
// each object has a share of its own [4.1].
func TestShareOfItsOwnIsAcceptedWithoutBeingAsked(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) { w.Accounts[producerID].Regions[region].Settings.Version = "1" })
	l.make(accountShare())
	events := tbl(producerID, "sales", "events")
	grant := key(fact.AccountGrant, producerAt, events, consumerID, "SELECT")
	onward := key(fact.ConsumerGrant, consumerAt, events, analyst, "SELECT")
	ops := []fact.Op{
		{Verb: fact.Make, Key: grant, Body: grantable},
		{Verb: fact.Make, Key: onward, Needs: []fact.Key{grant, tableShare}},
	}
	var reported int
	got := l.cloud(Applying).Apply(t.Context(), ops, func(fact.Outcome) { reported++ })
	if len(got) != 2 || reported != 2 {
		t.Fatalf("%d outcomes, %d reported", len(got), reported)
	}
	for _, o := range got {
		if o.Err != nil {
			t.Errorf("%s: %v", o.Op.Key, o.Err)
		}
	}
	if n := l.count("AcceptResourceShareInvitation"); n != 2 {
		t.Errorf("%d invitations were accepted, want 2", n)
	}
}

func TestShareDeletedByHandIsNotAccepted(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	l.make(accountShare())
	world := l.server.Snapshot()
	for i := range world.Accounts[producerID].Regions[region].Shares {
		world.Accounts[producerID].Regions[region].Shares[i].Status = "DELETED"
		world.Accounts[producerID].Regions[region].Shares[i].Principals = nil
	}
	deleted := l.from(world)
	live := mustProve(t, deleted.read(deleted.cloud(Planning), accountShare()))
	if _, ok := live.Rows[tableShare]; ok {
		t.Error("a deleted share counts as accepted")
	}
	wantError(t, deleted.applyOne(fact.Op{Verb: fact.Make, Key: tableShare, Needs: []fact.Key{toConsumer}}), "does not exist any more")
}
