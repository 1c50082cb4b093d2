package manifest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

var updateLoad = flag.Bool("update-load", false, "rewrite the goldens of testdata/load")

// TestLoadFindings loads each archive below testdata/load/err and compares the
// findings with the file "want" in it: one on a line, and its hint on the next.
func TestLoadFindings(t *testing.T) {
	t.Parallel()
	for _, name := range archives(t, "testdata/load/err/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, files, want := readArchive(t, name)
			_, findings := manifest.Load(files)
			if len(findings) == 0 {
				t.Error("no findings; the archive belongs to testdata/load/ok")
			}
			compareGolden(t, name, a, want, renderFindings(findings))
		})
	}
}

// TestLoadOK loads each archive below testdata/load/ok, which must be silent, and
// compares the tree.
func TestLoadOK(t *testing.T) {
	t.Parallel()
	for _, name := range archives(t, "testdata/load/ok/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, files, want := readArchive(t, name)
			tree, findings := manifest.Load(files)
			if len(findings) > 0 {
				t.Errorf("findings:\n%s", renderFindings(findings))
			}
			compareGolden(t, name, a, want, printTree(tree))
		})
	}
}

func archives(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives %s: %v", pattern, err)
	}
	return names
}

func readArchive(t *testing.T, name string) (a *txtar.Archive, files map[string][]byte, want string) {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range a.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		files[f.Name] = f.Data
	}
	return a, files, want
}

func compareGolden(t *testing.T, name string, a *txtar.Archive, want, got string) {
	t.Helper()
	if *updateLoad {
		a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
		a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func renderFindings(l diag.List) string {
	var b strings.Builder
	for _, f := range l {
		b.WriteString(f.String() + "\n")
		if f.Hint != "" {
			b.WriteString("    " + f.Hint + "\n")
		}
	}
	return b.String()
}

// printTree prints what is set in a tree, each text with its place.
func printTree(tree *manifest.Tree) string {
	var b strings.Builder
	if c := tree.Config; c != nil {
		fmt.Fprintf(&b, "config losses=%d %s region=%s links=%s %s %s\n", c.Losses, place(c.LossesPos), one(c.Region),
			one(c.Links.Container), one(c.Links.Table), one(c.Links.Database))
		for _, a := range c.Accounts {
			fmt.Fprintf(&b, "account %s id=%s region=%s plan=%s apply=%s\n", one(a.Alias), one(a.ID), one(a.Region), one(a.PlanRole), one(a.ApplyRole))
			for _, d := range a.Databases {
				fmt.Fprintf(&b, "  database %s access=%s %s manifests=%s\n", one(d.Pattern), d.Access, place(d.AccessPos), one(d.Manifests))
			}
			fmt.Fprintf(&b, "  storage paths=%s role=%s linked=%t policy=%s manifests=%s\n", many(a.Storage.Paths), one(a.Storage.Role),
				a.Storage.ServiceLinked, one(a.Storage.Policy), one(a.Storage.Manifests))
		}
		for _, g := range c.Principals {
			fmt.Fprintf(&b, "principals %s = %s\n", one(g.Name), many(g.Members))
		}
	}
	for i := range tree.Shares {
		printShare(&b, &tree.Shares[i])
	}
	return b.String()
}

func printShare(b *strings.Builder, s *manifest.Share) {
	fmt.Fprintf(b, "share %s file=%s owner=%s reason=%s ticket=%s expires=%s state=%s\n", s.Name, s.File,
		one(s.Owner), one(s.Reason), one(s.Ticket), one(s.Expires), one(s.State))
	if !s.Ends.IsZero() {
		fmt.Fprintf(b, "  ends %s\n", s.Ends.Format(time.RFC3339))
	}
	fmt.Fprintf(b, "  from %s account=%s database=%s tables=%s all=%t\n", place(s.From.Pos), one(s.From.Account), one(s.From.Database), place(s.TablesPos), s.AllTables)
	for _, t := range s.Tables {
		fmt.Fprintf(b, "  table %s columns=%s except=%s rows=%s filter=%s\n", one(t.Name), many(t.Columns), many(t.Except), one(t.Rows), one(t.Filter))
	}
	for _, r := range s.To {
		fmt.Fprintf(b, "  to %s account=%s organization=%s ou=%s principals=%s\n", place(r.Pos), one(r.Account), one(r.Organization), one(r.OU), many(r.Principals))
		fmt.Fprintf(b, "    permissions=%s set=%t database=%s locations=%s\n", many(r.Permissions), r.PermissionsSet, many(r.Database), many(r.Locations))
		fmt.Fprintf(b, "    direct=%t %s grantable=%t %t %s\n", r.Direct, place(r.DirectPos), r.Grantable, r.GrantableSet, place(r.GrantablePos))
		fmt.Fprintf(b, "    link %s none=%t container=%s table=%s database=%s\n", place(r.Link.Pos), r.Link.None, one(r.Link.Container), one(r.Link.Table), one(r.Link.Database))
	}
}

func one(t manifest.Text) string {
	if !t.Set() {
		return "-"
	}
	return fmt.Sprintf("%q@%d:%d", t.Value, t.Pos.Line, t.Pos.Col)
}

func many(ts []manifest.Text) string {
	var out []string
	for _, t := range ts {
		out = append(out, one(t))
	}
	return "[" + strings.Join(out, " ") + "]"
}

func place(p diag.Pos) string {
	if p == (diag.Pos{}) {
		return "-"
	}
	return fmt.Sprintf("@%d:%d", p.Line, p.Col)
}
