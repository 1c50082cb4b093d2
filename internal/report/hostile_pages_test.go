package report

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/report/hostile"
)

// stage is everything that pages are made of.
type stage struct {
	review  Review
	run     Run
	survey  *plan.Survey
	options Options
}

func newStage() *stage {
	return &stage{review: review(), run: run(), survey: survey(), options: Options{Accounts: accounts()}}
}

// pages renders all that GitHub shows.
func (s *stage) pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	out["comment"], out["summary"] = Comment(s.review, s.options)
	out["outcome"], out["outcome summary"] = OutcomeComment(s.run, links(), s.options)
	title := ""
	title, out["issue"] = DriftIssue(s.survey, DriftOptions{Links: links(), Now: today()}, s.options)
	out["title"] = title + "\n"
	s.options.Format = Markdown
	var b bytes.Buffer
	if err := Survey(&b, s.survey, today(), s.options); err != nil {
		t.Fatal(err)
	}
	out["survey"] = b.String()
	return out
}

// rename changes the keys of everything that is shown.
func (s *stage) rename(change func(*fact.Key)) {
	for _, p := range []*plan.Plan{s.review.Plan, s.run.Plan, s.run.Left} {
		merged := map[fact.Key]bool{}
		for i := range p.Changes {
			was := s.review.Merged[p.Changes[i].Op.Key]
			change(&p.Changes[i].Op.Key)
			for k := range p.Changes[i].Falls {
				change(&p.Changes[i].Falls[k])
			}
			merged[p.Changes[i].Op.Key] = was
		}
		if p == s.review.Plan {
			s.review.Merged = merged
		}
		for _, list := range [][]plan.Access{p.Gains, p.Losses} {
			for i := range list {
				k := fact.Key{At: list[i].At, Object: list[i].Object, Principal: list[i].Principal}
				change(&k)
				list[i].At, list[i].Object, list[i].Principal = k.At, k.Object, k.Principal
			}
		}
		for i := range p.Blocked {
			change(&p.Blocked[i].Change.Op.Key)
		}
		for _, list := range [][]plan.Note{p.Adopted, p.Left, p.Drift} {
			renameNotes(list, change)
		}
	}
	for i := range s.run.Outcomes {
		change(&s.run.Outcomes[i].Op.Key)
	}
	for _, list := range [][]plan.Note{s.survey.Missing, s.survey.Altered, s.survey.Strays} {
		renameNotes(list, change)
	}
}

func renameNotes(list []plan.Note, change func(*fact.Key)) {
	for i := range list {
		change(&list[i].Key)
	}
}

// origins changes where everything is declared.
func (s *stage) origins(o fact.Origin) {
	all := []fact.Origin{o}
	for _, p := range []*plan.Plan{s.review.Plan, s.run.Plan, s.run.Left} {
		for i := range p.Changes {
			p.Changes[i].Origins = all
		}
		for i := range p.Blocked {
			p.Blocked[i].Change.Origins = all
		}
		for _, list := range [][]plan.Note{p.Adopted, p.Left, p.Drift} {
			for i := range list {
				list[i].Origins = all
			}
		}
	}
	for _, list := range [][]plan.Note{s.survey.Missing, s.survey.Altered} {
		for i := range list {
			list[i].Origins = all
		}
	}
	for i := range s.survey.Expiring {
		s.survey.Expiring[i].Origin = o
	}
}

// places are all ways by which text of others gets into a page.
var places = map[string]func(*stage, string){
	"share":      func(s *stage, x string) { s.origins(fact.Origin{Share: x, File: "shares/a.yaml", Line: 1}) },
	"file":       func(s *stage, x string) { s.origins(fact.Origin{Share: "a", File: x, Line: 1}) },
	"database":   func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Object.Database = x }) },
	"table":      func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Object.Table = x }) },
	"filter":     func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Object.Filter = x }) },
	"path":       func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Object.Path = x }) },
	"principal":  func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Principal = x }) },
	"role":       func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Principal = analyst + "/" + x }) },
	"permission": func(s *stage, x string) { s.rename(func(k *fact.Key) { k.Permission = x }) },
	"account":    func(s *stage, x string) { s.rename(func(k *fact.Key) { k.At.Account = x; k.Object.Catalog = x }) },
	"region":     func(s *stage, x string) { s.rename(func(k *fact.Key) { k.At.Region = x }) },
	"alias": func(s *stage, x string) {
		s.options.Accounts = []fact.Account{{Place: sales, Alias: x}, {Place: analytics, Alias: x}}
	},
	"columns": setColumns,
	"body":    setBodies,
	"error":   setErrors,
	"writer":  setWriters,
	"wait":    setWaits,
	"finding": setFindings,
	"note":    func(s *stage, x string) { s.review.Notes = []string{x} },
	"call":    func(s *stage, x string) { s.review.Calls[0].Name, s.review.Calls[0].At.Account = x, x },
	"commit":  setCommits,
	"owner": func(s *stage, x string) {
		for i := range s.survey.Expiring {
			s.survey.Expiring[i].Owner = x
		}
	},
}

func setColumns(s *stage, x string) {
	for _, p := range []*plan.Plan{s.review.Plan, s.run.Plan} {
		for _, list := range [][]plan.Access{p.Gains, p.Losses} {
			for i := range list {
				list[i].Columns, list[i].Rows, list[i].Permissions = x, x, []string{x}
			}
		}
	}
}

