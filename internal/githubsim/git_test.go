package githubsim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// remote is the address of the repository with a token in it, as actions/checkout uses it.
func (w *world) remote(token string) string {
	return strings.Replace(w.address, "http://", "http://x-access-token:"+token+"@", 1) + "/acme/lake"
}

func TestClone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reader := w.as(githubsim.Token{Permissions: map[string]string{"contents": "read"}})
	dir := filepath.Join(t.TempDir(), "clone")
	run(t, "", "git", "clone", "--quiet", w.remote(reader.token), dir)
	if text, err := os.ReadFile(filepath.Join(dir, "shares", "orders.yaml")); err != nil || !strings.Contains(string(text), "owner: ada") {
		t.Errorf("cloned %q, %v", text, err)
	}
	run(t, "", "git", "clone", "--quiet", "--depth=1", w.remote(reader.token)+".git", dir+"-shallow")
	if got := run(t, "", "git", "-C", dir+"-shallow", "rev-list", "--count", "HEAD"); strings.TrimSpace(got) != "1" {
		t.Errorf("a shallow clone has %s commits", got)
	}
	if calls := w.Calls(); calls[len(calls)-1].Login != "github-actions[bot]" {
		t.Errorf("the last call was %+v", calls[len(calls)-1])
	}
}

func TestCloneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, token := range map[string]string{
		"unknown token":       "ghs_unknown",
		"token for issues":    w.Server.Token(githubsim.Token{Permissions: map[string]string{"issues": "write"}}),
		"token of other repo": w.Server.Token(githubsim.Token{Repo: "acme/other", Permissions: everything}),
	} {
		dir := filepath.Join(t.TempDir(), "clone")
		if out, err := try("", "git", "clone", w.remote(token), dir); err == nil {
			t.Errorf("%s: cloned: %s", name, out)
		}
	}
	if _, err := try("", "git", "clone", w.address+"/acme/lake", filepath.Join(t.TempDir(), "clone")); err == nil {
		t.Error("cloned without a token")
	}
}

// A force-push leaves commits behind that no branch leads to. GitHub still
// serves them by their SHA, whatever version of the protocol the client speaks.
func TestFetchACommitThatNoBranchHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, version := range []string{"0", "2"} {
		dir := filepath.Join(t.TempDir(), "fetch")
		run(t, "", "git", "init", "--quiet", dir)
		run(t, "", "git", "-C", dir, "-c", "protocol.version="+version, "fetch", "--quiet", w.remote(w.token), w.sha["gone"])
		if got := run(t, "", "git", "-C", dir, "log", "-1", "--format=%s", "FETCH_HEAD"); strings.TrimSpace(got) != "gone" {
			t.Errorf("protocol %s fetched %s", version, got)
		}
	}
}

func TestGitPush(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	writer := w.as(githubsim.Token{Login: "ada", Permissions: everything})
	reader := w.as(githubsim.Token{Permissions: map[string]string{"contents": "read"}})
	dir := filepath.Join(t.TempDir(), "clone")
	run(t, "", "git", "clone", "--quiet", w.remote(writer.token), dir)
	run(t, "", "git", "-C", dir, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--allow-empty", "-m", "pushed")
	if _, err := try("", "git", "-C", dir, "push", w.remote(reader.token), "HEAD:main"); err == nil {
		t.Error("a token that only reads has pushed")
	}
	if n := len(w.want(200, "GET", "/repos/acme/lake/activity", "").list); n != 0 {
		t.Errorf("%d activities before anything happened", n)
	}
	run(t, "", "git", "-C", dir, "push", "--quiet", "origin", "HEAD:main", "HEAD:fresh")
	rows := w.want(200, "GET", "/repos/acme/lake/activity?ref=main", "").list
	sha := strings.TrimSpace(run(t, "", "git", "-C", dir, "rev-parse", "HEAD"))
	if len(rows) != 1 || rows[0]["before"] != w.sha["third"] || rows[0]["after"] != sha || rows[0]["activity_type"] != "push" {
		t.Fatalf("activity %v", rows)
	}
	if actor := rows[0]["actor"].(map[string]any); actor["login"] != "ada" {
		t.Errorf("pushed by %v", actor["login"])
	}
	if got := column(w.want(200, "GET", "/repos/acme/lake/activity?ref=fresh", "").list, "activity_type"); got != "branch_creation" {
		t.Errorf("a new branch is %s", got)
	}
}
