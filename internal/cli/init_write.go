package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// write makes what is missing and says of each file what it is for. What exists
// is never opened for writing.
func (o *initOptions) write(files []scaffold.File) (made int, err error) {
	root, err := os.OpenRoot(o.root)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	width := 0
	for _, f := range files {
		width = max(width, len(f.Path))
	}
	for _, f := range files {
		name := filepath.FromSlash(f.Path)
		have, err := root.ReadFile(name)
		if err == nil {
			fmt.Fprintf(o.env.Stdout, "%-*s  kept: exists%s\n", width, f.Path, o.keptNote(f, string(have)))
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return made, fmt.Errorf("write %s: %w", f.Path, err)
		}
		if err := create(root, name, f.Content); err != nil {
			return made, fmt.Errorf("write %s: %w", f.Path, err)
		}
		made++
		fmt.Fprintf(o.env.Stdout, "%-*s  made: %s\n", width, f.Path, f.What)
	}
	return made, nil
}

// create writes a new file; it fails if somebody was faster.
func create(root *os.Root, name, content string) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	return errors.Join(err, f.Close())
}

func (o *initOptions) keptNote(f scaffold.File, have string) string {
	d, differs := f.Compare(have, true)
	switch {
	case !differs:
		return ""
	case len(d.Lines) > 0:
		return "; add to it:\n    " + strings.Join(d.Lines, "\n    ")
	}
	return ", and is not as init writes it now: lakeshare init --check"
}

// compare tells of each file that is not as init would write it now.
func (o *initOptions) compare(files []scaffold.File, in scaffold.Input) error {
	root, err := os.OpenRoot(o.root)
	if err != nil {
		return err
	}
	defer root.Close()
	said := 0
	if in.New {
		said++
		fmt.Fprintf(o.env.Stdout, "%s: missing\n", path.Join(in.Folder, "lakeshare.yaml"))
	}
	if now := o.env.Getenv("GITHUB_REPOSITORY"); now != "" && !strings.EqualFold(now, in.Repository.String()) {
		said++
		fmt.Fprintf(o.env.Stdout, "The files are those of %s, and this repository is %s: the roles do not trust it.\n"+
			"  Delete the workflows and iam/, and run lakeshare init --repository %s\n", in.Repository, now, now)
	}
	for _, f := range files {
		have, err := root.ReadFile(filepath.FromSlash(f.Path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read %s: %w", f.Path, err)
		}
		if d, differs := f.Compare(string(have), err == nil); differs {
			said++
			fmt.Fprint(o.env.Stdout, difference(f.Path, d))
		}
	}
	if said > 0 {
		fmt.Fprint(o.env.Stdout, "\nlakeshare init writes what is missing, and nothing else: to take a newer version of a file,\n"+
			"delete it first. To keep yours, write \"# "+scaffold.ByHand+"\" into it.\n")
		return exit(ExitPending)
	}
	fmt.Fprintln(o.env.Stdout, "All files are as lakeshare init writes them.")
	return nil
}

func difference(name string, d scaffold.Difference) string {
	switch {
	case d.Missing:
		return name + ": missing\n"
	case len(d.Lines) > 0:
		return name + ": lacks\n    " + strings.Join(d.Lines, "\n    ") + "\n"
	case d.Unpinned != "":
		return fmt.Sprintf("%s:%d: names a commit that does not exist: write that of a release\n    %s\n", name, d.Line, d.Unpinned)
	}
	return fmt.Sprintf("%s:%d: out of date\n    has:  %s\n    want: %s\n", name, d.Line, strings.TrimSpace(d.Have), strings.TrimSpace(d.Want))
}
