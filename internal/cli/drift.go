package cli

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/reconcile"
	"github.com/lakeshare/lakeshare/internal/report"
)

type driftOptions struct {
	*common
	base string
}

func newDrift(c *common) *cobra.Command {
	o := &driftOptions{common: c}
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "Show what is live and not as git has it",
		Long: `Look at everything in scope, in every account, and show what is missing, what is
altered and what nobody declared, with who wrote it and when. Nothing is changed.

What git brought and no apply has carried out yet is not drift: it is counted.
Files count as they are committed at HEAD.
Shares that end within 14 days are listed.

Exit codes: 0 all is as git has it; 2 drift; 1 something could not be read, so
that nothing is certain; 3 the files are invalid.`,
		Example: "  lakeshare drift\n  lakeshare drift --format json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&o.base, "base", "", "commit that was carried out last, instead of the record")
	return cmd
}

func (o *driftOptions) run(ctx context.Context) (err error) {
	s, err := o.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	survey, view, err := s.survey(ctx, o.base)
	if err != nil {
		return err
	}
	if err := report.Survey(o.env.Stdout, survey, s.now(), view); err != nil {
		return err
	}
	return cmp.Or(s.uncommitted("which this does not see"), exit(driftCode(survey)))
}

// survey compares everything in scope with the files of the tip.
func (s *session) survey(ctx context.Context, base string) (*plan.Survey, report.Options, error) {
	commit, err := s.tip()
	if err != nil {
		return nil, report.Options{}, err
	}
	t, err := s.commitTree(commit)
	if err != nil {
		return nil, report.Options{}, err
	}
	before, view, err := s.compare(t, base)
	if err != nil {
		return nil, view, err
	}
	cloud := s.cloud(aws.Planning, view.Accounts, commit)
	survey, err := reconcile.Survey(ctx, cloud, plan.Input{Tip: t.tree, Before: before}, s.now().Add(manifest.Soon))
	return survey, view, err
}

func driftCode(s *plan.Survey) int {
	switch {
	case len(s.Unread) > 0:
		return ExitError
	case s.Drifts() > 0:
		return ExitPending
	}
	return ExitDone
}
