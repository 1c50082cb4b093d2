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
	if err := errors.Join(o.clean(s), o.ahead(s)); err != nil {
		return err
	}
	r, err := o.carryOut(ctx, s)
	if err != nil {
		return err
	}
	return o.finish(r)
}

// applied is what became of an apply, and all that is needed to tell it.
type applied struct {
	reconcile.Result
	err  error // of the run itself
	tree compiled
	view report.Options
	// limit is limits.losses as it counts for this run; negative for none.
	limit int
}

// carryOut applies the tip. Its error means that nothing was even planned.
func (o *applyOptions) carryOut(ctx context.Context, s *session) (applied, error) {
	commit, err := s.tip()
	if err != nil {
		return applied{}, err
	}
	t, err := s.commitTree(commit)
	if err != nil {
		return applied{}, err
	}
	before, view, err := s.compare(t, o.base)
	if err != nil {
		return applied{}, err
	}
	recorded, err := s.recorded(commit)
	if err != nil {
		return applied{}, err
	}
	limit := lossLimit(t.tree, before)
	run := reconcile.Apply{
		Cloud: s.cloud(aws.Applying, view.Accounts, commit), Only: o.only, Tip: t.tree, Before: before, Recorded: recorded,
		Gate:     func(p *plan.Plan) error { return o.gate(p, limit, view) },
		Moved:    func() (bool, error) { tip, err := s.tip(); return tip != commit, err },
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
	return applied{Result: result, err: err, tree: t, view: view, limit: limit}, nil
}

// ahead refuses a commit that comes before the one that was carried out last: it
// would take back what was merged since, as if somebody had asked for that.
func (o *applyOptions) ahead(s *session) error {
	record, err := s.record.Load()
	if err != nil || record.Applied == "" || o.base != "" {
		return err
	}
	tip, err := s.tip()
	if err != nil || tip == record.Applied || !s.repo.Has(record.Applied) {
		return err
	}
	behind, err := s.repo.Ancestor(tip, record.Applied)
	if err == nil && behind {
		err = fmt.Errorf("HEAD is %s, and %s, which comes after it, was carried out\n"+
			"Check out the newest commit; git revert takes changes back, and --base %[2]s goes back on purpose", short(tip), short(record.Applied))
	}
	return err
}

// clean refuses uncommitted changes: nobody has seen them.
func (o *applyOptions) clean(s *session) error {
	dirty, err := s.repo.Dirty(manifest.Keep)
	if err == nil && len(dirty) > 0 {
		err = fmt.Errorf("uncommitted changes: %s\nCommit them first; lakeshare plan shows what they would do", strings.Join(dirty, ", "))
	}
	return err
}

// errDeclined ends an apply that somebody did not want.
var errDeclined = errors.New("not applied")

// gate shows the plan, checks the limits and asks.
func (o *applyOptions) gate(p *plan.Plan, limit int, view report.Options) error {
	if o.only != plan.Endings { // a date in git has approved what ends
		if err := policy.CheckLosses(p, limit, o.allow); err != nil {
			return err
		}
	}
	if len(p.Changes) == 0 || o.yes {
		return nil
	}
	if !terminal(o.env.Stdin) {
		return errors.New("apply asks before it acts, and this is no terminal: pass --yes")
	}
	if err := report.Plan(o.env.Stdout, p, limit, view); err != nil {
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
func (o *applyOptions) finish(r applied) error {
	var limit *policy.LimitError
	switch {
	case r.Plan == nil:
		return r.err
	case errors.As(r.err, &limit):
		if err := report.Plan(o.env.Stdout, r.Plan, r.limit, r.view); err != nil {
			return err
		}
		return fail(ExitLimit, r.err)
	case r.err != nil && len(r.Outcomes) == 0:
		return r.err
	}
	if err := liveFindings(o.env, r.Plan, r.tree, r.view); err != nil {
		return err
	}
	view := r.view
	view.Command = "lakeshare apply" + map[plan.Only]string{plan.Endings: " --expired", plan.Repairs: " --repair", plan.AutoRepairs: " --auto-repair"}[o.only]
	if err := report.Outcome(o.env.Stdout, r.told(), view); err != nil {
		return err
	}
	if r.err != nil {
		return fail(ExitPartial, r.err)
	}
	return exit(applyCode(r.Result))
}

// told is the run as a report shows it.
func (r applied) told() report.Run {
	run := report.Run{Plan: r.Plan, Outcomes: r.Outcomes, Left: r.Left, Recorded: r.Recorded}
	if r.Plan.Only == plan.Merges { // other runs record nothing
		run.Commit = r.tree.tree.Commit
	}
	var limit *policy.LimitError
	switch {
	case errors.As(r.err, &limit):
		run.Refused, run.Over = r.err.Error(), true
	case r.Stopped != nil:
		run.Refused = r.Stopped.Error()
	case r.err != nil:
		run.Refused = r.err.Error()
	}
	return run
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
