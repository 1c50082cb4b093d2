package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare"
	"github.com/lakeshare/lakeshare/internal/history"
)

func newDemo(c *common) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Share a table between simulated accounts, and take it away again",
		Long: `Make a temporary git repository with sample shares and a simulated AWS with a
producer, a consumer in its organization and one outside it, and show what a user
would see: a plan, an apply, the reader before and after, and the end of a share.

Exit codes: 0 shown, 1 an error.`,
		Example: "  lakeshare demo",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), c.env) },
	}
}

// demo runs the commands' own entry points in a temporary repository.
type demo struct {
	ctx context.Context
	env Env
	dir string
}

const demoAnalyst = "arn:aws:iam::444455556666:role/Analyst"

func runDemo(ctx context.Context, env Env) (err error) {
	dir, err := os.MkdirTemp("", "lakeshare-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d := &demo{ctx: ctx, env: env, dir: dir}
	if err := d.prepare(); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return d.commit("share orders", "") },
		func() error { return d.run(ExitDone, "plan") },
		func() error { return d.read(ExitError, demoAnalyst, "sales_shared.rl_orders") },
		func() error { return d.run(ExitDone, "apply", "--yes") },
		func() error { return d.read(ExitDone, demoAnalyst, "sales_shared.rl_orders") },
		func() error { return d.run(ExitDone, "plan") },
		func() error { return d.commit("stop sharing orders", "shares/sales/orders.yaml") },
		func() error { return d.run(ExitDone, "apply", "--yes") },
		func() error { return d.read(ExitError, demoAnalyst, "sales_shared.rl_orders") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// prepare writes the sample; one of its shares is enough to see everything.
func (d *demo) prepare() error {
	for _, name := range []string{"lakeshare.yaml", "world.yaml", "shares/sales/orders.yaml"} {
		data, err := fs.ReadFile(lakeshare.Sample, name)
		if err != nil {
			return err
		}
		path := filepath.Join(d.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// commit removes a file, if one is named, and commits the work tree.
func (d *demo) commit(message, remove string) error {
	if remove != "" {
		if err := os.Remove(filepath.Join(d.dir, filepath.FromSlash(remove))); err != nil {
			return err
		}
		d.say("git rm -q %s && git commit -qm %q", remove, message)
	} else {
		d.say("git add . && git commit -qm %q", message)
	}
	_, err := history.CommitAll(d.dir, message, d.env.Now())
	return err
}

func (d *demo) read(code int, as, table string) error {
	return d.run(code, "sim", "read", "--as", as, table)
}

// run runs one command as a user would, on the simulated world.
func (d *demo) run(want int, args ...string) error {
	if args[0] != "sim" {
		args = append(args, "--simulate", "world.yaml")
	}
	d.say("lakeshare %s", strings.Join(args, " "))
	var stderr bytes.Buffer
	env := d.env
	env.Args, env.Dir, env.Stdin, env.Stderr = args, d.dir, strings.NewReader(""), &stderr
	if code := Main(d.ctx, env); code != want {
		return fmt.Errorf("demo: lakeshare %s ended with %d, want %d\n%s", strings.Join(args, " "), code, want, stderr.String())
	}
	return nil
}

func (d *demo) say(format string, args ...any) {
	fmt.Fprintf(d.env.Stdout, "$ "+format+"\n", args...)
}
