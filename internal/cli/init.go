package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

type initOptions struct {
	*common
	check        bool
	repository   string
	repositoryID string
	ownerID      string
	immutable    bool
	branch       string
	action       string
	owners       string
	accounts     []string
	region       string

	root string // of the repository
}

func newInit(c *common) *cobra.Command {
	o := &initOptions{common: c}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write the files that run lakeshare on GitHub",
		Long: `Write what a repository needs to run lakeshare on GitHub: lakeshare.yaml and a share
to start from, the schemas that teach editors, the workflows, CODEOWNERS, and for
each account of lakeshare.yaml its IAM roles, as CloudFormation and as Terraform.
A file that exists is kept as it is. Nothing is asked of AWS or of GitHub.

--check writes nothing and tells which files are not as init would write them now,
after a new release of lakeshare for instance. lakeshare.yaml and the shares are
yours and not compared; nor is a file with the words "lakeshare: kept by hand".

Flags are remembered in the first line of what is written; later runs need none.

Exit codes: 0 done; 1 an error; 2 something is missing or out of date (--check);
3 lakeshare.yaml is invalid.`,
		Example: "  lakeshare init --repository acme/lake --repository-id 123456789 \\\n" +
			"    --account sales=111122223333 --account analytics=444455556666\n  lakeshare init --check",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return o.run() },
	}
	f := cmd.Flags()
	f.BoolVar(&o.check, "check", false, "write nothing; tell what is missing or out of date")
	f.StringVar(&o.repository, "repository", "", "owner/name on GitHub (default: remote origin)")
	f.StringVar(&o.repositoryID, "repository-id", "", "its number, which no other repository ever gets: gh api repos/OWNER/NAME --jq .id")
	f.StringVar(&o.ownerID, "owner-id", "", "its owner's number: gh api repos/OWNER/NAME --jq .owner.id")
	f.BoolVar(&o.immutable, "immutable-subject", false, "its tokens name both numbers in their subject: repo:OWNER@ID/NAME@ID:...")
	f.StringVar(&o.branch, "branch", "", "default branch (default \"main\")")
	f.StringVar(&o.action, "action", "", "the action to use, owner/name@COMMIT (default: the release that this binary is)")
	f.StringVar(&o.owners, "owners", "", "who owns the guarded files in CODEOWNERS (default \"@OWNER/data-platform\")")
	f.StringArrayVar(&o.accounts, "account", nil, "ALIAS=ID of an account to write into a new lakeshare.yaml; may be repeated")
	f.StringVar(&o.region, "region", "", "region of a new lakeshare.yaml (default: AWS_REGION, or eu-west-1)")
	return cmd
}

func (o *initOptions) run() error {
	in, sample, err := o.input()
	if err != nil {
		return err
	}
	files, err := scaffold.Files(in)
	if err != nil {
		return err
	}
	if sample {
		// Roles for accounts that do not exist help nobody, and would be in the way later.
		files = withoutRoles(files, in.Folder)
	}
	if o.check {
		return o.compare(files, in)
	}
	made, err := o.write(files)
	if err != nil {
		return err
	}
	if made > 0 {
		o.next(in, sample)
	}
	return nil
}

// withoutRoles leaves the roles out.
func withoutRoles(files []scaffold.File, folder string) []scaffold.File {
	var out []scaffold.File
	for _, f := range files {
		if !strings.HasPrefix(f.Path, filepath.ToSlash(filepath.Join(folder, "iam"))+"/") {
			out = append(out, f)
		}
	}
	return out
}

// next says what only people can do.
func (o *initOptions) next(in scaffold.Input, sample bool) {
	var steps []string
	if sample {
		steps = append(steps, "Put your accounts into lakeshare.yaml and run lakeshare init again: it writes their roles.")
	}
	if strings.Contains(in.Action, scaffold.Placeholder) {
		steps = append(steps, "Write the commit of a release of "+scaffold.DefaultAction+" into the workflows, for "+scaffold.Placeholder+":\n"+
			fmt.Sprintf("     gh api repos/%s/commits/%s --jq .sha", scaffold.DefaultAction, cmp.Or(version, "VERSION")))
	}
	if in.Repository.ID == "" {
		first := ", delete iam/ and run"
		if sample {
			first = ", run then"
		}
		steps = append(steps, fmt.Sprintf("The roles trust whoever has the name %s. To bind them to its number%s\n"+
			"     lakeshare init --repository-id \"$(gh api repos/%s --jq .id)\"", in.Repository, first, in.Repository))
	}
	steps = append(
		steps,
		"Make the roles in each account with iam/*.cloudformation.yaml or iam/*.tf, then Lake Formation\n"+
			"     administrators of them: the first lines of these files have the commands, which keep those who are.",
		fmt.Sprintf("On GitHub, make the environments %s, %s and %s;\n     let the last two take %s only, and require the check \"lakeshare\" on %s.",
			scaffold.PlanEnvironment, scaffold.ApplyEnvironment, scaffold.ScheduleEnvironment, in.Branch, in.Branch),
		"lakeshare doctor, in a workflow, tells whether AWS lets it in, and if not, why.",
	)
	fmt.Fprintln(o.env.Stdout, "\nNext:")
	for i, s := range steps {
		fmt.Fprintf(o.env.Stdout, "  %d. %s\n", i+1, s)
	}
	fmt.Fprintln(o.env.Stdout, "\nStep by step: https://github.com/lakeshare/lakeshare/blob/main/docs/github.md")
}
