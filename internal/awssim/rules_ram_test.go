package awssim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func (s *sim) shares() []map[string]any {
	s.Helper()
	return s.admin(producer).ram("GetResourceShares", map[string]any{"resourceOwner": "SELF"}).list("resourceShares")
}

func (s *sim) associations(kind string) []string {
	s.Helper()
	var out []string
	for _, m := range s.admin(producer).ram("GetResourceShareAssociations", map[string]any{"associationType": kind}).list("resourceShareAssociations") {
		out = append(out, m["associatedEntity"].(string)+" "+m["status"].(string)) //nolint:errcheck // both are always strings
	}
	return sorted(out)
}

func (s *sim) invitations(account string) []string {
	s.Helper()
	return s.admin(account).ram("GetResourceShareInvitations", map[string]any{}).each("resourceShareInvitations", "status")
}

func TestR49_OneShareForEachRecipientAndKind(t *testing.T) {
	rule(t, "R49", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		for _, spec := range []string{"sales", "other", "sales.orders", "sales.events(id)", "sales.*"} {
			permission := "SELECT/SELECT"
			if !strings.Contains(spec, ".") {
				permission = "DESCRIBE/DESCRIBE"
			}
			a.grant(consumer, spec, permission).ok()
		}
		a.grant(analyst, "sales.orders", "SELECT").ok()
		a.grant(consumer, "s3://acme/tables", "DATA_LOCATION_ACCESS/+").ok()
		if got := s.shares(); len(got) != 4 || !strings.HasPrefix(got[0]["name"].(string), "LakeFormation-V4-") { //nolint:errcheck // always a string
			l.Fatalf("%d shares: %v", len(got), got)
		}
		old := l.sim(strings.Replace(two, "{admins: [role/Lake]}", `{admins: [role/Lake], version: "1"}`, 1))
		old.admin(producer).grant(consumer, "sales.orders", "SELECT").ok()
		old.admin(producer).grant(consumer, "sales.events", "SELECT").ok()
		if got := old.shares(); len(got) != 2 || strings.Contains(got[0]["name"].(string), "-V") { //nolint:errcheck // always a string
			l.Fatalf("version 1: %v", got)
		}
	})
}

func TestR50_SharesHoldObjectsAndContainers(t *testing.T) {
	rule(t, "R50", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT/+")
		const prefix = "arn:aws:glue:eu-west-1:111122223333:"
		equal(l, s.associations("RESOURCE"), []string{
			prefix + "catalog ASSOCIATED", prefix + "database/sales ASSOCIATED", prefix + "table/sales/orders ASSOCIATED",
		})
		equal(l, s.associations("PRINCIPAL"), []string{consumer + " ASSOCIATED"})
	})
}

func TestR51_NoInvitationsInsideTheOrganization(t *testing.T) {
	rule(t, "R51", func(l lab) {
		s := l.sim(organized)
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		s.admin(producer).grant(unitARN, "sales.orders", "SELECT/+").ok()
		equal(l, s.invitations(consumer), nil)
		equal(l, s.associations("PRINCIPAL"), []string{consumer + " ASSOCIATED", unitARN + " ASSOCIATED"})
		out := l.sim(two)
		out.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		equal(l, out.invitations(consumer), []string{"PENDING"})
		equal(l, out.associations("PRINCIPAL"), []string{consumer + " ASSOCIATING"})
	})
}

func TestR51_DirectInvitationsGoToTheAccount(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant(analyst, "sales.orders", "SELECT").ok()
		got := s.admin(consumer).ram("GetResourceShareInvitations", nil).list("resourceShareInvitations")
		if len(got) != 1 || got[0]["receiverArn"] != analyst || got[0]["receiverAccountId"] != consumer {
			l.Fatalf("got %v", got)
		}
	})
}

func TestR52_InvitationsExpire(t *testing.T) {
	rule(t, "R52", func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		arn := s.admin(consumer).ram("GetResourceShareInvitations", nil).each("resourceShareInvitations", "resourceShareInvitationArn")
		s.pass(12*time.Hour - time.Second)
		equal(l, s.invitations(consumer), []string{"PENDING"})
		s.pass(time.Second)
		equal(l, s.invitations(consumer), []string{"EXPIRED"})
		equal(l, s.associations("PRINCIPAL"), []string{consumer + " DISASSOCIATED"})
		s.admin(consumer).ram("AcceptResourceShareInvitation", map[string]any{"resourceShareInvitationArn": arn[0]}).
			fails("ResourceShareInvitationExpiredException", "expired")
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		equal(l, s.invitations(consumer), []string{"EXPIRED"}) // a repeated grant does not renew it
	})
}

func TestR52_ASwitchRenewsThem(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two, awssim.Switches{RenewOnGrant: true})
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		s.pass(12 * time.Hour)
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		equal(l, s.invitations(consumer), []string{"EXPIRED", "PENDING"})
	})
}

