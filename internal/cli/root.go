package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/report"
)

// common are the options of every command that shows something.
type common struct {
	env      Env
	dir      string
	simulate string
	format   string
	verbose  bool
	debug    bool
	steps    bool // tell steps even where nobody sits at a terminal: in the log of a workflow
}

func newRoot(env Env) *cobra.Command {
	c := &common{env: env}
	root := &cobra.Command{
		Use:   "lakeshare",
		Short: "Keep AWS Lake Formation data shares equal to YAML files in git",
		Long: `lakeshare keeps AWS Lake Formation data shares equal to YAML files in a git
repository. A share is one file below shares/; lakeshare.yaml beside it names the
accounts and says where lakeshare may look and change.

  lakeshare validate      check the files, without AWS
  lakeshare plan          who would gain or lose what, and every change
  lakeshare apply         carry out what changed in git since the last apply
  lakeshare drift         what is live and not as git has it
  lakeshare init          write what a new repository needs

Try it without an AWS account: lakeshare demo, or --simulate world.yaml on any command.`,
		Args:          unknownCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return noneEmpty(cmd) },
	}
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return errors.New(err.Error() + "\nSee " + cmd.CommandPath() + " --help")
	})
	f := root.PersistentFlags()
	f.StringVarP(&c.dir, "dir", "C", ".", "folder of lakeshare.yaml")
	f.StringVar(&c.simulate, "simulate", "", "run against the simulated AWS of this world file, and save it back")
	f.StringVar(&c.format, "format", "text", "how to show results: text, markdown or json")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "show every fact")
	f.BoolVar(&c.debug, "debug", false, "log calls and retries to stderr")
	root.AddCommand(newValidate(c), newPlan(c), newApply(c), newIntake(c), newDrift(c), newInit(c), newDoctor(c), newAction(c), newSim(c), newDemo(c), newVersion(c))
	for _, sub := range root.Commands() {
		sub.Flags().SortFlags = false // what belongs together stands together
	}
	return root
}

// noneEmpty refuses an empty value of what has to be named: it comes of a variable
// that is not set, and an empty --simulate would mean the real AWS.
func noneEmpty(cmd *cobra.Command) error {
	for _, f := range []struct{ name, remedy string }{
		{"simulate", "name a world file"},
		{"world", "name a world file"},
		{"dir", "name the folder of lakeshare.yaml"},
		{"base", "name a commit"},
	} {
		if flag := cmd.Flags().Lookup(f.name); flag != nil && flag.Changed && flag.Value.String() == "" {
			return fmt.Errorf("--%s is empty: %s", f.name, f.remedy)
		}
	}
	return nil
}

// unknownCommand refuses what is no command, and names the nearest one.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	if hint := diag.DidYouMean(args[0], names); hint != "" {
		return fmt.Errorf("unknown command %q: %s", args[0], hint)
	}
	return fmt.Errorf("unknown command %q\nSee lakeshare --help", args[0])
}

// options are how to show results.
func (c *common) options(accounts []fact.Account) (report.Options, error) {
	format, err := report.ParseFormat(c.format)
	return report.Options{Format: format, Colour: c.env.colour(), Verbose: c.verbose, Accounts: accounts}, err
}

// path makes a path of the command line absolute.
func (c *common) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.env.Dir, p)
}

func (c *common) log() *slog.Logger {
	if !c.debug {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.env.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
