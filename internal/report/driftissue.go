package report

import (
	"cmp"
	"time"

	"github.com/lakeshare/lakeshare/internal/plan"
)

// DriftOptions is what an issue about drift needs to know.
type DriftOptions struct {
	// Command is what puts facts back on a command line; "" for
	// "lakeshare apply --repair".
	Command string
	Links   Links
	// Now decides which shares end soon. The issue names their dates and no days
	// left, so that it does not change from day to day.
	Now time.Time
}

// DriftIssue renders a survey as an issue: a title of constant form, and a body
// of at most [CommentLimit] bytes that is the same while the survey is. What
// does not fit is cut at rows, with a line that says so.
func DriftIssue(s *plan.Survey, d DriftOptions, o Options) (title, body string) {
	o.Verbose = false
	v := surveyor{names: o.pageNames(), survey: s, now: d.Now}
	v.link = d.Links.File
	v.repair = cat(words("run the apply workflow by hand with the command "), name("repair"), words(" (elsewhere: "),
		name(cmp.Or(d.Command, "lakeshare apply --repair")), words(")"))
	p := page{more: cutLine(d.Links, o)}
	p.add(3000, headOf(v.verdict()))
	for i, x := range v.sections() {
		if len(x.groups) > 0 {
			l := x.layer(issueNames)
			l.open = "\n" + l.open
			p.add([]int{5000, 12_000, 12_000, 16_000, 4000, 6000}[i], l)
		}
	}
	if f := v.footer(); len(f) > 0 && !v.clean() {
		p.add(1000, layer{open: "\n" + markdownFooter(f, issueNames)})
	}
	return v.title(), p.within(CommentLimit)
}

// issueNames is larger than commentNames: lines to copy have to be whole.
const issueNames = 700

func (v surveyor) title() string {
	s := "lakeshare: no drift"
	if n := len(v.survey.Expiring); n > 0 {
		s = "lakeshare: " + noun{"share ends", "shares end"}.count(n) + " soon"
	}
	unread := regular("place").count(len(v.survey.Unread)) + " could not be read"
	switch {
	case v.survey.Drifts() > 0 && len(v.survey.Unread) > 0:
		s = "lakeshare: " + regular("fact").count(v.survey.Drifts()) + " drifted, " + unread
	case v.survey.Drifts() > 0:
		s = "lakeshare: " + regular("fact").count(v.survey.Drifts()) + " drifted"
	case len(v.survey.Unread) > 0:
		s = "lakeshare: " + unread
	}
	return s
}
