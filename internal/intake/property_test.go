package intake_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/intake"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

const propertyConfig = `version: 1
region: eu-west-1
accounts:
  sales: {id: "111122223333", databases: {sales: {}, "mart*": {}}}
  analytics: {id: "444455556666", databases: {"*_shared": {}, "rl_*": {}}}
principals:
  team: [arn:aws:iam::444455556666:role/A, arn:aws:iam::444455556666:role/B]
`

// cell is one permission in the model: who gets what on what.
type cell struct{ account, principal, database, table, permission string }

// model says what must be granted: in shares that end, and in those that do not.
type model struct{ lasting, dated map[cell]bool }

// TestRecordsBecomeFacts checks the one thing that matters: what the shares
// compile to is what they compiled to before, without what the records revoke,
// with what they grant, and nothing else. And a second run changes nothing.
func TestRecordsBecomeFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model{map[cell]bool{}, map[cell]bool{}}
		files := map[string][]byte{"lakeshare.yaml": []byte(propertyConfig)}
		for i := range rapid.IntRange(0, 3).Draw(t, "shares") {
			files[fmt.Sprintf("shares/old/%d.yaml", i)] = drawShare(t, m)
		}
		_, filters := grants(t, files)
		for range rapid.IntRange(1, 2).Draw(t, "runs") {
			records := drawRecords(t)
			data, err := json.Marshal(map[string]any{"Records": records})
			if err != nil {
				t.Fatal(err)
			}
			in := intake.Input{Name: "manifest.json", Data: data, From: "sales", Owner: "@o", Reason: "r", Files: files}
			got, err := intake.Run(in)
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, data, files)
			}
			m.apply(records)
			files = written(files, got)
			facts, rows := grants(t, files)
			if diff := cmp.Diff(m.facts(), facts); diff != "" {
				t.Fatalf("facts (-want +got):\n%s\n%s\n%s", diff, data, files)
			}
			if diff := cmp.Diff(filters, rows); diff != "" {
				t.Fatalf("filters and their grants (-want +got):\n%s\n%s", diff, files)
			}
			in.Files = files
			if again, err := intake.Run(in); err != nil || len(again.Files) > 0 {
				t.Fatalf("second run: %v %s\n%s", err, again.Files, files)
			}
		}
	})
}

func (m model) apply(records []map[string]any) {
	last := map[cell]bool{}
	for _, r := range records {
		for _, p := range r["Permissions"].([]string) {
			c := cellOf(r, p)
			foreign := c.account != "111122223333"
			refused := p == "DATA_LOCATION_ACCESS" || foreign && p == "ALL" || foreign && p == "DROP" && c.table == "" ||
				(p == "CREATE_TABLE") != (c.table == "") && (p == "CREATE_TABLE" || p == "SELECT" || p == "INSERT")
			if !refused {
				last[c] = r["AccessType"] == "grant"
			}
		}
	}
	before := maps.Clone(m.lasting)
	for c, grant := range last {
		whole := c
		whole.permission = "ALL"
		covered, asked := last[whole]
		if !asked {
			covered = before[whole]
		}
		switch {
		case !grant:
			delete(m.lasting, c)
			delete(m.dated, c)
		case c.permission == "ALL" || !covered:
			m.lasting[c] = true
		}
	}
}

func cellOf(r map[string]any, permission string) cell {
	table := r["Table"].(map[string]any)
	c := cell{"111122223333", fmt.Sprint(r["Principal"]), table["DatabaseName"].(string), "", permission}
	if name, ok := table["Name"]; ok {
		c.table = name.(string)
	}
	if table["Wildcard"] == true {
		c.table = "*"
	}
	if r["Cross_account"] == true {
		c.account, c.principal = r["AccountID"].(string), ""
		if role, ok := r["Cross_role"]; ok {
			c.principal = role.(string)
		}
	}
	return c
}

// facts is what the model compiles to: the grants themselves, the account's own
// above each of its principals', and DESCRIBE on the database beside them.
func (m model) facts() []string {
	out := map[string]bool{}
	for _, set := range []map[cell]bool{m.lasting, m.dated} {
		for c := range set {
			object := strings.Trim(c.database+"."+c.table, ".")
			whole := c
			whole.permission = "ALL"
			if c.account == "111122223333" {
				if isF(c.table) {
					continue // a filter, compared apart
				}
				if c.permission == "ALL" || !m.lasting[whole] && !m.dated[whole] {
					out[fmt.Sprintf("grant %s %s %s", object, c.principal, c.permission)] = true
				}
				continue
			}
			if !isF(c.table) {
				out[fmt.Sprintf("account-grant %s %s %s", object, c.account, c.permission)] = true
			}
			out[fmt.Sprintf("account-grant %s %s DESCRIBE", c.database, c.account)] = true
			if c.principal != "" && c.account == "444455556666" {
				if !isF(c.table) {
					out[fmt.Sprintf("consumer-grant %s %s %s", object, c.principal, c.permission)] = true
				}
				out[fmt.Sprintf("consumer-grant %s %s DESCRIBE", c.database, c.principal)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// grants compiles the files and returns the grants on the producer's objects,
// and apart from them everything about filters.
func grants(t *rapid.T, files map[string][]byte) (whole, filtered []string) {
	tree, findings := manifest.Load(files)
	if len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, files)
	}
	compiled, findings := manifest.Compile(tree, time.Time{})
	if len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, files)
	}
	for _, k := range fact.SortedKeys(compiled.Wanted) {
		switch {
		case k.Object.Type == fact.FilteredRows:
			filtered = append(filtered, k.String()+" "+compiled.Wanted[k].Body.Columns)
		case k.Kind.IsGrant() && k.Object.Catalog == "111122223333":
			whole = append(whole, fmt.Sprintf("%s %s %s %s", k.Kind, k.Object.Name(), k.Principal, k.Permission))
		}
	}
	slices.Sort(whole)
	return whole, filtered
}
