package main

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/githubsim"
	"github.com/lakeshare/lakeshare/internal/githubsim/contract"
)

// actionCommit is the commit of the action that the workflows pin.
const actionCommit = "1111111111111111111111111111111111111111"

// estate is a repository on a simulated GitHub, its accounts in a simulated AWS,
// and a machine that runs its workflows.
type estate struct {
	*hub
	t       *testing.T
	program string            // act
	action  string            // folder with a copy of the action and its source
	inputs  map[string]string // of the next workflow_dispatch
}

// newEstate is a repository that lakeshare init has set up.
func newEstate(t *testing.T, program string) *estate {
	t.Helper()
	p := newPlace(t, nil)
	p.lakeshare(0, "init", "--repository", hubRepo, "--repository-id", "4242", "--action", "lakeshare/lakeshare@"+actionCommit)
	e := &estate{hub: newHub(t, p.dir), t: t, program: program, action: t.TempDir()}
	e.must(copySource("../..", e.action))
	e.startCloud()
	e.publish("world.yaml\n.hub/\n")
	return e
}

// newOwn is a copy of lakeshare's own repository.
func newOwn(t *testing.T, program string) *estate {
	t.Helper()
	e := &estate{hub: newHub(t, t.TempDir()), t: t, program: program}
	e.must(copySource("../..", e.work))
	data, err := os.ReadFile("../../.github/workflows/sample.yml")
	e.must(err)
	e.must(os.MkdirAll(filepath.Join(e.work, ".github", "workflows"), 0o755))
	e.must(os.WriteFile(filepath.Join(e.work, ".github", "workflows", "sample.yml"), data, 0o644))
	e.publish(".hub/\n")
	return e
}

func newHub(t *testing.T, work string) *hub {
	return &hub{work: work, t: t, path: os.Getenv("PATH"), pulls: map[int]*pullRequest{}, steps: map[string]*step{}}
}

// publish puts the work folder on GitHub, as the first commits of main.
func (e *estate) publish(except string) {
	e.t.Helper()
	e.must(e.startGit())
	e.must(os.WriteFile(filepath.Join(e.work, ".git", "info", "exclude"), []byte(except), 0o644))
	e.github = githubsim.New(githubsim.Options{Now: e.now})
	e.github.AddRepo(githubsim.Repo{Owner: "acme", Name: "lake-shares", ID: hubID, Dir: e.origin})
	e.address = e.listen(contract.Wrap(e.t, e.github))
	e.do((*hub).commitAll, "everything")
	_, err := e.git(e.work, "push", "-q", e.origin, "main")
	e.must(err)
	e.must(e.moved("main", noSHA, "branch_creation"))
}

func (e *estate) listen(handler http.Handler) string {
	s := httptest.NewServer(handler)
	e.t.Cleanup(s.Close)
	return s.URL
}

func (e *estate) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// startCloud gives the accounts the roles that init wrote for them, and everyone
// a steward who changes things by hand.
func (e *estate) startCloud() {
	e.t.Helper()
	data, err := os.ReadFile(filepath.Join(e.work, "world.yaml"))
	e.must(err)
	w, err := awssim.ParseWorld(data)
	e.must(err)
	for _, a := range w.Accounts {
		if len(a.Regions) == 0 {
			continue // pays the bills and has no data
		}
		template, err := os.ReadFile(filepath.Join(e.work, "iam", a.Name+".cloudformation.yaml"))
		e.must(err)
		for _, role := range []string{"lakeshare-plan", "lakeshare-apply"} {
			a.Roles[role] = e.templateRole(string(template), role)
		}
		a.OIDCProviders = []string{"token.actions.githubusercontent.com"}
		a.Roles[steward] = &awssim.Role{}
		for _, r := range a.Regions {
			r.Settings.Admins = append(r.Settings.Admins, "role/"+steward)
		}
	}
	e.aws, err = awssim.New(w, awssim.Options{Now: e.now})
	e.must(err)
	e.cloud = e.listen(e.aws)
}

var ifProvider = regexp.MustCompile(`\{"Fn::If": \["ProviderIsOurs", \{"Ref": "GitHubProvider"\}, ("[^"]+")\]\}`)

// templateRole takes a role's trust policy and its actions out of a template, in
// which documents are JSON.
func (e *estate) templateRole(template, name string) *awssim.Role {
	e.t.Helper()
	_, rest, found := strings.Cut(template, "RoleName: "+name+"\n")
	if !found {
		e.t.Fatalf("the template has no role %s", name)
	}
	rest, _, _ = strings.Cut(rest, "RoleName: ")
	document := func(key string) json.RawMessage {
		_, text, _ := strings.Cut(rest, " "+key+":")
		var raw json.RawMessage
		e.must(json.NewDecoder(strings.NewReader(text)).Decode(&raw))
		return raw
	}
	var policy struct {
		Statement []struct{ Action any }
	}
	e.must(json.Unmarshal(document("PolicyDocument"), &policy))
	// The provider is the stack's own or one that is there: the ARN is the same.
	trust := ifProvider.ReplaceAll(document("AssumeRolePolicyDocument"), []byte("$1"))
	role := &awssim.Role{TrustPolicy: awssim.JSONText(trust)}
	if strings.Contains(rest, ":aws:policy/AWSLakeFormationCrossAccountManager") {
		role.Allow = crossAccountManager()
	}
	for _, s := range policy.Statement {
		switch actions := s.Action.(type) {
		case string:
			role.Allow = append(role.Allow, actions)
		case []any:
			for _, action := range actions {
				role.Allow = append(role.Allow, action.(string))
			}
		}
	}
	return role
}

// crossAccountManager are the actions of AWS's policy for sharing between
// accounts [4.44].
func crossAccountManager() []string {
	return []string{
		"ram:CreateResourceShare", "ram:UpdateResourceShare", "ram:DeleteResourceShare", "ram:AssociateResourceShare",
		"ram:DisassociateResourceShare", "ram:AssociateResourceSharePermission", "ram:Get*", "ram:List*",
		"glue:PutResourcePolicy", "glue:DeleteResourcePolicy", "organizations:Describe*", "organizations:List*",
	}
}

// copySource copies what the action is built from.
func copySource(from, to string) error {
	root := os.DirFS(from)
	for _, name := range []string{"action.yml", "go.mod", "go.sum", "sample.go", "lakeshare.yaml", "world.yaml", "action", "cmd", "internal", "schema", "shares"} {
		err := fs.WalkDir(root, name, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case d.IsDir():
				return os.MkdirAll(filepath.Join(to, path), 0o755)
			case strings.HasSuffix(path, "_test.go"):
				return nil
			}
			data, err := fs.ReadFile(root, path)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, path), data, 0o644)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// jobsOf reads what the jobs of a workflow say about their tokens. The workflows
// are our own: two spaces a level, one key a line.
func (e *estate) jobsOf(workflow string) map[string]job {
	e.t.Helper()
	data, err := os.ReadFile(filepath.Join(e.work, ".github", "workflows", workflow))
	e.must(err)
	_, text, _ := strings.Cut(string(data), "\njobs:\n")
	found, name, inside := map[string]job{}, "", ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), " #")
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		depth := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case depth == 2:
			name = key
			found[name] = job{workflow: workflow, permissions: map[string]string{}}
		case depth == 4:
			inside = key
			if key == "environment" {
				j := found[name]
				j.environment = value
				found[name] = j
			}
		case depth == 6 && inside == "permissions":
			found[name].permissions[key] = value
		}
	}
	if len(found) == 0 {
		e.t.Fatalf("%s has no jobs", workflow)
	}
	return found
}
