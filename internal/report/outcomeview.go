package report

import (
	"errors"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// faultBudget is generous: an error that is not shown cannot be mended.
const faultBudget = 60

// tally sorts the outcomes of a run.
type tally struct {
	done, failed, skipped []entry
}

func (r Run) tally() tally {
	changes := map[fact.Key]plan.Change{}
	paths := map[fact.Key]string{}
	if r.Plan != nil {
		paths = r.Plan.Paths
		for _, c := range r.Plan.Changes {
			changes[c.Op.Key] = c
		}
	}
	var t tally
	for _, o := range r.Outcomes {
		c := changes[o.Op.Key]
		c.Op = o.Op
		e := entryOf(c, paths)
		switch {
		case o.Err == nil:
			t.done = append(t.done, e)
		case o.Skipped:
			e.sign, e.why, e.row = bang, ownWords(o.Err), o.Op.Verb.String()
			e.commit, e.exchange, e.falls = "", false, nil
			t.skipped = append(t.skipped, e)
		default:
			e.sign, e.why, e.fault, e.row = bang, "", o.Err.Error(), o.Op.Verb.String()
			e.commit, e.exchange, e.falls = "", false, nil
			t.failed = append(t.failed, e)
		}
	}
	return t
}

// ownWords is what an error adds to the one it wraps: why something was
// skipped. The failure itself stands among the failures already.
func ownWords(err error) string {
	s := err.Error()
	if inner := errors.Unwrap(err); inner != nil && inner.Error() != "" {
		s = strings.TrimSuffix(s, ": "+inner.Error())
	}
	return s
}

// outcomeView orders a run for reading: what came of it, what failed and why,
// what was done, what is left and what happens next.
func outcomeView(r Run, o Options) document {
	n := o.names()
	if r.Plan != nil {
		n.several = severalOwners(r.Plan)
	}
	t := r.tally()
	d := document{verdict: r.opening(t, o)}
	for _, s := range []section{n.failedSection(t), n.skippedSection(t), n.doneSection(t)} {
		d.add(s)
	}
	for _, s := range n.leftSections(r) {
		d.add(s)
	}
	if !r.finished(t) || !r.Recorded {
		d.foot("record", r.record(o))
	}
	if r.Writes > 0 {
		d.foot("calls", wordsf("%d wrote something", r.Writes))
	}
	d.foot("next", r.next(t, o))
	return d
}

// opening is the verdict with the record where that is the end of it.
func (r Run) opening(t tally, o Options) phrase {
	v := r.verdict(t)
	if r.finished(t) && r.Recorded && r.Commit != "" {
		v = cat(v, words(" "), r.record(o), words("."))
	}
	return v
}

func (n names) failedSection(t tally) section {
	return n.fill(section{title: "Failed"}, t.failed, budget{faultBudget, faultBudget}, true)
}

func (n names) skippedSection(t tally) section {
	return n.fill(section{title: "Skipped"}, t.skipped, notesBudget(), false)
}

func (n names) doneSection(t tally) section {
	return n.fill(section{title: "Done", folded: true}, t.done, doneBudget(), true)
}

// leftSections are what a plan made after the run still wants, and what others have to do.
func (n names) leftSections(r Run) []section {
	p := r.Left
	if p == nil {
		if r.Plan == nil {
			return nil
		}
		return []section{n.waitingSection(r.Plan.Waiting)}
	}
	left := n.factsSection(p)
	left.title, left.folded = "Still left", false
	return []section{left, n.blockedSection(p), unreadSection(p), n.waitingSection(p.Waiting)}
}

func (r Run) verdict(t tally) phrase {
	var parts []string
	for _, x := range []struct {
		count int
		what  string
	}{{len(t.done), "done"}, {len(t.failed), "failed"}, {len(t.skipped), "skipped"}, {r.left(), "still left"}} {
		switch {
		case x.count > 0 && len(parts) == 0:
			parts = append(parts, regular("fact").count(x.count)+" "+x.what)
		case x.count > 0:
			parts = append(parts, grouped(x.count)+" "+x.what)
		}
	}
	counts := words(strings.Join(parts, ", "))
	switch {
	case r.Refused != "" && len(r.Outcomes) == 0 && r.Writes == 0:
		return cat(words("Refused, and nothing was written: "), quote(r.Refused))
	case r.Refused != "" && len(parts) == 0:
		return cat(words("Stopped: "), quote(r.Refused))
	case r.Refused != "":
		return cat(words("Stopped: "), quote(r.Refused), words(". "), counts, words("."))
	case len(parts) == 0:
		return words("Nothing to do.")
	case len(t.done)+len(t.failed)+len(t.skipped) == 0 && r.left() == len(r.Left.Blocked):
		n := r.left()
		return cat(words("Nothing could be done: "), wordsf("%s %s blocked.", regular("fact").count(n), noun{"is", "are"}.of(n)))
	case len(t.done) == 0:
		return cat(words("Nothing could be done: "), counts, words("."))
	case len(t.failed)+len(t.skipped)+r.left() > 0:
		return cat(words("Carried out in part: "), counts, words("."))
	}
	return cat(words("Carried out: "), counts, words("."))
}

// left is how many facts a plan made after the run is not content with.
func (r Run) left() int {
	if r.Left == nil {
		return 0
	}
	return len(r.Left.Changes) + len(r.Left.Blocked)
}

func (r Run) record(o Options) phrase {
	if r.Commit == "" {
		return nil
	}
	commit := cat(words("Commit "), name(short(r.Commit, commitLength, o.Verbose)))
	if r.Recorded {
		return cat(commit, words(" is recorded as carried out"))
	}
	return cat(commit, words(" is not recorded as carried out"))
}

// finished reports whether nothing failed and nothing is left.
func (r Run) finished(t tally) bool {
	return r.Refused == "" && len(t.failed)+len(t.skipped)+r.left() == 0
}

// next says that running again goes on, unless everything is done.
func (r Run) next(t tally, o Options) phrase {
	if r.finished(t) && (r.Recorded || r.Commit == "") {
		return nil
	}
	if r.Left != nil && r.Left.Findings.HasErrors() && o.Command != "" {
		return cat(words("mend what was found; "), name(o.Command), words(" goes on where this run stopped"))
	}
	if r.Left != nil && r.Left.Unread() && o.Command != "" {
		return cat(words("mend what could not be read; "), name(o.Command), words(" goes on where this run stopped"))
	}
	again := words("run it again: it goes on where this run stopped")
	if o.Command != "" {
		again = cat(words("run "), name(o.Command), words(" again: it goes on where this run stopped"))
	}
	return again
}
