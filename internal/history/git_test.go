package history_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
)

// repack moves all objects that refs lead to into one pack.
func repack(t testing.TB, dir string) {
	t.Helper()
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.RepackObjects(&git.RepackConfig{}); err != nil {
		t.Fatal(err)
	}
	err = repo.Prune(git.PruneOptions{Handler: func(plumbing.Hash) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
}

func packRefs(t testing.TB, dir string) error {
	t.Helper()
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, ok := repo.Storer.(*filesystem.Storage)
	if !ok {
		t.Fatalf("%T", repo.Storer)
	}
	return store.PackRefs()
}

// pack packs objects and refs with git if it is there, else with go-git.
func pack(t testing.TB, dir string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err == nil {
		run(t, dir, "gc", "--quiet", "--prune=now")
		return
	}
	repack(t, dir)
	if err := packRefs(t, dir); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestPackedRepositoriesReadTheSame(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	opened := open(t, fix.Dir)
	recorder := opened.Recorder()
	if err := recorder.Start(fix.Commit(2)); err != nil {
		t.Fatal(err)
	}
	want, err := opened.Files(fix.Commit(4), yaml)
	if err != nil {
		t.Fatal(err)
	}
	pack(t, fix.Dir)
	// One was opened before the objects moved, the other after.
	for _, r := range []*history.Repo{opened, open(t, fix.Dir)} {
		got, err := r.Files(fix.Commit(4), yaml)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for rev, n := range map[string]int{"v1.0": 1, "feature/x": 2, fix.Commit(3)[:10]: 3} {
			if c, err := r.Resolve(rev); err != nil || c != fix.Commit(n) {
				t.Errorf("%s: %s, %v", rev, c, err)
			}
		}
		wantRecord(t, r.Recorder(), history.Record{Started: []string{fix.Commit(2)}})
	}
}

func TestGitAgreesWithWhatIsReadAndWritten(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		return // the other tests make the same layouts with go-git
	}
	fix := historytest.FromTxtar(t, merged)
	if status := run(t, fix.Dir, "status", "--porcelain"); status != "" {
		t.Errorf("the fixture is not clean:\n%s", status)
	}
	run(t, fix.Dir, "fsck", "--strict")
	run(t, fix.Dir, "tag", "-a", "-m", "annotated", "v2", "main")
	run(t, fix.Dir, "tag", "-a", "-m", "tag of a tag", "v3", "v2")
	linked := filepath.Join(t.TempDir(), "linked")
	run(t, fix.Dir, "worktree", "add", "--quiet", "--detach", linked, "HEAD^2")

	r := open(t, linked)
	if tip, err := r.Tip(); err != nil || tip != fix.Commit(2) {
		t.Errorf("tip %s, %v", tip, err)
	}
	for _, rev := range []string{"v2", "v3", "v3~1", "main^2"} {
		want := run(t, fix.Dir, "rev-parse", rev+"^{commit}")
		if got, err := r.Resolve(rev); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", rev, got, err, want)
		}
	}
	if dirty, err := r.Dirty(yaml); err != nil || len(dirty) > 0 {
		t.Errorf("dirty %v, %v", dirty, err)
	}
	recorder := r.Recorder()
	if err := recorder.Start(fix.Commit(2)); err != nil {
		t.Fatal(err)
	}
	run(t, fix.Dir, "gc", "--quiet")
	if err := recorder.Complete(fix.Commit(2)); err != nil {
		t.Fatal(err)
	}
	refs := run(t, fix.Dir, "for-each-ref", "--format=%(refname) %(objectname)", "refs/lakeshare")
	if diff := cmp.Diff("refs/lakeshare/applied "+fix.Commit(2), refs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	url := "file://" + filepath.ToSlash(fix.Dir)
	run(t, fix.Dir, "clone", "--quiet", "--depth=1", url, filepath.Join(linked, "..", "shallow"))
	_, err := history.Open(filepath.Join(linked, "..", "shallow"))
	wantError(t, err, "shallow clone")
	run(t, fix.Dir, "clone", "--quiet", "--shared", fix.Dir, filepath.Join(linked, "..", "shared"))
	if _, err := open(t, filepath.Join(linked, "..", "shared")).Files(fix.Commit(1), yaml); err != nil {
		t.Errorf("a clone that borrows its objects: %v", err)
	}
}
