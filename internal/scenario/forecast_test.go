package scenario

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/awssim"
)

// TestForecastOfCallsComesTrue compares what a plan says will be sent with what
// is sent. Revocations on new containers and acceptances depend on what is found
// on the way and are left out.
func TestForecastOfCallsComesTrue(t *testing.T) {
	t.Parallel()
	compared := []string{"BatchGrantPermissions", "CreateDataCellsFilter", "CreateTable", "CreateDatabase", "RegisterResource"}
	for _, formName := range slices.Sorted(maps.Keys(forms())) {
		for contentName, c := range contents() {
			t.Run(formName+", "+contentName, func(t *testing.T) {
				t.Parallel()
				l := newDirectLab(t, baseWorld, awssim.Options{})
				to := strings.Replace(forms()[formName].to, "%s", c.more, 1)
				l.commit(map[string]string{"lakeshare.yaml": baseConfig, "shares/one.yaml": share(c.tables, to)})
				foreseen, sent := map[string]int{}, map[string]int{}
				for _, f := range aws.Foresee(l.plan().Stages()) {
					_, call, _ := strings.Cut(f.Call, ":")
					foreseen[call] += f.Count
				}
				l.server.ResetCalls()
				l.mustApply()
				for _, call := range l.server.Calls() {
					if call.Writes {
						sent[call.Operation]++
					}
				}
				for _, m := range []map[string]int{foreseen, sent} {
					maps.DeleteFunc(m, func(call string, _ int) bool { return !slices.Contains(compared, call) })
				}
				if d := cmp.Diff(foreseen, sent); d != "" {
					t.Errorf("foreseen and sent (-foreseen +sent):\n%s", d)
				}
			})
		}
	}
}
