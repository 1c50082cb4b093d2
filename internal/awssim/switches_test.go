package awssim_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// TestEverySwitchIsTested looks for each switch by name in the tests.
func TestEverySwitchIsTested(t *testing.T) {
	t.Parallel()
	used := names(t, `([A-Z][A-Za-z]+):`, true)
	v := reflect.TypeFor[awssim.Switches]()
	for i := range v.NumField() {
		if name := v.Field(i).Name; !strings.Contains(" "+strings.Join(used, " ")+" ", " "+name+" ") {
			t.Errorf("no test turns %s", name)
		}
	}
}

// TestSwitchesOfGrants are those that no rule's test turns.
func TestSwitchesOfGrants(t *testing.T) {
	always(t, func(l lab) {
		for _, on := range []bool{false, true} {
			a := l.sim(two, awssim.Switches{NoColumnGrantOption: on, FilterExcludesTable: on, MergeColumns: on}).admin(producer)
			want := func(r reply) {
				l.Helper()
				if on {
					r.fails(input, invalid)
					return
				}
				r.ok()
			}
			want(a.grant("role/Reader", "sales.events(id)", "SELECT/SELECT"))
			a.filter("sales.orders", "de", "id", "").ok()
			a.grant("role/Reader", "sales.orders#de", "SELECT").ok()
			want(a.grant("role/Reader", "sales.orders", "SELECT"))
			a.grant("role/Analyst", "sales.orders(id)", "SELECT").ok()
			a.grant("role/Analyst", "sales.orders(country)", "SELECT").ok()
			merged := strings.Contains(strings.Join(a.on("sales.orders"), "\n"), `["country","id"]`)
			if merged != on {
				l.Errorf("switch %v: column lists merged: %v", on, merged)
			}
		}
	})
}

func TestSwitchesOfShares(t *testing.T) {
	always(t, func(l lab) {
		for _, on := range []bool{false, true} {
			s := l.sim(two, awssim.Switches{KeepEmptyShare: on, PendingShares: on})
			a := s.admin(producer)
			a.grant(consumer, "sales.orders", "SELECT").ok()
			pending := s.admin(consumer).ram("GetResourceShares", map[string]any{"resourceOwner": "OTHER-ACCOUNTS"}).list("resourceShares")
			if (len(pending) == 1) != on {
				l.Errorf("switch %v: pending shares: %v", on, pending)
			}
			a.revoke(consumer, "sales.orders", "SELECT").ok()
			if got := s.shares()[0]["status"]; (got == "ACTIVE") != on {
				l.Errorf("switch %v: the empty share is %v", on, got)
			}
		}
		s := l.sim(two)
		s.admin(producer).grant(consumer, "sales.orders", "SELECT").ok()
		s.admin(producer).revoke(consumer, "sales.orders", "SELECT").ok()
		s.pass(time.Hour)
		equal(l, counts(s.admin(producer).ram("GetResourceShares", map[string]any{"resourceOwner": "SELF"}).each("resourceShares", "name")), []int{0})
	})
}

func TestSwitchesOfSettings(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(`accounts: {"111122223333": {}}`, awssim.Switches{FreshSettings: true})
		a := s.admin(producer)
		a.glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{"Name": "d"}}).ok()
		if got := strings.Join(a.on("d"), "\n"); !strings.Contains(got, "IAM_ALLOWED_PRINCIPALS") {
			l.Errorf("a fresh account: %s", got)
		}
	})
}
