package scaffold_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// TestLaterLinesThatWinAreTold: GitHub goes by the last pattern that matches.
func TestLaterLinesThatWinAreTold(t *testing.T) {
	t.Parallel()
	f := file(t, fresh(), ".github/CODEOWNERS")
	for later, over := range map[string][]string{
		"* @bob":                           {"/lakeshare.yaml", "/schema/", "/iam/", "/.github/"},
		"*":                                {"/lakeshare.yaml", "/schema/", "/iam/", "/.github/"},
		"/**":                              {"/lakeshare.yaml", "/schema/", "/iam/", "/.github/"},
		"*.yml @bob":                       {"/.github/"},
		"*.tf @bob # Terraform":            {"/iam/"},
		"workflows/ @bob":                  {"/.github/"},
		".github/**/apply.yml @bob":        {"/.github/"},
		"/.github/workflows/* @bob":        {"/.github/"},
		"lakeshare.y?ml bob@acme.example":  {"/lakeshare.yaml"},
		"* @bob @acme/data-platform":       nil, // ours among them
		"/shares/ @bob":                    nil,
		"/iam/* @acme/data-platform":       nil,
		"/.github/* @bob":                  nil, // no workflow lies there
		"/.github/dependabot.yml @bob":     nil,
		"/docs/*.yaml @bob":                nil,
		"* bob":                            nil, // not valid, so GitHub passes over it
		"!* @bob":                          nil,
		"# * @bob":                         nil,
		"/iam/ @acme/security":             nil, // theirs to decide
		"/lakeshare.yaml/ @bob":            nil, // a folder of that name
		`/lakeshare\.yaml @bob`:            {"/lakeshare.yaml"},
		"/iam/sales.tf @acme/finance @bob": {"/iam/"},
	} {
		d, differs := f.Compare(f.Content+later+"\n", true)
		var got []string
		for _, o := range d.Overrides {
			got = append(got, o.Over...)
			if o.Text != later || o.Line != 7 {
				t.Errorf("%s: told as line %d, %q", later, o.Line, o.Text)
			}
		}
		if later == "/.github/* @bob" {
			over = []string{"/.github/"} // any file of the folder itself, CODEOWNERS above all
		}
		if !slices.Equal(got, over) || differs != (over != nil) {
			t.Errorf("%s: wins over %q, want %q", later, got, over)
		}
	}
	if d, differs := f.Compare("* @bob\n"+f.Content, true); differs {
		t.Errorf("a line before ours is told: %+v", d)
	}
}

// TestLinesWithoutOwnersDoNotGuard, and neither do those that GitHub passes over.
func TestLinesWithoutOwnersDoNotGuard(t *testing.T) {
	t.Parallel()
	f := file(t, fresh(), ".github/CODEOWNERS")
	for _, owners := range []string{"", " # later", " platform", " @a b"} {
		have := fmt.Sprintf("/lakeshare.yaml @a\n/schema/ a@b.example\n/.github/ @a/b\n/iam/%s\n", owners)
		if d, _ := f.Compare(have, true); !slices.Equal(d.Lines, []string{"/iam/ @acme/data-platform"}) {
			t.Errorf("%q: got %q", owners, d.Lines)
		}
	}
}

func TestOwnersAreReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ have, folder, want string }{
		{"/lakeshare.yaml @a @b/c # us\n", "", "@a @b/c"},
		{"/lakeshare.yaml @a\n/b/lakeshare.yaml @b\n", "b", "@b"},
		{"/a/lakeshare.yaml @a\n", "b", "@a"},
		{"/lakeshare.yaml platform\n* @x\n", "", ""},
		{"", "", ""},
	} {
		if got := scaffold.OwnersOf(c.have, c.folder); got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.have, c.folder, got, c.want)
		}
	}
}
