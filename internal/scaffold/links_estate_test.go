package scaffold_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare"
	"github.com/lakeshare/lakeshare/internal/cli"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

const ownName = `version: 1
owner: "@acme/sales-data"
reason: The tools of analytics expect their own names.
from: {account: sales, database: sales}
tables: {orders: {}}
to:
  - account: analytics
    principals: [role/Analyst]
    link: {container: Own_Name}
`

// TestEveryLinkOfTheSampleIsAllowed, and what is shared is not: the resources in
// the files that init writes are matched with what the shares ask for.
func TestEveryLinkOfTheSampleIsAllowed(t *testing.T) {
	t.Parallel()
	dir := estate(t, "")
	config := read(t, dir, manifest.ConfigFile)
	config = strings.Replace(config, `"rl_*": {}`, `"rl_*": {}, own_name: {}`, 1)
	for name, text := range map[string]string{manifest.ConfigFile: config, "shares/sales/own.yaml": ownName} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := lakeshareIn(t, dir, "init", "--repository", "acme/lake"); code != cli.ExitDone {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	files := map[string][]byte{"shares/sales/own.yaml": []byte(ownName), manifest.ConfigFile: []byte(config)}
	shares, err := fs.Glob(lakeshare.Sample, "shares/*/*.yaml")
	if err != nil || len(shares) == 0 {
		t.Fatal(shares, err)
	}
	for _, name := range shares {
		files[name] = []byte(read(t, dir, name))
	}
	source, _ := manifest.Load(files)
	tree, _ := manifest.Compile(source, time.Now())
	seen := map[string]bool{}
	for _, a := range tree.Accounts {
		may := mayDelete(t, read(t, dir, "iam/"+a.Alias+".tf"))
		for k := range tree.Wanted {
			if k.Kind != fact.Container && k.Kind != fact.Link {
				if k.Object.Type == fact.Database && k.Object.Catalog == a.Place.Account && k.Kind == fact.AccountGrant && may(k.Object.Database) {
					t.Errorf("the apply role of %s may delete %s, which is shared", a.Alias, k.Object.Database)
				}
				continue
			}
			if k.At == a.Place {
				seen[k.Object.Database] = true
				if !may(k.Object.Database) {
					t.Errorf("the apply role of %s may not make or drop %s", a.Alias, k.Object.Database)
				}
			}
		}
	}
	if !seen["own_name"] || !seen["sales_shared"] {
		t.Errorf("links were looked for in %v only", seen)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// mayDelete matches names with what the apply role may delete.
func mayDelete(t *testing.T, terraform string) func(database string) bool {
	t.Helper()
	var patterns []string
	for _, text := range documents(terraform, "<<-JSON") {
		var w written
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		for _, s := range w.Statement {
			if !slices.Contains(s.Action, "glue:DeleteDatabase") {
				continue
			}
			for _, r := range s.Resource {
				if _, name, ok := strings.Cut(r, ":database/"); ok {
					patterns = append(patterns, name)
				}
			}
		}
	}
	return func(database string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return fact.Match(p, database) })
	}
}
