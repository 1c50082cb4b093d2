package manifest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/lakeshare/lakeshare/internal/fact"
)

var update = flag.Bool("update", false, "rewrite golden files")

// day is the date on which the corpus is compiled.
var day = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// TestCorpus compiles every archive of testdata/compile. Its last file, want,
// lists the findings and the facts. What a file of version 1 compiles to never
// changes, names included: an archive here is only ever added.
func TestCorpus(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/compile/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files, want := map[string][]byte{}, ""
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files[f.Name] = f.Data
			}
			got := describeTree(files)
			if *update {
				rewrite(t, path, a, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

func rewrite(t *testing.T, path string, a *txtar.Archive, got string) {
	t.Helper()
	n := len(a.Files)
	if n > 0 && a.Files[n-1].Name == "want" {
		n--
	}
	a.Files = append(a.Files[:n], txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func describeTree(files map[string][]byte) string {
	tree, findings := Load(files)
	compiled, more := Compile(tree, day)
	var b strings.Builder
	for _, f := range append(findings, more...).Sorted() {
		fmt.Fprintf(&b, "%s\n  %s\n", f, f.Hint)
	}
	for _, part := range []struct {
		name  string
		facts map[fact.Key]fact.Want
	}{{"", compiled.Wanted}, {"ended ", compiled.Ended}, {"absent ", compiled.Absent}, {"released ", compiled.Released}} {
		for _, k := range fact.SortedKeys(part.facts) {
			b.WriteString(part.name + describeWant(k, part.facts[k]))
		}
	}
	for _, w := range compiled.Onward {
		fmt.Fprintf(&b, "onward %s: %s\n", w.Who, w.What)
		for _, c := range w.Commands {
			fmt.Fprintf(&b, "  %s\n", c)
		}
	}
	return b.String()
}

func describeWant(k fact.Key, w fact.Want) string {
	s := k.String()
	if w.Body.Grantable {
		s += " +option"
	}
	if k.Kind == fact.Filter {
		s += fmt.Sprintf(" columns=%s rows=%q", w.Body.Columns, w.Body.Rows)
	}
	if k.Kind == fact.Link {
		s += " -> " + w.Body.Target.String()
	}
	for _, o := range w.Origins {
		s += " @" + o.String()
	}
	return s + "\n"
}
