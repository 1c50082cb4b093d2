package aws

import (
	"sync/atomic"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// failing fails an operation so many times, then lets it through.
func failing(operation string, times int32, fault awssim.Fault) func(awssim.Call) *awssim.Fault {
	var n atomic.Int32
	return func(c awssim.Call) *awssim.Fault {
		if c.Operation == operation && n.Add(1) <= times {
			return &fault
		}
		return nil
	}
}

func TestWhatAWSCallsTemporaryIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		operation string
		fault     awssim.Fault
	}{
		"settings throttled":       {"GetDataLakeSettings", awssim.Fault{Code: "ThrottlingException", Message: "Rate exceeded"}},
		"listing throttled":        {"ListPermissions", awssim.Fault{Code: "ThrottlingException", Message: "Rate exceeded"}},
		"listing timed out":        {"ListPermissions", awssim.Fault{Code: "OperationTimeoutException", Message: "timeout"}},
		"ram throttled":            {"GetResourceShareAssociations", awssim.Fault{Code: "ThrottlingException", Message: "Rate exceeded", Status: 429}},
		"grant locked":             {"BatchGrantPermissions", awssim.Fault{Code: "ConcurrentModificationException", Message: "Please retry"}},
		"entry locked":             {"BatchGrantPermissions", awssim.Fault{Code: "ConcurrentModificationException", Message: "Please retry", Entries: []int{0}}},
		"entry throttled":          {"BatchGrantPermissions", awssim.Fault{Code: "ThrottlingException", Message: "Rate exceeded", Entries: []int{1}}},
		"principal not yet known":  {"BatchGrantPermissions", awssim.Fault{Code: "InvalidInputException", Message: "Invalid principal, arn", Entries: []int{0}}},
		"path not yet registered":  {"BatchGrantPermissions", awssim.Fault{Code: "InvalidInputException", Message: "register the S3 path", Entries: []int{0}}},
		"grantee not yet seen":     {"BatchGrantPermissions", awssim.Fault{Code: "InvalidInputException", Message: "Grantee has no permissions", Entries: []int{0}}},
		"grant ends half way":      {"BatchGrantPermissions", awssim.Fault{Code: "OperationTimeoutException", Message: "timeout", After: true, Stop: 1}},
		"link service unavailable": {"CreateTable", awssim.Fault{Code: "ServiceUnavailable", Message: "try later", Status: 503}},
		"answer to a link is lost": {"CreateTable", awssim.Fault{Code: "InternalFailure", Message: "lost", Status: 500, After: true}},
		"policy throttled":         {"GetPolicyVersion", awssim.Fault{Code: "Throttling", Message: "Rate exceeded"}},
		"role throttled":           {"AssumeRole", awssim.Fault{Code: "Throttling", Message: "Rate exceeded"}},
		"accepting is answered late": {
			"AcceptResourceShareInvitation",
			awssim.Fault{Code: "ServerInternalException", Message: "oops", Status: 500, After: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, awssim.Options{OnCall: failing(test.operation, 3, test.fault)})
			l.make(shareOf("orders"))
		})
	}
}

func TestRevocationEndsHalfWayAndIsFinished(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]awssim.Fault{
		"timeout after some": {Code: "OperationTimeoutException", Message: "timeout", After: true, Stop: 1},
		"timeout after all":  {Code: "OperationTimeoutException", Message: "timeout", After: true},
		"entry locked":       {Code: "ConcurrentModificationException", Message: "retry", Entries: []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, awssim.Options{OnCall: failing("BatchRevokePermissions", 2, fault)})
			wanted := fact.Set{
				key(fact.OwnGrant, producerAt, source, etl, "SELECT"):                          {},
				key(fact.OwnGrant, producerAt, source, etl, "INSERT"):                          grantable,
				key(fact.OwnGrant, producerAt, tbl(producerID, "sales", "events"), etl, "ALL"): {},
			}
			l.make(wanted)
			l.withdraw(wanted)
		})
	}
}

func TestPermanentFailureIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{OnCall: failing("BatchGrantPermissions", 100, awssim.Fault{
		Code: "AccessDeniedException", Message: "User is not authorized to perform: lakeformation:BatchGrantPermissions",
	})})
	start := l.clock.Now()
	err := l.applyOne(fact.Op{Verb: fact.Make, Key: key(fact.OwnGrant, producerAt, source, etl, "SELECT")})
	wantError(t, err, "lakeformation:BatchGrantPermissions in 111122223333/eu-west-1 as arn:aws:iam::111122223333:role/lakeshare-apply",
		"AccessDeniedException", "Add the action to the policy")
	if n := l.count("BatchGrantPermissions"); n != 1 || l.clock.Now() != start {
		t.Errorf("%d calls in %s", n, l.clock.Now().Sub(start))
	}
}

func TestTryingAgainEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	start := l.clock.Now()
	nobody := "arn:aws:iam::111122223333:role/Nobody"
	err := l.applyOne(fact.Op{Verb: fact.Make, Key: key(fact.OwnGrant, producerAt, source, nobody, "SELECT")})
	wantError(t, err, "Invalid principal")
	if waited := l.clock.Now().Sub(start); waited > 2*patience {
		t.Errorf("waited %s", waited)
	}
}