func TestR53_InvitationsAreAnsweredOnceByTheReceiver(t *testing.T) {
	rule(t, "R53", func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		c := s.admin(consumer)
		in := map[string]any{"resourceShareInvitationArn": c.ram("GetResourceShareInvitations", nil).each("resourceShareInvitations", "resourceShareInvitationArn")[0]}
		equal(l, s.invitations("777788889999"), nil)
		s.admin("777788889999").ram("AcceptResourceShareInvitation", in).fails("ResourceShareInvitationArnNotFoundException", "could not be found")
		s.admin(consumer).in("us-east-1").ram("AcceptResourceShareInvitation", in).fails("ResourceShareInvitationArnNotFoundException", "could not be found")
		c.ram("ListPendingInvitationResources", in).ok()
		c.ram("AcceptResourceShareInvitation", in).ok()
		c.ram("AcceptResourceShareInvitation", in).fails("ResourceShareInvitationAlreadyAcceptedException", "")
		c.ram("AcceptResourceShareInvitation", map[string]any{"resourceShareInvitationArn": "x"}).fails("MalformedArnException", "")
		s.admin(producer).grant(consumer, "sales", "DESCRIBE").ok()
		all := c.ram("GetResourceShareInvitations", nil).list("resourceShareInvitations")
		in["resourceShareInvitationArn"] = all[len(all)-1]["resourceShareInvitationArn"]
		c.ram("RejectResourceShareInvitation", in).ok()
		c.ram("AcceptResourceShareInvitation", in).fails("ResourceShareInvitationAlreadyRejectedException", "")
	})
}

func TestR53_AcceptanceTakesTime(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two, awssim.Switches{SettleDelay: time.Minute, InvitationDelay: time.Minute, HideAccepted: time.Hour})
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		equal(l, s.invitations(consumer), nil)
		s.pass(time.Minute)
		s.accept(consumer)
		get := func() reply { return s.admin(consumer).glue("GetTable", foreign(table("sales", "orders"))) }
		get().fails(missing, "not found")
		s.pass(time.Minute)
		get().ok()
		equal(l, s.invitations(consumer), []string{"ACCEPTED"})
		s.pass(time.Hour)
		equal(l, s.invitations(consumer), nil)
	})
}

func TestR54_AcceptedSharesTakeMoreObjects(t *testing.T) {
	rule(t, "R54", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT/+")
		s.admin(producer).grant(consumer, "sales.events", "SELECT/+").ok()
		s.admin(consumer).glue("GetTable", foreign(table("sales", "events"))).ok()
		equal(l, s.invitations(consumer), []string{"ACCEPTED"})
	})
}

func TestR55_SharesCanBeResetAndDeletedByHand(t *testing.T) {
	rule(t, "R55", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT/+")
		arn := s.shares()[0]["resourceShareArn"]
		in := map[string]any{"resourceShareArn": arn, "principals": []string{consumer}}
		a := s.admin(producer)
		a.ram("DisassociateResourceShare", in).ok()
		get := func() reply { return s.admin(consumer).glue("GetTable", foreign(table("sales", "orders"))) }
		get().fails(missing, "not found")
		a.ram("AssociateResourceShare", in).ok()
		equal(l, s.invitations(consumer), []string{"ACCEPTED", "PENDING"})
		get().fails(missing, "not found")
		s.accept(consumer)
		get().ok()
		status, body := a.send("ram", http.MethodDelete, "/deleteresourceshare?resourceShareArn="+url.QueryEscape(arn.(string)), "", "", "") //nolint:errcheck // always a string
		if status != http.StatusOK || !strings.Contains(body, "true") {
			l.Fatalf("delete: %d %s", status, body)
		}
		get().fails(missing, "not found")
		text := l.text(a.lf("ListPermissions", map[string]any{"ResourceType": "TABLE"}).ok().doc)
		if !strings.Contains(text, arn.(string)) { //nolint:errcheck // always a string
			l.Fatalf("the row forgot its share: %s", text)
		}
	})
}

func TestR56_TheLastRevokeDeletesTheShare(t *testing.T) {
	rule(t, "R56", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		s.share("sales.orders", "SELECT,DESCRIBE/+")
		a.grant(consumer, "sales.events", "SELECT/+").ok()
		first := s.shares()[0]["resourceShareArn"]
		a.revoke(consumer, "sales.events", "SELECT").ok()
		a.revoke(consumer, "sales.orders", "SELECT").ok()
		equal(l, a.ram("GetResourceShares", map[string]any{"resourceOwner": "SELF"}).each("resourceShares", "status"), []string{"ACTIVE"})
		a.revoke(consumer, "sales.orders", "DESCRIBE").ok()
		equal(l, a.ram("GetResourceShares", map[string]any{"resourceOwner": "SELF"}).each("resourceShares", "status"), []string{"DELETED"})
		a.grant(consumer, "sales.orders", "SELECT/+").ok()
		open := a.ram("GetResourceShares", map[string]any{"resourceOwner": "SELF", "resourceShareStatus": "ACTIVE"}).list("resourceShares")
		if len(open) != 1 || open[0]["resourceShareArn"] == first {
			l.Fatalf("got %v", open)
		}
		equal(l, s.invitations(consumer), []string{"ACCEPTED", "PENDING"})
	})
}
