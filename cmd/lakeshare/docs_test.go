package main

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// blocks are the code blocks of one language on a page.
func blocks(text, language string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestTheSmallestShareOfTheReadme is what the README says it is.
func TestTheSmallestShareOfTheReadme(t *testing.T) {
	t.Parallel()
	shares := blocks(page(t, "README.md"), "yaml")
	if len(shares) != 1 {
		t.Fatalf("the README has %d shares, want 1", len(shares))
	}
	p := newPlace(t, map[string]string{"shares/sales/orders.yaml": shares[0]})
	p.commit()
	p.lakeshare(0, "validate")
	out, _ := p.lakeshare(0, "plan", "--simulate", "world.yaml", "--format", "json")
	var plan struct {
		Counts map[string]int `json:"counts"`
	}
	if err := json.Unmarshal([]byte(out), &plan); err != nil {
		t.Fatal(err)
	}
	if n := plan.Counts["new"] + plan.Counts["adopted"]; n < 13 || n > 17 {
		t.Errorf("the README says some fifteen facts, the plan has %d", n)
	}
	p.lakeshare(0, "apply", "--simulate", "world.yaml", "--yes")
	p.lakeshare(0, "sim", "read", "--as", analyst, "sales_shared.rl_orders")
}

// TestEveryFileOfWritingSharesIsValid takes the page's word that each block is a file.
func TestEveryFileOfWritingSharesIsValid(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for _, b := range blocks(page(t, "docs/manifests.md"), "yaml") {
		name, _, _ := strings.Cut(strings.TrimPrefix(b, "# "), "\n")
		files[name] = b
	}
	if len(files) < 5 {
		t.Fatalf("the page has %d files", len(files))
	}
	newPlace(t, files).lakeshare(0, "validate")
}

// TestTryIt types what docs/try-it.md says. What needs the AWS CLI is left out
// where there is none.
func TestTryIt(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Logf("not run: there is no %s here", tool)
			return
		}
	}
	p := newPlace(t, nil)
	root := checkout(t, p)
	port := freePort(t)
	script := "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\ncd " + root + "\n" + typed(t, page(t, "docs/try-it.md"))
	// People are slower than a program that begins to listen.
	script = strings.ReplaceAll(script, "--listen 127.0.0.1:4600 &\n",
		"--listen 127.0.0.1:4600 &\nuntil (exec 3<>/dev/tcp/127.0.0.1/4600) 2>/dev/null; do kill -0 $!; done\n")
	script = strings.NewReplacer("/tmp/lake", filepath.Join(p.dir, "lake"), "4600", port).Replace(script)
	p.inherit()
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		p.env["GIT_"+who+"_NAME"], p.env["GIT_"+who+"_EMAIL"] = "A User", "user@example.com"
	}
	script += "\ngit -C " + filepath.Join(p.dir, "lake") + " ls-files | sed 's/^/committed: /'\n"
	out, err := p.command(t.Context(), "bash", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"[56] shares are valid", "Carried out: [0-9]+ facts done", "Nothing to do", "role/Analyst reads sales_shared.rl_orders"} {
		if !regexp.MustCompile(want).Match(out) {
			t.Errorf("the session does not show %s:\n%s", want, out)
		}
	}
	if s := string(out); !strings.Contains(s, "committed: lakeshare.yaml") || strings.Contains(s, "committed: world.yaml") {
		t.Errorf("lakeshare.yaml has to be committed, and world.yaml not:\n%s", out)
	}
}

// checkout is a folder like that of this repository after make build. Nothing but
// its bin has lakeshare in it, so the page has to say where the program is.
func checkout(t *testing.T, p *place) string {
	t.Helper()
	root := filepath.Join(p.dir, "checkout")
	if err := layOut(root, func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("lakeshare")
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(root, "bin")
	if err := errors.Join(os.MkdirAll(bin, 0o755), os.Symlink(program, filepath.Join(bin, "lakeshare"))); err != nil {
		t.Fatal(err)
	}
	var path []string
	for _, dir := range filepath.SplitList(p.env["PATH"]) {
		if dir != filepath.Dir(program) {
			path = append(path, dir)
		}
	}
	p.env["PATH"] = strings.Join(path, string(filepath.ListSeparator))
	return root
}

// typed is what stands behind the prompts of a page.
func typed(t *testing.T, text string) string {
	t.Helper()
	_, noAWS := exec.LookPath("aws")
	var lines []string
	for _, b := range blocks(text, "console") {
		if noAWS != nil && strings.Contains(b, "$ aws ") {
			t.Log("not typed, since there is no AWS CLI here: " + b)
			continue
		}
		for _, line := range strings.Split(b, "\n") {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				lines = append(lines, command)
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
