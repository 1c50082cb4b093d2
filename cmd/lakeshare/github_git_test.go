package main

import (
	"errors"
	"slices"
	"strings"
)

// branch switches the clone to a branch; a new one starts at GitHub's main, and
// main itself follows it. What is edited and not committed stays.
func (h *hub) branch(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: branch NAME")
	}
	name := args[0]
	if _, err := h.git(h.work, "fetch", "-q", h.origin, "+refs/heads/*:refs/remotes/origin/*"); err != nil {
		return err
	}
	if _, err := h.git(h.work, "rev-parse", "-q", "--verify", "refs/heads/"+name); err == nil && name != "main" {
		_, err := h.git(h.work, "checkout", "-q", name)
		return err
	}
	_, err := h.git(h.work, "checkout", "-q", "--no-track", "-B", name, "origin/main")
	return err
}

func (h *hub) commitAll(args []string) error {
	if _, err := h.git(h.work, "add", "-A"); err != nil {
		return err
	}
	_, err := h.git(h.work, "commit", "-q", "-m", strings.Join(args, " "))
	return err
}

// amend puts the work tree into the last commit.
func (h *hub) amend([]string) error {
	_, err := h.git(h.work, "commit", "-q", "-a", "--amend", "--no-edit")
	return err
}

// push moves a branch on GitHub, and with it the pull request from there.
func (h *hub) push(args []string) error {
	force := len(args) == 2 && args[0] == "--force"
	if len(args) != 1 && !force {
		return errors.New("usage: push [--force] BRANCH")
	}
	name := args[len(args)-1]
	before, err := h.at("refs/heads/" + name)
	if err != nil {
		before = noSHA
	}
	to := "refs/heads/" + name
	p := h.pullOf(name)
	if p != nil && p.fork {
		to = p.ref("head")
	}
	command := []string{"push", "-q", h.origin, "refs/heads/" + name + ":" + to}
	if force {
		command = slices.Insert(command, 1, "--force")
	}
	if _, err := h.git(h.work, command...); err != nil {
		return err
	}
	if p == nil || !p.fork {
		if err := h.moved(name, before, ""); err != nil {
			return err
		}
	}
	if p == nil {
		return nil
	}
	return h.follow(p)
}

func (h *hub) pullOf(branch string) *pullRequest {
	for _, p := range h.pulls {
		if p.branch == branch {
			return p
		}
	}
	return nil
}

// back forces main back by a number of commits of its own line.
func (h *hub) back(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: back COUNT")
	}
	before, err := h.at("refs/heads/main")
	if err != nil {
		return err
	}
	commit, err := h.git(h.origin, "rev-parse", "--verify", "refs/heads/main~"+args[0])
	if err != nil {
		return err
	}
	if _, err := h.git(h.origin, "update-ref", "refs/heads/main", commit); err != nil {
		return err
	}
	return h.moved("main", before, "force_push")
}
