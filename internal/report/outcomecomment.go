package report

import "github.com/lakeshare/lakeshare/internal/plan"

// doneInPage is how fine a page tells what is done, in lines.
const doneInPage = 40

// OutcomeComment renders what became of an apply for the pull requests that it
// carried out: body for a comment, at most [CommentLimit] bytes, and summary for
// the summary of the workflow run, at most [SummaryLimit]. It says what is done,
// what is not and why, and how it goes on.
func OutcomeComment(r Run, l Links, o Options) (body, summary string) {
	summary = summaryOf(o, func(n names, o Options) page { return r.page(n, l, o, scale) })
	o.Verbose = false
	return r.page(o.pageNames(), l, o, 1).within(CommentLimit), summary
}

func (r Run) page(n names, l Links, o Options, scale int) page {
	n.link = l.File
	most := commentNames
	if o.Verbose {
		most = summaryNames
	}
	if r.Plan != nil {
		n.several = severalOwners(r.Plan)
	}
	t := r.tally()
	p := page{more: cutLine(l, o)}
	p.add(6000*scale, headOf(r.headline(t, o), r.outlook(t)))
	done := n.fill(section{title: "Done", folded: true}, t.done, budget{doneInPage, doneInPage}, true)
	rest := n.leftSections(r)
	sections := []section{n.failedSection(t), n.skippedSection(t)}
	if r.Left != nil {
		rest = append(rest, n.findingsSection(r.Left.Findings))
	}
	for i, s := range append(append(sections, rest...), done) {
		if len(s.groups) > 0 {
			x := s.layer(most)
			x.open = "\n" + x.open
			p.add([]int{16_000, 5000}[min(i, 1)]*scale, x)
		}
	}
	if c := r.linkedRecord(l, o); len(c) > 0 && !(r.finished(t) && r.Recorded) {
		p.add(1000*scale, layer{open: "\n" + markdownFooter([]footLine{{"record", c}}, most)})
	}
	return p
}

// headline is the verdict, and why where there was nothing to do.
func (r Run) headline(t tally, o Options) phrase {
	idleRun := r.Refused == "" && len(r.Outcomes) == 0 && r.left() == 0
	if !idleRun || r.Plan == nil || !r.Plan.Empty() {
		return r.opening(t, o)
	}
	v := cat(words("Nothing to do: "), idle(r.Plan, o), words("."))
	if r.Recorded && r.Commit != "" {
		v = cat(v, words(" "), r.record(o), words("."))
	}
	return v
}

// outlook says how it goes on.
func (r Run) outlook(t tally) phrase {
	again := words("Run the apply workflow again, or merge the next change: it goes on where this run stopped.")
	switch {
	case r.Over && r.Plan != nil:
		return cat(words("Run the apply workflow by hand with the input `allow` set to "), name(short(r.Plan.Digest(), digestLength, false)),
			words(" to let exactly this list pass, or raise `limits.losses`."))
	case r.finished(t) && (r.Recorded || r.Commit == ""):
		return nil
	case r.finished(t):
		return cat(words("All is carried out, and the commit could not be recorded. "), again)
	case r.Left != nil && r.Left.Findings.HasErrors():
		return words("Mend what was found and merge it: the next apply goes on where this run stopped.")
	case unreadAny(r.Left, r.Plan):
		return cat(words("Mend what could not be read. "), again)
	}
	return again
}

func unreadAny(plans ...*plan.Plan) bool {
	for _, p := range plans {
		if p != nil && p.Unread() {
			return true
		}
	}
	return false
}

// linkedRecord is [Run.record] with a link to the commit.
func (r Run) linkedRecord(l Links, o Options) phrase {
	out := r.record(o)
	for i, x := range out {
		if x.voice == naming {
			out[i].href = l.Commit
		}
	}
	return out
}
