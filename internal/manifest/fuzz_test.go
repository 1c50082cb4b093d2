package manifest_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// FuzzLoad looks for bytes on which Load panics, or says nothing about a file that
// it leaves out, or points outside the file.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/load/*/*.txtar")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if manifest.Keep(file.Name) {
				f.Add(file.Data, file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, config, share []byte) {
		tree, findings := manifest.Load(map[string][]byte{manifest.ConfigFile: config, "shares/a.yaml": share})
		if broken := len(tree.Broken) > 0; broken != findings.HasErrors() {
			t.Errorf("broken files %v, but findings are %v", tree.Broken, findings)
		}
		if (tree.Config == nil) != (len(tree.Broken) > 0 && tree.Broken[0] == manifest.ConfigFile) {
			t.Errorf("config %v, broken files %v", tree.Config, tree.Broken)
		}
		for _, found := range findings {
			if found.Rule == "" || found.Message == "" || !known(found.Pos.File) || found.Pos.Line < 0 {
				t.Errorf("incomplete finding: %#v", found)
			}
		}
		checkPlaces(t, tree)
	})
}

func known(file string) bool { return file == manifest.ConfigFile || file == "shares/a.yaml" }

// checkPlaces demands a place of whatever every share must have.
func checkPlaces(t *testing.T, tree *manifest.Tree) {
	t.Helper()
	for _, s := range tree.Shares {
		if !s.Owner.Set() || !s.Reason.Set() || !s.From.Account.Set() || s.From.Pos == (diag.Pos{}) || len(s.To) == 0 {
			t.Errorf("a share without findings is incomplete: %+v", s)
		}
		for _, r := range s.To {
			if r.Pos.Line < 1 || r.Pos.Col < 1 {
				t.Errorf("a recipient without a place: %+v", r)
			}
		}
	}
	if c := tree.Config; c != nil {
		for _, a := range c.Accounts {
			if !a.Alias.Set() || !a.ID.Set() || !a.Region.Set() {
				t.Errorf("an account without findings is incomplete: %+v", a)
			}
		}
	}
}
