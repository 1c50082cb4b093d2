package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lakeshare/lakeshare/internal/github"
	"github.com/lakeshare/lakeshare/internal/report"
)

const driftLabel = "lakeshare-drift"

// drift keeps one issue: open while something is not as git has it, closed when
// all is. Where the issue tells it, the run itself is green.
func (a *action) drift(ctx context.Context) (err error) {
	s, err := a.hub.session()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.found = a.found
	survey, view, err := s.survey(ctx, "")
	if err != nil {
		return err
	}
	a.forged()
	a.count("drift", survey.Drifts())
	a.count("waiting", len(survey.Waiting))
	if err := report.Survey(a.env.Stdout, survey, s.now(), view); err != nil {
		return err
	}
	view.Format, view.Verbose = report.Markdown, true // what the issue cannot hold
	var page strings.Builder
	if err := report.Survey(&page, survey, s.now(), view); err != nil {
		return err
	}
	if err := a.hub.actions.Summary(page.String()); err != nil {
		return err
	}
	code := driftCode(survey)
	a.set("reason", reasons[code])
	title, body := report.DriftIssue(survey, report.DriftOptions{Links: a.links(survey.Tip), Now: s.now()}, view)
	result, err := a.hub.client.Issue(ctx, github.Issue{
		Key: "drift:" + a.hub.config, Label: driftLabel, Title: title, Body: body,
		Open: code != ExitDone || len(survey.Expiring) > 0, Note: title + ".",
	})
	if refused := (*github.RefusedError)(nil); errors.As(err, &refused) {
		fmt.Fprintf(a.env.Stderr, "lakeshare: %v; it is in the summary of this run\n", err)
		return exit(code)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "lakeshare: issue %s: %s\n", result.Change, result.URL)
	if code == ExitPending {
		return nil
	}
	return exit(code)
}
