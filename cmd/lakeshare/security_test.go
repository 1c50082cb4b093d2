package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestTheSecurityPageNamesWhatExists: a claim whose test is gone is no claim.
func TestTheSecurityPageNamesWhatExists(t *testing.T) {
	t.Parallel()
	text := page(t, "docs/security.md")
	there := map[string]bool{}
	for _, dir := range []string{"action", "cmd", "internal", "schema"} {
		err := fs.WalkDir(os.DirFS(filepath.Join("..", "..", dir)), ".", func(name string, d fs.DirEntry, err error) error {
			there[path.Base(name)] = true
			if err != nil || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(page(t, dir+"/"+name), -1) {
				there[m[1]] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+|\b\w+\.txtar\b`)
	if n := len(named.FindAllString(text, -1)); n < 60 {
		t.Errorf("the page names only %d tests and scripts", n)
	}
	for _, name := range named.FindAllString(text, -1) {
		if !there[name] {
			t.Errorf("the page names %s, which does not exist", name)
		}
	}
	for _, rows := range tables(text, "shown by") {
		for _, row := range rows {
			if last := row[len(row)-1]; !named.MatchString(last) && !strings.HasPrefix(last, "GitHub's") {
				t.Errorf("nothing shows %q", row)
			}
		}
	}
}

// tables are the rows, as cells, of the tables of a page whose last column has this title.
func tables(text, title string) [][][]string {
	var all [][][]string
	in := false
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !strings.HasPrefix(line, "|"):
			in = false
		case cells[len(cells)-1] == title:
			in, all = true, append(all, nil)
		case in && !strings.HasPrefix(line, "|---"):
			all[len(all)-1] = append(all[len(all)-1], cells)
		}
	}
	return all
}

// TestTheSecurityPageHasThePermissionsOfEachJob compares with what init writes.
func TestTheSecurityPageHasThePermissionsOfEachJob(t *testing.T) {
	t.Parallel()
	text, jobs := page(t, "docs/security.md"), 0
	job := regexp.MustCompile(`(?ms)^  (\w+):(?: #[^\n]*)?\n    .*?^    permissions:(.*?)^    steps:`)
	for _, name := range []string{"plan", "apply", "drift"} {
		workflow := page(t, "internal/scaffold/testdata/grown/github/workflows/"+name+".yml")
		for _, bad := range []string{"pull_request_target", "workflow_run", "issue_comment", "secrets."} {
			if strings.Contains(workflow, bad) {
				t.Errorf("%s.yml has %s", name, bad)
			}
		}
		_, below, _ := strings.Cut(workflow, "\njobs:\n")
		for _, m := range job.FindAllStringSubmatch(below, -1) {
			var scopes []string
			for _, s := range regexp.MustCompile(`(?m)^      ([a-z-]+: \w+)`).FindAllStringSubmatch(m[2], -1) {
				scopes = append(scopes, "`"+s[1]+"`")
			}
			if len(scopes) == 0 {
				scopes = []string{"none"}
			}
			jobs++
			if row := "| `" + name + ".yml` `" + m[1] + "` | " + strings.Join(scopes, " ") + " |"; !strings.Contains(text, row) {
				t.Errorf("the page has no row %s", row)
			}
		}
	}
	if jobs != 7 {
		t.Errorf("%d jobs were found, want 7", jobs)
	}
}

// TestTheRolesReadNoData reads the roles that init writes: an administrator of
// Lake Formation needs one of these actions to get at data, or at the settings.
func TestTheRolesReadNoData(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../internal/scaffold/testdata/*/iam/*")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{
			"lakeformation:GetDataAccess", "lakeformation:PutDataLakeSettings", "lakeformation:*", "lakeformation:DeregisterResource",
			"s3:", "athena:", "glue:*", "glue:PutResourcePolicy", "ram:*", "ram:DeleteResourceShare", "iam:*", "iam:AttachRolePolicy", "sts:AssumeRole\"",
		} {
			if strings.Contains(string(text), `"`+action) {
				t.Errorf("%s allows %s", name, action)
			}
		}
	}
}

// TestNothingOfAManifestIsExecuted: what could execute is not even linked by what
// reads manifests. The simulators are for tests; init alone has templates, its own.
func TestNothingOfAManifestIsExecuted(t *testing.T) {
	t.Parallel()
	files := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		simulator := strings.HasPrefix(name, "internal/githubsim/") || strings.HasPrefix(name, "internal/awssim/")
		if err != nil || simulator || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			executes := slices.Contains([]string{`"os/exec"`, `"plugin"`, `"html/template"`, `"C"`}, i.Path.Value)
			if executes || i.Path.Value == `"text/template"` && !strings.HasPrefix(name, "internal/scaffold/") {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
		for _, call := range []string{".PutDataLakeSettings(", ".DeregisterResource(", ".PutResourcePolicy(", ".DeleteResourceShare("} {
			if strings.Contains(page(t, name), call) {
				t.Errorf("%s calls %s)", name, call)
			}
		}
		return nil
	})
	if err != nil || files < 150 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestCommandsForOthersAreQuoted pastes what a plan asks others to type into a shell.
func TestCommandsForOthersAreQuoted(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"shares/x.yaml": `version: 1
owner: "@acme/sales-data"
reason: r
from: {account: sales, database: sales}
tables: {orders: {}}
to: [{account: "888899990000", principals: ["role/$(id>owned)/A", "role/;id>owned;/B", "role/'/C", "role/` + "`id>owned`" + `/D"]}]
`})
	p.commit()
	out, _ := p.lakeshare(0, "plan", "--simulate", "world.yaml")
	commands := regexp.MustCompile(`(?m)^ +(aws lakeformation .*)$`).FindAllString(out, -1)
	if len(commands) != 8 {
		t.Fatalf("%d commands:\n%s", len(commands), out)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", "set -e\naws() { printf '%s\\n' \"$@\" >>asked; }\n"+strings.Join(commands, "\n"))
	cmd.Dir = t.TempDir()
	said, err := cmd.CombinedOutput()
	asked, _ := os.ReadFile(filepath.Join(cmd.Dir, "asked"))
	if _, owned := os.Stat(filepath.Join(cmd.Dir, "owned")); owned == nil || err != nil {
		t.Errorf("a name was executed: %v %s\n%s", err, said, out)
	}
	for _, arn := range []string{"role/$(id>owned)/A", "role/;id>owned;/B", "role/'/C", "role/`id>owned`/D"} {
		if !strings.Contains(string(asked), "888899990000:"+arn+"\n") {
			t.Errorf("%s did not arrive:\n%s", arn, asked)
		}
	}
}

// nobody fails if any host was asked so far.
func (w *wire) nobody(ts *testscript.TestScript, _ bool, _ []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.hosts) > 0 {
		ts.Fatalf("hosts were asked: %v", w.hosts)
	}
}

// judge compares what was seen with what the page says.
func (w *wire) judge(ts *testscript.TestScript, _ bool, _ []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var listed []string
	for _, rows := range tables(w.page, "shown by") {
		for _, row := range rows {
			if host := strings.Trim(row[0], "`"); strings.HasSuffix(host, ".com") && strings.Contains(row[len(row)-1], "TestHostsAndSecrets") {
				listed = append(listed, strings.ReplaceAll(host, "REGION", salesRegion))
			}
		}
	}
	unseen := slices.Clone(listed)
	for asked := range w.hosts {
		is := func(p string) bool { ok, _ := path.Match(p, asked); return ok }
		unseen = slices.DeleteFunc(unseen, is)
		if !slices.ContainsFunc(listed, is) {
			ts.Fatalf("the page does not name %s", asked)
		}
	}
	if len(unseen) > 0 || len(w.secrets) < 40 {
		ts.Fatalf("nobody asked %v, or there were only %d secrets", unseen, len(w.secrets))
	}
	seen := map[string]string{"the log": w.said.String()}
	for host, sent := range w.sent {
		seen["what "+host+" was sent"] = sent
	}
	ts.Check(filepath.WalkDir(filepath.Join(w.hub.work, ".hub"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, err := os.ReadFile(name)
			seen[name] = string(data)
			return err
		}
		return err
	}))
	for place, text := range seen {
		if slices.ContainsFunc(w.secrets, func(secret string) bool { return strings.Contains(text, secret) }) {
			ts.Fatalf("a secret is in %s", place)
		}
	}
}
