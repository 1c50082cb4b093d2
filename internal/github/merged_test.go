package github

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// gitHub is a hub with a git repository.
type gitHub struct {
	*hub
	dir string
}

func newGitHub(t *testing.T) *gitHub {
	t.Helper()
	g := &gitHub{dir: filepath.Join(t.TempDir(), "lake.git")}
	g.hub = newHubWith(t, githubsim.Repo{Owner: "acme", Name: "lake", ID: repoID, Dir: g.dir}, nil)
	g.git("", "init", "--quiet", "--bare", "--initial-branch=main", g.dir)
	return g
}

func (g *gitHub) git(input string, args ...string) string {
	g.t.Helper()
	cmd := exec.CommandContext(g.t.Context(), "git", append([]string{"--git-dir", g.dir}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_AUTHOR_DATE=1772600400 +0000",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "GIT_COMMITTER_DATE=1772600400 +0000")
	out, err := cmd.Output()
	if err != nil {
		g.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

func (g *gitHub) commit(message string, parents ...string) string {
	g.t.Helper()
	args := []string{"commit-tree", g.git("", "mktree")}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	return g.git(message, args...)
}

// many makes a line of commits with one process and returns the last.
func (g *gitHub) many(n int, from string) string {
	g.t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "commit refs/heads/line\nmark :%d\ncommitter a <a@example.com> 1772600400 +0000\ndata 1\nx\n", i+1)
		if i == 0 {
			fmt.Fprintf(&b, "from %s\n", from)
		}
		b.WriteString("\n")
	}
	g.git(b.String(), "fast-import", "--quiet", "--force")
	return g.git("", "rev-parse", "refs/heads/line")
}

func (g *gitHub) merged(number int, head, base, by string, commits ...string) {
	g.t.Helper()
	_, err := g.sim.OpenPull(repoName, githubsim.Pull{Number: number, Head: head, Base: base, Commits: commits})
	if err == nil && by != "" {
		err = g.sim.MergePull(repoName, number, by, "ana")
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *gitHub) wantMerged(base, tip string, want ...int) {
	g.t.Helper()
	got, err := g.client().MergedPulls(g.t.Context(), base, tip)
	if err != nil || !slices.Equal(got, want) {
		g.t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestMergedPulls(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	root := g.commit("root")
	// 31 merged with a merge commit, of two commits.
	side := g.commit("side 2", g.commit("side 1", root))
	merge := g.commit("merge", root, side)
	// 12 squashed.
	squash := g.commit("squash", merge)
	// 20 rebased: two commits on the branch stand for two others.
	topic := g.commit("topic 2", g.commit("topic 1", root))
	rebased := g.commit("rebased 1", squash)
	last := g.commit("rebased 2", rebased)
	// Pushed directly, and then a branch that is still open.
	direct := g.commit("direct", last)
	open := g.commit("open", direct)
	g.push(direct)
	g.merged(31, side, root, merge)
	g.merged(12, g.commit("squashed", root), root, squash)
	g.merged(20, topic, root, last, rebased)
	g.merged(40, open, direct, "")
	// Merged into another branch, and a chain that ended on main by 31.
	if _, err := g.sim.OpenPull(repoName, githubsim.Pull{Number: 50, Head: side, Base: root, BaseRef: "release", Merged: true, MergeCommit: merge}); err != nil {
		t.Fatal(err)
	}

	g.wantMerged(root, direct, 12, 20, 31)
	g.wantMerged(merge, direct, 12, 20)
	g.wantMerged(squash, last, 20)
	g.wantMerged(last, direct)
	g.wantMerged(direct, direct)
	g.wantMerged("", squash, 12)
	g.wantMerged("", direct)
	g.wantMerged(strings.Repeat("9", 40), squash, 12)
	if _, err := g.client().MergedPulls(t.Context(), "main", direct); err == nil {
		t.Error("a branch was taken for a commit")
	}
}

func TestMergedPullsAsksAlongTheBranchOnly(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	root := g.commit("root")
	side := g.many(40, root)
	merge := g.commit("merge", root, side)
	g.push(merge)
	g.merged(1, side, root, merge)
	c := g.client()
	got, err := c.MergedPulls(t.Context(), root, merge)
	if err != nil || !slices.Equal(got, []int{1}) || c.Calls() != 2 {
		t.Errorf("got %v, %v with %d requests, want 2", got, err, c.Calls())
	}
}

// Of many commits the newest count, wherever GitHub's pages end.
func TestMergedPullsIsBounded(t *testing.T) {
	t.Parallel()
	g := newGitHub(t)
	root := g.commit("root")
	for n, pages := range map[int]int{1: 1, 100: 1, 101: 2, 250: 3, 251: 3, 380: 4, 460: 4} {
		tip := g.many(n, root)
		c := g.client()
		commits, err := c.between(t.Context(), root, tip)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(g.git("", "rev-list", "--first-parent", fmt.Sprintf("--max-count=%d", min(n, maxCommits)), tip))
		if got := line(commits, tip); !slices.Equal(got, want) || c.Calls() != pages {
			t.Errorf("of %d: %d commits with %d requests, want %d with %d", n, len(got), c.Calls(), len(want), pages)
		}
	}
}
