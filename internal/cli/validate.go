package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(c *common) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check lakeshare.yaml and the shares, without AWS",
		Long: `Check lakeshare.yaml and shares/ as they are on disk: their form, names outside
the scope, what AWS would refuse, and shares that contradict each other. Everything
that is wrong is told at once. Shares that have ended, or end within 14 days, are
warned about. No AWS account and no git repository is needed.

Exit codes: 0 valid, 3 not.`,
		Example: "  lakeshare validate\n  lakeshare validate --format json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			now, err := c.clock()
			if err != nil {
				return err
			}
			t, err := c.toCheck(now)
			if err != nil {
				return err
			}
			if c.format != "text" {
				return c.showAll(t)
			}
			if err := c.show(t); err != nil {
				return err
			}
			fmt.Fprintf(c.env.Stdout, "%d %s valid.\n", t.shares, plural(t.shares, "share is", "shares are"))
			return nil
		},
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
