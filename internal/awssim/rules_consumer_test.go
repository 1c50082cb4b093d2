package awssim_test

import (
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func TestR62_NothingIsSeenBeforeAcceptance(t *testing.T) {
	rule(t, "R62", func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		admin, other := s.role(consumer, "Lake"), s.role(consumer, "Analyst")
		get := foreign(table("sales", "orders"))
		admin.glue("GetTable", get).fails(missing, "not found")
		admin.grant("role/Analyst", "111122223333:sales.orders", "SELECT").fails(refused, notThere)
		s.accept(consumer)
		admin.glue("GetTable", get).ok()
		other.glue("GetTable", get).fails(missing, "not found")
		l.sim(two, awssim.Switches{UnsharedGet: awssim.UnsharedDenied}).role(consumer, "Lake").glue("GetTable", get).fails(refused, notThere)
	})
}

func TestR62_DirectSharesAreSeenByTheirPrincipal(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant(analyst, "sales.orders", "SELECT").ok()
		s.accept(consumer)
		s.role(consumer, "Analyst").glue("GetTable", foreign(table("sales", "orders"))).ok()
		s.role(consumer, "Lake").glue("GetTable", foreign(table("sales", "orders"))).fails(missing, "not found")
		s.role(consumer, "Lake").grant("role/Other", "111122223333:sales.orders", "SELECT").fails(refused, notThere)
	})
}

func TestR63_OnlyWhatIsHeldWithTheOptionIsPassedOn(t *testing.T) {
	rule(t, "R63", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT,DESCRIBE,INSERT/SELECT,DESCRIBE")
		s.share("sales.events(id)", "SELECT/+")
		a, c := s.admin(producer), s.role(consumer, "Lake")
		c.grant("role/Analyst", "111122223333:sales.orders", "SELECT,DESCRIBE").ok()
		c.grant("role/Analyst", "111122223333:sales.orders", "INSERT").fails(refused, "Required Insert on orders")
		c.grant("role/Analyst", "111122223333:sales.events", "SELECT").ok() // narrower than it looks [4.64]
		c.grant("role/Analyst", "111122223333:other.things", "SELECT").fails(refused, notThere)
		c.grant("role/Analyst", "111122223333:sales", "DESCRIBE").fails(refused, notThere)
		a.filter("sales.orders", "de", "id", "country = 'DE'").ok()
		c.grant("role/Other", "111122223333:sales.orders#de", "SELECT").fails(refused, notThere)
		a.grant(consumer, "sales.orders#de", "SELECT/+").ok()
		c.grant("role/Other", "111122223333:sales.orders#de", "SELECT").ok()
		a.grant(consumer, "s3://acme/tables", "DATA_LOCATION_ACCESS/+").ok()
		c.grant("role/Other", "111122223333:s3://acme/tables/orders", "DATA_LOCATION_ACCESS").ok()
	})
}

func TestR64_AllTablesShowTheDatabaseAtHomeOnly(t *testing.T) {
	rule(t, "R64", func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant("role/Reader", "sales.*", "SELECT").ok()
		s.role(producer, "Reader").glue("GetDatabase", map[string]any{"Name": "sales"}).ok()
		s.share("sales.*", "SELECT/+")
		get := foreign(map[string]any{"Name": "sales"})
		s.role(consumer, "Lake").glue("GetDatabase", get).fails(missing, "not found")
		s.share("sales", "DESCRIBE/+")
		s.role(consumer, "Lake").glue("GetDatabase", get).ok()
		shown := l.sim(two, awssim.Switches{ShowContainers: true})
		shown.share("sales.orders", "SELECT/+")
		shown.role(consumer, "Lake").glue("GetDatabase", get).ok()
	})
}

// cascaded is a share that was granted on, and taken back by the producer.
func cascaded(l lab, switches awssim.Switches) *sim {
	s := l.sim(two, switches)
	s.share("sales.orders", "SELECT/+")
	s.link("rl_orders", "sales", "orders")
	c := s.admin(consumer)
	c.grant("role/Analyst", "111122223333:sales.orders", "SELECT").ok()
	c.grant("role/Analyst", "lake.rl_orders", "DESCRIBE").ok()
	s.admin(producer).revoke(consumer, "sales.orders", "SELECT").ok()
	return s
}

func TestR65_ARevokeReachesTheSecondHop(t *testing.T) {
	rule(t, "R65", func(l lab) {
		s := cascaded(l, awssim.Switches{})
		if a := s.CanRead(question("lake", "rl_orders", "id")); a.Yes {
			l.Fatalf("still readable: %s", a.Why)
		}
		got := strings.Join(s.admin(consumer).rows(map[string]any{}), "\n")
		if strings.Contains(got, producer) || !strings.Contains(got, "rl_orders") {
			l.Fatalf("the rows of the consumer: %s", got)
		}
		s.share("sales.orders", "SELECT/+")
		if a := s.CanRead(question("lake", "rl_orders", "id")); a.Yes {
			l.Fatalf("revived, although the rows were deleted")
		}
	})
}

func TestR65_ASwitchKeepsRowsThatRevive(t *testing.T) {
	always(t, func(l lab) {
		s := cascaded(l, awssim.Switches{KeepSecondHop: true})
		if a := s.CanRead(question("lake", "rl_orders", "id")); a.Yes {
			l.Fatalf("still readable: %s", a.Why)
		}
		if got := strings.Join(s.admin(consumer).rows(map[string]any{}), "\n"); !strings.Contains(got, producer) {
			l.Fatalf("the rows of the consumer: %s", got)
		}
		s.share("sales.orders", "SELECT/+")
		if a := s.CanRead(question("lake", "rl_orders", "id")); !a.Yes {
			l.Fatalf("did not revive: %s", a.Why)
		}
		s.admin(producer).revoke(consumer, "sales.orders", "SELECT").ok()
		s.admin(consumer).revoke("role/Analyst", "111122223333:sales.orders", "SELECT").ok()
	})
}

func TestR67_LeavingTheOrganizationEndsItsShares(t *testing.T) {
	rule(t, "R67", func(l lab) {
		s := l.sim(organized)
		s.admin(producer).grant(orgARN, "sales.orders", "SELECT/+").ok()
		s.role(consumer, "Lake").glue("GetTable", foreign(table("sales", "orders"))).ok()
		w := s.Snapshot()
		w.Organization.Units = nil
		text, err := w.Encode()
		if err != nil {
			l.Fatalf("encode: %v", err)
		}
		left := l.sim(string(text))
		left.role(consumer, "Lake").glue("GetTable", foreign(table("sales", "orders"))).fails(missing, "not found")
	})
}

func question(database, name, column string) awssim.Question {
	return awssim.Question{Principal: analyst, Region: region, Database: database, Table: name, Column: column}
}
