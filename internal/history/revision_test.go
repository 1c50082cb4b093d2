package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
)

const merged = `
-- commit 1: start --
tag: v1.0
-- shares/a.yaml --
one
two
three
-- commit 2: on the branch --
branch: feature/x
author: Bea <bea@example.com>
-- shares/a.yaml --
one
two of Bea
three
-- commit 3: meanwhile on main --
-- shares/b.yaml --
b
-- commit 4: merge it --
merge: feature/x
`

func TestRevisionsMeanWhatTheyMeanToGit(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	refs := filepath.Join(fix.Dir, ".git", "refs")
	write(t, filepath.Join(refs, "remotes", "origin", "main"), fix.Commit(3)+"\n")
	write(t, filepath.Join(refs, "remotes", "origin", "HEAD"), "ref: refs/remotes/origin/main\n")
	r := open(t, fix.Dir)
	for rev, n := range map[string]int{
		"HEAD": 4, "@": 4, "main": 4, "refs/heads/main": 4, "heads/main": 4,
		"v1.0": 1, "feature/x": 2, "origin/main": 3, "origin": 3,
		fix.Commit(2): 2, fix.Commit(2)[:9]: 2, strings.ToUpper(fix.Commit(2)[:8]): 2,
		"HEAD~": 3, "HEAD^": 3, "HEAD^1": 3, "HEAD^2": 2, "HEAD~1": 3, "HEAD~2": 1, "HEAD^^": 1,
		"HEAD^2~1": 1, "HEAD^0": 4, "HEAD~0": 4, "v1.0^{commit}": 1, "v1.0^{}": 1, "main^{}^2": 2,
	} {
		if got, err := r.Resolve(rev); err != nil || got != fix.Commit(n) {
			t.Errorf("%s: %s, %v; want commit %d", rev, got, err, n)
		}
	}
}

func TestUnknownRevisionsAreNamedWithWhatIsNear(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	write(t, filepath.Join(fix.Dir, ".git", "refs", "remotes", "origin", "release"), fix.Commit(3)+"\n")
	r := open(t, fix.Dir)
	for rev, want := range map[string]string{
		"mian":                      "did you mean main?",
		"v1":                        "did you mean v1.0?",
		"feature/y":                 "did you mean feature/x?",
		"release":                   "did you mean origin/release?",
		"zzz":                       "no such branch, tag or commit",
		"config":                    "no such branch, tag or commit", // a file of .git
		"":                          "no such branch, tag or commit",
		"~1":                        "no such branch, tag or commit",
		"^":                         "no such branch, tag or commit",
		"../HEAD":                   "not understood",
		"main@{1}":                  "not understood",
		"main:shares":               "not understood",
		"HEAD^{tree}":               "not understood",
		"HEAD~x":                    "not understood",
		"HEAD^3":                    "only 2 parents",
		"HEAD~9":                    "only 0 parents",
		"HEAD~99999999999999999999": "no such commit",
		strings.Repeat("1", 40):     "not in this clone",
		"1111111":                   "no such branch, tag or commit",
		"\x00":                      "no such branch, tag or commit",
	} {
		_, err := r.Resolve(rev)
		wantError(t, err, "resolve revision", want)
	}
}

func FuzzResolveNeverPanics(f *testing.F) {
	for _, rev := range []string{"", "~", "^", "HEAD^2~3", "@{-1}", ":/x", "a..b", "^{/x}", "refs/", "HEAD^{commit}~"} {
		f.Add(rev)
	}
	dir := f.TempDir()
	if _, err := historytest.Build(dir, []byte(merged)); err != nil {
		f.Fatal(err)
	}
	r, err := history.Open(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, rev string) {
		if got, err := r.Resolve(rev); err == nil && len(got) != 40 {
			t.Errorf("%q: %q", rev, got)
		}
	})
}

func TestTheTipOfADetachedHead(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	write(t, filepath.Join(fix.Dir, ".git", "HEAD"), fix.Commit(3)+"\n")
	if tip, err := open(t, fix.Dir).Tip(); err != nil || tip != fix.Commit(3) {
		t.Errorf("%s, %v", tip, err)
	}
}

func TestTheTipOfABranchWithoutCommits(t *testing.T) {
	t.Parallel()
	r := open(t, historytest.FromTxtar(t, "").Dir)
	_, err := r.Tip()
	wantError(t, err, "read HEAD", "branch main", "commit lakeshare.yaml")
	if !errors.Is(err, history.ErrNoCommits) {
		t.Errorf("%v is not ErrNoCommits", err)
	}
	_, err = r.Resolve("HEAD")
	wantError(t, err, "no commits yet")
	_, err = r.Dirty(yaml)
	wantError(t, err, "no commits yet")
}

func TestTheDefaultBranchIsTheOneOfOrigin(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	r := open(t, fix.Dir)
	check := func(branch string, n int) {
		t.Helper()
		if got, err := r.DefaultTip(branch); err != nil || got != fix.Commit(n) {
			t.Errorf("%q: %s, %v; want commit %d", branch, got, err, n)
		}
	}
	check("main", 4)
	_, err := r.DefaultTip("")
	wantError(t, err, "git remote set-head origin --auto")
	origin := filepath.Join(fix.Dir, ".git", "refs", "remotes", "origin")
	write(t, filepath.Join(origin, "main"), fix.Commit(3)+"\n")
	write(t, filepath.Join(origin, "HEAD"), "ref: refs/remotes/origin/main\n")
	check("main", 3)
	check("", 3)
	check("feature/x", 2)
	_, err = r.DefaultTip("mian")
	wantError(t, err, "mian", "git fetch origin", "did you mean main")
}

func TestCommitsMadeAfterOpenAreSeen(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, twoCommits)
	r := open(t, fix.Dir)
	if _, err := r.Files(fix.Commit(1), yaml); err != nil {
		t.Fatal(err)
	}
	more := historytest.FromTxtar(t, merged)
	repack(t, more.Dir)
	if err := os.CopyFS(filepath.Join(fix.Dir, ".git", "objects", "pack"),
		os.DirFS(filepath.Join(more.Dir, ".git", "objects", "pack"))); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Files(more.Commit(4), yaml); err != nil {
		t.Error(err)
	}
}
