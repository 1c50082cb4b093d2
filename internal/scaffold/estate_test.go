package scaffold_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare"
	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/cli"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// crossAccount are the actions of AWSLakeFormationCrossAccountManager that the
// simulated Lake Formation asks of who grants to other accounts [4.44].
var crossAccount = []string{"ram:CreateResourceShare", "glue:PutResourcePolicy"}

// estate lays the sample out, with roles that may do what their files allow.
func estate(t *testing.T, less string) string {
	t.Helper()
	dir := t.TempDir()
	err := fs.WalkDir(lakeshare.Sample, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(lakeshare.Sample, path)
		if err != nil {
			return err
		}
		if path == "world.yaml" {
			data = withRoles(t, data, less)
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// withRoles gives lakeshare's roles of a world exactly the actions of their files, without one.
func withRoles(t *testing.T, world []byte, less string) []byte {
	t.Helper()
	config, err := fs.ReadFile(lakeshare.Sample, manifest.ConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	source, _ := manifest.Load(map[string][]byte{manifest.ConfigFile: config})
	tree, _ := manifest.Compile(source, time.Now())
	in := fresh()
	in.New, in.Accounts, in.Scope = false, tree.Accounts, tree.Scope // with the links that lakeshare.yaml names by default
	w, err := awssim.ParseWorld(world)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range tree.Accounts {
		all := policies(t, in, a.Alias)
		roles := w.Accounts[a.Place.Account].Roles
		roles["lakeshare-plan"].Allow = all[1].actions()
		roles["lakeshare-apply"].Allow = append(all[3].actions(), crossAccount...)
		for _, r := range []*awssim.Role{roles["lakeshare-plan"], roles["lakeshare-apply"]} {
			if less != "" {
				r.Deny = []string{less}
			}
		}
	}
	out, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func commitAll(t *testing.T, dir string) {
	t.Helper()
	if _, err := history.CommitAll(dir, "change", time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
}

func lakeshareIn(t *testing.T, dir string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := cli.Main(t.Context(), cli.Env{
		Args: append(args, "--simulate", "world.yaml", "--debug"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
		Getenv: func(string) string { return "" }, Now: time.Now, Dir: dir,
	})
	return code, out.String()
}

// TestTheRolesAreEnough plans and carries out the sample, and takes a part of it away again.
func TestTheRolesAreEnough(t *testing.T) {
	t.Parallel()
	dir := estate(t, "")
	commitAll(t, dir)
	run := func(args ...string) {
		t.Helper()
		code, out := lakeshareIn(t, dir, args...)
		if code != cli.ExitDone || strings.Contains(out, "not authorized") {
			t.Fatalf("%v: exit code %d\n%s", args, code, out)
		}
	}
	run("plan")
	run("apply", "--yes")
	for _, gone := range []string{"shares/sales/orders.yaml", "shares/sales/events.yaml"} {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(gone))); err != nil {
			t.Fatal(err)
		}
	}
	commitAll(t, dir)
	run("plan")
	run("apply", "--yes")
	run("plan")
}

// TestTheRolesAreNotMoreThanEnough takes actions away one by one: without any of
// them something does not work. Which role reads what differs, so one apply has to tell.
func TestTheRolesAreNotMoreThanEnough(t *testing.T) {
	t.Parallel()
	for _, action := range []string{
		"lakeformation:BatchGrantPermissions", "lakeformation:CreateDataCellsFilter", "lakeformation:ListPermissions",
		"lakeformation:GetDataLakeSettings", "ram:AcceptResourceShareInvitation", "glue:CreateTable", "glue:CreateDatabase",
		"iam:CreatePolicyVersion", "lakeformation:RegisterResource", "glue:GetTables",
	} {
		dir := estate(t, action)
		commitAll(t, dir)
		if code, out := lakeshareIn(t, dir, "apply", "--yes"); code == cli.ExitDone && !strings.Contains(out, "not authorized") {
			t.Errorf("nobody misses %s", action)
		}
	}
}

// TestEachAccountHasRolesOfItsOwn as far as the files show.
func TestEachAccountHasRolesOfItsOwn(t *testing.T) {
	t.Parallel()
	in := fresh()
	for _, a := range in.Accounts {
		for _, name := range []string{".tf", ".cloudformation.yaml"} {
			content := file(t, in, "iam/"+a.Alias+name).Content
			for _, b := range in.Accounts {
				if b.Alias != a.Alias && strings.Contains(content, b.Place.Account) {
					t.Errorf("the file of %s names account %s", a.Alias, b.Place.Account)
				}
			}
			if !strings.Contains(content, fact.AccountOf(a.PlanRole)) || !strings.Contains(content, scaffold.Issuer) {
				t.Errorf("the file of %s lacks its account or the issuer", a.Alias)
			}
		}
	}
}
