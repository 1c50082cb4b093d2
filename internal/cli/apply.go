package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/policy"
	"github.com/lakeshare/lakeshare/internal/reconcile"
	"github.com/lakeshare/lakeshare/internal/report"
)

type applyOptions struct {
	*common
	base  string
	yes   bool
	allow string
	only  plan.Only
}

func newApply(c *common) *cobra.Command {
	o := &applyOptions{common: c}
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Carry out what changed in git since the last apply",
		Long: `Carry out what the shares at HEAD ask for and what earlier commits asked for and
HEAD does not any more. What git does not explain is left alone. On a terminal the
plan is shown and apply asks before it acts.

An apply that is interrupted or fails in part is finished by the next one.

What a date ended, and what somebody changed by hand, are runs of their own:
--expired takes away what shares past their date asked for, and sends invitations
again that nobody accepted in time; --repair puts back what is missing or altered,
and --auto-repair does so only where lakeshare.yaml says drift: repair.

Exit codes: 0 done, or nothing to do; 1 nothing could be done; 3 the files are
invalid; 4 more access would be lost than limits.losses allows; 5 done in part.`,
		Example: "  lakeshare apply\n  lakeshare apply --yes\n  lakeshare apply --yes --allow 3f9c2a7be1d40c55\n  lakeshare apply --expired --yes",
		Args:    cobra.NoArgs,
	}
	runs := map[string]plan.Only{}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for name, only := range runs {
			if cmd.Flags().Changed(name) {
				o.only = only
			}
		}
		return o.run(cmd.Context())
	}
	f := cmd.Flags()
	only := func(name string, what plan.Only, usage string) {
		f.Bool(name, false, usage)
		runs[name] = what
	}
	only("expired", plan.Endings, "only what a date ended, and invitations that lapsed")
	only("repair", plan.Repairs, "only put back what is missing or altered")
	only("auto-repair", plan.AutoRepairs, "the same, where lakeshare.yaml says drift: repair")
	cmd.MarkFlagsMutuallyExclusive("expired", "repair", "auto-repair")
	f.StringVar(&o.base, "base", "", "commit that was carried out last, instead of the record")
	f.BoolVar(&o.yes, "yes", false, "do not ask")
	f.StringVar(&o.allow, "allow", "", "let the plan with this digest pass the limits, once")
	return cmd
}

func (o *applyOptions) run(ctx context.Context) (err error) {
	s, err := o.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	t, err := o.tip(s)
	if err != nil {
		return err
	}
	before, view, err := s.compare(t, o.base)
	if err != nil {
		return err
	}
	recorded, err := s.recorded(t.tree.Commit)
	if err != nil {
		return err
	}
	run := reconcile.Apply{
		Cloud: s.cloud(aws.Applying, view.Accounts, t.tree.Commit), Only: o.only, Tip: t.tree, Before: before, Recorded: recorded,
		Gate:     func(p *plan.Plan) error { return o.gate(p, t, view) },
		Moved:    func() (bool, error) { tip, err := s.repo.Tip(); return tip != t.tree.Commit, err },
		Progress: func(fact.Outcome) {},
		Now:      s.now, Sleep: s.sleep,
	}
	if o.only == plan.Merges {
		run.Record = s.record
	}
	if o.format == "text" {
		run.Progress = report.Progress(o.env.Stderr, view)
	}
	result, err := run.Run(ctx)
	if o.format == "text" {
		run.Progress(fact.Outcome{}) // the last line waits for more of its object
	}
	return o.finish(result, err, t, view)
}

// tip compiles HEAD. Uncommitted changes are refused: nobody has seen them.
func (o *applyOptions) tip(s *session) (compiled, error) {
	dirty, err := s.repo.Dirty(manifest.Keep)
	if err != nil {
		return compiled{}, err
	}
	if len(dirty) > 0 {
		return compiled{}, fmt.Errorf("uncommitted changes: %s\nCommit them first; lakeshare plan shows what they would do", strings.Join(dirty, ", "))
	}
	commit, err := s.repo.Tip()
	if err != nil {
		return compiled{}, err
	}
	files, err := s.repo.Files(commit, manifest.Keep)
	if err != nil {
		return compiled{}, err
	}
	return compile(files, commit, s.now()), nil
}

// errDeclined ends an apply that somebody did not want.
var errDeclined = errors.New("not applied")

// gate shows the plan, checks the limits and asks.
func (o *applyOptions) gate(p *plan.Plan, t compiled, view report.Options) error {
	if o.only != plan.Endings { // a date in git has approved what ends
		if err := policy.CheckLosses(p, t.tree.Losses, o.allow); err != nil {
			return err
		}
	}
	if len(p.Changes) == 0 || o.yes {
		return nil
	}
	if !terminal(o.env.Stdin) {
		return errors.New("apply asks before it acts, and this is no terminal: pass --yes")
	}
	if err := report.Plan(o.env.Stdout, p, t.tree.Losses, view); err != nil {
		return err
	}
	fmt.Fprint(o.env.Stdout, "\nCarry this out? Only yes is taken for yes: ")
	answer, err := bufio.NewReader(o.env.Stdin).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != "yes" {
		return errDeclined
	}
	return nil
}

// finish tells what became of the run and chooses the exit code.
func (o *applyOptions) finish(r reconcile.Result, err error, t compiled, view report.Options) error {
	var limit *policy.LimitError
	switch {
	case r.Plan == nil:
		return err
	case errors.As(err, &limit):
		if err := report.Plan(o.env.Stdout, r.Plan, t.tree.Losses, view); err != nil {
			return err
		}
		return fail(ExitLimit, err)
	case err != nil && len(r.Outcomes) == 0:
		return err
	}
	if shown := liveFindings(o.env, r.Plan, t, view); shown != nil {
		return shown
	}
	stopped := ""
	if r.Stopped != nil {
		stopped = r.Stopped.Error()
	}
	view.Command = "lakeshare apply"
	if shown := report.Outcome(o.env.Stdout, report.Run{
		Plan: r.Plan, Outcomes: r.Outcomes, Left: r.Left, Recorded: r.Recorded, Commit: t.tree.Commit, Refused: stopped,
	}, view); shown != nil {
		return shown
	}
	if err != nil {
		return fail(ExitPartial, err)
	}
	return exit(applyCode(r))
}

func applyCode(r reconcile.Result) int {
	if r.Done() {
		return ExitDone
	}
	for _, o := range r.Outcomes {
		if o.Err == nil {
			return ExitPartial
		}
	}
	if r.Plan.Findings.HasErrors() {
		return ExitInvalid
	}
	return ExitError
}
