// Package history reads the trees of a git repository, before and at the tip,
// says who last changed a line, and keeps the record of what was applied. It is
// the only user of go-git.
package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// ErrNotRepository is wrapped by Open where no repository holds the directory.
// What needs no history (WorkingTree) works without one.
var ErrNotRepository = errors.New("not in a git repository")

// ErrNoCommits is wrapped by Tip where the branch has no commit yet.
var ErrNoCommits = errors.New("no commits yet")

// Repo is a git repository seen from the directory of lakeshare.yaml: every
// path it takes or returns is a slash path relative to that directory. It may
// be used by several goroutines; they wait for each other, since go-git loads
// its indexes without a lock.
type Repo struct {
	root   string // of the work tree
	dir    string // of lakeshare.yaml, at or below root
	prefix string // from root to dir, a slash path; "" when they are the same

	mu      sync.Mutex
	places  places
	storage *filesystem.Storage // HEAD of this work tree, shared refs and objects
	objects objects
	blamed  map[blameKey][]plumbing.Hash
}

// Open finds the repository that holds dir, the directory of lakeshare.yaml,
// at dir or above it. Linked work trees and detached heads are fine; a shallow
// clone is not, since it lacks the trees before.
func Open(dir string) (*Repo, error) {
	r, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", dir, err)
	}
	return r, nil
}

func open(dir string) (*Repo, error) {
	dir, err := physical(dir)
	if err != nil {
		return nil, err
	}
	at, err := locate(dir)
	if err != nil {
		return nil, err
	}
	storage := at.storage()
	if err := readable(storage); err != nil {
		return nil, err
	}
	prefix, err := filepath.Rel(at.root, dir)
	if err != nil {
		return nil, err
	}
	prefix = filepath.ToSlash(prefix)
	if prefix == "." {
		prefix = ""
	}
	return &Repo{
		root: at.root, dir: dir, prefix: prefix,
		places: at, storage: storage, objects: objects{storage},
		blamed: map[blameKey][]plumbing.Hash{},
	}, nil
}

// physical returns dir without symbolic links, so that the way from the root of
// the work tree to it is the one that git knows.
func physical(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", errors.New("not a directory")
	}
	return dir, nil
}

// Root is the absolute path of the work tree.
func (r *Repo) Root() string { return r.root }

// Dir is the absolute path of the directory that holds lakeshare.yaml.
func (r *Repo) Dir() string { return r.dir }

// Prefix is the slash path from Root to Dir, "" when they are the same.
func (r *Repo) Prefix() string { return r.prefix }

// Path is the slash path from Root of a path below Dir, as hosts of
// repositories want it in annotations and links.
func (r *Repo) Path(below string) string { return path.Join(r.prefix, below) }

// inRepository is Path for a path that comes from outside.
func (r *Repo) inRepository(below string) (string, error) {
	if !fs.ValidPath(below) || below == "." {
		return "", fmt.Errorf("%q is not a path below %s", below, r.dir)
	}
	return r.Path(below), nil
}
