package history_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
)

func TestFilesOfEachCommitAndOfTheDisk(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, twoCommits+`
-- working tree --
-- shares/deep/er/b.yaml --
b: 1
`)
	r := open(t, fix.Dir)
	if diff := cmp.Diff(fix.Dir, r.Root()); diff != "" {
		t.Errorf("root (-want +got):\n%s", diff)
	}
	read := map[string]func() (map[string][]byte, error){
		"a: 1\n": func() (map[string][]byte, error) { return r.Files(fix.Commit(1), yaml) },
		"a: 2\n": func() (map[string][]byte, error) { return r.Files(fix.Commit(2), yaml) },
		"disk":   func() (map[string][]byte, error) { return history.WorkingTree(fix.Dir, yaml) },
	}
	for text, files := range read {
		want := map[string]string{"lakeshare.yaml": "version: 1\n", "shares/a.yaml": text}
		if text == "disk" {
			want["shares/a.yaml"], want["shares/deep/er/b.yaml"] = "a: 2\n", "b: 1\n"
		}
		got, err := files()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, texts(got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestACommitThatIsNotThereIsNotAnEmptyOne(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, twoCommits)
	r := open(t, fix.Dir)
	_, err := r.Files(strings.Repeat("1", 40), yaml)
	wantError(t, err, "read files of commit 1111", "not in this clone", "git fetch")
	_, err = r.Files("main", yaml)
	wantError(t, err, "40 hexadecimal digits")

	objects := filepath.Join(fix.Dir, ".git", "objects")
	if err := os.RemoveAll(objects); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", "pack"} {
		if err := os.MkdirAll(filepath.Join(objects, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err = open(t, fix.Dir).Files(fix.Commit(2), yaml)
	wantError(t, err, "object not found")
}

func TestLinksAndSubmodulesInThePlaceOfFilesAreRefused(t *testing.T) {
	t.Parallel()
	links := `
-- commit 1: links --
link: shares/a.yaml -> ../secret
link: shares/team -> ../elsewhere
link: docs -> elsewhere
submodule: shares/sub
submodule: vendor/sub
-- shares/b.yaml --
b
`
	fix := historytest.FromTxtar(t, links)
	_, err := open(t, fix.Dir).Files(fix.Commit(1), yaml)
	wantError(t, err, "shares/a.yaml is a symbolic link", "shares/sub is a submodule", "shares/team is a symbolic link")
	for _, not := range []string{"docs", "vendor"} {
		if strings.Contains(err.Error(), not) {
			t.Errorf("%q names %s, where nothing is kept", err, not)
		}
	}
	_, err = open(t, fix.Dir).Dirty(yaml)
	wantError(t, err, "shares/a.yaml is a symbolic link")
}

func TestLinksOnDiskAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() // no repository
	write(t, filepath.Join(dir, "shares", "b.yaml"), "b")
	write(t, filepath.Join(dir, "shares", "sub", ".git"), "gitdir: elsewhere")
	write(t, filepath.Join(dir, "vendor", "sub", ".git", "HEAD"), "")
	write(t, filepath.Join(dir, "secret"), "s")
	for to, from := range map[string]string{
		"shares/a.yaml": "../secret", "shares/team": "../vendor", "docs": "vendor", "shares/gone.yaml": "nowhere",
	} {
		if err := os.Symlink(from, filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "shares", "dir.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := history.WorkingTree(dir, yaml)
	wantError(t, err, "shares/a.yaml is a symbolic link, shares/gone.yaml is a symbolic link, "+
		"shares/sub is a repository of its own, shares/team is a symbolic link: only")
}

func TestBigFilesAreCutOff(t *testing.T) {
	t.Parallel()
	const limit = 1<<20 + 1
	var archive bytes.Buffer
	for n, size := range []int{limit - 1, limit, limit + 1, 3 * limit} {
		fmt.Fprintf(&archive, "-- commit %d: more --\n-- shares/a.yaml --\n%s\n", n+1, strings.Repeat("x", size-1))
	}
	fix := historytest.FromTxtar(t, archive.String())
	for _, packed := range []bool{false, true} {
		if packed {
			repack(t, fix.Dir)
		}
		r := open(t, fix.Dir)
		for n, want := range []int{limit - 1, limit, limit, limit} {
			files, err := r.Files(fix.Commit(n+1), yaml)
			if err != nil || len(files["shares/a.yaml"]) != want {
				t.Errorf("packed %v, commit %d: %d bytes, %v", packed, n+1, len(files["shares/a.yaml"]), err)
			}
		}
		if dirty, err := r.Dirty(yaml); len(dirty) > 0 || err != nil {
			t.Errorf("dirty %v, %v", dirty, err)
		}
	}
	files, err := history.WorkingTree(fix.Dir, yaml)
	if err != nil || len(files["shares/a.yaml"]) != limit {
		t.Errorf("disk: %d bytes, %v", len(files["shares/a.yaml"]), err)
	}
}

func TestDirtyIsWhatDiffersFromHead(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, `
-- commit 1: shares --
-- .gitignore --
shares/ignored.yaml
-- lakeshare.yaml --
version: 1
-- notes.txt --
ours not
-- shares/changed.yaml --
a: 1
-- shares/deleted.yaml --
b: 1
-- shares/ends.yaml --
c: 1
-- shares/same.yaml --
d: 1
-- working tree --
delete: shares/deleted.yaml
-- notes.txt --
not ours
-- shares/added.yaml --
new
-- shares/changed.yaml --
a: 2
-- shares/ignored.yaml --
new
`)
	r := open(t, fix.Dir)
	write(t, filepath.Join(fix.Dir, "shares", "ends.yaml"), "c: 1\r\n")
	config := filepath.Join(fix.Dir, ".git", "config")
	want := []string{"shares/added.yaml", "shares/changed.yaml", "shares/deleted.yaml", "shares/ends.yaml", "shares/ignored.yaml"}
	for _, autocrlf := range []string{"false", "input", "true"} {
		write(t, config, "[core]\n\tautocrlf = "+autocrlf+"\n")
		wanted := want
		if autocrlf != "false" {
			wanted = append(append([]string{}, want[:3]...), want[4:]...)
		}
		got, err := r.Dirty(yaml)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("autocrlf %s (-want +got):\n%s", autocrlf, diff)
		}
	}
	clean, err := open(t, historytest.FromTxtar(t, twoCommits).Dir).Dirty(yaml)
	if err != nil || len(clean) > 0 {
		t.Errorf("clean checkout: %v, %v", clean, err)
	}
}
