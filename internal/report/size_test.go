package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// opening are the lines of a page that everybody reads.
func opening(page string) string {
	return strings.Join(strings.Split(page, "\n")[:15], "\n")
}

func TestFiveThousandChangesStayReadable(t *testing.T) {
	t.Parallel()
	r := huge()
	if n := len(r.Plan.Changes); n != 5000 {
		t.Fatalf("the example has %d changes", n)
	}
	body, summary := Comment(r, Options{Accounts: accounts()})
	t.Logf("the comment has %d bytes, the summary %d", len(body), len(summary))
	if len(body) > CommentLimit || len(summary) > SummaryLimit {
		t.Errorf("%d bytes of comment, %d of summary", len(body), len(summary))
	}
	top := opening(body)
	for _, want := range []string{
		"**Over the limit: 50 losses of access, and 25 are allowed. 500 shares change: 490 principals gain, 10 lose; 4,900 facts to make,",
		"Merging this carries out nothing by itself", "Totals: 4,900 new, 100 withdrawn; losses 50 (over the limit of 25); digest `" + r.Plan.Digest()[:16],
		"input `allow` set to `" + r.Plan.Digest()[:16] + "`",
	} {
		if !strings.Contains(top, want) {
			t.Errorf("the first 15 lines lack %q:\n%s", want, top)
		}
	}
	if g, l := strings.Count(top, "\n| `+`"), strings.Count(top, "\n| `-`"); g != 5 || l != 5 {
		t.Errorf("%d gains and %d losses in the first 15 lines:\n%s", g, l, top)
	}
	if losses, gains := strings.Index(body, "| `-`"), strings.Index(body, "| `+`"); losses > gains {
		t.Error("gains stand before losses")
	}
	if !strings.Contains(body, "more lines: see the [summary of this run]("+r.Links.Run+")") {
		t.Error("the comment does not say where the rest is")
	}
	for page, s := range map[string]string{"comment": body, "summary": summary} {
		for _, problem := range judged(s) {
			t.Errorf("%s: %s", page, problem)
		}
	}
	for _, c := range r.Plan.Changes {
		if !strings.Contains(summary, "`"+c.Op.Key.Object.Table+"`") && !strings.Contains(summary, "`"+c.Op.Key.Object.Name()+"`") {
			t.Fatalf("the summary lacks %s", c.Op.Key)
		}
	}
	if again, _ := Comment(huge(), Options{Accounts: accounts()}); again != body {
		t.Error("the same plan gives another comment")
	}
}

// TestNoLayerCrowdsOutTheVerdict fills every layer far beyond what fits.
func TestNoLayerCrowdsOutTheVerdict(t *testing.T) {
	t.Parallel()
	r := huge()
	r.Merged = map[fact.Key]bool{}
	for i, c := range r.Plan.Changes {
		if i%2 == 0 {
			r.Merged[c.Op.Key] = true
		}
		k := c.Op.Key
		r.Plan.Adopted = append(r.Plan.Adopted, plan.Note{Row: plan.Adopted, Key: k, Live: fact.Row{Writer: fmt.Sprint(admin, i)}})
		r.Plan.Drift = append(r.Plan.Drift, plan.Note{Row: plan.Stray, Key: k, Live: fact.Row{Writer: fmt.Sprint(admin, i)}})
		r.Plan.Waiting = append(r.Plan.Waiting, fact.Wait{Key: k, Who: partnerID, What: fmt.Sprint("accept ", i), Commands: []string{strings.Repeat("aws ram ", 20)}})
		r.Plan.Blocked = append(r.Plan.Blocked, plan.Blocked{Change: c, Why: fmt.Sprint("cause ", i)})
		r.Findings = append(r.Findings, diag.Finding{Rule: "x", Pos: diag.Pos{File: "a.yaml", Line: i + 1}, Message: strings.Repeat("long ", 50)})
		r.Notes = append(r.Notes, fmt.Sprint("note ", i))
		r.Calls = append(r.Calls, Call{At: sales, Name: fmt.Sprint("lakeformation:Call", i), Count: 1})
	}
	body, summary := Comment(r, Options{Accounts: accounts()})
	if len(body) > CommentLimit || len(summary) > SummaryLimit {
		t.Errorf("%d bytes of comment, %d of summary", len(body), len(summary))
	}
	for page, s := range map[string]string{"comment": body, "summary": summary} {
		for _, problem := range judged(s) {
			t.Errorf("%s: %s", page, problem)
		}
		if !strings.HasPrefix(s, "**Invalid: 5,000 errors to mend. Over the limit") {
			t.Errorf("%s: no verdict in %.200s", page, s)
		}
		order := -1
		for _, want := range []string{
			"Totals: ", "### This pull request", "| `-`", "| `+`", "more gains</summary>", "#### Notes", "#### Findings", "#### Blocked", "#### Waiting for others",
			"```mermaid", "<details><summary><code>team", "<summary>Adopted", "### Merged, not yet carried out", "### Drift it touches", "API calls</summary>", "- digest: ",
		} {
			if page == "summary" && want == "more gains</summary>" {
				continue // it shows all in one table
			}
			at := strings.Index(s, want)
			if at < order {
				t.Errorf("%s: %q is missing or out of its order", page, want)
			}
			order = max(order, at)
		}
	}
}

func TestLargeOutcomesAndSurveysAreCut(t *testing.T) {
	t.Parallel()
	r := Run{Plan: huge().Plan, Commit: "abc"}
	s := &plan.Survey{}
	for i, c := range r.Plan.Changes {
		o := fact.Outcome{Op: c.Op}
		if i%3 == 0 {
			o.Err = fmt.Errorf("failure %d of %s", i, strings.Repeat("x", i%500))
		}
		r.Outcomes = append(r.Outcomes, o)
		writer := fmt.Sprintf("arn:aws:iam::%s:role/Writer%d", salesID, i)
		note := plan.Note{Row: plan.Stray, Key: c.Op.Key, Live: fact.Row{Writer: writer}, Origins: c.Origins}
		s.Strays = append(s.Strays, note)
		note.Row = plan.Missing
		s.Missing = append(s.Missing, note)
		s.Unread = append(s.Unread, plan.Unread{At: sales, Why: fmt.Sprint("no ", i)})
		s.Expiring = append(s.Expiring, fact.Expiry{Origin: from(fmt.Sprint("s", i), 1)[0], Owner: "@acme/a", Ends: today().Add(time.Hour)})
	}
	body, summary := OutcomeComment(r, links(), Options{Accounts: accounts()})
	_, issue := DriftIssue(s, DriftOptions{Links: links(), Now: today()}, Options{Accounts: accounts()})
	t.Logf("the outcome has %d bytes, its summary %d, the issue %d", len(body), len(summary), len(issue))
	for page, got := range map[string]string{"outcome": body, "summary": summary, "issue": issue} {
		if limit := map[bool]int{true: SummaryLimit, false: CommentLimit}[page == "summary"]; len(got) > limit {
			t.Errorf("the %s has %d bytes", page, len(got))
		}
		for _, problem := range judged(got) {
			t.Errorf("%s: %s", page, problem)
		}
	}
	if want := "**Carried out in part: 3,333 facts done, 1,667 failed.**"; !strings.HasPrefix(body, want) {
		t.Errorf("no %q at the start of %.200s", want, body)
	}
	for _, want := range []string{"**Incomplete: 5,000 places", "### Could not be read", "### Missing", "### Stray", "### Ending soon", "see the [summary of this run]("} {
		if !strings.Contains(issue, want) {
			t.Errorf("the issue lacks %q", want)
		}
	}
}
