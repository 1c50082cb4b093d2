package depcheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/lakeshare/lakeshare/"

// within says which packages of this module each package may import. A package
// that is not listed fails the test: a new one has to find its place.
var within = map[string][]string{
	"":                             {},
	"action":                       {},
	"cmd/lakeshare":                {"internal/cli"},
	"internal/fact":                {},
	"internal/diag":                {},
	"internal/manifest":            {"internal/diag", "internal/fact", "schema"},
	"internal/history":             {},
	"internal/history/historytest": {},
	"internal/plan":                {"internal/diag", "internal/fact"},
	"internal/policy":              {"internal/fact", "internal/plan"},
	"internal/reconcile":           {"internal/fact", "internal/plan"},
	"internal/aws":                 {"internal/fact"},
	"internal/awssim":              {},
	"internal/report":              {"internal/diag", "internal/fact", "internal/plan"},
	"internal/intake":              {"internal/diag", "internal/fact", "internal/manifest"},
	"internal/github":              {},
	"internal/githubsim":           {},
	"internal/githubsim/contract":  {},
	"internal/report/hostile":      {},
	"internal/scaffold":            {"internal/fact"},
	"internal/trust":               {},
	"internal/depcheck":            {},
	"internal/scenario":            {},
	"schema":                       {},
	"internal/cli": {
		"", "internal/aws", "internal/awssim", "internal/diag", "internal/fact", "internal/github", "internal/history",
		"internal/intake", "internal/manifest", "internal/plan", "internal/policy", "internal/reconcile", "internal/report",
		"internal/scaffold", "internal/trust", "schema",
	},
}

// only says which packages may import a library: one each, so that it can be replaced.
var only = map[string][]string{
	"github.com/go-git/go-git":      {"internal/history", "internal/history/historytest"},
	"github.com/go-git/go-billy":    {"internal/history", "internal/history/historytest"},
	"github.com/aws/":               {"internal/aws"},
	"gopkg.in/yaml.v3":              {"internal/manifest", "internal/awssim", "internal/intake"},
	"github.com/santhosh-tekuri":    {"internal/manifest"},
	"github.com/spf13/cobra":        {"internal/cli"},
	"golang.org/x/term":             {"internal/cli"},
	"github.com/google/go-github":   {"internal/github"},
	"github.com/sethvargo/":         {"internal/github"},
	"github.com/getkin/kin-openapi": {"internal/githubsim/contract"},
	"github.com/yuin/goldmark":      {}, // a second opinion in tests
	"golang.org/x/sync":             {"internal/aws"},
	"github.com/rogpeppe/go-inter":  {"internal/history/historytest"},
}

// pure packages know no files, processes, network, clock of the machine or contexts.
var pure = []string{"internal/fact", "internal/diag", "internal/plan", "internal/policy"}

var impure = []string{"os", "io/fs", "net", "net/http", "context", "log", "log/slog", "os/exec", "math/rand", "math/rand/v2"}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, strings.TrimSuffix(module, "/")), "/")
		allowed, known := within[name]
		if !known {
			t.Errorf("package %s has no place in the table of imports", name)
			continue
		}
		for _, imported := range p.Imports {
			checkImport(t, name, imported, allowed)
		}
	}
}

func checkImport(t *testing.T, name, imported string, allowed []string) {
	t.Helper()
	if rest, ok := strings.CutPrefix(imported+"/", module); ok && !slices.Contains(allowed, strings.TrimSuffix(rest, "/")) {
		t.Errorf("%s must not import %s", name, imported)
	}
	for library, users := range only {
		if strings.HasPrefix(imported, library) && !slices.Contains(users, name) {
			t.Errorf("%s must not import %s: only %s may", name, imported, strings.Join(users, ", "))
		}
	}
	if slices.Contains(pure, name) && slices.Contains(impure, imported) {
		t.Errorf("%s is pure and must not import %s", name, imported)
	}
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages", len(all))
	}
	return all
}
