package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
)

func wantRecord(t *testing.T, rec history.Recorder, want history.Record) {
	t.Helper()
	got, err := rec.Load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestBothRecordersTellTheSameStory(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	a, b, c := fix.Commit(1), fix.Commit(2), fix.Commit(3)
	saved := 0
	for name, recorder := range map[string]history.Recorder{
		"refs":   open(t, fix.Dir).Recorder(),
		"memory": history.MemoryRecord(&history.Record{}, func() error { saved++; return nil }),
	} {
		t.Run(name, func(t *testing.T) {
			story := []struct {
				do     func(string) error
				commit string
				want   history.Record
			}{
				{recorder.Start, b, history.Record{Started: []string{b}}},
				{recorder.Start, b, history.Record{Started: []string{b}}}, // run again
				{recorder.Start, a, history.Record{Started: []string{b, a}}},
				{recorder.Start, b, history.Record{Started: []string{b, a, b}}},
				{recorder.Complete, b, history.Record{Applied: b}},
				{recorder.Start, b, history.Record{Applied: b, Started: []string{b}}},
				{recorder.Start, c, history.Record{Applied: b, Started: []string{b, c}}},
				{recorder.Complete, c, history.Record{Applied: c}},
				{recorder.Complete, a, history.Record{Applied: a}},
			}
			wantRecord(t, recorder, history.Record{})
			for _, step := range story {
				if err := step.do(step.commit); err != nil {
					t.Fatal(err)
				}
				wantRecord(t, recorder, step.want)
			}
			for _, do := range []func(string) error{recorder.Start, recorder.Complete} {
				wantError(t, do(""), "record ")
			}
		})
	}
	if saved != 8 { // all but the start that was run again
		t.Errorf("saved %d times", saved)
	}
}

func TestARecordInMemoryThatCannotBeSavedIsAsBefore(t *testing.T) {
	t.Parallel()
	rec := history.Record{Applied: "a", Started: []string{"b"}}
	recorder := history.MemoryRecord(&rec, func() error { return errors.New("disk full") })
	wantError(t, recorder.Start("c"), "record start of c: disk full")
	wantError(t, recorder.Complete("c"), "record completion of c: disk full")
	if diff := cmp.Diff(history.Record{Applied: "a", Started: []string{"b"}}, rec); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := history.MemoryRecord(nil, nil).Start("a"); err != nil {
		t.Error(err)
	}
}

func TestTheRecordIsReadableRefs(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	recorder := open(t, fix.Dir).Recorder()
	for _, n := range []int{2, 1} {
		if err := recorder.Start(fix.Commit(n)); err != nil {
			t.Fatal(err)
		}
	}
	refs := filepath.Join(fix.Dir, ".git", "refs", "lakeshare")
	for name, n := range map[string]int{"000001-" + fix.Commit(2)[:12]: 2, "000002-" + fix.Commit(1)[:12]: 1} {
		text, err := os.ReadFile(filepath.Join(refs, "started", name))
		if err != nil || string(text) != fix.Commit(n)+"\n" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	// Written by hand, as the design names them; a lock of git is no ref.
	for _, n := range []int{4, 3} {
		write(t, filepath.Join(refs, "started", fix.Commit(n)), fix.Commit(n)+"\n")
	}
	write(t, filepath.Join(refs, "started", "x.lock"), "")
	write(t, filepath.Join(refs, "later"), "of a later version")
	wantRecord(t, recorder, history.Record{Started: []string{fix.Commit(3), fix.Commit(4), fix.Commit(2), fix.Commit(1)}})
}

func TestPackedRefsCountAndGoToo(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	recorder := open(t, fix.Dir).Recorder()
	for _, step := range []error{
		recorder.Complete(fix.Commit(1)), recorder.Start(fix.Commit(3)), packRefs(t, fix.Dir), recorder.Start(fix.Commit(4)),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	wantRecord(t, recorder, history.Record{Applied: fix.Commit(1), Started: []string{fix.Commit(3), fix.Commit(4)}})
	if err := recorder.Complete(fix.Commit(4)); err != nil {
		t.Fatal(err)
	}
	wantRecord(t, recorder, history.Record{Applied: fix.Commit(4)})
	if tip, err := open(t, fix.Dir).Resolve("main"); err != nil || tip != fix.Commit(4) {
		t.Errorf("the other packed refs: %s, %v", tip, err)
	}
}

func TestACompletionCutShortLeavesTreesBeforeRatherThanTakingThem(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	recorder := open(t, fix.Dir).Recorder()
	for _, n := range []int{1, 2} {
		if err := recorder.Start(fix.Commit(n)); err != nil {
			t.Fatal(err)
		}
	}
	// go-git removes the first file, then stumbles over this.
	write(t, filepath.Join(fix.Dir, ".git", "packed-refs"), "not what git writes\n")
	wantError(t, recorder.Complete(fix.Commit(2)), "record completion of", "remove refs/lakeshare/started/000001-")
	wantRecord(t, recorder, history.Record{Applied: fix.Commit(2), Started: []string{fix.Commit(2)}})
}

func TestATreeBeforeThatIsGoneStopsTheRun(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"applied", "started/000001-111111111111"} {
		for _, value := range []string{strings.Repeat("1", 40), "", "ref: refs/heads/main"} {
			fix := historytest.FromTxtar(t, merged)
			write(t, filepath.Join(fix.Dir, ".git", "refs", "lakeshare", filepath.FromSlash(ref)), value+"\n")
			recorder := open(t, fix.Dir).Recorder()
			_, err := recorder.Load()
			wantError(t, err, "read record: a tree before cannot be read", "refs/lakeshare/"+ref, "--base")
			wantError(t, recorder.Start(fix.Commit(4)), "a tree before cannot be read")
		}
	}
}

func TestWhatCannotBeRecordedIsAnError(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	recorder := open(t, fix.Dir).Recorder()
	wantError(t, recorder.Start(strings.Repeat("1", 40)), "not in this clone")
	wantError(t, recorder.Complete(fix.Commit(1)[:12]), "40 hexadecimal digits")
	// File permissions do not stop root, a file in the place of a directory does.
	write(t, filepath.Join(fix.Dir, ".git", "refs", "lakeshare"), "")
	wantError(t, recorder.Start(fix.Commit(1)), "record start of", "must be writable")
	wantError(t, recorder.Complete(fix.Commit(1)), "record completion of", "must be writable")
}
