package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/github"
	trustpolicy "github.com/lakeshare/lakeshare/internal/trust"
)

type doctorOptions struct {
	*common
	tokenFile string
	trustFile string
}

func newDoctor(c *common) *cobra.Command {
	o := &doctorOptions{common: c}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why AWS does not let a workflow in",
		Long: `Try every role of lakeshare.yaml and say what is in the way: in a job of a workflow
with the identity token of the run, elsewhere with the credentials that are there.

Where AWS refuses the token, doctor compares its claims with the role's trust
policy and names the condition that fails. The policy is read with the other role
of the account or with the credentials that are there, or from --trust, a file as
"aws iam get-role" prints it. The token itself is never shown, and nothing is
changed.

A job gets in where its environment says: run doctor once in lakeshare-plan and
once in lakeshare-apply. From lakeshare-plan it also tries the apply roles, which
have to refuse.

Exit codes: 0 all is well; 1 something is not.`,
		Example: "  lakeshare doctor\n  lakeshare doctor --token token.jwt --trust role.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&o.tokenFile, "token", "", "file with an identity token, instead of the run's own")
	cmd.Flags().StringVar(&o.trustFile, "trust", "", "file with a role's trust policy, as \"aws iam get-role\" prints it")
	return cmd
}

// check is one thing to look at. Its results are shown in order.
type check struct {
	name string
	run  func(*doctor, context.Context) ([]result, error)
}

// checks are all there are; a later one may build on what an earlier one found.
func checks() []check {
	return []check{
		{"lakeshare.yaml", (*doctor).checkFiles},
		{"identity token", (*doctor).checkToken},
		{"roles", (*doctor).checkRoles},
	}
}

type status uint8

const (
	good status = iota
	bad
	skipped
)

// result is one line of the report, and below it what was found and what helps.
type result struct {
	status status
	what   string
	text   string
	why    []string
	remedy []string
}

// doctor is one examination.
type doctor struct {
	*doctorOptions
	tree   *fact.Tree
	world  *world         // nil: the real AWS
	token  string         // "" without one
	claims map[string]any // of the token
	policy []byte         // of --trust, or nil
	of     string         // ARN of the role that it is the policy of; "" if the file does not say
}

