package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/github"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/report"
)

// action is one step of a workflow.
type action struct {
	*common
	hub      *hub
	allow    string
	outputs  []output
	findings diag.List // to be annotated at the end
}

type output struct{ name, value string }

// actionCommands are what the input command may be.
func actionCommands() map[string]func(*action, context.Context) error {
	return map[string]func(*action, context.Context) error{
		"validate":    (*action).validate,
		"plan":        (*action).plan,
		"apply":       func(a *action, ctx context.Context) error { return a.apply(ctx, plan.Merges) },
		"expire":      func(a *action, ctx context.Context) error { return a.apply(ctx, plan.Endings) },
		"repair":      func(a *action, ctx context.Context) error { return a.apply(ctx, plan.Repairs) },
		"auto-repair": func(a *action, ctx context.Context) error { return a.apply(ctx, plan.AutoRepairs) },
		"drift":       (*action).drift,
		"doctor":      func(a *action, ctx context.Context) error { return (&doctorOptions{common: a.common}).run(ctx) },
	}
}

var actionNames = []string{"validate", "plan", "apply", "expire", "repair", "auto-repair", "drift", "doctor"}

func newAction(c *common) *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run one step of a GitHub workflow",
		Long: `Run what the environment asks for, as action.yml does: findings become
annotations, a plan becomes one comment on the pull request, an apply is recorded as
a deployment, drift becomes an issue, and everything is in the summary of the run.

  LAKESHARE_COMMAND   validate, plan, apply, expire, repair, auto-repair, drift or doctor
  LAKESHARE_CONFIG    folder of lakeshare.yaml; the root of the repository
  LAKESHARE_TOKEN     token for GitHub; only validate goes without
  LAKESHARE_AUTHOR    login that the token writes as, if it is not the one of Actions
  LAKESHARE_ALLOW     digest of a plan that may pass the limits, once
  LAKESHARE_SIMULATE  world file, to run against a simulated AWS

plan and drift use the plan roles, apply, expire and repair the apply roles. Roles
are assumed with the identity token of the run (permissions: id-token: write), or
with the credentials that an earlier step has left.

Exit codes: as of the commands with these names.`,
		Example: "  LAKESHARE_COMMAND=plan LAKESHARE_TOKEN=\"$GITHUB_TOKEN\" lakeshare action",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAction(cmd.Context(), c) },
	}
}

func runAction(ctx context.Context, c *common) (err error) {
	get := c.env.Getenv
	command := get("LAKESHARE_COMMAND")
	run, ok := actionCommands()[command]
	if !ok {
		err := fmt.Errorf("input command is %q: expected one of %s", command, strings.Join(actionNames, ", "))
		return errors.Join(err, unopened(c.env))
	}
	c.dir, c.simulate, c.format = cmp.Or(get("LAKESHARE_CONFIG"), c.dir), cmp.Or(get("LAKESHARE_SIMULATE"), c.simulate), string(report.Text)
	h, err := openStep(ctx, c, command, get("LAKESHARE_TOKEN"))
	if err != nil {
		return errors.Join(err, unopened(c.env))
	}
	a := &action{common: c, hub: h, allow: get("LAKESHARE_ALLOW")}
	// What is shown has names from files and AWS in it; no line of it may be a
	// command to the runner.
	log := h.actions.Log(c.env.Stdout)
	c.env.Stdout, c.env.Stderr, c.steps = log, log, true
	code, text := ending(run(a, ctx))
	if text != "" {
		fmt.Fprintln(log, text)
	}
	if err := errors.Join(log.Close(), a.close(code)); err != nil {
		return err
	}
	return exit(code)
}

// openStep opens what a step needs. The files are checked without asking GitHub
// for anything, so validate goes without a token.
func openStep(ctx context.Context, c *common, command, token string) (*hub, error) {
	if command != "validate" || token != "" {
		return openHub(ctx, c, token)
	}
	repo, err := history.Open(c.path(c.dir))
	if err != nil {
		return nil, err
	}
	return &hub{common: c, actions: github.NewActions(c.env.Getenv, c.env.Stdout), repo: repo, ctx: ctx, config: cmp.Or(repo.Prefix(), ".")}, nil
}

// unopened tells later steps of a step that could not even begin.
func unopened(env Env) error {
	if env.Getenv("GITHUB_OUTPUT") == "" {
		return nil
	}
	return github.NewActions(env.Getenv, env.Stdout).Output("reason", reasons[ExitError])
}

// set remembers an output of the step; the last value counts.
func (a *action) set(name, value string) { a.outputs = append(a.outputs, output{name, value}) }

// count sets an output to a number.
func (a *action) count(name string, n int) { a.set(name, strconv.Itoa(n)) }

// reasons say in one word why a step ended as it did.
var reasons = map[int]string{
	ExitDone: "done", ExitError: "error", ExitPending: "drift", ExitInvalid: "invalid", ExitLimit: "limits", ExitPartial: "partial",
}

// close writes the outputs, the reason among them, and puts findings on the
// lines of the files.
func (a *action) close(code int) error {
	var err error
	for _, o := range append([]output{{"reason", reasons[code]}}, a.outputs...) {
		err = errors.Join(err, a.hub.actions.Output(o.name, o.value))
	}
	all := make([]github.Annotation, len(a.findings))
	for i, f := range a.findings {
		all[i] = github.Annotation{
			Level: github.Error, File: a.hub.repo.Path(f.Pos.File), Line: f.Pos.Line, Column: f.Pos.Col,
			Title: "lakeshare: " + f.Rule, Message: f.Message,
		}
		if f.Severity == diag.Warning {
			all[i].Level = github.Warning
		}
		if f.Hint != "" {
			all[i].Message += "\n" + f.Hint
		}
	}
	return errors.Join(err, a.hub.actions.Annotate(all))
}

// validate checks the files of the checkout; it asks nothing of AWS.
func (a *action) validate(context.Context) error {
	now, err := a.clock()
	if err != nil {
		return err
	}
	t, err := a.toCheck(now)
	if err != nil {
		return err
	}
	return a.found(t)
}

// found annotates and shows what is wrong with the files, and ends with the code
// for invalid files if any is an error.
func (a *action) found(t compiled) error {
	a.findings = append(a.findings, t.findings...)
	if len(t.findings) > 0 {
		var page strings.Builder
		o := report.Options{Format: report.Markdown}
		if err := report.Findings(&page, t.findings, func(string) []byte { return nil }, o); err != nil {
			return err
		}
		if err := a.hub.actions.Summary(page.String()); err != nil {
			return err
		}
	}
	return a.show(t)
}
