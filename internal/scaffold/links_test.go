package scaffold_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// TestGlueIsWrittenWhereLinksLie and nowhere else: databases with real tables are
// never deleted, nor what is in them.
func TestGlueIsWrittenWhereLinksLie(t *testing.T) {
	t.Parallel()
	here := account("sales", "111122223333", "eu-west-1")
	var tooMany []string
	for i := range 40 {
		tooMany = append(tooMany, fmt.Sprintf("team%d_*", i))
	}
	there := fact.Place{Account: "444455556666", Region: "eu-west-1"}
	for _, c := range []struct {
		name  string
		scope []string
		links []scaffold.LinkPlace
		want  []string
	}{
		{"only produces", []string{"sales", "hr"}, nil, nil},
		{"patterns that are the same", []string{"*_shared", "rl_*"}, nil, []string{"*_shared", "rl_*"}},
		{"a prefix of its own", []string{"mart_*"}, nil, []string{"mart_*_shared", "mart_shared"}},
		{"everything", []string{"*"}, nil, []string{"*_shared", "rl_*"}},
		{"one link", []string{"sales_shared"}, nil, []string{"sales_shared"}},
		{"covered by another", []string{"*_shared", "eu_*_shared"}, nil, []string{"*_shared"}},
		{"named by a share", []string{"partner_sales", "sales"}, []scaffold.LinkPlace{{At: here.Place, Database: "partner_sales"}}, []string{"partner_sales"}},
		{"named by a share elsewhere", []string{"partner_sales"}, []scaffold.LinkPlace{{At: there, Database: "partner_sales"}}, nil},
		{"stars in the middle", []string{"a*b*c_shared"}, nil, []string{"a*b*c_shared"}},
		{"more than IAM has room for", tooMany, nil, []string{"*_shared", "rl_*"}},
	} {
		in := fresh()
		in.New, in.Accounts, in.Scope = false, []fact.Account{here}, nil
		in.Links = append(in.Links, c.links...)
		for _, p := range c.scope {
			in.Scope = append(in.Scope, fact.Scope{At: here.Place, Pattern: p})
		}
		var got []string
		for _, s := range policies(t, in, "sales")[3].Statement {
			for _, action := range s.Action {
				switch {
				case !strings.HasPrefix(action, "glue:") || reading.MatchString(action):
				case action == "glue:UpdateDatabase":
					if slices.ContainsFunc(s.Resource, func(r string) bool { return strings.Contains(r, ":table/") }) {
						t.Errorf("%s: %v", c.name, s.Resource)
					}
				case action == "glue:DeleteTable":
					for _, r := range s.Resource {
						if name, ok := strings.CutPrefix(r, "arn:aws:glue:*:111122223333:table/"); ok {
							got = append(got, strings.TrimSuffix(name, "/*"))
						}
					}
				case !slices.Contains(s.Action, "glue:DeleteTable"):
					t.Errorf("%s: %s is bound to something else than links", c.name, action)
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: links in %q, want %q", c.name, got, c.want)
		}
	}
}