func (o *doctorOptions) run(ctx context.Context) error {
	d := &doctor{doctorOptions: o}
	if err := d.open(); err != nil {
		return err
	}
	failed := false
	for _, c := range checks() {
		results, err := c.run(d, ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		for _, r := range results {
			failed = failed || r.status == bad
			d.show(r)
		}
	}
	if failed {
		return exit(ExitError)
	}
	return nil
}

// open reads the files that flags name, so that a wrong one is told first.
func (d *doctor) open() error {
	if d.trustFile != "" {
		data, err := os.ReadFile(d.path(d.trustFile))
		if err != nil {
			return err
		}
		if d.policy, d.of, err = trustpolicy.Document(data); err != nil {
			return fmt.Errorf("%s: %w", d.trustFile, err)
		}
		if _, err := trustpolicy.Explain(d.policy, trustpolicy.GitHub, nil); err != nil {
			return fmt.Errorf("%s: %w", d.trustFile, err)
		}
	}
	if d.simulate != "" {
		w, err := openWorld(d.path(d.simulate), d.env.Now)
		if err != nil {
			return err
		}
		d.world = w
	}
	return nil
}

func (d *doctor) show(r result) {
	words := map[status]string{good: "ok", bad: "failed", skipped: "skipped"}
	fmt.Fprintf(d.env.Stdout, "%-8s %s: %s\n", words[r.status], r.what, r.text)
	for _, line := range r.why {
		fmt.Fprintln(d.env.Stdout, "           "+line)
	}
	for i, line := range r.remedy {
		lead := "           "
		if i == 0 {
			lead = "  to do    "
		}
		fmt.Fprintln(d.env.Stdout, lead+line)
	}
}

func (d *doctor) checkFiles(context.Context) ([]result, error) {
	t, err := d.workingTree(d.env.Now())
	if err != nil {
		return nil, err
	}
	d.tree = t.tree
	r := result{what: "lakeshare.yaml", text: fmt.Sprintf("%d %s", len(t.tree.Accounts), plural(len(t.tree.Accounts), "account", "accounts"))}
	switch {
	case len(t.tree.Accounts) == 0:
		r.status, r.text, r.remedy = bad, "no accounts can be read from it", []string{"lakeshare validate shows what is wrong"}
	case t.findings.HasErrors():
		r.status, r.text, r.remedy = bad, "the files are not valid", []string{"lakeshare validate shows what is wrong"}
	}
	return []result{r}, nil
}

// checkToken gets the token and shows what it claims.
func (d *doctor) checkToken(ctx context.Context) ([]result, error) {
	r := result{what: "identity token"}
	var err error
	switch {
	case d.tokenFile != "":
		d.token, err = d.readToken()
		if err != nil {
			return nil, err
		}
	case d.env.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL") != "":
		d.token, err = github.IDToken(ctx, d.env.Getenv, audience, github.Options{})
	case d.env.Getenv("GITHUB_ACTIONS") == "true":
		err = errors.New("this job may not have one")
	default:
		r.status, r.text = skipped, "this is no job of a workflow; roles are tried with the credentials that are there"
		return []result{r}, nil
	}
	if err == nil {
		d.claims, err = github.Claims(d.token)
	}
	if err != nil {
		d.token = ""
		r.status, r.text = bad, err.Error()
		r.remedy = []string{"give the job these permissions:", "permissions: {contents: read, id-token: write}"}
		return []result{r}, nil
	}
	r.text = fmt.Sprintf("it says %q", text(d.claims["sub"]))
	r.why = d.claimLines()
	results := []result{r}
	if text(d.claims["aud"]) != audience {
		results = append(results, result{
			status: bad, what: "audience", text: fmt.Sprintf("the token is for %q, and AWS expects %q", text(d.claims["aud"]), audience),
			remedy: []string{"ask for the token with the audience " + audience},
		})
	}
	return results, nil
}

func (d *doctor) readToken() (string, error) {
	data, err := os.ReadFile(d.path(d.tokenFile))
	if err != nil {
		return "", err
	}
	data = bytes.TrimSpace(data)
	var answer struct{ Value string }
	if json.Unmarshal(data, &answer) == nil && answer.Value != "" {
		return answer.Value, nil // as GitHub answers a request for a token
	}
	if _, err := github.Claims(string(data)); err != nil {
		return "", fmt.Errorf("%s: %w", d.tokenFile, err)
	}
	return string(data), nil
}

// claimLines are the claims that conditions of a trust policy can ask for, and
// the other form of the subject.
func (d *doctor) claimLines() []string {
	var out []string
	for _, name := range []string{
		"aud", "sub", "repository", "repository_id", "repository_owner_id", "environment", "ref", "workflow_ref", "job_workflow_ref", "event_name",
	} {
		if v := text(d.claims[name]); v != "" {
			out = append(out, fmt.Sprintf("%-20s %q", name, v))
		}
	}
	legacy, immutable := trustpolicy.Subject(d.claims)
	switch sub := text(d.claims["sub"]); {
	case sub == legacy && immutable != "":
		out = append(out, fmt.Sprintf("%-20s %q, if the repository's tokens named its ids", "sub would be", immutable))
	case sub == immutable && sub != "":
		out = append(out, fmt.Sprintf("%-20s %q in policies that were written before", "sub was", legacy))
	}
	return out
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

// cloud is AWS with the roles of one phase, entered with the token if there is one.
func (d *doctor) cloud(phase aws.Phase, accounts []fact.Account) *aws.Cloud {
	config := aws.Config{Accounts: accounts, Phase: phase, Session: "lakeshare-doctor", Now: d.env.Now, Log: d.log()}
	if d.world != nil {
		config.Simulator, config.Now, config.Sleep = d.world.server, d.world.time.now, d.world.time.sleep
	}
	if d.token != "" {
		config.WebIdentity = func(context.Context) (string, error) { return d.token, nil }
	}
	return aws.New(config)
}
