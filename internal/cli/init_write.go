package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// openRoot opens the repository; nothing is read or written outside of it.
func (o *initOptions) openRoot() (*os.Root, error) { return os.OpenRoot(o.root) }

// write makes what is missing and says of each file what it is for. What exists
// is never opened for writing.
func (o *initOptions) write(files []scaffold.File) (made int, err error) {
	if err := os.MkdirAll(o.root, 0o755); err != nil {
		return 0, err
	}
	root, err := o.openRoot()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	width := 0
	var there []string // before anything was written
	for _, f := range files {
		width = max(width, len(f.Path))
		if _, exists, err := read(root, f.Path); err != nil {
			return 0, err
		} else if exists {
			there = append(there, f.Path)
		}
	}
	for _, f := range files {
		said := func(text string) { fmt.Fprintf(o.env.Stdout, "%-*s  %s\n", width, f.Path, text) }
		if slices.Contains(there, f.Path) {
			have, _, err := read(root, f.Path)
			if err != nil {
				return made, err
			}
			said("kept: exists" + o.keptNote(f, have))
			continue
		}
		if slices.Contains(there, f.Instead) {
			said("left out: " + f.Instead + " says the same")
			continue
		}
		if err := create(root, filepath.FromSlash(f.Path), f.Content); err != nil {
			return made, fmt.Errorf("write %s: %w", f.Path, err)
		}
		made++
		said("made: " + f.What)
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
	note := ""
	if len(d.Lines) > 0 {
		note = "; add to it, at its end:\n    " + strings.Join(d.Lines, "\n    ")
	}
	if len(d.Changes)+len(d.Unpinned)+len(d.Overrides) > 0 {
		note += ", and is not as init writes it now: " + o.command() + " --check"
	}
	if !differs {
		return ""
	}
	return note
}
