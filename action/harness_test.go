// Package action_test runs the scripts of action.yml as a runner does.
package action_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tools are what a bare runner has.
var tools = []string{"awk", "bash", "chmod", "cksum", "curl", "cut", "env", "grep", "mkdir", "mv", "rm", "sed", "sha256sum", "shasum", "tr", "uname"}

// runner is a machine with a copy of the action, and a job on it.
type runner struct {
	t    *testing.T
	dir  string
	env  map[string]string
	said string // of the last step, both streams
}

// newRunner puts the action without source on a machine of a kind. Without a
// table of digests it gets the one of the repository.
func newRunner(t *testing.T, system, architecture, table string) *runner {
	t.Helper()
	r := &runner{t: t, dir: t.TempDir()}
	for _, dir := range []string{"action", "bin", "temp"} {
		r.must(os.Mkdir(r.path(dir), 0o755))
	}
	for _, tool := range tools {
		if at, err := exec.LookPath(tool); err == nil {
			r.must(os.Symlink(at, r.path("bin", tool)))
		}
	}
	r.fake("uname", fmt.Sprintf(`case "$1" in -s) echo %s ;; -m) echo %s ;; esac`, system, architecture))
	r.write("action/install.sh", read(t, "install.sh"))
	r.write("action/checksums.txt", cmp.Or(table, read(t, "checksums.txt")))
	r.env = map[string]string{
		"PATH": r.path("bin"), "HOME": r.dir, "RUNNER_TEMP": r.path("temp"), "GITHUB_OUTPUT": r.path("output"),
		"GITHUB_ACTION_PATH": r.dir,
	}
	return r
}

func (r *runner) path(elem ...string) string {
	return filepath.Join(append([]string{r.dir}, elem...)...)
}

func (r *runner) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *runner) write(name, text string) {
	r.t.Helper()
	r.must(os.WriteFile(r.path(name), []byte(text), 0o755))
}

// fake replaces a program by a script.
func (r *runner) fake(program, script string) {
	r.t.Helper()
	r.without(program)
	r.write(filepath.Join("bin", program), "#!/bin/bash\n"+script+"\n")
}

// without takes a program away.
func (r *runner) without(program string) {
	r.t.Helper()
	r.must(os.RemoveAll(r.path("bin", program)))
}

// step runs a script of action.yml as the runner runs shell: bash, and reports
// whether it ended well.
func (r *runner) step(script string) bool {
	r.t.Helper()
	bash, err := exec.LookPath("bash")
	r.must(err)
	r.must(os.WriteFile(r.path("output"), nil, 0o644))
	r.write("step.sh", script)
	cmd := exec.CommandContext(r.t.Context(), bash, "--noprofile", "--norc", "-e", "-o", "pipefail", r.path("step.sh"))
	cmd.Dir = r.dir
	for _, k := range slices.Sorted(maps.Keys(r.env)) {
		cmd.Env = append(cmd.Env, k+"="+r.env[k])
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	r.said = out.String()
	return err == nil
}

// install runs the first step and returns the program that it put in place.
func (r *runner) install() string {
	r.t.Helper()
	if !r.step(scripts(r.t)["install"]) {
		r.t.Fatalf("install failed:\n%s", r.said)
	}
	name, value, _ := strings.Cut(strings.TrimSpace(read(r.t, r.path("output"))), "=")
	if name != "bin" || !strings.HasPrefix(value, r.path("temp")) {
		r.t.Fatalf("the step's output is %s=%s, want a program below %s", name, value, r.path("temp"))
	}
	return value
}

// refuses runs the first step, which has to fail with an annotation that holds
// these texts, and must not name a program.
func (r *runner) refuses(texts ...string) {
	r.t.Helper()
	if r.step(scripts(r.t)["install"]) {
		r.t.Fatalf("install ended well:\n%s", r.said)
	}
	if output := read(r.t, r.path("output")); output != "" {
		r.t.Errorf("a step that failed has the output %q", output)
	}
	_, message, found := strings.Cut(r.said, "::error title=lakeshare::")
	message, _, _ = strings.Cut(message, "\n")
	for _, text := range texts {
		if !found || !strings.Contains(message, text) {
			r.t.Errorf("the step says:\n%s\nwant an error with %q", r.said, text)
		}
	}
}

// scripts are the steps of action.yml by id. Each is one line.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	found, id := map[string]string{}, ""
	for line := range strings.Lines(read(t, "../action.yml")) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "id":
			id = value
		case "run":
			found[id] = value
		}
	}
	if len(found) != 2 || found["install"] == "" || found["run"] == "" {
		t.Fatalf("action.yml has the scripts %q, want install and run, one line each", found)
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// releases serves assets as a mirror of the releases would, over HTTPS.
type releases struct {
	*httptest.Server
	asked []string
}

func serve(t *testing.T, assets map[string]string) *releases {
	t.Helper()
	s := &releases{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.Path)
		asset, found := assets[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(asset)) // the client may be gone
	}))
	t.Cleanup(s.Close)
	return s
}

// uses points the machine to a mirror, whose certificate it trusts.
func (r *runner) uses(s *releases) {
	r.t.Helper()
	r.env["LAKESHARE_RELEASES"] = s.URL
	r.env["CURL_CA_BUNDLE"] = r.path("ca.pem")
	r.write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
