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

const twoCommits = `
-- commit 1: first share --
tag: v1
-- lakeshare.yaml --
version: 1
-- shares/a.yaml --
a: 1
-- commit 2: change it --
author: Bea <bea@example.com>
-- shares/a.yaml --
a: 2
-- notes.txt --
not ours
`

// yaml is what lakeshare keeps.
func yaml(path string) bool {
	return path == "lakeshare.yaml" || strings.HasPrefix(path, "shares/") && strings.HasSuffix(path, ".yaml")
}

func open(t testing.TB, dir string) *history.Repo {
	t.Helper()
	r, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// texts makes files readable in a diff.
func texts(files map[string][]byte) map[string]string {
	out := map[string]string{}
	for path, data := range files {
		out[path] = string(data)
	}
	return out
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
}

func TestPathsAreRelativeToTheDirectoryOfTheConfiguration(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, `
-- commit 1: nothing of ours yet --
-- README.md --
hello
-- commit 2: the lake comes --
-- data/lake/lakeshare.yaml --
version: 1
-- data/lake/shares/a.yaml --
a: 1
-- shares/other.yaml --
of somebody else
`)
	r := open(t, filepath.Join(fix.Dir, "data", "lake"))
	if r.Prefix() != "data/lake" || r.Path("shares/a.yaml") != "data/lake/shares/a.yaml" {
		t.Errorf("prefix %q, path %q", r.Prefix(), r.Path("shares/a.yaml"))
	}
	if r.Dir() != filepath.Join(r.Root(), "data", "lake") || open(t, fix.Dir).Prefix() != "" {
		t.Errorf("root %s, dir %s", r.Root(), r.Dir())
	}
	for n, want := range []map[string]string{
		{}, // before the directory was there
		{"lakeshare.yaml": "version: 1\n", "shares/a.yaml": "a: 1\n"},
	} {
		files, err := r.Files(fix.Commit(n+1), yaml)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, texts(files)); diff != "" {
			t.Errorf("commit %d (-want +got):\n%s", n+1, diff)
		}
	}
	change, err := r.LastChanged(fix.Commit(2), "shares/a.yaml", 1)
	if err != nil || change.Commit != fix.Commit(2) {
		t.Errorf("last change %v, %v", change, err)
	}
}

func TestWhatTheConfigurationDirectoryWasBeforeIsNotGuessed(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, `
-- commit 1: a link first --
link: lake -> elsewhere
-- commit 2: a directory then --
delete: lake
-- lake/lakeshare.yaml --
version: 1
`)
	_, err := open(t, filepath.Join(fix.Dir, "lake")).Files(fix.Commit(1), yaml)
	wantError(t, err, "lake", "not a directory there")
}

func TestOpenSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	fix := func(file, text string) string {
		dir := historytest.FromTxtar(t, twoCommits).Dir
		write(t, filepath.Join(dir, file), text)
		return dir
	}
	broken := t.TempDir()
	write(t, filepath.Join(broken, ".git"), "nonsense")
	config := "[core]\n\trepositoryformatversion = 1\n[extensions]\n\t"
	for _, tt := range []struct {
		name, dir string
		want      []string
	}{
		{"no repository", t.TempDir(), []string{"not in a git repository", "git init"}},
		{"no directory", filepath.Join(t.TempDir(), "absent"), []string{"absent"}},
		{"a file", filepath.Join(fix("x", ""), "x"), []string{"not a directory"}},
		{"shallow", fix(".git/shallow", strings.Repeat("1", 40)+"\n"), []string{"shallow", "git fetch --unshallow", "fetch-depth: 0"}},
		{"partial", fix(".git/config", config+"partialClone = origin\n"), []string{"partial clone", "--filter"}},
		{"reftable", fix(".git/config", config+"refStorage = reftable\n"), []string{"reftable"}},
		{"future", fix(".git/config", config+"quantum = true\n"), []string{"extensions.quantum"}},
		{"broken .git", broken, []string{"gitdir: "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := history.Open(tt.dir)
			wantError(t, err, append(tt.want, "open repository")...)
			if got := errors.Is(err, history.ErrNotRepository); got != (tt.name == "no repository") {
				t.Errorf("ErrNotRepository: %v", got)
			}
		})
	}
}

func TestExtensionsOfSparseCheckoutsAndWorkTreesAreFine(t *testing.T) {
	t.Parallel()
	dir := historytest.FromTxtar(t, twoCommits).Dir
	write(t, filepath.Join(dir, ".git", "config"),
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n\trelativeWorktrees = true\n\tobjectFormat = sha1\n")
	if _, err := open(t, dir).Tip(); err != nil {
		t.Error(err)
	}
}

func TestALinkedWorkTreeHasItsOwnHeadAndSharesTheRest(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, twoCommits)
	linked := t.TempDir()
	own := filepath.Join(fix.Dir, ".git", "worktrees", "linked")
	write(t, filepath.Join(linked, ".git"), "gitdir: "+own+"\n")
	write(t, filepath.Join(own, "HEAD"), fix.Commit(1)+"\n") // detached
	write(t, filepath.Join(own, "commondir"), "../..\n")
	write(t, filepath.Join(own, "gitdir"), filepath.Join(linked, ".git")+"\n")
	write(t, filepath.Join(linked, "shares", "a.yaml"), "a: 1\n")

	r := open(t, linked)
	if tip, err := r.Tip(); err != nil || tip != fix.Commit(1) {
		t.Errorf("tip %s, %v", tip, err)
	}
	if c, err := r.Resolve("main"); err != nil || c != fix.Commit(2) {
		t.Errorf("main %s, %v", c, err)
	}
	dirty, err := r.Dirty(yaml)
	if diff := cmp.Diff([]string{"lakeshare.yaml"}, dirty); diff != "" || err != nil {
		t.Errorf("dirty %v (-want +got):\n%s", err, diff)
	}
	// The record is of the repository, not of one work tree; packed refs too.
	if err := r.Recorder().Start(fix.Commit(1)); err != nil {
		t.Fatal(err)
	}
	if err := packRefs(t, fix.Dir); err != nil {
		t.Fatal(err)
	}
	wantRecord(t, open(t, fix.Dir).Recorder(), history.Record{Started: []string{fix.Commit(1)}})
	if err := r.Recorder().Complete(fix.Commit(1)); err != nil {
		t.Fatal(err)
	}
	wantRecord(t, open(t, fix.Dir).Recorder(), history.Record{Applied: fix.Commit(1)})
}
