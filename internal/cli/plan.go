package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/reconcile"
	"github.com/lakeshare/lakeshare/internal/report"
)

type planOptions struct {
	*common
	base     string
	detailed bool
}

func newPlan(c *common) *cobra.Command {
	o := &planOptions{common: c}
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show who would gain or lose what, and every change",
		Long: `Compare the files on disk with what was carried out before and with what is live,
and show what an apply would do: access first, then facts, then counts. Nothing is
changed. Only what changed in git is read.

Uncommitted changes are shown too; apply refuses them.

Exit codes: 0 shown, 2 changes are pending (with --detailed-exitcode), 3 the files
are invalid or name something that AWS does not have, 1 something could not be read.`,
		Example: "  lakeshare plan\n  lakeshare plan --verbose\n  lakeshare plan --base v12 --format markdown",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.base, "base", "", "commit that was carried out last, instead of the record")
	f.BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 when changes are pending")
	return cmd
}

func (o *planOptions) run(ctx context.Context) error {
	s, err := o.open()
	if err != nil {
		return err
	}
	t, err := o.workingTree(s.now())
	if err != nil {
		return err
	}
	before, view, err := s.compare(t, o.base)
	if err != nil {
		return err
	}
	p, err := reconcile.Plan(ctx, s.cloud(aws.Planning, view.Accounts, t.tree.Commit), plan.Input{Tip: t.tree, Before: before})
	if err != nil {
		return err
	}
	view.Command = "lakeshare apply"
	if err := liveFindings(o.env, p, t, view); err != nil {
		return err
	}
	if err := report.Plan(o.env.Stdout, p, lossLimit(t.tree, before), view); err != nil {
		return err
	}
	return cmp.Or(s.uncommitted("which apply refuses"), exit(o.code(p)))
}

// uncommitted tells of changes in the work tree, and what they mean for the command.
func (s *session) uncommitted(meaning string) error {
	dirty, err := s.repo.Dirty(manifest.Keep)
	if errors.Is(err, history.ErrNoCommits) {
		fmt.Fprintln(s.env.Stderr, "lakeshare: nothing is committed yet, and apply carries out commits")
		return nil
	}
	if len(dirty) > 0 {
		fmt.Fprintf(s.env.Stderr, "lakeshare: with uncommitted changes, %s: %s\n", meaning, strings.Join(dirty, ", "))
	}
	return err
}

// code is the exit code that tells what the plan holds.
func (o *planOptions) code(p *plan.Plan) int {
	switch {
	case p.Findings.HasErrors():
		return ExitInvalid
	case p.Unread():
		return ExitError
	case o.detailed && !p.Empty():
		return ExitPending
	}
	return ExitDone
}
