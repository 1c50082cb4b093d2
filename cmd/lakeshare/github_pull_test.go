package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// pullRequest is a pull request as git knows it.
type pullRequest struct {
	number int
	branch string
	fork   bool
	base   string // main when it was last pushed, as events name it
	group  *group // in the merge queue
}

// group is what a merge queue wants to make of main.
type group struct{ ref, head, base string }

// enqueue lets GitHub make the commit that it will merge once checks pass.
func (h *hub) enqueue(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: queue NUMBER")
	}
	p, err := h.numbered(args[0])
	if err != nil {
		return err
	}
	base, err := h.at("refs/heads/main")
	if err != nil {
		return err
	}
	head, err := h.mergeCommit(p, fmt.Sprintf("%s (#%d)", p.branch, p.number), false)
	if err != nil {
		return err
	}
	p.group = &group{ref: fmt.Sprintf("refs/heads/gh-readonly-queue/main/pr-%d-%s", p.number, base), head: head, base: base}
	_, err = h.git(h.origin, "update-ref", p.group.ref, head)
	return err
}

func (p *pullRequest) ref(end string) string { return fmt.Sprintf("refs/pull/%d/%s", p.number, end) }

// pull opens a pull request. One of a fork has its commits nowhere but in the
// pull request itself.
func (h *hub) pull(args []string) error {
	if len(args) < 2 || len(args) > 3 || len(args) == 3 && args[2] != "--fork" {
		return errors.New("usage: pull NUMBER BRANCH [--fork]")
	}
	number, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	p := &pullRequest{number: number, branch: args[1], fork: len(args) == 3}
	opened := githubsim.Pull{Number: number, HeadRef: p.branch, BaseRef: "main", Title: p.branch, Author: "ada"}
	if p.fork {
		opened.Fork, opened.Author = true, "grace"
		if _, err := h.git(h.work, "push", "-q", h.origin, "refs/heads/"+p.branch+":"+p.ref("head")); err != nil {
			return err
		}
	}
	if opened.Base, err = h.at("refs/heads/main"); err != nil {
		return err
	}
	if opened.Head, err = h.at(h.headOf(p)); err != nil {
		return err
	}
	if _, err := h.github.OpenPull(hubRepo, opened); err != nil {
		return err
	}
	h.pulls[number] = p
	return h.follow(p)
}

func (h *hub) headOf(p *pullRequest) string {
	if p.fork {
		return p.ref("head")
	}
	return "refs/heads/" + p.branch
}

// follow brings refs/pull/N and what GitHub shows up to the head of the branch.
func (h *hub) follow(p *pullRequest) error {
	head, err := h.at(h.headOf(p))
	if err != nil {
		return err
	}
	if p.base, err = h.at("refs/heads/main"); err != nil {
		return err
	}
	if _, err := h.git(h.origin, "update-ref", p.ref("head"), head); err != nil {
		return err
	}
	if err := h.testMerge(p); err != nil {
		return err
	}
	return h.github.EditPull(hubRepo, p.number, func(g *githubsim.Pull) { g.Head, g.Base = head, p.base })
}

// testMerge makes refs/pull/N/merge of the head and of main as it is now.
func (h *hub) testMerge(p *pullRequest) error {
	commit, err := h.mergeCommit(p, fmt.Sprintf("Merge pull request #%d", p.number), true)
	if err != nil {
		return err
	}
	_, err = h.git(h.origin, "update-ref", p.ref("merge"), commit)
	return err
}

// mergeCommit makes a commit of main and the head without moving anything; of
// both as parents, or of main alone as squashing does.
func (h *hub) mergeCommit(p *pullRequest, message string, both bool) (string, error) {
	tree, err := h.git(h.origin, "merge-tree", "--write-tree", "refs/heads/main", p.ref("head"))
	if err != nil {
		return "", err
	}
	args := []string{"commit-tree", "-m", message, "-p", "refs/heads/main"}
	if both {
		args = append(args, "-p", p.ref("head"))
	}
	return h.git(h.origin, append(args, tree)...)
}

// merge merges a pull request in one of the three ways that GitHub offers, or as
// the merge queue does: with the commit that was checked.
func (h *hub) merge(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: merge NUMBER squash|rebase|merge|queue")
	}
	p, err := h.numbered(args[0])
	if err != nil {
		return err
	}
	message, kind := fmt.Sprintf("%s (#%d)", p.branch, p.number), "pr_merge"
	var commit string
	switch args[1] {
	case "squash":
		commit, err = h.mergeCommit(p, message, false)
	case "merge":
		commit, err = h.mergeCommit(p, message, true)
	case "rebase":
		commit, err = h.rebased(p)
	case "queue":
		if p.group == nil {
			return fmt.Errorf("pull request %d is not in the merge queue", p.number)
		}
		commit, kind = p.group.head, "merge_queue_merge"
	default:
		err = fmt.Errorf("merge %s: squash, rebase, merge or queue", args[1])
	}
	if err != nil {
		return err
	}
	return h.land(p, commit, kind)
}

// land moves main to the commit that merges a pull request.
func (h *hub) land(p *pullRequest, commit, kind string) error {
	before, err := h.at("refs/heads/main")
	if err != nil {
		return err
	}
	if _, err := h.git(h.origin, "update-ref", "refs/heads/main", commit); err != nil {
		return err
	}
	added, err := h.git(h.origin, "rev-list", "--first-parent", before+".."+commit)
	if err != nil {
		return err
	}
	if err := h.github.MergePull(hubRepo, p.number, commit, "grace"); err != nil {
		return err
	}
	if err := h.github.EditPull(hubRepo, p.number, func(g *githubsim.Pull) { g.Commits = strings.Fields(added) }); err != nil {
		return err
	}
	return h.moved("main", before, kind)
}

// rebased puts the commits of a pull request on top of main.
func (h *hub) rebased(p *pullRequest) (string, error) {
	dir := filepath.Join(h.work, ".hub", "rebase")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"clone", "-q", h.origin, dir},
		{"-C", dir, "fetch", "-q", "origin", p.ref("head")},
		{"-C", dir, "checkout", "-q", "--detach", "FETCH_HEAD"},
		{"-C", dir, "rebase", "-q", "--force-rebase", "origin/main"},
		{"-C", dir, "push", "-q", "origin", "HEAD:refs/hub/rebased"},
	} {
		if _, err := h.git(h.work, args...); err != nil {
			return "", err
		}
	}
	return h.at("refs/hub/rebased")
}

func (h *hub) closePull(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: close NUMBER")
	}
	p, err := h.numbered(args[0])
	if err != nil {
		return err
	}
	return h.github.EditPull(hubRepo, p.number, func(g *githubsim.Pull) { g.Closed = true })
}

func (h *hub) numbered(text string) (*pullRequest, error) {
	number, err := strconv.Atoi(text)
	if p := h.pulls[number]; err == nil && p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("there is no pull request %q", text)
}
