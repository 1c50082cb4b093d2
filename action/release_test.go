package action_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maintainer works in a repository with the release script and a small program.
type maintainer struct {
	t   *testing.T
	dir string
}

func newMaintainer(t *testing.T) *maintainer {
	t.Helper()
	m := &maintainer{t: t, dir: t.TempDir()}
	for name, text := range map[string]string{
		".ci/release":           read(t, "../.ci/release"),
		".gitignore":            "/dist/\n",
		"action/checksums.txt":  read(t, "checksums.txt"),
		"go.mod":                "module github.com/lakeshare/lakeshare\n\ngo 1.26.0\n",
		"internal/cli/cli.go":   "package cli\n\nvar version string\n\nfunc Main() { println(version) }\n",
		"cmd/lakeshare/main.go": "package main\n\nimport \"github.com/lakeshare/lakeshare/internal/cli\"\n\nfunc main() { cli.Main() }\n",
	} {
		m.write(name, text)
	}
	m.git("init", "-q", "-b", "main")
	m.commit()
	m.git("update-ref", "refs/remotes/origin/main", "HEAD")
	return m
}

func (m *maintainer) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		m.t.Fatal(err)
	}
}

func (m *maintainer) git(args ...string) string {
	m.t.Helper()
	args = append([]string{"-C", m.dir, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"}, args...)
	out, err := exec.CommandContext(m.t.Context(), "git", args...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (m *maintainer) commit() {
	m.t.Helper()
	m.git("add", "-A")
	m.git("commit", "-q", "-m", "a commit")
}

// release runs the script, which has to end well or not, and to say a text.
func (m *maintainer) release(well bool, says string, args ...string) {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), filepath.Join(m.dir, ".ci", "release"), args...)
	cmd.Env = append(os.Environ(), "GOFLAGS=-tags=other", "GOAMD64=v3", "CGO_ENABLED=1") // of the machine: none of it counts
	out, err := cmd.CombinedOutput()
	if (err == nil) != well || !strings.Contains(string(out), says) {
		m.t.Fatalf("release %v ended with %v, want %q:\n%s", args, err, says, out)
	}
}

func TestReleaseIsTheTableOnTopOfItsCommit(t *testing.T) {
	t.Parallel()
	m := newMaintainer(t)
	m.release(false, "lists no release", "check")
	m.release(false, "want v1.2.3", "build", "1.2.3")
	m.release(false, "want v1.2.3", "build", "v1.2.3; touch pwned")
	source := m.git("rev-parse", "HEAD")
	m.release(true, "are written", "build", "v1.2.3")
	table := read(t, filepath.Join(m.dir, "action", "checksums.txt"))
	for _, platform := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"} {
		built := digest(read(t, filepath.Join(m.dir, "dist", "lakeshare_v1.2.3_"+platform)))
		if !strings.Contains(table, "\n"+built+"  lakeshare_v1.2.3_"+platform+"\n") {
			t.Errorf("the table lacks %s of %s:\n%s", built, platform, table)
		}
	}
	if !strings.Contains(table, "\n# version v1.2.3\n# commit "+source+"\n") {
		t.Errorf("the table does not say what it was built from:\n%s", table)
	}
	m.release(false, "git status", "build", "v1.2.4") // the table is not committed yet
	m.commit()
	m.release(true, "v1.2.3 is what commit "+source+" builds", "check")

	m.release(false, "dist/ is there", "assets", "v1.2.3")
	if err := os.RemoveAll(filepath.Join(m.dir, "dist")); err != nil {
		t.Fatal(err)
	}
	m.release(false, `whose table is of "v1.2.3"`, "assets", "v1.2.4")
	m.git("update-ref", "refs/remotes/origin/main", m.git("commit-tree", "-m", "another", "HEAD^{tree}"))
	m.release(false, "is not on main", "assets", "v1.2.3")
	m.write("cmd/lakeshare/main.go", "package main\n\nfunc main() { println(\"other\") }\n")
	m.git("commit", "-q", "-a", "--amend", "-m", "more than the table")
	m.release(false, "changes more than action/checksums.txt", "assets", "v1.2.3")
}

func TestReleaseCheckFindsOtherBinaries(t *testing.T) {
	t.Parallel()
	m := newMaintainer(t)
	m.release(true, "are written", "build", "v1.2.3")
	before := m.git("rev-parse", "HEAD")
	m.write("internal/cli/cli.go", "package cli\n\nvar version string\n\nfunc Main() { println(\"something else\", version) }\n")
	m.commit()
	table := read(t, filepath.Join(m.dir, "action", "checksums.txt"))
	m.write("action/checksums.txt", strings.Replace(table, before, m.git("rev-parse", "HEAD"), 1))
	m.release(false, "are not what commit", "check")
	m.write("action/checksums.txt", strings.Replace(table, before, strings.Repeat("0", 40), 1))
	m.release(false, "is not in this clone", "check")
}
