package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// evil holds what a name or a message could try.
const evil = "x\x1b[2J\u009b31m\r\n+ SELECT on forged\u202etxet\u200b\u2028\xff`` ``` @octocat @acme/sales #123 GH-7 acme/repo#1 " +
	"https://evil.example www.evil.example [a](javascript:x) ![i](x) <img src=x onerror=y> <!-- </details> | a\\|b **b** $x$ ~~s~~ \U000e0041"

// hostilePlan has the evil text wherever a file or AWS can put text.
func hostilePlan() *plan.Plan {
	o := fact.Object{Type: fact.Table, Catalog: evil, Database: evil, Table: evil}
	origins := []fact.Origin{{Share: evil, File: evil, Line: 1, Col: 1}}
	at := fact.Place{Account: evil, Region: evil}
	k := fact.Key{Kind: fact.AccountGrant, At: at, Object: o, Principal: "arn:aws:iam::" + salesID + ":role/" + evil, Permission: evil}
	link := fact.Key{Kind: fact.Link, At: at, Object: o}
	filter := fact.Key{Kind: fact.Filter, At: at, Object: fact.Object{Type: fact.FilteredRows, Catalog: evil, Database: evil, Table: evil, Filter: evil}}
	storage := fact.Key{Kind: fact.Storage, At: at, Object: o}
	c := plan.Change{Op: fact.Op{Verb: fact.Drop, Key: k}, Row: plan.Withdrawn, Origins: origins, Commit: evil, Why: evil, Falls: []fact.Key{k}}
	body := fact.Body{Columns: evil, Rows: evil, Target: o, Region: evil}
	changes := []plan.Change{c}
	for _, key := range []fact.Key{link, filter, storage} {
		changes = append(changes, plan.Change{Op: fact.Op{Verb: fact.Change, Key: key, Body: body, Old: body}, Origins: origins})
	}
	live := fact.Row{Body: body, Writer: evil}
	return &plan.Plan{
		Tip: evil, Base: evil, Changes: changes, Counts: map[plan.Row]int{plan.Withdrawn: 1},
		Blocked: []plan.Blocked{{Change: c, Why: evil}}, Adopted: []plan.Note{{Row: plan.Adopted, Key: k, Live: live, Origins: origins, Why: evil}},
		Left:    []plan.Note{{Row: plan.Withdrawn, Key: filter, Body: body, Origins: origins, Why: evil}},
		Drift:   []plan.Note{{Row: plan.Altered, Key: link, Body: body, Live: live, Origins: origins}},
		Waiting: []fact.Wait{{Key: k, Who: evil, What: evil, Commands: []string{evil}}},
		Gains:   []plan.Access{{At: at, Principal: evil, Object: o, Columns: evil, Rows: evil, Permissions: []string{evil}, Tables: 1}},
		Losses:  []plan.Access{{At: at, Principal: k.Principal, Object: o, Columns: "-" + evil, Rows: evil, Permissions: []string{evil}, Tables: 1}},
		Paths:   map[fact.Key]string{storage: evil},
	}
}

// everything renders everything that can be rendered.
func everything(t *testing.T, o Options) string {
	t.Helper()
	o.Accounts = []fact.Account{{Place: fact.Place{Account: salesID, Region: region}, Alias: evil}}
	p := hostilePlan()
	r := Run{Plan: p, Left: p, Commit: evil, Refused: evil}
	for i, c := range p.Changes {
		r.Outcomes = append(r.Outcomes, fact.Outcome{Op: c.Op, Err: []error{nil, errors.New(evil)}[i%2], Skipped: i == 3})
	}
	l := diag.List{{Rule: evil, Pos: diag.Pos{File: evil, Line: 1, Col: 2}, Message: evil, Hint: evil, Other: diag.Pos{File: evil}}}
	var b bytes.Buffer
	if err := errors.Join(Plan(&b, p, 25, o), Outcome(&b, r, o), Findings(&b, l, func(string) []byte { return []byte(evil) }, o)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHostileNamesCannotMoveTheCursor(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Verbose: true}, {Format: Markdown}, {Format: JSON}} {
		got := everything(t, o)
		for _, r := range got {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%+v lets %U through", o, r)
				break
			}
		}
	}
}

