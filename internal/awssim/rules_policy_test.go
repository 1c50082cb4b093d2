package awssim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestR57_DeletedTablesStayInTheShare(t *testing.T) {
	rule(t, "R57", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT/+")
		s.admin(producer).glue("DeleteTable", table("sales", "orders")).ok()
		if got := s.associations("RESOURCE"); !slices.Contains(got, "arn:aws:glue:eu-west-1:111122223333:table/sales/orders ASSOCIATED") {
			l.Fatalf("got %v", got)
		}
	})
}

func TestR58_RAMFailsWhileGrantsSucceed(t *testing.T) {
	rule(t, "R58", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.glue("PutResourcePolicy", map[string]any{"PolicyInJson": `{"Statement":[]}`}).ok()
		a.grant(consumer, "sales.orders", "SELECT/+").ok()
		equal(l, s.associations("PRINCIPAL"), []string{consumer + " FAILED"})
		world := strings.Replace(two, "Lake: {}\n      Reader", "Lake: {deny: [\"glue:PutResourcePolicy\"]}\n      Reader", 1)
		s = l.sim(world)
		s.role(producer, "Lake").grant(consumer, "sales.orders", "SELECT/+").ok()
		got := l.text(s.admin(producer).ram("GetResourceShareAssociations", map[string]any{"associationType": "PRINCIPAL"}).ok().doc)
		if !strings.Contains(got, "Association failed because the caller was not authorized.") {
			l.Fatalf("got %s", got)
		}
		world = strings.Replace(two, "Lake: {}\n      Reader", "Lake: {deny: [\"ram:*\"]}\n      Reader", 1)
		l.sim(world).role(producer, "Lake").grant(consumer, "sales.orders", "SELECT/+").fails(refused, "ram:CreateResourceShare")
	})
}

func TestR58_PoliciesThatLetRAMShare(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		policy, err := json.Marshal(map[string]any{"Statement": []any{map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"Service": "ram.amazonaws.com"}, "Action": "glue:ShareResource",
		}}})
		if err != nil {
			l.Fatalf("marshal: %v", err)
		}
		s.admin(producer).glue("PutResourcePolicy", map[string]any{"PolicyInJson": string(policy)}).ok()
		s.admin(producer).grant(consumer, "sales.orders", "SELECT/+").ok()
		equal(l, s.associations("PRINCIPAL"), []string{consumer + " ASSOCIATING"})
	})
}

func TestR59_PoliciesBesideRAM(t *testing.T) {
	rule(t, "R59", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		put := func(more ...string) reply {
			in := map[string]any{"PolicyInJson": `{}`}
			for i := 0; i+1 < len(more); i += 2 {
				in[more[i]] = more[i+1]
			}
			return a.glue("PutResourcePolicy", in)
		}
		put("PolicyExistsCondition", "MUST_EXIST").fails("ConditionCheckFailureException", "")
		a.grant(consumer, "sales.orders", "SELECT/+").ok()
		put().fails(input, "EnableHybrid must be TRUE")
		put("EnableHybrid", "TRUE").ok()
		put("EnableHybrid", "TRUE", "PolicyHashCondition", "stale").fails("ConditionCheckFailureException", "")
		equal(l, counts(a.glue("GetResourcePolicies", nil).each("GetResourcePoliciesResponseList", "PolicyHash")), []int{2})
		a.glue("DeleteResourcePolicy", nil).ok()
		a.glue("GetResourcePolicy", nil).fails(missing, "Policy not found")
	})
}

func TestR60_AssociationsAreTheOwners(t *testing.T) {
	rule(t, "R60", func(l lab) {
		s := l.sim(two)
		a, c := s.admin(producer), s.admin(consumer)
		a.grant(consumer, "sales.orders", "SELECT/+").ok()
		a.ram("GetResourceShareAssociations", map[string]any{"associationType": "RESOURCE", "principal": consumer}).fails("InvalidParameterException", "principal")
		a.ram("GetResourceShareAssociations", map[string]any{"associationType": "PRINCIPAL", "resourceArn": "x"}).fails("InvalidParameterException", "resourceArn")
		equal(l, counts(c.ram("GetResourceShareAssociations", map[string]any{"associationType": "PRINCIPAL"}).each("resourceShareAssociations", "status")), []int{0})
		other := func() []string {
			return c.ram("GetResourceShares", map[string]any{"resourceOwner": "OTHER-ACCOUNTS"}).each("resourceShares", "owningAccountId")
		}
		equal(l, other(), nil)
		s.accept(consumer)
		equal(l, other(), []string{producer})
		c.ram("GetResourceShareAssociations", map[string]any{"associationType": "PRINCIPAL", "resourceShareArns": []any{s.shares()[0]["resourceShareArn"]}}).
			fails("UnknownResourceException", "could not be found")
		equal(l, c.ram("ListResources", map[string]any{"resourceOwner": "OTHER-ACCOUNTS", "resourceType": "glue:Table"}).each("resources", "arn"),
			[]string{"arn:aws:glue:eu-west-1:111122223333:table/sales/orders"})
	})
}
