package scaffold_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/scaffold"
)

var update = flag.Bool("update", false, "rewrite testdata")

const commit = "0123456789abcdef0123456789abcdef01234567"

func account(alias, id, region string) fact.Account {
	return fact.Account{
		Place: fact.Place{Account: id, Region: region}, Alias: alias,
		PlanRole: "arn:aws:iam::" + id + ":role/lakeshare-plan", ApplyRole: "arn:aws:iam::" + id + ":role/lakeshare-apply",
	}
}

// fresh is a repository without anything, grown one with everything; in folder
// lakeshare.yaml is not at the root, and CODEOWNERS is.
func fresh() scaffold.Input {
	return scaffold.Input{
		Repository: scaffold.Repository{Owner: "acme", Name: "lake"}, Branch: "main", New: true,
		Action: "lakeshare/lakeshare@" + commit + " # v1.2.3", Owners: "@acme/data-platform",
		Accounts: []fact.Account{account("sales", "111122223333", "eu-west-1"), account("analytics", "444455556666", "eu-west-1")},
		Scope: []fact.Scope{
			{At: fact.Place{Account: "111122223333", Region: "eu-west-1"}, Pattern: "sales"},
			{At: fact.Place{Account: "444455556666", Region: "eu-west-1"}, Pattern: "*_shared"},
		},
		Links:        []scaffold.LinkPlace{{Database: "*_shared"}, {Database: "rl_*"}},
		ConfigSchema: []byte("{}\n"), ShareSchema: []byte("{}\n"),
	}
}

func grown() scaffold.Input {
	in := fresh()
	in.New, in.Branch, in.Repair = false, "trunk", true
	in.Repository = scaffold.Repository{Owner: "acme", Name: "lake", OwnerID: "7", ID: "42", Immutable: true}
	in.Action = "acme/lakeshare@" + commit
	in.Manifests = []string{"shares/hr/", "shares/two words"}
	in.Accounts[0].Storage = fact.StorageRules{
		Paths: []string{"s3://acme-sales/tables"}, Role: "arn:aws:iam::111122223333:role/LakeFormationRegister",
		Policy: "arn:aws:iam::111122223333:policy/LakeFormationData",
	}
	in.Accounts[1].PlanRole = "arn:aws:iam::444455556666:role/data/lakeshare"
	in.Accounts[1].ApplyRole = in.Accounts[1].PlanRole
	in.Accounts[1].Storage = fact.StorageRules{Paths: []string{"s3://acme-analytics"}, ServiceLinked: true}
	// The same account in another region, and one that is reached without roles.
	in.Accounts = append(in.Accounts, account("sales-us", "111122223333", "us-east-1"), fact.Account{Place: fact.Place{Account: "777788889999"}, Alias: "partner"})
	in.Scope = []fact.Scope{
		{At: in.Accounts[0].Place, Pattern: "sales"},
		{At: in.Accounts[0].Place, Pattern: "mart_*"},
		{At: in.Accounts[2].Place, Pattern: "sales"},
	}
	return in
}

func folder() scaffold.Input {
	in := fresh()
	in.New, in.Folder, in.CodeOwners = false, "data/lake", "CODEOWNERS"
	in.Accounts = in.Accounts[:1]
	return in
}

func files(t *testing.T, in scaffold.Input) []scaffold.File {
	t.Helper()
	out, err := scaffold.Files(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func file(t *testing.T, in scaffold.Input, path string) scaffold.File {
	t.Helper()
	all := files(t, in)
	i := slices.IndexFunc(all, func(f scaffold.File) bool { return f.Path == path })
	if i < 0 {
		t.Fatalf("there is no %s", path)
	}
	return all[i]
}

// TestFilesAreAsTheyWere shows every change of what users get in a diff.
func TestFilesAreAsTheyWere(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]scaffold.Input{"fresh": fresh(), "grown": grown(), "folder": folder()} {
		seen := map[string]bool{}
		for _, f := range files(t, in) {
			golden := filepath.Join("testdata", name, strings.TrimPrefix(f.Path, "."))
			seen[golden] = true
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(f.Content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Error(err)
				continue
			}
			if diff := cmp.Diff(string(want), f.Content); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
			if f.What == "" {
				t.Errorf("%s is not explained", f.Path)
			}
		}
		err := filepath.WalkDir(filepath.Join("testdata", name), func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !seen[path] {
				t.Errorf("%s is not written any more", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestWorkflowsPassActionlint needs actionlint; LAKESHARE_ACTIONLINT=1 says that it has to be there.
func TestWorkflowsPassActionlint(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("actionlint")
	if err != nil {
		if os.Getenv("LAKESHARE_ACTIONLINT") == "1" {
			t.Fatal(err)
		}
		t.Skip("there is no actionlint in PATH: go install github.com/rhysd/actionlint/cmd/actionlint@latest")
	}
	once := grown()
	once.Repair = false
	for _, in := range []scaffold.Input{fresh(), grown(), once, folder()} {
		for _, f := range files(t, in) {
			if !strings.HasPrefix(f.Path, ".github/workflows/") {
				continue
			}
			cmd := exec.CommandContext(t.Context(), tool, "-no-color", "-stdin-filename", f.Path, "-")
			cmd.Stdin = strings.NewReader(f.Content)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", f.Path, err, out)
			}
		}
	}
}

func TestInputThatWouldBreakAFileIsRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*scaffold.Input){
		"is no repository:":         func(in *scaffold.Input) { in.Repository.Owner = "acme:x" },
		"is no repository id":       func(in *scaffold.Input) { in.Repository.ID = "4x" },
		"is no owner id":            func(in *scaffold.Input) { in.Repository.OwnerID = "-1" },
		"needs both":                func(in *scaffold.Input) { in.Repository.Immutable = true },
		"default branch":            func(in *scaffold.Input) { in.Branch = "main\n  evil: true" },
		"all 40 digits":             func(in *scaffold.Input) { in.Action = "lakeshare/lakeshare@v1" },
		"owner for CODEOWNERS":      func(in *scaffold.Input) { in.Owners = "a\n* @evil" },
		"\"platform\" is no owner":  func(in *scaffold.Input) { in.Owners = "platform" },
		"\"@a b\" is no owner":      func(in *scaffold.Input) { in.Owners = "@a b" },
		"no CODEOWNERS at":          func(in *scaffold.Input) { in.CodeOwners = "elsewhere" },
		"no folder that a workflow": func(in *scaffold.Input) { in.Folder = "../up" },
		"at least one account":      func(in *scaffold.Input) { in.Accounts = nil },
		"no alias":                  func(in *scaffold.Input) { in.Accounts[0].Alias = "a b" },
		"12 digits":                 func(in *scaffold.Input) { in.Accounts[0].Place.Account = "1" },
		"roles of its own":          func(in *scaffold.Input) { in.Accounts[0].PlanRole = in.Accounts[1].PlanRole },
	} {
		in := fresh()
		change(&in)
		if _, err := scaffold.Files(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
