package history

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
)

// Dirty returns, sorted, the paths that keep wants and whose content on disk is
// not the one of HEAD: modified, added (ignored by git or not) or deleted. It
// compares hashes and does not look at the index, which may be stale; go-git's
// status would read the whole work tree.
func (r *Repo) Dirty(keep func(path string) bool) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	paths, err := r.dirty(keep)
	if err != nil {
		return nil, fmt.Errorf("compare work tree %s with HEAD: %w", r.dir, err)
	}
	return paths, nil
}

func (r *Repo) dirty(keep func(string) bool) ([]string, error) {
	tip, err := r.tip()
	if err != nil {
		return nil, err
	}
	committed := map[string]plumbing.Hash{}
	err = r.walk(tip, keep, func(path string, blob plumbing.Hash) error {
		committed[path] = blob
		return nil
	})
	if err != nil {
		return nil, err
	}
	lax := r.convertsLineEnds()
	var paths []string
	err = onDisk(r.dir, keep, func(disk fs.FS, path string) error {
		blob, known := committed[path]
		delete(committed, path)
		if known {
			same, err := r.same(disk, path, blob, lax)
			if same || err != nil {
				return err
			}
		}
		paths = append(paths, path)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for path := range committed {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths, nil
}

// same reports whether a file on disk has the content of a blob, but for line
// ends if lax.
func (r *Repo) same(disk fs.FS, path string, blob plumbing.Hash, lax bool) (bool, error) {
	hash, err := hashFile(disk, path)
	if err != nil || hash == blob {
		return err == nil, err
	}
	if !lax {
		return false, nil
	}
	here, err := disk.Open(path)
	if err != nil {
		return false, err
	}
	defer here.Close() // only read
	there, err := r.blob(blob)
	if err != nil {
		return false, err
	}
	defer there.Close() // only read
	a, err := io.ReadAll(io.LimitReader(here, maxFile))
	if err != nil {
		return false, err
	}
	b, err := io.ReadAll(io.LimitReader(there, maxFile))
	// Of what was cut off the hash has the last word.
	whole := len(a) < maxFile && len(b) < maxFile
	return err == nil && whole && bytes.Equal(unixLines(a), unixLines(b)), err
}

func hashFile(disk fs.FS, path string) (plumbing.Hash, error) {
	f, err := disk.Open(path)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	defer f.Close() // only read
	info, err := f.Stat()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	h := plumbing.NewHasher(plumbing.BlobObject, info.Size())
	if _, err := io.Copy(h, f); err != nil {
		return plumbing.ZeroHash, err
	}
	return h.Sum(), nil
}

func unixLines(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// convertsLineEnds reports whether git writes other line ends to disk than it
// commits, by the closest configuration that says so.
func (r *Repo) convertsLineEnds() bool {
	readers := []func() (*config.Config, error){
		r.storage.Config,
		func() (*config.Config, error) { return config.LoadConfig(config.GlobalScope) },
		func() (*config.Config, error) { return config.LoadConfig(config.SystemScope) },
	}
	for _, read := range readers {
		cfg, err := read()
		if err != nil {
			continue // without it files count as changed rather than as the same
		}
		if core := cfg.Raw.Section("core"); core.HasOption("autocrlf") {
			value := strings.ToLower(core.Option("autocrlf"))
			return value != "false" && value != "0" && value != "no" && value != "off"
		}
	}
	return false
}
