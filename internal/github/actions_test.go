package github

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestAnnotateShowsTheWorstFirst(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := NewActions(nil, &out).Annotate([]Annotation{
		{Level: Notice, Message: "n"},
		{Level: Warning, File: "b.yaml", Line: 2, Message: "w"},
		{Level: Error, File: "b.yaml", Line: 10, Message: "e3"},
		{Level: Error, File: "b.yaml", Line: 9, Column: 4, Title: "unknown-table", Message: "e2"},
		{Level: Error, File: "a.yaml", Line: 11, Message: "e1"},
	})
	want := `::error file=a.yaml,line=11::e1
::error col=4,file=b.yaml,line=9,title=unknown-table::e2
::error file=b.yaml,line=10::e3
::warning file=b.yaml,line=2::w
::notice::n
`
	if err != nil || out.String() != want {
		t.Errorf("error %v, got\n%s", err, out.String())
	}
}

func TestAnnotateSaysWhatGitHubWouldDrop(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{10: "::error file=f.yaml,line=10::m", 11: "::error::… and 2 more errors: see the summary", 17: "::error::… and 8 more errors: see the summary"} {
		var out bytes.Buffer
		a := NewActions(nil, &out)
		some := []Annotation{{Level: Warning, Message: "w"}}
		for i := range n {
			some = append(some, Annotation{Level: Error, File: "f.yaml", Line: i + 1, Message: "m"})
		}
		if err := a.Annotate(some); err != nil {
			t.Fatal(err)
		}
		if err := a.Annotate(some); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 12 || lines[9] != want || lines[10] != "::warning::w" {
			t.Errorf("%d errors in two calls: got\n%s", n, out.String())
		}
	}
}

func TestAnnotateHostile(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := NewActions(nil, &out).Annotate([]Annotation{{
		Level: "notice\n::error", File: "a,b:c\n::set-env name=PATH::x.yaml", Line: -5,
		Title: "t\r::add-mask::x, line=4", Message: "100%\n::error::forged\r\n\x1b[31m\u202eabc\u200b\xff",
	}})
	want := "::error file=a%2Cb%3Ac %3A%3Aset-env name=PATH%3A%3Ax.yaml,title=t %3A%3Aadd-mask%3A%3Ax%2C line=4::100%25%0A::error::forged%0A[31mabc\uFFFD\n"
	if err != nil || out.String() != want {
		t.Errorf("error %v, got\n%q, want\n%q", err, out.String(), want)
	}
}

func TestLogHidesCommands(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := NewActions(nil, &out)
	if err := a.Log(&out).Close(); err != nil || out.Len() > 0 {
		t.Fatalf("nothing was logged, error %v, got %q", err, out.String())
	}
	w := a.Log(&out)
	for range 2 {
		fmt.Fprint(w, "::error::forged\n##[error]forged\n::stop-commands::x\n::x::\nno line break at the end")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(&out, "::notice::real\n")
	}
	if got := runnerCommands(out.String()); strings.Join(got, "|") != "notice::real|notice::real" {
		t.Errorf("the runner obeys %q in\n%s", got, out.String())
	}
}

// runnerCommands reads a log as the runner does: a stop token hides commands
// until the token comes as a command.
func runnerCommands(log string) []string {
	var out []string
	stopped := ""
	for _, line := range regexp.MustCompile(`\r\n|\r|\n`).Split(log, -1) {
		switch {
		case stopped != "":
			if strings.TrimSpace(line) == "::"+stopped+"::" {
				stopped = ""
			}
		case strings.HasPrefix(line, "::stop-commands::"):
			stopped = strings.TrimPrefix(line, "::stop-commands::")
		case strings.HasPrefix(strings.TrimSpace(line), "::"):
			out = append(out, strings.TrimPrefix(strings.TrimSpace(line), "::"))
		case strings.Contains(line, "##["):
			out = append(out, line)
		}
	}
	return out
}

func step(t *testing.T, variable, content string) (*Actions, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return NewActions(func(k string) string { return map[string]string{variable: path}[k] }, os.Stderr), path
}

func TestOutputIsReadBack(t *testing.T) {
	t.Parallel()
	a, path := step(t, "GITHUB_OUTPUT", "left=open")
	values := map[string]string{
		"plain": "1", "empty": "", "lines": "a\n\nb\n", "forged": "x\nplain=2\nother<<EOF\ny\nEOF",
		"controls": "a\r\nb\rc\x00d\x1b[0m\u0085\xff", "delimiter": "_GitHubActionsFileCommandDelimeter_\nplain=3",
	}
	want := map[string]string{"left": "open"}
	for k, v := range values {
		want[k] = v
		if err := a.Output(k, v); err != nil {
			t.Fatal(err)
		}
	}
	want["controls"] = "a\nbcd[0m\uFFFD"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := readOutputs(t, string(data))
	if len(got) != len(want) {
		t.Errorf("outputs %q, want %q", got, want)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("output %s is %q, want %q", k, got[k], v)
		}
	}
}

// readOutputs reads the file as the runner does: name=value, or name<<END, then
// lines until one is END.
func readOutputs(t *testing.T, s string) map[string]string {
	t.Helper()
	out := map[string]string{}
	lines := strings.Split(s, "\n")
	for i := 0; i < len(lines); i++ {
		equals, heredoc := strings.Index(lines[i], "="), strings.Index(lines[i], "<<")
		switch {
		case lines[i] == "":
		case heredoc > 0 && (equals < 0 || heredoc < equals):
			name, end := lines[i][:heredoc], lines[i][heredoc+2:]
			var value []string
			for i++; i < len(lines) && lines[i] != end; i++ {
				value = append(value, lines[i])
			}
			if i == len(lines) {
				t.Fatalf("output %s has no end", name)
			}
			out[name] = strings.Join(value, "\n")
		case equals > 0:
			out[lines[i][:equals]] = lines[i][equals+1:]
		default:
			t.Fatalf("the runner fails at %q", lines[i])
		}
	}
	return out
}

func TestOutputRefuses(t *testing.T) {
	t.Parallel()
	a, path := step(t, "GITHUB_OUTPUT", "")
	for _, name := range []string{"", "a b", "a=b", "a\nb", "a<<b", "1"} {
		if err := a.Output(name, "v"); err == nil {
			t.Errorf("output %q was set", name)
		}
	}
	if err := a.Output("a", strings.Repeat("x", maxOutput+1)); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("a value that is too long: %v", err)
	}
	if data, _ := os.ReadFile(path); len(data) > 0 {
		t.Errorf("left behind: %q", data)
	}
	none := NewActions(func(string) string { return "" }, os.Stderr)
	if err := none.Output("a", "v"); err == nil || !strings.Contains(err.Error(), "GITHUB_OUTPUT is not set") {
		t.Errorf("outside of a step: %v", err)
	}
}
