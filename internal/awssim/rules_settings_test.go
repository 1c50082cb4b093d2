package awssim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func settingsOf(a actor, change func(map[string]any)) reply {
	a.Helper()
	settings, ok := a.lf("GetDataLakeSettings", nil).ok().doc["DataLakeSettings"].(map[string]any)
	if !ok {
		a.Fatalf("no settings")
	}
	change(settings)
	return a.lf("PutDataLakeSettings", map[string]any{"DataLakeSettings": settings})
}

func TestR44_SettingsAreReplaced(t *testing.T) {
	rule(t, "R44", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		version := func(v string) reply {
			return settingsOf(a, func(m map[string]any) { m["Parameters"] = map[string]any{"CROSS_ACCOUNT_VERSION": v} })
		}
		version("5").ok()
		version("4").fails(input, "cannot be lowered")
		version("9").fails(input, "between 1 and 5")
		settingsOf(a, func(m map[string]any) { m["Parameters"] = map[string]any{"CrossAccountVersion": "4"} }).
			fails(input, "Valid Parameters Keys are: [CROSS_ACCOUNT_VERSION], but found: [CrossAccountVersion]")
		settingsOf(a, func(m map[string]any) { m["DataLakeAdmins"] = []any{a.who("role/Gone")} }).fails(input, "Invalid principal")
		settingsOf(a, func(m map[string]any) {
			m["CreateTableDefaultPermissions"] = []any{map[string]any{"Principal": a.who("role/Reader"), "Permissions": []string{"ALL"}}}
		}).fails(input, "Default permissions")
		a.lf("PutDataLakeSettings", map[string]any{"DataLakeSettings": map[string]any{}}).ok()
		if text := l.text(a.lf("GetDataLakeSettings", nil).doc); !strings.Contains(text, `"DataLakeAdmins":[]`) || !strings.Contains(text, `"SET_CONTEXT":"TRUE"`) {
			l.Fatalf("got %s", text)
		}
	})
}

func TestR44_LeavingTheVersionOutResetsIt(t *testing.T) {
	always(t, func(l lab) {
		for keeps, want := range map[bool]string{false: `"CROSS_ACCOUNT_VERSION":"1"`, true: `"CROSS_ACCOUNT_VERSION":"4"`} {
			a := l.sim(two, awssim.Switches{PutKeepsVersion: keeps}).admin(producer)
			settingsOf(a, func(m map[string]any) { delete(m, "Parameters") }).ok()
			if text := l.text(a.lf("GetDataLakeSettings", nil).doc); !strings.Contains(text, want) {
				l.Fatalf("got %s", text)
			}
		}
	})
}

func TestR45_ThirtyAdmins(t *testing.T) {
	rule(t, "R45", func(l lab) {
		roles := []string{}
		for i := range 31 {
			roles = append(roles, fmt.Sprintf("R%d: {}", i))
		}
		a := l.sim(`accounts: {"111122223333": {roles: {` + strings.Join(roles, ", ") + `}}}`).admin(producer)
		put := func(n int) reply {
			return settingsOf(a, func(m map[string]any) {
				admins := []any{}
				for i := range n {
					admins = append(admins, a.who(fmt.Sprintf("role/R%d", i)))
				}
				m["DataLakeAdmins"] = admins
			})
		}
		put(31).fails(input, "At most 30")
		put(30).ok()
	})
}
