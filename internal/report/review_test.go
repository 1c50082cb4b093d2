package report

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

func comment(r Review) string {
	body, _ := Comment(r, Options{Accounts: accounts()})
	return body
}

// TestFirstLinesSayWhatAMergeDoes: whoever reads two lines has to know.
func TestFirstLinesSayWhatAMergeDoes(t *testing.T) {
	t.Parallel()
	broken := diag.List{{Rule: "syntax", Pos: diag.Pos{File: "shares/a.yaml", Line: 2, Col: 1}, Message: "a tab"}}
	blocked := small()
	blocked.Blocked = []plan.Blocked{{Change: blocked.Changes[0], Why: "x"}}
	unread := &plan.Plan{Blocked: []plan.Blocked{{Change: small().Changes[0], Why: "AccessDenied", Unread: true}}}
	losing := documented()
	digest := losing.Digest()[:16]
	merged := map[fact.Key]bool{}
	for _, c := range small().Changes {
		merged[c.Op.Key] = true
	}
	for name, tt := range map[string]struct {
		review Review
		want   []string
	}{
		"changes":        {Review{Plan: small(), LossLimit: 25}, []string{"**1 share changes: 1 principal gains; 4 facts to make", "Merging this carries it out. Totals: 4 new; losses 0 of 25 allowed; digest `"}},
		"no limit":       {Review{Plan: losing, LossLimit: -1}, []string{"losses 1 (no limit)", "Merging this carries it out."}},
		"over the limit": {Review{Plan: losing}, []string{"**Over the limit: 1 loss of access, and 0 are allowed.", "Merging this carries out nothing by itself", "the input `allow` set to `" + digest + "`"}},
		"broken files":   {Review{Findings: broken, LossLimit: 25}, []string{"**Invalid: 1 error to mend.**\\", "Merging this carries out nothing: an apply refuses"}},
		"a rule denies":  {Review{Plan: small(), Findings: broken, LossLimit: 25}, []string{"**Invalid: 1 error to mend. 1 share changes", "Merging this carries out nothing: an apply refuses"}},
		"blocked":        {Review{Plan: blocked, LossLimit: 25}, []string{"; 1 blocked.**", "Merging this carries it out, without what is blocked."}},
		"unread":         {Review{Plan: unread, LossLimit: 25}, []string{"**Incomplete: something could not be read.", "Merging this carries out nothing until what is blocked is mended."}},
		"nothing":        {Review{Plan: &plan.Plan{Base: "abc", Tip: "abc"}}, []string{"**Nothing to do: all was carried out at commit `abc`.**\\", "Merging this changes nothing in AWS."}},
		"merged only":    {Review{Plan: small(), LossLimit: 25, Merged: merged}, []string{"**This pull request changes nothing in AWS. 4 more changes are merged and not yet carried out.**\\", "The next apply carries out what was merged before."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := comment(tt.review)
			top := strings.Join(strings.SplitN(body, "\n", 3)[:2], "\n")
			for _, want := range tt.want {
				if !strings.Contains(top, want) {
					t.Errorf("no %q in\n%s", want, top)
				}
			}
			for _, problem := range judged(body) {
				t.Error(problem)
			}
		})
	}
}

// TestUnchangedPlansGiveUnchangedComments: the run, its commit and the time of
// day must not edit a comment that still holds.
func TestUnchangedPlansGiveUnchangedComments(t *testing.T) {
	t.Parallel()
	first, again := review(), review()
	again.Links.Run, again.Links.Commit, again.Plan.Tip = server+"actions/runs/43", server+"commit/9", "9"
	if diff := cmp.Diff(comment(first), comment(again)); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
	if strings.Contains(comment(first), "actions/runs") {
		t.Error("it links to the run although nothing was cut")
	}
}

func TestQueuesGetASummaryOnly(t *testing.T) {
	t.Parallel()
	r := Review{Plan: small(), LossLimit: 25, Queue: true}
	body, summary := Comment(r, Options{Accounts: accounts()})
	if body != "" || !strings.Contains(summary, "### This merge group\n") || strings.Contains(summary, "pull request") {
		t.Errorf("body %q, summary\n%s", body, summary)
	}
}

func TestSummaryHasEveryFactAndTheWholeDigest(t *testing.T) {
	t.Parallel()
	r := review()
	_, summary := Comment(r, Options{Accounts: accounts()})
	for _, want := range []string{r.Plan.Digest(), "[`" + r.Plan.Tip + "`](" + r.Links.Commit + ")", "[`" + r.Plan.Base + "`](" + r.Links.Base + ")"} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary lacks %s", want)
		}
	}
	own, _ := divide(r.Plan, r.Merged)
	_, shares, _ := strings.Cut(summary, "<details><summary><code>billing")
	shares, _, _ = strings.Cut(shares, "<summary>Adopted")
	if n := strings.Count(shares, "\n- "); n != len(own.Changes) {
		t.Errorf("%d lines for %d changes", n, len(own.Changes))
	}
}