func setBodies(s *stage, x string) {
	b := fact.Body{Columns: "-" + x, Rows: x, Target: fact.Object{Type: fact.Table, Catalog: x, Database: x, Table: x}, Region: x}
	for _, p := range []*plan.Plan{s.review.Plan, s.run.Plan} {
		for i := range p.Changes {
			p.Changes[i].Op.Body, p.Changes[i].Op.Old, p.Changes[i].Why = b, b, x
		}
		p.Paths = map[fact.Key]string{p.Changes[1].Op.Key: x}
	}
	s.survey.Altered[0].Body, s.survey.Altered[0].Live.Body = b, b
}

func setErrors(s *stage, x string) {
	for i := range s.run.Outcomes {
		if s.run.Outcomes[i].Err != nil {
			s.run.Outcomes[i].Err = errors.New(x)
		}
	}
	s.run.Refused = x
	s.run.Left.Blocked = []plan.Blocked{{Change: s.run.Plan.Changes[0], Why: x, Unread: true}}
	b := &s.review.Plan.Blocked[0]
	b.Why, b.Unread = x, true
	s.review.Plan.Blocked[1].Why, s.review.Plan.Left[0].Why = x, x
	s.survey.Unread[0].Why = x
}

func setWriters(s *stage, x string) {
	for _, list := range [][]plan.Note{s.review.Plan.Adopted, s.review.Plan.Drift, s.survey.Missing, s.survey.Altered, s.survey.Strays} {
		for i := range list {
			list[i].Live.Writer = x
		}
	}
}

func setWaits(s *stage, x string) {
	w := []fact.Wait{{Who: x, What: x, Commands: []string{x, "aws " + x}}}
	s.review.Plan.Waiting, s.run.Plan.Waiting, s.run.Left.Waiting, s.survey.Waiting = w, w, w, w
}

func setFindings(s *stage, x string) {
	at := diag.Pos{File: x, Line: 3, Col: 1}
	l := diag.List{{Rule: x, Pos: at, Message: x, Hint: x, Other: diag.Pos{File: x}}}
	s.review.Findings, s.review.Plan.Findings, s.run.Left.Findings = l, l, l
}

func setCommits(s *stage, x string) {
	for _, p := range []*plan.Plan{s.review.Plan, s.run.Plan} {
		p.Tip, p.Base = x, x
		for i := range p.Changes {
			p.Changes[i].Commit = x
		}
	}
	s.run.Commit, s.survey.Tip, s.survey.Base = x, x, x
}

func checkPages(t *testing.T, s *stage, about string) {
	t.Helper()
	for page, got := range s.pages(t) {
		for _, problem := range judged(got) {
			t.Errorf("%s in the %s: %s", about, page, problem)
		}
		limit := CommentLimit
		if strings.HasSuffix(page, "summary") {
			limit = SummaryLimit
		}
		if len(got) > limit && page != "survey" {
			t.Errorf("%s: the %s has %d bytes", about, page, len(got))
		}
	}
}

// TestPagesAreAsMeant keeps the judge honest: what this package writes by
// itself passes, and each thing that it looks for is found.
func TestPagesAreAsMeant(t *testing.T) {
	t.Parallel()
	checkPages(t, newStage(), "nothing hostile")
	for _, bad := range []string{
		"@octocat", "see #1", "https://evil.example", "[x](https://evil.example)", "![x](" + server + ")", "<b>x</b>", "<script>", "```\nopen", "<details>",
		"</details>", "# Title", "> x", "*x*", "~~x~~", "| a | b |\n|---|---|\n| a |", "\u202e", "<!-- x -->", "<code>x", "```mermaid\nclick n1\n```", "www.evil.example",
		"<details><summary>@octocat</summary>\n\n</details>", "- [ ] x", "$x$", "---", "    x",
	} {
		if judged(bad+"\n") == nil {
			t.Errorf("the judge lets %q pass", bad)
		}
	}
}

// TestLargestStayWhateverTheirNames: long names are cut so that no row is.
func TestLargestStayWhateverTheirNames(t *testing.T) {
	t.Parallel()
	for _, x := range hostile.Corpus() {
		if len(x) < hostile.Long/2 {
			continue
		}
		p := &plan.Plan{Changes: small().Changes}
		for i := range 30 {
			o := fact.Object{Type: fact.Table, Catalog: x, Database: x, Table: fmt.Sprint(i, x)}
			a := plan.Access{At: analytics, Principal: analyst + fmt.Sprint(i, x), Object: o, Columns: x, Rows: x, Permissions: []string{x}, Tables: 1}
			p.Gains, p.Losses = append(p.Gains, a), append(p.Losses, a)
		}
		body, _ := Comment(Review{Plan: p, Links: links()}, Options{Accounts: accounts()})
		if n := strings.Count(opening(body), "\n| `"); n != 2*largest || len(body) > CommentLimit {
			t.Errorf("%.20q: %d rows in the first 15 lines, %d bytes", x, n, len(body))
		}
		for _, problem := range judged(body) {
			t.Errorf("%.20q: %s", x, problem)
		}
	}
}

func TestHostileTextDoesNothingOnAnyPage(t *testing.T) {
	t.Parallel()
	for i, x := range hostile.Corpus() {
		t.Run(strings.ToValidUTF8(clean(x[:min(len(x), 20)]), "?"), func(t *testing.T) {
			t.Parallel()
			s := newStage()
			order := slices.Sorted(maps.Keys(places))
			for _, place := range order {
				places[place](s, x)
			}
			checkPages(t, s, "everywhere")
			// Roles have taken the place of principals, and what is long crowds
			// out the rest: by turns the text is in one place alone.
			for _, place := range []string{"principal", order[i%len(order)]} {
				s := newStage()
				places[place](s, x)
				checkPages(t, s, place)
			}
		})
	}
}
