package history

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/object"
)

// A tree may come from a fork, so what is read of it has limits. The first two
// are one above what the reader of the files accepts: it has the better words.
const (
	maxFile    = 1<<20 + 1 // bytes of one file; the rest is cut off
	maxFiles   = 10_002    // files of one tree: a configuration, 10,000 shares, and one more to be refused for
	maxBytes   = 256 << 20 // of all files of a tree together
	maxEntries = 1_000_000 // looked at, kept or not: trees can share sub-trees without end
	maxPath    = 4096      // bytes of a path
)

// errEnough ends a walk that has all it may take.
var errEnough = errors.New("enough files")

// gather collects the files of one tree.
type gather struct {
	files map[string][]byte
	bytes int
}

func newGather() *gather { return &gather{files: map[string][]byte{}} }

func (g *gather) add(path string, content io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(content, maxFile))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if g.bytes += len(data); g.bytes > maxBytes {
		return fmt.Errorf("read %s: the files up to here are above %d MiB together: split the repository", path, maxBytes>>20)
	}
	g.files[path] = data
	if len(g.files) == maxFiles {
		return errEnough
	}
	return nil
}

func (g *gather) result(err error) (map[string][]byte, error) {
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return g.files, nil
}

// refusals are the links and submodules where files were expected. They are not
// followed: what they lead to is not in the commit, so no review saw it.
type refusals []string

// judge notes a thing that is not a file, if a file that keep wants could be it
// or lie below it. Passing over such a directory would make its files look
// withdrawn.
func (r *refusals) judge(keep func(string) bool, path, what string) {
	if keep(path) || holds(keep, path) {
		*r = append(*r, path+" is "+what)
	}
}

// holds reports whether keep may want a file directly below a directory.
// Everything that lakeshare reads is YAML.
func holds(keep func(string) bool, dir string) bool {
	return keep(dir+"/x.yaml") || keep(dir+"/x.yml")
}

func (r refusals) err() error {
	if len(r) == 0 {
		return nil
	}
	slices.Sort(r)
	return fmt.Errorf("%s: only plain files and directories are read, put them in its place", strings.Join(r, ", "))
}

// RootFile returns one file of a commit, by its slash path from the root of the
// repository, or nil where the commit has none. What is above 1 MiB is cut off.
func (r *Repo) RootFile(commit, path string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.commit(commit)
	if err != nil {
		return nil, err
	}
	f, err := c.File(path)
	if errors.Is(err, object.ErrFileNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w", path, commit, err)
	}
	in, err := f.Reader()
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w", path, commit, err)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile))
	return data, errors.Join(err, in.Close())
}
