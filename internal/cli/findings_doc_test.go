package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/intake"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
)

var update = flag.Bool("update", false, "rewrite generated files")

// rules are all rules of findings, by the command that finds them.
func rules() []struct {
	title string
	rules []diag.Rule
} {
	return []struct {
		title string
		rules []diag.Rule
	}{
		{"Found in the files alone, by every command", manifest.LoadRules()},
		{"Found by looking at all files together, by every command", manifest.CompileRules()},
		{"Found in AWS, by plan and apply", plan.Rules()},
		{"Found in the older manifest, by intake", intake.Rules()},
	}
}

// TestFindingsPage keeps docs/findings.md what the rules say.
func TestFindingsPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Findings\n\nEvery finding has a place, says what was expected and what to write instead, and ends with the name of its rule.\n")
	for _, part := range rules() {
		fmt.Fprintf(&b, "\n## %s\n\n| rule | what | why, and what to do |\n|---|---|---|\n", part.title)
		for _, r := range part.rules {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Name, r.Title, strings.ReplaceAll(r.Help, "|", "\\|"))
		}
	}
	const page = "../../docs/findings.md"
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("docs/findings.md is stale: run make update (-want +got):\n%s", diff)
	}
}
