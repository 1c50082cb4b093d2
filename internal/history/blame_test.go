package history_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
)

func TestTheLastChangeOfALineIsFoundThroughMerges(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged+"date: 2026-02-01T12:00:00+02:00\n")
	r := open(t, fix.Dir)
	ann := history.Change{
		Commit: fix.Commit(1), Author: "Ann Example", Email: "ann@example.com",
		When: time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC), Subject: "start",
	}
	bea := history.Change{
		Commit: fix.Commit(2), Author: "Bea", Email: "bea@example.com",
		When: time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC), Subject: "on the branch",
	}
	for range 2 { // found, then remembered
		for n, want := range []history.Change{ann, bea, ann} {
			got, err := r.LastChanged(fix.Commit(4), "shares/a.yaml", n+1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("line %d (-want +got):\n%s", n+1, diff)
			}
		}
	}
	before, err := r.LastChanged(fix.Commit(3), "shares/a.yaml", 2)
	if err != nil || before.Commit != fix.Commit(1) {
		t.Errorf("before the merge: %v, %v", before, err)
	}
}

func TestNobodyChangedALineThatIsNotThere(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, `
-- commit 1: start --
link: shares/link.yaml -> a.yaml
-- shares/a.yaml --
one
-- shares/empty.yaml --
-- shares/emptied.yaml --
gone
-- commit 2: empty it --
-- shares/emptied.yaml --
-- commit 3: fill it --
-- shares/emptied.yaml --
back
`)
	r := open(t, fix.Dir)
	for _, tt := range []struct {
		path string
		line int
		want string
	}{
		{"shares/a.yaml", 0, "the file has 1 lines"},
		{"shares/a.yaml", 2, "the file has 1 lines"},
		{"shares/empty.yaml", 1, "the file has 0 lines"},
		{"shares/absent.yaml", 1, "file not found"},
		{"shares", 1, "file not found"},
		{"shares/link.yaml", 1, "not a plain file"},
		{"../a.yaml", 1, "not a path below"},
		{"", 1, "not a path below"},
	} {
		_, err := r.LastChanged(fix.Commit(3), tt.path, tt.line)
		wantError(t, err, "find last change of", tt.want)
	}
	_, err := r.LastChanged(strings.Repeat("1", 40), "shares/a.yaml", 1)
	wantError(t, err, "not in this clone")
	back, err := r.LastChanged(fix.Commit(3), "shares/emptied.yaml", 1)
	if err != nil || back.Commit != fix.Commit(3) {
		t.Errorf("a file that was empty in between: %v, %v", back, err)
	}
}
