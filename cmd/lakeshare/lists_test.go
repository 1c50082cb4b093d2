package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lakeshare/lakeshare/internal/cli"
	"github.com/lakeshare/lakeshare/internal/intake"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// TestEveryRuleIsShownToSomebody compares the rules of findings with what the
// scripts expect to see: a finding that nobody has looked at is unclear to users.
func TestEveryRuleIsShownToSomebody(t *testing.T) {
	t.Parallel()
	shown := strings.Join(expectations(t), "\n")
	rules := slices.Concat(manifest.LoadRules(), manifest.CompileRules(), plan.Rules(), intake.Rules())
	for _, r := range rules {
		if !strings.Contains(shown, "["+r.Name+"]") {
			t.Errorf("no script expects to see the rule %s", r.Name)
		}
	}
}

// TestEveryExitCodeEndsAScript compares the exit codes with those that scripts require.
func TestEveryExitCodeEndsAScript(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, a := range scripts(t) {
		all.Write(a.Comment)
	}
	for _, code := range []int{cli.ExitDone, cli.ExitError, cli.ExitPending, cli.ExitInvalid, cli.ExitLimit, cli.ExitPartial} {
		if line := fmt.Sprintf("\nexits %d lakeshare ", code); !strings.Contains(all.String(), line) {
			t.Errorf("no script ends a command with %d", code)
		}
	}
}

func scripts(t *testing.T) []*txtar.Archive {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var out []*txtar.Archive
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

var (
	matched  = regexp.MustCompile(`(?m)^(?:stdout|stderr) (.*)$`)
	compared = regexp.MustCompile(`(?m)^cmp (?:stdout|stderr) (\S+)$`)
)

// expectations are what scripts want to see: patterns without their escapes,
// and the files that output is compared with.
func expectations(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, a := range scripts(t) {
		for _, m := range matched.FindAllSubmatch(a.Comment, -1) {
			out = append(out, strings.ReplaceAll(string(m[1]), `\`, ""))
		}
		for _, m := range compared.FindAllSubmatch(a.Comment, -1) {
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == string(m[1]) })
			if i >= 0 {
				out = append(out, string(a.Files[i].Data))
			}
		}
	}
	return out
}
