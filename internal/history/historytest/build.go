package historytest

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

const mainBranch = "main"

// builder writes objects without an index, which is quicker and cannot depend
// on anybody's configuration.
type builder struct {
	repo     *git.Repository
	dir      string
	commits  []string
	branches map[string]branch
}

// branch is where a branch is, and where it was started.
type branch struct {
	tip         plumbing.Hash
	tree, start files
}

type files map[string]entry

type entry struct {
	mode filemode.FileMode
	hash plumbing.Hash
}

// finish makes the commit of a section.
func (b *builder) finish(s *section) error {
	if s == nil || s.working {
		return nil
	}
	name := s.value("branch", mainBranch)
	on, ok := b.branches[name]
	if !ok {
		on = b.branches[mainBranch]
		on.start = on.tree
	}
	tree := files{}
	maps.Copy(tree, on.tree)
	var parents []plumbing.Hash
	if !on.tip.IsZero() {
		parents = append(parents, on.tip)
	}
	for _, f := range s.files {
		hash, err := b.blob(f.Data)
		if err != nil {
			return err
		}
		tree[f.Name] = entry{filemode.Regular, hash}
	}
	for _, l := range s.lines {
		if l.key == "merge" {
			parents = append(parents, b.branches[l.value].tip)
		}
		if err := b.apply(l, tree); err != nil {
			return fmt.Errorf("commit %d: %w", s.number, err)
		}
	}
	tip, err := b.commit(s, tree, parents)
	if err != nil {
		return err
	}
	b.commits = append(b.commits, tip.String())
	b.branches[name] = branch{tip, tree, on.start}
	return b.refs(s, name, tip)
}

// apply carries out one line of a commit on its files.
func (b *builder) apply(l line, tree files) error {
	switch l.key {
	case "author", "date", "branch", "tag":
	case "merge":
		other, ok := b.branches[l.value]
		if !ok {
			return fmt.Errorf("merge: no branch %s", l.value)
		}
		for path, e := range other.tree {
			if other.start[path] != e {
				tree[path] = e
			}
		}
		for path := range other.start {
			if _, ok := other.tree[path]; !ok {
				delete(tree, path)
			}
		}
	case "delete":
		if _, ok := tree[l.value]; !ok {
			return fmt.Errorf("delete: no file %s", l.value)
		}
		delete(tree, l.value)
	case "link":
		path, target, _ := strings.Cut(l.value, " -> ")
		hash, err := b.blob([]byte(target))
		tree[path] = entry{filemode.Symlink, hash}
		return err
	case "submodule":
		tree[l.value] = entry{filemode.Submodule, plumbing.NewHash(strings.Repeat("1", 40))}
	default:
		return fmt.Errorf("%s is not known", l.key)
	}
	return nil
}

func (b *builder) commit(s *section, tree files, parents []plumbing.Hash) (plumbing.Hash, error) {
	who, err := s.signature()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	top, err := b.tree(tree)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return b.store(&object.Commit{
		Author: who, Committer: who, Message: s.message + "\n",
		TreeHash: top, ParentHashes: parents,
	})
}

// tree writes a directory and what is below it.
func (b *builder) tree(all files) (plumbing.Hash, error) {
	var t object.Tree
	below := map[string]files{}
	for path, e := range all {
		name, rest, deeper := strings.Cut(path, "/")
		if !deeper {
			t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: e.mode, Hash: e.hash})
			continue
		}
		if below[name] == nil {
			below[name] = files{}
		}
		below[name][rest] = e
	}
	for name, dir := range below {
		hash, err := b.tree(dir)
		if err != nil {
			return hash, err
		}
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: hash})
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	return b.store(&t)
}

func (b *builder) refs(s *section, name string, tip plumbing.Hash) error {
	names := []plumbing.ReferenceName{plumbing.NewBranchReferenceName(name)}
	for _, l := range s.lines {
		if l.key == "tag" {
			names = append(names, plumbing.NewTagReferenceName(l.value))
		}
	}
	for _, n := range names {
		if err := b.repo.Storer.SetReference(plumbing.NewHashReference(n, tip)); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) blob(content []byte) (plumbing.Hash, error) {
	o := b.repo.Storer.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := w.Write(content); err != nil {
		return plumbing.ZeroHash, err
	}
	if err := w.Close(); err != nil {
		return plumbing.ZeroHash, err
	}
	return b.repo.Storer.SetEncodedObject(o)
}

func (b *builder) store(o interface {
	Encode(plumbing.EncodedObject) error
},
) (plumbing.Hash, error) {
	raw := b.repo.Storer.NewEncodedObject()
	if err := o.Encode(raw); err != nil {
		return plumbing.ZeroHash, err
	}
	return b.repo.Storer.SetEncodedObject(raw)
}
