// Package historytest builds git repositories from one text file, always the
// same ones: times, authors and therefore hashes are fixed.
package historytest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/rogpeppe/go-internal/txtar"
)

// Repo is a repository on disk.
type Repo struct {
	Dir     string   // the work tree
	Commits []string // the hash of commit n is at n-1
}

// Commit returns the hash of commit n, counted from 1 as in the archive.
func (r Repo) Commit(n int) string { return r.Commits[n-1] }

// FromTxtar builds the repository of an archive in a temporary directory.
func FromTxtar(t testing.TB, archive string) Repo {
	t.Helper()
	repo, err := Build(t.TempDir(), []byte(archive))
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// Build builds the repository of an archive in an empty directory:
//
//	-- commit 1: add orders --
//	author: Bea <bea@example.com>
//	tag: v1
//	-- shares/orders.yaml --
//	version: 1
//	-- commit 2: on a branch --
//	branch: feature
//	delete: shares/orders.yaml
//	-- commit 3: bring it in --
//	merge: feature
//	-- working tree --
//	-- shares/new.yaml --
//	version: 1
//
// A file belongs to the commit above it and stays until a later commit changes
// or deletes it. The lines of a commit are, all optional: author, date (RFC
// 3339; else an hour per commit after 2026-01-01), branch (else main; a new one
// starts where main is), merge (a branch; what it changed since it was started
// comes in), tag, delete (a path), link (path -> target), submodule (a path).
// Files of the working tree are not committed; only delete goes there. HEAD is
// main.
func Build(dir string, archive []byte) (Repo, error) {
	b, err := newBuilder(dir)
	if err != nil {
		return Repo{}, fmt.Errorf("build repository: %w", err)
	}
	if err := b.archive(txtar.Parse(archive)); err != nil {
		return Repo{}, fmt.Errorf("build repository: %w", err)
	}
	return Repo{Dir: dir, Commits: b.commits}, nil
}

func newBuilder(dir string) (*builder, error) {
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(mainBranch)},
	})
	if err != nil {
		return nil, err
	}
	return &builder{
		repo: repo, dir: dir,
		branches: map[string]branch{mainBranch: {}},
	}, nil
}

// archive goes through the sections in order; a commit is made when the next
// one begins.
func (b *builder) archive(a *txtar.Archive) error {
	var now *section
	for _, f := range a.Files {
		next, err := header(f, len(b.commits)+pending(now)+1)
		if err != nil {
			return err
		}
		if next != nil {
			if err := b.finish(now); err != nil {
				return err
			}
			now = next
			continue
		}
		if now == nil {
			return fmt.Errorf("%s: expected `-- commit 1: message --` above the first file", f.Name)
		}
		now.files = append(now.files, f)
	}
	if err := b.finish(now); err != nil {
		return err
	}
	if now != nil && now.working {
		return b.working(now)
	}
	return b.checkout()
}

func pending(s *section) int {
	if s == nil || s.working {
		return 0
	}
	return 1
}

// checkout brings the files of HEAD to disk.
func (b *builder) checkout() error {
	if len(b.commits) == 0 {
		return nil
	}
	tree, err := b.repo.Worktree()
	if err != nil {
		return err
	}
	return tree.Reset(&git.ResetOptions{Mode: git.HardReset})
}

// working changes files on disk only.
func (b *builder) working(s *section) error {
	if err := b.checkout(); err != nil {
		return err
	}
	for _, l := range s.lines {
		if l.key != "delete" {
			return fmt.Errorf("working tree: %s is not known there", l.key)
		}
		if err := os.Remove(filepath.Join(b.dir, filepath.FromSlash(l.value))); err != nil {
			return err
		}
	}
	for _, f := range s.files {
		file := filepath.Join(b.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
