package awssim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func TestR22_PrincipalsAreLookedUp(t *testing.T) {
	rule(t, "R22", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.grant("role/Nobody", "sales", "DESCRIBE").fails(input, "Invalid principal")
		a.grant("arn:aws:iam::111122223333:root", "sales", "DESCRIBE").fails(input, "Invalid principal")
		a.grant("arn:aws:iam::444455556666:role/Nobody", "sales", "DESCRIBE").ok()
		strict := l.sim(two, awssim.Switches{CheckForeignPrincipals: true}).admin(producer)
		strict.grant("arn:aws:iam::444455556666:role/Nobody", "sales", "DESCRIBE").fails(input, "Invalid principal")
	})
}

func TestR23_SharesAreNotPassedOn(t *testing.T) {
	rule(t, "R23", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT,DESCRIBE/+")
		c := s.admin(consumer)
		for _, p := range []string{"777788889999", "IAM_ALLOWED_PRINCIPALS"} {
			c.grant(p, "111122223333:sales.orders", "SELECT").fails(refused, "Not authorized to grant permissions for the resource")
		}
	})
}

func TestR24_DirectSharesNeedVersion3AndNoOption(t *testing.T) {
	rule(t, "R24", func(l lab) {
		l.sim(two).admin(producer).grant(analyst, "sales.orders", "SELECT/SELECT").fails(input, "Grant option is not supported")
		old := strings.Replace(two, "{admins: [role/Lake]}", `{admins: [role/Lake], version: "2"}`, 1)
		l.sim(old).admin(producer).grant(analyst, "sales.orders", "SELECT").fails(input, "minimal version v3")
		l.sim(old).admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
	})
}

func TestR25_DatabasesAreNotGivenAway(t *testing.T) {
	rule(t, "R25", func(l lab) {
		a := l.sim(two).admin(producer)
		for _, p := range []string{"ALL", "DROP"} {
			a.grant(consumer, "sales", p).fails(input, "cannot be granted to another account")
		}
		a.grant(consumer, "sales.orders", "ALL,DROP").ok()
	})
}

func TestR26_IAMAllowedPrincipalsAreInTheWay(t *testing.T) {
	rule(t, "R26", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.grant("IAM_ALLOWED_PRINCIPALS", "sales.events", "ALL").ok()
		a.grant(consumer, "sales.orders", "SELECT").ok() // each table for itself
		a.grant(consumer, "sales.events", "SELECT").fails(input, "Please revoke permission(s) for IAM_ALLOWED_PRINCIPALS on the table events")
		a.grant(consumer, "sales.*", "SELECT").fails(input, "events") // all tables look at each
		a.grant(consumer, "sales", "DESCRIBE").ok()
		a.grant("IAM_ALLOWED_PRINCIPALS", "other", "ALL").ok()
		a.grant(consumer, "other", "DESCRIBE").fails(input, "IAM_ALLOWED_PRINCIPALS on the database other")
		hybrid := l.sim(strings.Replace(two, "role: role/Lake}", "role: role/Lake, hybrid: true}", 1), awssim.Switches{IllegalCombination: true}).admin(producer)
		hybrid.grant("IAM_ALLOWED_PRINCIPALS", "sales.events", "ALL").ok()
		hybrid.grant(consumer, "sales.events", "SELECT").ok()
		hybrid.grant("IAM_ALLOWED_PRINCIPALS", "other", "ALL").ok()
		hybrid.grant(consumer, "other", "DESCRIBE").fails(input, "Illegal combination")
	})
}

func TestR27_LocationsAreRegistered(t *testing.T) {
	rule(t, "R27", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "s3://acme/tables/orders", "DATA_LOCATION_ACCESS").ok()
		a.grant("role/Reader", "s3://acme/other", "DATA_LOCATION_ACCESS").fails(input, "register the S3 path")
	})
}

func TestR28_OrganizationsMustShare(t *testing.T) {
	rule(t, "R28", func(l lab) {
		l.sim(organized).admin(producer).grant(orgARN, "sales.orders", "SELECT/+").ok()
		closed := l.sim(strings.Replace(organized, "ram_sharing: true", "ram_sharing: false", 1)).admin(producer)
		closed.grant(unitARN, "sales.orders", "SELECT/+").fails(input, "Access denied to retrieve AWS Organization information")
		unknown := strings.Replace(orgARN, "o-abcdef1234", "o-zzzzzzzzzz", 1)
		closed.grant(unknown, "sales.orders", "SELECT").fails(input, "Organization o-zzzzzzzzzz not found")
	})
}

func TestR29_DeletedObjectsTakeTheirRowsAlong(t *testing.T) {
	rule(t, "R29", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders", "INSERT").ok()
		a.glue("DeleteTable", table("sales", "orders")).ok()
		a.glue("CreateTable", map[string]any{"DatabaseName": "sales", "TableInput": map[string]any{"Name": "orders"}}).ok()
		for _, row := range a.on("sales.orders") {
			if strings.HasPrefix(row, "role/Reader") {
				l.Fatalf("came back: %s", row)
			}
		}
	})
}

