package github

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestSummaryIsAppended(t *testing.T) {
	t.Parallel()
	a, path := step(t, "GITHUB_STEP_SUMMARY", "before")
	for _, text := range []string{"# Plan", "done\n"} {
		if err := a.Summary(text); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(path); string(got) != "before\n# Plan\ndone\n" {
		t.Errorf("got %q", got)
	}
}

func TestSummaryIsCutAtALine(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("x", 99) + "\n"
	for name, c := range map[string]struct{ before, head, close string }{
		"text":           {"", "", ""},
		"behind others":  {strings.Repeat(line, 5000), "", ""},
		"fence":          {"", "````text\n```\n", "````\n"},
		"indented fence": {"", "- x\n\n  ~~~\n", "  ~~~\n"},
		"details":        {"", "<details><summary>a</summary>\n\n<details>\n\n", "\n</details>\n</details>\n"},
		"fence in details": {
			"", "<details>\n\n```\n<details>\n```\n\n```sql\n", "```\n\n</details>\n",
		},
		"inline code": {"", "```a``` is code\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, path := step(t, "GITHUB_STEP_SUMMARY", c.before)
			if err := a.Summary(c.head + strings.Repeat(line, 12000)); err != nil {
				t.Fatal(err)
			}
			data, _ := os.ReadFile(path)
			got := string(data)
			if len(got) > maxSummary || len(got) < maxSummary-200 {
				t.Errorf("%d bytes, want just below %d", len(got), maxSummary)
			}
			if want := line + c.close + cutNote; !strings.HasSuffix(got, want) {
				t.Errorf("ends with %q, want %q", got[len(got)-200:], want)
			}
		})
	}
}

func TestFullSummaryStaysAsItIs(t *testing.T) {
	t.Parallel()
	full := strings.Repeat("x", maxSummary)
	a, path := step(t, "GITHUB_STEP_SUMMARY", full)
	if err := a.Summary("more"); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
	if data, _ := os.ReadFile(path); string(data) != full {
		t.Errorf("%d bytes, want %d", len(data), len(full))
	}
}

func TestMarkerCannotBeLeft(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, key := range []string{"plan:.", "plan:a b", "plan:a%20b", "x-->\n<b>", "x--", "x-%2D", "-->", "plan:datà", ""} {
		m := marker(key)
		inner := strings.TrimSuffix(strings.TrimPrefix(m, "<!-- "), " -->")
		if strings.ContainsAny(inner, "<>\n\r") || strings.Contains(inner, "--") || seen[m] != "" {
			t.Errorf("key %q makes %q", key, m)
		}
		seen[m] = key + "!"
		if !isMarked(key, m+"\r\ntext") || isMarked(key+"x", m+"\ntext") || isMarked(key, "text\n"+m) || isMarked(key, m+" more\n") {
			t.Errorf("marker of %q is not found exactly", key)
		}
	}
}
