package scenario

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// largeWorld is baseWorld with more tables in sales, and with other grants on them.
func largeWorld(tables, others int) string {
	var t, g strings.Builder
	for i := range tables {
		fmt.Fprintf(&t, "              t%04d: {columns: [id, country], location: s3://acme-sales/tables/t%04d}\n", i, i)
	}
	g.WriteString("        grants:\n")
	for i := range others {
		fmt.Fprintf(&g, "          - {principal: role/Other%d, on: sales.t%04d, permissions: [DESCRIBE]}\n", i/tables, i%tables)
	}
	roles := ""
	for i := range others/tables + 1 {
		roles += fmt.Sprintf("      Other%d: {}\n", i)
	}
	w := strings.Replace(baseWorld, "          mart:\n", t.String()+"          mart:\n", 1)
	w = strings.Replace(w, "        registered: [", g.String()+"        registered: [", 1)
	return strings.Replace(w, "      Reader: {}\n", "      Reader: {}\n"+roles, 1)
}

func oneTable(i int) string {
	return share(fmt.Sprintf("{t%04d: {}}", i), "  - {account: inside, principals: [role/Reader]}")
}

// operations counts calls by operation, for messages.
func operations(s *awssim.Server) string {
	count := map[string]int{}
	for _, c := range s.Calls() {
		count[c.Service+"."+c.Operation]++
	}
	return fmt.Sprintf("%d calls: %v", len(s.Calls()), count)
}

// TestPlanningOneNewShareCostsTheSameWhateverTheEstate counts the calls of a
// plan in a small and in a large repository. The least possible is one call for
// each thing that has to be known.
func TestPlanningOneNewShareCostsTheSameWhateverTheEstate(t *testing.T) {
	t.Parallel()
	const most = 15
	large := 1000
	if cases(t) < 2000 {
		large = 100 // under the race detector the size of the estate tells nothing more
	}
	for _, shares := range []int{10, large} {
		t.Run(fmt.Sprint(shares, " shares"), func(t *testing.T) {
			t.Parallel()
			l := newDirectLab(t, largeWorld(1001, 10_000), awssim.Options{})
			files := map[string]string{"lakeshare.yaml": baseConfig}
			for i := range shares {
				files[fmt.Sprintf("shares/t%04d.yaml", i)] = oneTable(i)
			}
			l.commit(files)
			l.mustApply()
			l.commit(map[string]string{"shares/new.yaml": oneTable(1000)})
			l.server.ResetCalls()
			p := l.plan()
			if len(p.Changes) == 0 || len(p.Blocked) > 0 {
				t.Fatalf("changes %v, blocked %v", p.Changes, p.Blocked)
			}
			t.Log(operations(l.server))
			if n := len(l.server.Calls()); n > most {
				t.Errorf("%d calls, want at most %d", n, most)
			}
		})
	}
}

// TestFirstApplyOfAHundredTables counts the calls of an apply with its
// read-back. A hundred of them make links, for which AWS has no batch.
func TestFirstApplyOfAHundredTables(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		switches awssim.Switches
		most     int
	}{
		"the consumer's sweep shows rows on foreign objects":         {awssim.Switches{}, 180},
		"the consumer's sweep does not show rows on foreign objects": {awssim.Switches{SweepHidesForeign: true}, 280},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newDirectLab(t, largeWorld(100, 0), awssim.Options{Switches: tt.switches})
			files := map[string]string{"lakeshare.yaml": baseConfig}
			for i := range 100 {
				files[fmt.Sprintf("shares/t%04d.yaml", i)] = oneTable(i)
			}
			l.commit(files)
			l.mustApply()
			t.Log(operations(l.server))
			if n := len(l.server.Calls()); n > tt.most {
				t.Errorf("%d calls, want at most %d", n, tt.most)
			}
			l.server.ResetCalls()
			l.mustApply()
			if w := l.writes(); len(w) > 0 {
				t.Errorf("doing nothing writes: %v", w)
			}
		})
	}
}
