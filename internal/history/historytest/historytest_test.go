package historytest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
)

const story = `
-- commit 1: start --
-- a.yaml --
a
-- b/c.yaml --
c
-- commit 2: aside --
branch: side
delete: b/c.yaml
-- d.yaml --
d
-- commit 3: merge --
merge: side
tag: v1
-- working tree --
delete: a.yaml
-- e.yaml --
e
`

func TestTheSameArchiveIsAlwaysTheSameRepository(t *testing.T) {
	t.Parallel()
	first, second := historytest.FromTxtar(t, story), historytest.FromTxtar(t, story)
	if diff := cmp.Diff(first.Commits, second.Commits); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	files, err := filepath.Glob(filepath.Join(first.Dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
	}
	if diff := cmp.Diff([]string{"d.yaml", "e.yaml"}, names); diff != "" {
		t.Errorf("files on disk (-want +got):\n%s", diff)
	}
	tag, err := os.ReadFile(filepath.Join(first.Dir, ".git", "refs", "tags", "v1"))
	if err != nil || strings.TrimSpace(string(tag)) != first.Commit(3) {
		t.Errorf("tag %s, %v", tag, err)
	}
}

func TestAMistakeInAnArchiveIsNamed(t *testing.T) {
	t.Parallel()
	for archive, want := range map[string]string{
		"-- a.yaml --\n":                                  "expected `-- commit 1: message --`",
		"-- commit 2: x --\n":                             "expected `commit 1: message`",
		"-- commit 1: x --\n-- commit 1: y --\n":          "expected `commit 2: message`",
		"-- commit 1: x --\nnonsense\n":                   "expected `key: value`",
		"-- commit 1: x --\ncolour: red\n":                "colour is not known",
		"-- commit 1: x --\nmerge: y\n":                   "no branch y",
		"-- commit 1: x --\ndelete: y\n":                  "no file y",
		"-- commit 1: x --\ndate: y\n":                    "date",
		"-- commit 1: x --\nauthor: y\n":                  "author",
		"-- commit 1: x --\n-- working tree --\ntag: y\n": "tag is not known there",
	} {
		_, err := historytest.Build(t.TempDir(), []byte(archive))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", archive, err, want)
		}
	}
}