func TestHostileNamesCannotForgeALine(t *testing.T) {
	t.Parallel()
	var progress bytes.Buffer
	tell := Progress(&progress, Options{})
	for _, c := range hostilePlan().Changes {
		tell(fact.Outcome{Op: c.Op})
		tell(fact.Outcome{Op: c.Op, Err: errors.New(evil)})
	}
	tell(fact.Outcome{})
	for _, text := range []string{everything(t, Options{}), everything(t, Options{Format: Markdown}), progress.String()} {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "+ SELECT on forged") {
				t.Errorf("forged: %s", line)
			}
		}
	}
}

// TestHostileNamesDoNothingInMarkdown takes code away, in which nothing acts,
// and looks for what acts in the rest.
func TestHostileNamesDoNothingInMarkdown(t *testing.T) {
	t.Parallel()
	got := withoutCode(everything(t, Options{Format: Markdown}))
	for _, ours := range []string{"<details>", "</details>", "<summary>", "</summary>", "<br>"} {
		got = strings.ReplaceAll(got, ours, "")
	}
	got = regexp.MustCompile(`&#\d+;`).ReplaceAllString(got, "·") // entities show a character and do nothing
	for what, acts := range map[string]string{
		"mention": `@\w`, "reference": `#\d|(?i)gh-\d`, "link": `://|www\.|\]\(`, "HTML": `<[a-zA-Z!/]`, "math": `\$`, "strike": `~`, "forged": "\n\\+ ",
	} {
		if found := regexp.MustCompile(acts).FindString(got); found != "" {
			t.Errorf("%s: %q", what, found)
		}
	}
}

// withoutCode is Markdown without code spans, code elements and fenced blocks,
// found as CommonMark does: a run of backticks ends at the next run of the same length.
func withoutCode(s string) string {
	s = regexp.MustCompile(`<code>[^<>\x60|@]*</code>`).ReplaceAllString(s, "")
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '`')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := len(s) - len(strings.TrimLeft(s, "`"))
		end := closing(s[n:], n)
		if end < 0 {
			b.WriteString("unclosed <x")
			break
		}
		s = s[n+end+n:]
	}
	return b.String() + s
}

func closing(s string, n int) int {
	for i := 0; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n {
			return i
		}
		i += run
	}
	return -1
}

func TestTableRowsKeepTheirCells(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(everything(t, Options{Format: Markdown})) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		if n := strings.Count(line, "|"); n != 6 && n != 5 {
			t.Errorf("%d pipes in %s", n, line)
		}
	}
}

func TestEscapers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		escape   func(string) string
		in, want string
	}{
		{clean, "a\tb\x00é表", `a\tb\u0000é表`},
		{clean, "a\u3164b\ufe0f", `a\u3164b\ufe0f`},
		{code, "plain", "`plain`"},
		{code, "a`b", "``a`b``"},
		{code, "``", "``` `` ```"},
		{code, "", ""},
		{cell, "a|b`", "<code>a&#124;b&#96;</code>"},
		{prose, "see #1 of @me", "see #&#8203;1 of @&#8203;me"},
		{prose, "- item", "&#8203;- item"},
		{prose, "http://x", "http&#8203;:&#8203;//x"},
	} {
		if got := test.escape(test.in); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
	if got := fenced("", []string{"````"}, 0); !strings.HasPrefix(got, "`````text\n") {
		t.Errorf("a fence has to be longer than what it holds: %q", got)
	}
}

func TestJSONKeepsHostileNames(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Plan(&b, hostilePlan(), 25, Options{Format: JSON}); err != nil {
		t.Fatal(err)
	}
	var d jsonPlanDocument
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(evil, "\ufffd"); d.Changes[0].Why != want {
		t.Errorf("got %q, want %q", d.Changes[0].Why, want)
	}
}
