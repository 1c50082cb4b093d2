package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/lakeshare/lakeshare/internal/github"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/report"
)

// apply carries out the default branch as it is now, and tells every pull
// request that was merged since the last one that was carried out.
func (a *action) apply(ctx context.Context, only plan.Only) (err error) {
	s, err := a.hub.session()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.found = a.found
	if err := a.lost(only); err != nil {
		return err
	}
	o := &applyOptions{common: a.common, yes: true, allow: a.allow, only: only}
	r, err := o.carryOut(ctx, s)
	if err != nil {
		return err
	}
	a.forged()
	if r.Plan == nil {
		return errors.Join(r.err, a.hub.broken("it could not be planned"))
	}
	end := o.finish(r)
	code, text := ending(end)
	if !r.Recorded && a.hub.began != 0 {
		end = errors.Join(end, a.hub.broken("something is left: run it again"))
	}
	a.findings = allFindings(r.tree, r.Plan)
	if err := a.outputsOf(r.Plan, r.limit, r.view); err != nil {
		return errors.Join(end, err)
	}
	if r.Left != nil { // who has to act now, not who had to before
		a.count("waiting", len(r.Left.Waiting))
		a.count("drift", len(r.Left.Drift))
	}
	a.set("reason", reasons[code])
	if code == ExitDone && len(r.Plan.Changes) == 0 {
		a.set("reason", "nothing-to-do")
	}
	if ctx.Err() != nil {
		return end // interrupted: there is little time left
	}
	run := r.told()
	if run.Refused == "" && code != ExitDone && len(r.Outcomes) == 0 {
		run.Refused = text
	}
	return errors.Join(end, a.tellOutcome(ctx, only, r, run))
}

// tellOutcome writes what became of an apply. Runs that carry out nothing of git
// have no pull requests to tell.
func (a *action) tellOutcome(ctx context.Context, only plan.Only, r applied, run report.Run) error {
	commit := r.tree.tree.Commit
	view := r.view
	view.Format = report.Markdown
	body, summary := report.OutcomeComment(run, a.links(commit), view)
	var pulls []int
	if only == plan.Merges && r.Plan.Base != commit && a.simulate == "" {
		var err error
		if pulls, err = a.hub.client.MergedPulls(ctx, r.Plan.Base, commit); err != nil {
			fmt.Fprintf(a.env.Stderr, "lakeshare: merged pull requests were not told: %v\n", err)
		}
	}
	return a.hub.tell(pulls, "apply", body, summary)
}

// lost refuses to begin anew where there was a record whose proof is gone: nothing
// would be taken away of what it carried out, and the run would look complete.
func (a *action) lost(only plan.Only) error {
	if only != plan.Merges || a.simulate != "" {
		return nil
	}
	record, err := a.hub.Load()
	if err != nil || record.Applied != "" || len(record.Started) > 0 {
		return err
	}
	for _, f := range a.hub.refused {
		if f.Creator == github.ActionsLogin {
			return fmt.Errorf("no apply is proven, and %s\nIf it is real, its proof is gone: delete such deployments to begin without a record; "+
				"what they carried out and git does not ask for any more then shows as drift", f)
		}
	}
	return nil
}

// forged tells about deployments that look like the record and do not count.
func (a *action) forged() {
	for _, f := range a.hub.refused {
		fmt.Fprintln(a.env.Stderr, "lakeshare: "+f.String())
	}
}
