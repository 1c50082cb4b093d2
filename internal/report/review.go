package report

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// What GitHub takes, in bytes. It refuses comments and issues of more than
// 65,536 characters, and drops summaries of more than 1 MiB.
const (
	CommentLimit = 60_000
	SummaryLimit = 900 << 10
)

// Review is a plan as a pull request shows it.
type Review struct {
	// Plan is what a merge carries out; nil where the files allow none.
	Plan *plan.Plan
	// Merged are changes that the target branch asks for already: merged, and not
	// yet carried out.
	Merged map[fact.Key]bool
	// Cancelled is how many changes are merged and not yet carried out and would
	// never be, once this is merged.
	Cancelled int
	LossLimit int // limits.losses; negative for none
	// Notes are sentences about the plan, with names from files and AWS in them.
	Notes []string
	// Findings are those of the files and of the plan. Errors that are not the
	// plan's own stop an apply as a whole.
	Findings diag.List
	Calls    []Call // what an apply will send, forecast
	Links    Links
	Queue    bool // shown for a merge queue: there is a summary and no comment
}

// Call is how often an apply calls one operation in one place.
type Call struct {
	At      fact.Place
	Name    string // lakeformation:BatchGrantPermissions
	Count   int    // calls
	Entries int    // what they carry together; 0 where calls carry no lists
}

// Comment renders a review: body for the pull request, at most [CommentLimit]
// bytes, and summary for the summary of the workflow run, at most [SummaryLimit].
//
// The body holds what a reader needs first, in an order that never changes: what
// the plan comes to and what a merge does, who gains or loses most, what others
// have to do, a picture, the facts of each share, the API calls. What does not
// fit there is in the summary. It names nothing that changes from run to run, so
// an unchanged plan gives the same bytes: no times, no tip, and the run only
// where something was cut. For a merge queue body is empty.
func Comment(r Review, o Options) (body, summary string) {
	v := newReviewer(r)
	summary = summaryOf(o, func(n names, o Options) page { return v.page(n, o, scale) })
	if r.Queue {
		return "", summary
	}
	o.Verbose = false
	return v.page(o.pageNames(), o, 1).within(CommentLimit), summary
}

// summaryOf renders a page with a line for each fact, or where that does not fit
// with a line for each grant.
func summaryOf(o Options, compose func(names, Options) page) string {
	o.Verbose = true
	n := o.pageNames()
	p := compose(n, o)
	if p.size() > SummaryLimit {
		n.dense = true
		p = compose(n, o)
	}
	return p.within(SummaryLimit)
}

// scale is how much larger the budgets of a summary are.
const scale = SummaryLimit / CommentLimit

// The longest names of pages, in characters. AWS allows 255 for most names and
// 2,048 for row filters and ARNs.
const (
	commentNames = 300
	summaryNames = 2100
)

// reviewer composes the page of one review.
type reviewer struct {
	Review
	names
	options Options
	digest  string
	own     *plan.Plan // what the pull request itself asks for
	before  *plan.Plan // what was merged before
	most    int
	scale   int
}

func newReviewer(r Review) reviewer {
	v := reviewer{Review: r}
	if v.Plan == nil {
		v.Plan = &plan.Plan{}
	}
	v.Findings = slices.Concat(v.Findings, v.Plan.Findings).Sorted()
	v.digest = v.Plan.Digest()
	v.own, v.before = divide(v.Plan, r.Merged)
	return v
}

// page composes the comment, or the summary where the options say verbose.
func (v reviewer) page(n names, o Options, scale int) page {
	v.names, v.options, v.most, v.scale = n, o, commentNames, scale
	if o.Verbose {
		v.most = summaryNames
	}
	v.link, v.several = v.Links.File, severalOwners(v.Plan)
	p := page{more: cutLine(v.Links, o)}
	v.opening(&p)
	v.obstacles(&p)
	v.budget(&p, 6000, v.waitingSection(v.Plan.Waiting))
	p.add(4000*scale, v.picture())
	p.add(10_000*scale, v.shares(v.own, 10_000*scale)...)
	v.alone(&p)
	v.budget(&p, 1500, v.callsSection())
	p.add(1000*scale, v.closing())
	return p
}

// budget adds a section if it holds anything.
func (v reviewer) budget(p *page, bytes int, s section) {
	if len(s.groups) == 0 {
		return
	}
	s.deep = true
	l := s.layer(v.most)
	l.open = "\n" + l.open
	p.add(bytes*v.scale, l)
}

// pageNames are the names of a page that is cut by its size alone.
func (o Options) pageNames() names {
	n := o.names()
	n.whole = true
	return n
}

// cutLine is what stands where rows were left out: where the rest is.
func cutLine(l Links, o Options) func(int) string {
	where := "see the summary of this run"
	if href := address(l.Run); href != "" {
		where = "see the [summary of this run](" + href + ")"
	}
	if o.Verbose {
		where = "they do not fit here; --format json leaves nothing out"
	}
	return func(left int) string {
		return "\n… and " + noun{"more line", "more lines"}.count(left) + ": " + where + "\n"
	}
}