func TestR29_ASwitchKeepsThem(t *testing.T) {
	always(t, func(l lab) {
		a := l.sim(two, awssim.Switches{KeepOnDelete: true}).admin(producer)
		a.grant("role/Reader", "sales.orders", "INSERT").ok()
		a.glue("DeleteTable", table("sales", "orders")).ok()
		if got := a.rows(map[string]any{"ResourceType": "TABLE"}); len(got) != 1 {
			l.Fatalf("got %v", got)
		}
		a.revoke("role/Reader", "sales.orders", "INSERT").ok()
	})
}

func TestR30_FaultsComeOnDemand(t *testing.T) {
	always(t, func(l lab) {
		n := 0
		s := l.simWith(two, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
			if n++; c.Operation != "GrantPermissions" || n > 3 {
				return nil
			}
			return &awssim.Fault{Code: "ConcurrentModificationException", Message: "Permission update/Delete failed for Resource"}
		}})
		a := s.admin(producer)
		for range 3 {
			a.grant("role/Reader", "sales", "DESCRIBE").fails("ConcurrentModificationException", "failed for Resource")
		}
		equal(l, a.on("sales"), nil)
		a.grant("role/Reader", "sales", "DESCRIBE").ok()
	})
}

func TestR31_BatchesAreSmallAndTheirIDsUnique(t *testing.T) {
	rule(t, "R31", func(l lab) {
		a := l.sim(two).admin(producer)
		a.batch("Grant", 21).fails(input, "at most 20 entries")
		entry := a.entry("role/Reader", "sales", "DESCRIBE")
		entry["Id"] = "1"
		a.lf("BatchGrantPermissions", map[string]any{"Entries": []any{entry, entry}}).fails(input, "not unique")
		a.batch("Grant", 20).ok()
	})
}

func (a actor) batch(kind string, n int, more ...map[string]any) reply {
	a.Helper()
	entries := []any{}
	for i := range n {
		e := a.entry("role/Reader", "sales.orders", []string{"SELECT", "INSERT", "ALTER", "DROP"}[i%4])
		e["Id"] = fmt.Sprint(i)
		entries = append(entries, e)
	}
	for i, e := range more {
		e["Id"] = fmt.Sprint(n + i)
		entries = append(entries, e)
	}
	return a.lf("Batch"+kind+"Permissions", map[string]any{"Entries": entries})
}

func TestR32_BatchesReportWhatFailed(t *testing.T) {
	rule(t, "R32", func(l lab) {
		a := l.sim(two).admin(producer)
		r := a.batch("Grant", 2, a.entry("role/Reader", "sales", "SELECT"), a.entry("role/Analyst", "sales", "ALTER")).ok()
		failures := r.list("Failures")
		if len(failures) != 1 {
			l.Fatalf("got %v", failures)
		}
		if text := l.text(failures[0]); !strings.Contains(text, `"Id":"2"`) || !strings.Contains(text, `"ErrorCode":"InvalidInputException"`) ||
			!strings.Contains(text, invalid) {
			l.Fatalf("got %s", text)
		}
		if got := a.on("sales"); len(got) != 1 {
			l.Fatalf("the entry after the failure: %v", got)
		}
	})
}

func TestR33_EntriesFailOnDemand(t *testing.T) {
	rule(t, "R33", func(l lab) {
		s := l.simWith(two, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
			return &awssim.Fault{Code: "ConcurrentModificationException", Entries: []int{1}}
		}})
		r := s.admin(producer).batch("Grant", 3).ok()
		if failures := r.list("Failures"); len(failures) != 1 || !strings.Contains(l.text(failures[0]), `"Id":"1"`) {
			l.Fatalf("got %v", failures)
		}
	})
}

func TestR33_ACallCanFailAfterAPart(t *testing.T) {
	always(t, func(l lab) {
		s := l.simWith(two, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
			if c.Operation != "BatchGrantPermissions" {
				return nil
			}
			return &awssim.Fault{Code: "OperationTimeoutException", After: true, Stop: 2}
		}})
		s.admin(producer).batch("Grant", 4).fails("OperationTimeoutException", "")
		if got := strings.Join(s.admin(producer).on("sales.orders"), "\n"); !strings.Contains(got, "[INSERT]") || strings.Contains(got, "ALTER") {
			l.Fatalf("got %s", got)
		}
	})
}

func TestR61_ThrottlingIsAFaultToo(t *testing.T) {
	always(t, func(l lab) {
		s := l.simWith(two, awssim.Options{OnCall: func(awssim.Call) *awssim.Fault {
			return &awssim.Fault{Code: "ThrottlingException", Message: "Rate exceeded", Status: 429}
		}})
		r := s.admin(producer).ram("GetResourceShares", map[string]any{"resourceOwner": "SELF"})
		if r.fails("ThrottlingException", "Rate exceeded"); r.status != 429 {
			l.Fatalf("status %d", r.status)
		}
	})
}