// TestLargestComeFirst: five of each, by principals × tables.
func TestLargestComeFirst(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{}
	add := func(who string, tables int) {
		for i := range tables {
			p.Gains = append(p.Gains, plan.Access{
				At: analytics, Principal: "arn:aws:iam::" + analyticsID + ":role/" + who, Object: table(who + string(rune('a'+i))),
				Columns: "*", Permissions: []string{"SELECT"}, Tables: 1,
			})
		}
	}
	for who, tables := range map[string]int{"A": 1, "B": 7, "C": 3, "D": 2, "E": 5, "F": 4} {
		add(who, tables)
	}
	p.Gains = append(p.Gains, plan.Access{
		At: sales, Principal: "o-abcdef1234", Object: fact.Object{Type: fact.Tables, Catalog: salesID, Database: "sales"}, Columns: "*", Permissions: []string{"SELECT"}, Tables: 40,
	})
	p.Changes = small().Changes
	body := comment(Review{Plan: p, LossLimit: 25})
	var got []string
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "| `+` | ") {
			_, who, _ := strings.Cut(line, "`+` | ")
			got = append(got, strings.Trim(strings.Fields(strings.NewReplacer("`", "", "role/", "").Replace(who))[0], "|"))
		}
	}
	if diff := cmp.Diff([]string{"organization", "B", "E", "F", "C", "D", "A"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	first, rest, _ := strings.Cut(body, "<details><summary>2 more gains</summary>")
	if strings.Count(first, "| `+`") != 5 || strings.Count(rest, "| `+`") != 2 {
		t.Errorf("five rows stand first:\n%s", body)
	}
}

// TestSummariesCutNoNames: what does not fit is left out whole there, and said so.
func TestSummariesCutNoNames(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Changes: small().Changes}
	for i := range 5000 {
		p.Gains = append(p.Gains, plan.Access{
			At: analytics, Principal: analyst, Object: table("orders"), Columns: "*", Permissions: []string{"SELECT"}, Tables: 1,
			Rows: "id = " + strings.Repeat("9", 200) + strconv.Itoa(i),
		})
	}
	body, summary := Comment(Review{Plan: p}, Options{Accounts: accounts()})
	if len(summary) > SummaryLimit || !strings.Contains(summary, "999910`") || strings.Contains(summary, "more character") {
		t.Errorf("%d bytes: %.500s", len(summary), summary)
	}
	if !strings.Contains(summary, "more lines: they do not fit here") || !strings.Contains(body, "4,995 more gains</summary>") {
		t.Errorf("nothing says what is left out: %.500s", body)
	}
}

// TestPicturesStaySmall counts what is drawn for more and more access.
func TestPicturesStaySmall(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		review Review
		want   []string
	}{
		"tables":    {Review{Plan: small()}, []string{`n1["sales#46;orders"]`, `n2["role#47;Analyst"]`, `n1 -->|gains| n2`, `subgraph a1["sales"]`, `subgraph a2["analytics"]`}},
		"databases": {Review{Plan: example()}, []string{`n1["sales#58; 8 objects"]`, `["role#47;Admin"]`, "-.->|loses|"}},
		"accounts":  {Review{Plan: huge().Plan}, []string{`n1["sales#58; 2#44;500 objects"]`, `n2["500 principals"]`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := comment(tt.review)
			_, drawn, _ := strings.Cut(body, "```mermaid\n")
			drawn, _, _ = strings.Cut(drawn, "```\n")
			for _, want := range tt.want {
				if !strings.Contains(drawn, want) {
					t.Errorf("no %q in\n%s", want, drawn)
				}
			}
			if n := strings.Count(drawn, `["`); n > 12 {
				t.Errorf("%d nodes", n)
			}
		})
	}
}

func TestPicturesOfManyAccountsSayWhatTheyLack(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Changes: small().Changes}
	for i := range 60 {
		id := strings.Repeat("1", 10) + string(rune('0'+i/10)) + string(rune('0'+i%10))
		p.Gains = append(p.Gains, plan.Access{At: sales, Principal: id, Object: table("orders"), Columns: "*", Permissions: []string{"SELECT"}, Tables: 1})
	}
	body := comment(Review{Plan: p})
	if !strings.Contains(body, "more pairs of accounts are not drawn.") {
		t.Errorf("nothing says that the picture is not whole:\n%s", body)
	}
	for _, problem := range judged(body) {
		t.Error(problem)
	}
	if comment(Review{Plan: &plan.Plan{Changes: small().Changes}}) == "" || strings.Contains(comment(Review{Plan: &plan.Plan{Changes: small().Changes}}), "mermaid") {
		t.Error("where nobody gains or loses there is nothing to draw")
	}
}
