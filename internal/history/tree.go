package history

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Files returns the files of a commit (a full hash) that keep wants, by their
// slash paths below Dir. A file is cut off after 1 MiB + 1 byte, and there are
// at most 10,001: one more than a reader accepts. Links and submodules in the
// place of such files are an error. A commit without the directory has no files.
func (r *Repo) Files(commit string, keep func(path string) bool) (map[string][]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := newGather()
	files, err := g.result(r.walk(commit, keep, func(path string, blob plumbing.Hash) error {
		content, err := r.blob(blob)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		return errors.Join(g.add(path, content), content.Close())
	}))
	if err != nil {
		return nil, fmt.Errorf("read files of commit %s: %w", commit, err)
	}
	return files, nil
}

// walk visits the kept blobs of a commit in git's order, then reports what is
// not a file.
func (r *Repo) walk(commit string, keep func(string) bool, visit func(path string, blob plumbing.Hash) error) error {
	c, err := r.commit(commit)
	if err != nil {
		return err
	}
	top, err := r.descend(c.TreeHash)
	if err != nil || top.IsZero() {
		return err
	}
	w := treeWalk{repo: r, keep: keep, visit: visit}
	if err := w.tree(top, ""); err != nil {
		return err
	}
	return w.refused.err()
}

// descend goes from the root of a tree to the directory of lakeshare.yaml; the
// zero hash says that there is none. A tree that cannot be read is an error,
// never an absent directory.
func (r *Repo) descend(top plumbing.Hash) (plumbing.Hash, error) {
	if r.prefix == "" {
		return top, nil
	}
	for name := range strings.SplitSeq(r.prefix, "/") {
		tree, err := object.GetTree(r.objects, top)
		if err != nil {
			return plumbing.ZeroHash, fmt.Errorf("read tree %s: %w", top, err)
		}
		top = plumbing.ZeroHash
		for _, e := range tree.Entries {
			if e.Name != name {
				continue
			}
			if e.Mode != filemode.Dir {
				return plumbing.ZeroHash, fmt.Errorf("%s of %s is not a directory there", name, r.prefix)
			}
			top = e.Hash
		}
		if top.IsZero() {
			return top, nil
		}
	}
	return top, nil
}

type treeWalk struct {
	repo    *Repo
	keep    func(string) bool
	visit   func(string, plumbing.Hash) error
	refused refusals
	entries int
}

func (w *treeWalk) tree(hash plumbing.Hash, dir string) error {
	tree, err := object.GetTree(w.repo.objects, hash)
	if err != nil {
		return fmt.Errorf("read tree %s: %w", hash, err)
	}
	for _, e := range tree.Entries {
		path := e.Name
		if dir != "" {
			path = dir + "/" + e.Name
		}
		if w.entries++; w.entries > maxEntries || len(path) > maxPath {
			return fmt.Errorf("read tree %s: more than %d entries, or a path above %d bytes", hash, maxEntries, maxPath)
		}
		if err := w.entry(e, path); err != nil {
			return err
		}
	}
	return nil
}

func (w *treeWalk) entry(e object.TreeEntry, path string) error {
	switch e.Mode {
	case filemode.Dir:
		return w.tree(e.Hash, path)
	case filemode.Symlink:
		w.refused.judge(w.keep, path, "a symbolic link")
	case filemode.Submodule:
		w.refused.judge(w.keep, path, "a submodule")
	default:
		if !w.keep(path) {
			return nil
		}
		// git writes no such names; somebody who makes trees by hand can.
		if !fs.ValidPath(path) || strings.Contains(e.Name, "/") {
			return fmt.Errorf("read %q: not a path", path)
		}
		return w.visit(path, e.Hash)
	}
	return nil
}
