package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file below testdata, or writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func planText(t *testing.T, p *plan.Plan, limit int, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Plan(&b, p, limit, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func outcomeText(t *testing.T, r Run, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Outcome(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPlanGolden(t *testing.T) {
	t.Parallel()
	withdrawnOnly := example()
	withdrawnOnly.Changes, withdrawnOnly.Gains = withdrawnOnly.Changes[len(withdrawnOnly.Changes)-1:], nil
	blocked := example()
	blocked.Changes, blocked.Gains, blocked.Losses = nil, nil, nil
	for name, test := range map[string]struct {
		plan    *plan.Plan
		limit   int
		options Options
	}{
		"small.txt":     {plan: small(), limit: 25, options: Options{Command: "lakeshare apply"}},
		"full.txt":      {plan: example(), limit: 1, options: Options{Command: "lakeshare apply"}},
		"full.v.txt":    {plan: example(), limit: 25, options: Options{Verbose: true}},
		"full.col.txt":  {plan: example(), limit: 25, options: Options{Colour: true}},
		"full.md":       {plan: example(), limit: -1, options: Options{Format: Markdown, Command: "lakeshare apply"}},
		"full.json":     {plan: example(), limit: 25, options: Options{Format: JSON}},
		"large.txt":     {plan: large(), limit: 25, options: Options{Command: "lakeshare apply"}},
		"large.md":      {plan: large(), limit: 25, options: Options{Format: Markdown}},
		"withdrawn.txt": {plan: withdrawnOnly, limit: -1},
		"blocked.txt":   {plan: blocked, limit: 25},
		"empty.json":    {plan: &plan.Plan{}, limit: -1, options: Options{Format: JSON}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.options.Accounts = accounts()
			golden(t, "plan."+name, planText(t, test.plan, test.limit, test.options))
		})
	}
}

func TestEmptyPlanSaysWhy(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]*plan.Plan{
		"Nothing to do: nothing is declared.\n":                                               {},
		"Nothing to do: all that is declared is there.\n\ncounts  3 done\n":                   {Counts: map[plan.Row]int{plan.Done: 3}},
		"Nothing to do: all was carried out at commit abc.\n":                                 {Base: "abc", Tip: "abc"},
		"Nothing to do: no change since commit abc, at which all was carried out, is left.\n": {Base: "abc", Tip: "def"},
	} {
		if diff := cmp.Diff(want, planText(t, p, 25, Options{Command: "lakeshare apply"})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestVerdictCounts(t *testing.T) {
	t.Parallel()
	got, _, _ := strings.Cut(planText(t, large(), 25, Options{}), "\n")
	want := "10 shares change: 11 principals gain, 1 loses; 90 facts to make, 0 to change, 10 to take away."
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestHundredChangesFitSixtyLines(t *testing.T) {
	t.Parallel()
	p := large()
	if len(p.Changes) != 100 {
		t.Fatalf("the example has %d changes", len(p.Changes))
	}
	got := planText(t, p, 25, Options{Accounts: accounts(), Command: "lakeshare apply"})
	if n := strings.Count(got, "\n"); n > 60 {
		t.Errorf("%d lines:\n%s", n, got)
	}
	whole := planText(t, p, 25, Options{Accounts: accounts(), Verbose: true})
	for _, c := range p.Changes {
		if c.Op.Key.Object.Database != "" && !strings.Contains(whole, c.Op.Key.Object.Name()) {
			t.Errorf("the verbose plan lacks %s", c.Op.Key)
		}
	}
	if n := strings.Count(whole, ".yaml:"); n != 100 {
		t.Errorf("the verbose plan tells %d facts", n)
	}
}

func TestHundredTablesFold(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{}
	for i := range 100 {
		o := table("t" + string(rune('a'+i/10)) + string(rune('a'+i%10)))
		p.Changes = append(p.Changes, making("s", 3, grant(fact.AccountGrant, sales, o, analyticsID, "SELECT"), fact.Body{}))
		p.Gains = append(p.Gains, plan.Access{At: sales, Principal: analyticsID, Object: o, Columns: "*", Permissions: []string{"SELECT"}, Tables: 1})
	}
	got := planText(t, p, 25, Options{Accounts: accounts()})
	for _, want := range []string{
		"+ account analytics: SELECT on sales.taa, tab, tac, … (100 tables)\n",
		"+ 100 cross-account grants in sales: SELECT on sales.taa, tab, tac, … (100 tables) to account analytics  shares/s.yaml:3\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}

func TestOutputDoesNotDependOnMapOrder(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Verbose: true}, {Format: Markdown}, {Format: JSON}} {
		o.Accounts = accounts()
		first := planText(t, example(), 25, o) + planText(t, large(), 25, o) + outcomeText(t, run(), o)
		for range 20 {
			if got := planText(t, example(), 25, o) + planText(t, large(), 25, o) + outcomeText(t, run(), o); got != first {
				t.Fatalf("two runs differ (-first +second):\n%s", cmp.Diff(first, got))
			}
		}
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Format{"": Text, "text": Text, "markdown": Markdown, "json": JSON} {
		if got, err := ParseFormat(in); err != nil || got != want {
			t.Errorf("ParseFormat(%q) = %q, %v", in, got, err)
		}
	}
	if _, err := ParseFormat("yaml"); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("an unknown format is an error that lists the known ones, got %v", err)
	}
}

func TestOutcomeGolden(t *testing.T) {
	t.Parallel()
	done := run()
	for i := range done.Outcomes {
		done.Outcomes[i].Err, done.Outcomes[i].Skipped = nil, false
	}
	done.Left, done.Recorded = &plan.Plan{Waiting: done.Plan.Waiting}, true
	for name, test := range map[string]struct {
		run     Run
		options Options
	}{
		"partial.txt":  {run(), Options{Command: "lakeshare apply"}},
		"partial.md":   {run(), Options{Format: Markdown, Command: "lakeshare apply"}},
		"partial.json": {run(), Options{Format: JSON}},
		"done.txt":     {done, Options{}},
		"nothing.txt":  {Run{Plan: &plan.Plan{}, Recorded: true, Commit: "abc"}, Options{}},
		"refused.txt":  {Run{Plan: small(), Commit: "abc", Refused: "the tip moved to def"}, Options{Command: "lakeshare apply"}},
		"stopped.txt":  {Run{Plan: small(), Commit: "abc", Refused: "the tip moved", Outcomes: []fact.Outcome{{Op: small().Changes[0].Op}}}, Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.options.Accounts = accounts()
			golden(t, "outcome."+name, outcomeText(t, test.run, test.options))
		})
	}
}

func findings() (diag.List, func(string) []byte) {
	var l diag.List
	l.Add("unknown-key", diag.Pos{File: "shares/churn.yaml", Line: 3, Col: 1}, "did you mean tables?", "unknown key table: expected from, tables, to")
	l.Warn("expires-soon", diag.Pos{File: "shares/churn.yaml", Line: 2, Col: 10}, "", "the share ends tomorrow")
	l.Add("taken-twice", diag.Pos{File: "shares/a.yaml", Line: 9, Col: 4}, "", "two shares need filter x")
	l[2].Other = diag.Pos{File: "shares/b.yaml", Line: 2, Col: 5}
	l.Add("no-file", diag.Pos{File: "lakeshare.yaml"}, "lakeshare init writes one", "there is no lakeshare.yaml")
	l.Add("wide", diag.Pos{File: "shares/churn.yaml", Line: 4, Col: 4}, "", "odd column")
	l.Add("long", diag.Pos{File: "shares/churn.yaml", Line: 5, Col: 300}, "", "in a long line")
	files := map[string]string{
		"shares/churn.yaml": "version: 1\nexpires: 2027-06-30\ntable:\n表: \x1b[2Jx\n" + strings.Repeat("a", 299) + "B" + strings.Repeat("c", 299) + "\n",
	}
	return l, func(file string) []byte { return []byte(files[file]) }
}

func TestFindingsGolden(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"txt": {}, "md": {Format: Markdown}, "json": {Format: JSON}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, source := findings()
			var b bytes.Buffer
			if err := Findings(&b, l, source, o); err != nil {
				t.Fatal(err)
			}
			golden(t, "findings."+name, b.String())
		})
	}
}

func TestNoFindingsWriteNothing(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{Text, Markdown} {
		var b bytes.Buffer
		if err := Findings(&b, nil, nil, Options{Format: f}); err != nil || b.Len() > 0 {
			t.Errorf("%s: %q, %v", f, b.String(), err)
		}
	}
}
