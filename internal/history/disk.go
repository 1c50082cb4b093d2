package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// WorkingTree returns the files below a directory on disk that keep wants, by
// their slash paths below it. Limits and refusals are those of Files, and files
// that git ignores count too. It needs no repository.
func WorkingTree(root string, keep func(path string) bool) (map[string][]byte, error) {
	g := newGather()
	files, err := g.result(onDisk(root, keep, func(disk fs.FS, path string) error {
		f, err := disk.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(g.add(path, f), f.Close())
	}))
	if err != nil {
		return nil, fmt.Errorf("read files below %s: %w", root, err)
	}
	return files, nil
}

// onDisk visits the kept files below root, then reports what is not a file. It
// goes through os.Root, so that a link that appears meanwhile leads nowhere.
func onDisk(root string, keep func(string) bool, visit func(disk fs.FS, path string) error) error {
	top, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	w := diskWalk{disk: top.FS(), keep: keep, visit: visit}
	err = errors.Join(fs.WalkDir(w.disk, ".", w.entry), top.Close())
	if err != nil {
		return err
	}
	return w.refused.err()
}

type diskWalk struct {
	disk    fs.FS
	keep    func(string) bool
	visit   func(fs.FS, string) error
	refused refusals
	entries int
}

func (w *diskWalk) entry(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if w.entries++; w.entries > maxEntries {
		return fmt.Errorf("read %s: more than %d files and directories", path, maxEntries)
	}
	switch {
	case path == ".":
	case d.Name() == ".git":
		return skip(d)
	case d.IsDir():
		return w.directory(path)
	case d.Type()&fs.ModeSymlink != 0:
		w.refused.judge(w.keep, path, "a symbolic link")
	case !w.keep(path):
	case !d.Type().IsRegular():
		w.refused.judge(w.keep, path, "neither a file nor a directory")
	default:
		return w.visit(w.disk, path)
	}
	return nil
}

// directory passes over repositories within the repository: to git they are
// submodules, or nothing.
func (w *diskWalk) directory(path string) error {
	_, err := fs.Lstat(w.disk, path+"/.git")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	w.refused.judge(w.keep, path, "a repository of its own")
	return fs.SkipDir
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}
