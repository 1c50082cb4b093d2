package scenario

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// grantByHand is what an administrator of an account does in the console.
func (l *lab) grantByHand(account, role string, resource map[string]any, permissions ...string) {
	l.t.Helper()
	l.mustByHand(account, "lakeformation", "GrantPermissions", map[string]any{
		"Principal": map[string]string{"DataLakePrincipalIdentifier": "arn:aws:iam::" + account + ":role/" + role},
		"Resource":  resource, "Permissions": permissions,
	})
}

func tableOf(owner, database, table string) map[string]any {
	return map[string]any{"Table": map[string]any{"CatalogId": owner, "DatabaseName": database, "Name": table}}
}

// history is what main asked for, one commit after the other.
var history = []map[string]string{
	{"lakeshare.yaml": baseConfig, "shares/old.yaml": share("{orders: {}}", "  - {account: sales, principals: [role/Other]}")},
	{"shares/old.yaml": "", "shares/new.yaml": share("{orders: {}}", "  - {account: inside, principals: [role/Reader]}")},
	{"shares/more.yaml": share("{customers: {columns: [id]}}", "  - {account: outside, principals: [role/Reader]}")},
}

func (l *lab) carriedOut(commits ...map[string]string) {
	l.t.Helper()
	for _, c := range commits {
		l.commit(c)
		l.mustApply()
	}
}

// TestWhatAForgedRecordCanDo moves the record to every commit that main ever had,
// and deletes it: the most that somebody can do who gets past its proofs.
// Nobody gains what main does not ask for now, and nobody loses what main has
// never asked for.
func TestWhatAForgedRecordCanDo(t *testing.T) {
	t.Parallel()
	honest := newDirectLab(t, baseWorld, awssim.Options{})
	honest.carriedOut(history...)
	wanted := readable(honest.server)
	ever := slices.Clone(wanted)
	for n := range history {
		then := newDirectLab(t, baseWorld, awssim.Options{})
		then.carriedOut(history[:n+1]...)
		ever = append(ever, readable(then.server)...)
	}
	for base := -1; base < len(history); base++ {
		for started := -1; started < len(history); started++ {
			t.Run(fmt.Sprintf("base %d, started %d", base, started), func(t *testing.T) {
				t.Parallel()
				l := newDirectLab(t, baseWorld, awssim.Options{})
				l.carriedOut(history...)
				// Not in git, and never was; and what an old commit has asked for.
				l.grantByHand(producer, "Reader", tableOf(producer, "sales", "customers"), "SELECT", "DESCRIBE")
				l.grantByHand(producer, "Other", tableOf(producer, "sales", "orders"), "SELECT", "DESCRIBE")
				// And an incident: revoked by hand what main still asks for.
				l.mustByHand(inside, "lakeformation", "RevokePermissions", map[string]any{
					"Principal": map[string]string{"DataLakePrincipalIdentifier": "arn:aws:iam::" + inside + ":role/Reader"},
					"Resource":  tableOf(producer, "sales", "orders"), "Permissions": []string{"SELECT"},
				})
				before := readable(l.server)
				if len(before) != len(wanted)-1+2 {
					t.Fatalf("by hand: %v", before)
				}
				l.base, l.started = base, nil
				if started >= 0 {
					l.started = []int{started}
				}
				l.mustApply()
				after := readable(l.server)
				if base == len(history)-1 && started < 0 && !slices.Equal(before, after) {
					t.Errorf("the true record, and yet:\n%v\n%v", before, after)
				}
				for _, line := range after {
					if !slices.Contains(before, line) && !slices.Contains(wanted, line) {
						t.Errorf("gained: %s", line)
					}
				}
				for _, line := range before {
					if !slices.Contains(after, line) && (!slices.Contains(ever, line) || slices.Contains(wanted, line)) {
						t.Errorf("lost: %s", line)
					}
				}
			})
		}
	}
}

// TestRowsThatAConsumerMakesAreLeftAlone: an account that a share goes to may
// grant on what it holds, and has grants of its own. They are no business of a
// merge, and end with the share where they hang on it.
func TestRowsThatAConsumerMakesAreLeftAlone(t *testing.T) {
	t.Parallel()
	l := newLab(t, baseWorld, awssim.Options{})
	l.carriedOut(history[0], history[1])
	l.mustByHand(inside, "glue", "CreateDatabase", map[string]any{"DatabaseInput": map[string]any{"Name": "private"}})
	l.grantByHand(inside, "Other", map[string]any{"Database": map[string]any{"CatalogId": inside, "Name": "private"}}, "DESCRIBE")
	l.grantByHand(inside, "Other", tableOf(producer, "sales", "orders"), "SELECT", "DESCRIBE")
	theirs := l.atoms(inside)
	l.carriedOut(history[2])
	if after := l.atoms(inside); !slices.Equal(theirs, after) {
		t.Errorf("a merge about others changed rows of the consumer:\n%v\n%v", theirs, after)
	}
	l.commit(map[string]string{"shares/new.yaml": ""})
	if _, err := l.apply(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, line := range readable(l.server) {
		if line[:len(inside)] == inside {
			t.Errorf("the share is gone, and still: %s", line)
		}
	}
	left := l.atoms(inside)
	if !slices.ContainsFunc(left, func(a atom) bool { return a.database == "private" && a.permission == "DESCRIBE" }) {
		t.Errorf("a row on a database of the consumer's own is gone: %v", left)
	}
}
