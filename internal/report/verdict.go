package report

import (
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// standing is what stands between a plan and its apply.
type standing struct {
	fileErrors int  // they stop an apply as a whole
	planErrors int  // they block what they are about
	over       bool // more is lost than the limit allows
	unread     bool
}

func (r Review) standing() standing {
	s := standing{over: r.LossLimit >= 0 && r.Plan.LostTables() > r.LossLimit, unread: r.Plan.Unread()}
	ofPlan := map[diag.Finding]bool{}
	for _, f := range r.Plan.Findings {
		ofPlan[f] = true
	}
	for _, f := range r.Findings {
		switch {
		case f.Severity != diag.Error:
		case ofPlan[f]:
			s.planErrors++
		default:
			s.fileErrors++
		}
	}
	return s
}

// verdict is the line that everybody reads: what is wrong, what the pull request
// comes to, and what else waits to be carried out.
func (v reviewer) verdict() phrase {
	s := v.standing()
	var parts []phrase
	if n := s.fileErrors + s.planErrors; n > 0 {
		parts = append(parts, wordsf("Invalid: %s to mend.", regular("error").count(n)))
	}
	if s.over {
		parts = append(parts, wordsf("Over the limit: %s of access, and %s allowed.",
			noun{"loss", "losses"}.count(v.Plan.LostTables()), noun{"is", "are"}.count(v.LossLimit)))
	}
	if s.unread {
		parts = append(parts, words("Incomplete: something could not be read."))
	}
	merged := len(v.before.Changes) + len(v.before.Blocked)
	switch {
	case s.fileErrors > 0 && v.Plan.Empty():
	case v.own.Empty() && v.Cancelled > 0:
	case !v.own.Empty() || merged == 0:
		parts = append(parts, verdict(v.own, v.options))
	default:
		parts = append(parts, wordsf("%s changes nothing in AWS.", v.itself()))
	}
	if v.Cancelled > 0 {
		parts = append(parts, wordsf("%s takes back %s merged and not yet carried out.", v.itself(), noun{"change that is", "changes that are"}.count(v.Cancelled)))
	}
	if merged > 0 {
		parts = append(parts, words(noun{"more change is", "more changes are"}.count(merged)+" merged and not yet carried out."))
	}
	return join(" ", parts...)
}

func (v reviewer) itself() string {
	if v.Queue {
		return "This merge group"
	}
	return "This pull request"
}

// consequence says what a merge does.
func (v reviewer) consequence() phrase {
	s := v.standing()
	switch {
	case s.fileErrors > 0:
		return words("Merging this carries out nothing: an apply refuses what has such errors.")
	case len(v.Plan.Changes) == 0 && v.Cancelled > 0:
		return words("Merging this keeps what is there now. If an apply carries those changes out before, merging this makes them undone.")
	case len(v.Plan.Changes) == 0 && len(v.Plan.Blocked) > 0:
		return words("Merging this carries out nothing until what is blocked is mended.")
	case len(v.Plan.Changes) == 0:
		return words("Merging this changes nothing in AWS.")
	case s.over:
		return cat(words("Merging this carries out nothing by itself: the apply refuses more losses than `limits.losses` allows. "), v.letPass())
	case len(v.Plan.Blocked) > 0:
		return words("Merging this carries it out, without what is blocked.")
	case len(v.before.Changes) > 0 && len(v.own.Changes) > 0:
		return words("Merging this carries it out, with what was merged before.")
	case len(v.own.Changes) == 0:
		return words("The next apply carries out what was merged before.")
	}
	return words("Merging this carries it out.")
}

// letPass says how one plan gets past the limit.
func (v reviewer) letPass() phrase {
	return cat(words("To let exactly this list pass, merge it and run the apply workflow by hand with the input `allow` set to "),
		name(short(v.digest, digestLength, false)), words(", or raise the limit."))
}

// totals are the figures of the whole plan in one line.
func (v reviewer) totals() phrase {
	p := v.Plan
	parts := []phrase{counts(p)}
	if len(p.Changes) > 0 || len(p.Losses) > 0 {
		parts = append(parts, cat(words("losses "), lossCount(p, v.LossLimit)))
	}
	if n := len(p.Waiting); n > 0 {
		parts = append(parts, wordsf("%s for others", noun{"thing waits", "things wait"}.count(n)))
	}
	if len(p.Changes) > 0 {
		parts = append(parts, cat(words("digest "), name(short(v.digest, digestLength, v.options.Verbose))))
	}
	line := join("; ", parts...)
	if len(line) == 0 {
		return nil
	}
	return cat(words("Totals: "), line, words("."))
}

func lossCount(p *plan.Plan, limit int) phrase {
	lost := grouped(p.LostTables())
	switch {
	case limit < 0:
		return words(lost + " (no limit)")
	case p.LostTables() > limit:
		return words(lost + " (over the limit of " + grouped(limit) + ")")
	}
	return words(lost + " of " + grouped(limit) + " allowed")
}

// headOf is the top of a page: a bold line that is never left out, and what follows from it.
func headOf(verdict phrase, below ...phrase) layer {
	st := style{code, commentNames}
	lines := []string{"**" + verdict.markdown(st) + "**"}
	if line := join(" ", below...); len(line) > 0 {
		lines = append(lines, line.markdown(st))
	}
	return layer{open: strings.Join(lines, "\\\n") + "\n"}
}
