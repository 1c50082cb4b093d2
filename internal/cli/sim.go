package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

type simOptions struct {
	*common
	world  string
	listen string
}

func newSim(c *common) *cobra.Command {
	o := &simOptions{common: c}
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated AWS from a world file",
		Long: `Serve STS, IAM, Lake Formation, Glue, RAM and Organizations of the accounts in a
world file, with the protocols of AWS, and save the file when it stops. The AWS CLI,
boto3 and lakeshare itself can talk to it:

  export AWS_ENDPOINT_URL=http://127.0.0.1:PORT AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1
  export AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=any

An access key id that is an account id acts as an administrator of that account.
The file is described in docs/world-file.md. Ctrl-C stops the server.

Exit codes: 0 stopped, 1 an error.`,
		Example: "  lakeshare sim --world world.yaml --listen 127.0.0.1:4600",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.serve(cmd.Context()) },
	}
	cmd.PersistentFlags().StringVar(&o.world, "world", "world.yaml", "world file")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "address to listen on; port 0 lets the system choose")
	cmd.AddCommand(newSimRead(o))
	return cmd
}

func (o *simOptions) serve(ctx context.Context) error {
	w, err := openWorld(o.path(o.world), o.env.Now)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: w.server, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(o.env.Stdout, "http://%s\n", listener.Addr())
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err = <-stopped:
	case <-ctx.Done():
		// Calls that have begun may end; nobody waits for new ones.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = server.Shutdown(end)
	}
	return errors.Join(err, w.save())
}

type simReadOptions struct {
	*simOptions
	as string
}

func newSimRead(s *simOptions) *cobra.Command {
	o := &simReadOptions{simOptions: s}
	cmd := &cobra.Command{
		Use:   "read DATABASE.TABLE",
		Short: "Read a table of the simulated AWS as somebody",
		Long: `Say whether a principal can read a table of the world, and show the columns and
rows it gets. The name is one of the principal's own account, a link for instance.

Exit codes: 0 readable, 1 not.`,
		Example: "  lakeshare sim read --world world.yaml --as arn:aws:iam::444455556666:role/Analyst sales_shared.rl_orders",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return o.run(args[0]) },
	}
	cmd.Flags().StringVar(&o.as, "as", "", "ARN of the principal")
	return cmd
}

func (o *simReadOptions) run(name string) error {
	database, table, ok := strings.Cut(name, ".")
	account := fact.AccountOf(o.as)
	if !ok || account == "" {
		return errors.New("write DATABASE.TABLE, and the ARN of a principal with --as")
	}
	w, err := openWorld(o.path(o.world), o.env.Now)
	if err != nil {
		return err
	}
	who := o.as[strings.LastIndex(o.as, ":")+1:]
	result, answer := w.server.Read(o.as, w.region(account), account, database, table)
	if !answer.Yes {
		fmt.Fprintf(o.env.Stdout, "%s cannot read %s: %s\n", who, name, answer.Why)
		return exit(ExitError)
	}
	fmt.Fprintf(o.env.Stdout, "%s reads %s (%s):\n", who, name, strings.Join(result.Columns, ", "))
	o.rows(result)
	return nil
}

func (o *simReadOptions) rows(r awssim.Result) {
	for _, row := range r.Rows {
		var cells []string
		for _, c := range r.Columns {
			cells = append(cells, row[c])
		}
		fmt.Fprintln(o.env.Stdout, "  "+strings.Join(cells, "  "))
	}
}

// region is the first region that the account has, in the order of the alphabet.
func (w *world) region(account string) string {
	s := w.server.Snapshot()
	best := ""
	if a := s.Accounts[account]; a != nil {
		for name := range a.Regions {
			if best == "" || name < best {
				best = name
			}
		}
	}
	return best
}
