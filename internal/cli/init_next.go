package cli

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// command is how to call init for the same folder again.
func (o *initOptions) command() string {
	if o.dir == "." {
		return "lakeshare init"
	}
	return "lakeshare -C " + o.dir + " init"
}

// next says what only people can do, in the order in which nothing is open on the
// way: an environment that does not exist is made by the first job that names
// it, without any rule.
func (o *initOptions) next(in scaffold.Input, sample bool) {
	at := func(name string) string { return path.Join(in.Folder, name) }
	var steps []string
	if sample {
		steps = append(steps, fmt.Sprintf("Put your accounts into %s and run %s again: it writes their roles.", at("lakeshare.yaml"), o.command()))
	}
	if strings.Contains(in.Action, scaffold.Placeholder) {
		steps = append(steps, "Write the commit of a release of "+scaffold.DefaultAction+" into the workflows, for "+scaffold.Placeholder+":\n"+
			fmt.Sprintf("     gh api repos/%s/commits/%s --jq .sha", scaffold.DefaultAction, cmp.Or(version, "VERSION")))
	}
	if in.Repository.ID == "" {
		first := ", delete " + at("iam") + "/ and run"
		if sample {
			first = ", run then"
		}
		steps = append(steps, fmt.Sprintf("The roles trust whoever has the name %s. To bind them to its number%s\n"+
			"     %s --repository-id \"$(gh api repos/%s --jq .id)\"", in.Repository, first, o.command(), in.Repository))
	}
	steps = append(
		steps,
		fmt.Sprintf("On GitHub, before %s has these files: make the environments %s, %s and %s;\n"+
			"     let the last two take %s only. In a ruleset for %s require a pull request and the check %q.",
			in.Branch, scaffold.PlanEnvironment, scaffold.ApplyEnvironment, scaffold.ScheduleEnvironment, in.Branch, in.Branch, in.Check()),
		fmt.Sprintf("Make the roles in each account with %s or %s (delete the other), then Lake\n"+
			"     Formation administrators of them: the first lines have the commands, which keep those who are.",
			at("iam/*.cloudformation.yaml"), at("iam/*.tf")),
		"Bring these files in with a pull request: its check shows whether all of it works.",
		"lakeshare doctor, in a workflow, tells whether AWS lets it in, and if not, why.",
	)
	fmt.Fprintln(o.env.Stdout, "\nNext:")
	for i, s := range steps {
		fmt.Fprintf(o.env.Stdout, "  %d. %s\n", i+1, s)
	}
	fmt.Fprintln(o.env.Stdout, "\nStep by step: https://github.com/lakeshare/lakeshare/blob/main/docs/github.md")
}
