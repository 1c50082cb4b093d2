package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOriginIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://github.com/acme/lake.git":       "acme/lake",
		"https://user@github.com/acme/lake":      "acme/lake",
		"git@github.com:acme/lake.git":           "acme/lake",
		"ssh://git@github.com/acme/lake.git":     "acme/lake",
		"ssh://git@ssh.github.com:443/acme/lake": "acme/lake",
		"https://gitlab.com/acme/lake.git":       "",
		"https://github.com.evil.com/acme/lake":  "",
		"/srv/git/lake.git":                      "",
		"https://github.com/acme":                "",
		"":                                       "",
	} {
		if got := onGitHub(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

// TestOriginOfAWorktree: .git is a file there, and the configuration is the main one's.
func TestOriginOfAWorktree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main/.git/config":                  "[core]\n\turl = no\n[remote \"origin\"]\n\tfetch = x\n\turl = git@github.com:acme/lake.git\n",
		"main/.git/worktrees/one/commondir": "../..\n",
		"one/.git":                          "gitdir: " + filepath.Join(dir, "main/.git/worktrees/one") + "\n",
		"odd/.git":                          "nonsense\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, root := range []string{"main", "one"} {
		if got, err := originRepository(filepath.Join(dir, root)); got != "acme/lake" || err != nil {
			t.Errorf("%s: %q %v", root, got, err)
		}
	}
	if got, err := originRepository(dir); got != "" || err != nil {
		t.Errorf("no git: %q %v", got, err)
	}
	if _, err := originRepository(filepath.Join(dir, "odd")); err == nil {
		t.Error("a file .git that is nothing is taken for a worktree")
	}
}
