package scaffold

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// The environments that jobs run in. They are part of a token's subject, so the
// roles trust them by name.
const (
	PlanEnvironment     = "lakeshare-plan"     // no reviewers; pull requests and the drift check
	ApplyEnvironment    = "lakeshare-apply"    // reviewers if you like; the default branch only
	ScheduleEnvironment = "lakeshare-schedule" // no reviewers; the default branch only
)

// Placeholder is a commit that does not exist: whoever writes the files does not
// know which release of the action to pin.
const Placeholder = "0000000000000000000000000000000000000000"

// DefaultAction is where lakeshare's own action lives.
const DefaultAction = "lakeshare/lakeshare"

// Input is what the files depend on.
type Input struct {
	Repository Repository
	Branch     string // the default branch
	Action     string // owner/name@commit, with " # version" behind it where that is known
	Folder     string // of lakeshare.yaml in the repository; "" for its root
	Owners     string // who owns the guarded files: "@acme/data-platform"
	CodeOwners string // the CODEOWNERS that GitHub uses, from the root; "" for .github/CODEOWNERS

	New       bool           // there is no lakeshare.yaml yet
	Accounts  []fact.Account // of lakeshare.yaml, or those to write into a new one
	Scope     []fact.Scope   // the databases of each account
	Links     []LinkPlace    // the databases that may be links or hold them
	Manifests []string       // folders that only some may change: every manifests: of lakeshare.yaml
	Repair    bool           // drift: repair is written somewhere

	ConfigSchema []byte // schema/lakeshare.schema.json
	ShareSchema  []byte // schema/share.schema.json
}

// Repository is the one on GitHub that the roles trust.
type Repository struct {
	Owner, Name string
	OwnerID, ID string // numbers that never change; "" if not known
	Immutable   bool   // its tokens name the ids in their subject
}

func (r Repository) String() string { return r.Owner + "/" + r.Name }

// Subject is the subject of the tokens of jobs in an environment.
func (r Repository) Subject(environment string) string {
	if r.Immutable {
		return "repo:" + r.Owner + "@" + r.OwnerID + "/" + r.Name + "@" + r.ID + ":environment:" + environment
	}
	return "repo:" + r.Owner + "/" + r.Name + ":environment:" + environment
}

var (
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+$`)
	numberForm     = regexp.MustCompile(`^[1-9][0-9]*$`)
	branchForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]*$`)
	actionForm     = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+(?:/[A-Za-z0-9._/-]+)?@[0-9a-f]{40}(?: # [A-Za-z0-9._+-]+)?$`)
	ownerForm      = regexp.MustCompile(`^(?:@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9._-]+)?|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$`)
	aliasForm      = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	accountForm    = regexp.MustCompile(`^[0-9]{12}$`)
)

// ParseRepository reads "owner/name".
func ParseRepository(text string) (Repository, error) {
	if !repositoryForm.MatchString(text) {
		return Repository{}, fmt.Errorf("%q is no repository: write owner/name, as in its address on GitHub", text)
	}
	owner, name, _ := strings.Cut(text, "/")
	return Repository{Owner: owner, Name: name}, nil
}

// check refuses what would not be a workflow or a policy, or would be another
// one than meant: everything here ends up inside quotes of some kind.
func (in Input) check() error {
	r := in.Repository
	switch {
	case !repositoryForm.MatchString(r.String()):
		return fmt.Errorf("%q is no repository: write owner/name", r.String())
	case r.ID != "" && !numberForm.MatchString(r.ID):
		return fmt.Errorf("%q is no repository id: it is a number, which \"gh api repos/%s --jq .id\" shows", r.ID, r)
	case r.OwnerID != "" && !numberForm.MatchString(r.OwnerID):
		return fmt.Errorf("%q is no owner id: it is a number, which \"gh api repos/%s --jq .owner.id\" shows", r.OwnerID, r)
	case r.Immutable && (r.ID == "" || r.OwnerID == ""):
		return fmt.Errorf("the subject with ids needs both: \"gh api repos/%s --jq '.id, .owner.id'\" shows the repository's and its owner's", r)
	case !branchForm.MatchString(in.Branch) || strings.Contains(in.Branch, ".."):
		return fmt.Errorf("%q is no name of a default branch that these workflows can have: letters, digits, . _ / and -", in.Branch)
	case !actionForm.MatchString(in.Action):
		return fmt.Errorf("%q is no pinned action: write owner/name@COMMIT with all 40 digits of the commit, and \" # version\" behind it if you like", in.Action)
	case !areOwners(strings.Split(in.Owners, " ")):
		return fmt.Errorf("%q is no owner for CODEOWNERS: write @user, @organization/team or a mail address, with a space between several", in.Owners)
	case in.CodeOwners != "" && !slices.Contains(CodeOwners, in.CodeOwners):
		return fmt.Errorf("GitHub reads no CODEOWNERS at %q", in.CodeOwners)
	case in.Folder != "" && (path.Clean(in.Folder) != in.Folder || path.IsAbs(in.Folder) || strings.HasPrefix(in.Folder, "..") || !branchForm.MatchString(in.Folder)):
		return fmt.Errorf("%q is no folder that a workflow can name: letters, digits, . _ / and -", in.Folder)
	}
	return in.checkAccounts()
}

func (in Input) checkAccounts() error {
	if in.New && len(in.Accounts) == 0 {
		return errors.New("name at least one account")
	}
	for _, a := range in.Accounts {
		switch {
		case !aliasForm.MatchString(a.Alias):
			return fmt.Errorf("%q is no alias of an account: small letters, digits, _ and -, a letter first", a.Alias)
		case !accountForm.MatchString(a.Place.Account):
			return fmt.Errorf("account %s: %q is no account id: it has 12 digits", a.Alias, a.Place.Account)
		}
		for _, arn := range []string{a.PlanRole, a.ApplyRole} {
			if owner := fact.AccountOf(arn); arn != "" && owner != a.Place.Account {
				return fmt.Errorf("account %s: %s belongs to account %s: give each account roles of its own", a.Alias, arn, owner)
			}
		}
	}
	return nil
}

// at is a path in lakeshare.yaml's folder.
func (in Input) at(name string) string { return path.Join(in.Folder, name) }

// Workflow is the path of plan, apply or drift. A configuration in a folder has
// workflows of its own, named after it.
func (in Input) Workflow(name string) string {
	if in.Folder != "" {
		name += "-" + strings.ReplaceAll(in.Folder, "/", "-")
	}
	return ".github/workflows/" + name + ".yml"
}

// Check is the check that a ruleset has to require.
func (in Input) Check() string { return in.named("lakeshare") }

// named tells the workflows, jobs and groups of a folder from those of others.
func (in Input) named(name string) string { return strings.TrimSpace(name + " " + in.Folder) }
