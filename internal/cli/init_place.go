package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// place finds the repository's root, and lakeshare.yaml's folder from there.
// Without git the folder itself is the root.
func (o *initOptions) place() (folder string, err error) {
	dir, err := resolved(o.path(o.dir))
	if err != nil {
		return "", err
	}
	if o.root, err = rootOf(dir); err != nil {
		return "", err
	}
	if err := o.notBelow(dir); err != nil {
		return "", err
	}
	rel, err := filepath.Rel(o.root, dir)
	if rel == "." {
		rel = ""
	}
	return filepath.ToSlash(rel), err
}

// resolved follows links. The folder, or the last ones of its path, may be
// missing: they are made with the first file.
func resolved(dir string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
		return real, err
	}
	if _, err := os.Lstat(dir); err == nil {
		return "", fmt.Errorf("%s is a link to something that does not exist", dir)
	}
	above, err := resolved(filepath.Dir(dir))
	return filepath.Join(above, filepath.Base(dir)), err
}

// rootOf finds the folder of .git. Without git, that is the folder itself.
func rootOf(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		_, err := os.Stat(filepath.Join(at, ".git"))
		switch {
		case err == nil:
			return at, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		case filepath.Dir(at) == at:
			return dir, nil
		}
	}
}

// notBelow refuses a folder of another configuration, such as its shares/: two
// of them would not know of each other.
func (o *initOptions) notBelow(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, manifest.ConfigFile)); err == nil {
		return nil
	}
	above, ok := configAbove(dir)
	if !ok {
		return nil
	}
	from, err := filepath.EvalSymlinks(o.env.Dir)
	if err != nil {
		return err
	}
	if short, err := filepath.Rel(from, above); err == nil {
		above = short
	}
	return fmt.Errorf("there is a lakeshare.yaml in a folder above: run lakeshare -C %s init", above)
}

// codeOwners finds the CODEOWNERS that GitHub uses, and what it says; "" for none.
func (o *initOptions) codeOwners() (name, have string, err error) {
	root, err := o.openRoot()
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	defer root.Close()
	for _, name := range scaffold.CodeOwners {
		if have, exists, err := read(root, name); err != nil || exists {
			return name, have, err
		}
	}
	return "", "", nil
}

// remembered reads how earlier runs were told to write. The roles go first: what
// they trust is what has to stay as it is. Then come the workflows of this
// folder, then those of others in the repository.
func (o *initOptions) remembered(folder string) (out scaffold.Remembered, ours bool, err error) {
	names, err := filepath.Glob(filepath.Join(o.root, filepath.FromSlash(folder), "iam", "*.*"))
	if err != nil {
		return out, false, err
	}
	own := map[string]bool{}
	in := scaffold.Input{Folder: folder}
	for _, name := range []string{"plan", "apply", "drift"} {
		name = filepath.Join(o.root, filepath.FromSlash(in.Workflow(name)))
		own[name] = true
		names = append(names, name)
	}
	for _, name := range []string{"plan", "apply", "drift"} {
		others, err := filepath.Glob(filepath.Join(o.root, ".github", "workflows", name+"*.yml"))
		if err != nil {
			return out, false, err
		}
		names = append(names, others...)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, false, err
		}
		r, found, err := scaffold.Remember(string(data))
		if err != nil {
			return out, false, fmt.Errorf("%s:1: %w: correct the line, or delete the file and run lakeshare init with --repository", name, err)
		}
		if found && own[name] && r.Folder != folder {
			return out, false, fmt.Errorf("%s runs lakeshare for %s, not for %s: rename one of the folders, or delete the file if the other is gone",
				name, path.Join("/", r.Folder), path.Join("/", folder))
		}
		if found && !ours {
			out, ours = r, true
		}
		out.Branch, out.Action = cmp.Or(out.Branch, r.Branch), cmp.Or(out.Action, r.Action)
	}
	return out, ours, nil
}
