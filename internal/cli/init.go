package cli

import (
	"path"
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

Of the two files for an account one is enough, and in a folder (-C data/lake) the
workflows are named after it. CODEOWNERS is the one that GitHub uses.

--check writes nothing and tells which files are not as init would write them now,
after a new release of lakeshare for instance, and which lines of CODEOWNERS undo it. lakeshare.yaml and the shares are
yours and not compared; nor is a file with the words "lakeshare: kept by hand".

Flags are remembered in what is written: most in its first line, --action in the
workflows, --owners in CODEOWNERS. Later runs need none.

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
		if !strings.HasPrefix(f.Path, path.Join(folder, "iam")+"/") {
			out = append(out, f)
		}
	}
	return out
}
