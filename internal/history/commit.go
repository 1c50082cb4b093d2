package history

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// CommitAll commits the work tree at dir as it is and returns the commit. Where
// there is no repository yet it makes one. lakeshare itself never commits to a
// user's repository: this is for samples that have to have a history.
func CommitAll(dir, message string, when time.Time) (string, error) {
	repo, err := git.PlainInit(dir, false)
	if errors.Is(err, git.ErrRepositoryAlreadyExists) {
		repo, err = git.PlainOpen(dir)
	}
	if err != nil {
		return "", fmt.Errorf("open repository %s: %w", dir, err)
	}
	tree, err := repo.Worktree()
	if err != nil {
		return "", fmt.Errorf("open work tree %s: %w", dir, err)
	}
	if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return "", fmt.Errorf("add files: %w", err)
	}
	by := &object.Signature{Name: "lakeshare", Email: "lakeshare@example.com", When: when}
	hash, err := tree.Commit(message, &git.CommitOptions{Author: by, Committer: by})
	if err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	return hash.String(), nil
}
