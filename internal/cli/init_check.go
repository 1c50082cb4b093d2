package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// maxChanges is how many differing lines --check shows of one file.
const maxChanges = 10

// compare tells of each file that is not as init would write it now.
func (o *initOptions) compare(files []scaffold.File, in scaffold.Input) error {
	root, err := o.openRoot()
	if err != nil {
		return err
	}
	defer root.Close()
	said := 0
	say := func(text string) {
		if text != "" {
			said++
			fmt.Fprint(o.env.Stdout, text)
		}
	}
	if in.New {
		say(path.Join(in.Folder, "lakeshare.yaml") + ": missing\n")
	}
	if now := o.env.Getenv("GITHUB_REPOSITORY"); now != "" && !strings.EqualFold(now, in.Repository.String()) {
		say(fmt.Sprintf("The files are those of %s, and this repository is %s: the roles do not trust it.\n"+
			"  Delete the workflows and %s/, and run %s --repository %s\n", in.Repository, now, path.Join(in.Folder, "iam"), o.command(), now))
	}
	pins := pinned{action: actionName(in.Action)}
	told := map[string]bool{} // one of two that are both missing
	for _, f := range files {
		have, exists, err := read(root, f.Path)
		if err != nil {
			return err
		}
		if !exists && f.Instead != "" {
			_, other, err := read(root, f.Instead)
			if err != nil {
				return err
			}
			if other || told[f.Instead] {
				continue
			}
			told[f.Path] = true
		}
		pins.add(f.Path, have)
		if d, differs := f.Compare(have, exists); differs {
			say(difference(f, d))
		}
	}
	say(pins.text())
	if said > 0 {
		fmt.Fprintf(o.env.Stdout, "\n%s writes what is missing, and nothing else: to take a newer version of a file,\n"+
			"delete it first. To keep yours, write \"# "+scaffold.ByHand+"\" into it.\n", o.command())
		return exit(ExitPending)
	}
	fmt.Fprintln(o.env.Stdout, "All files are as lakeshare init writes them.")
	return nil
}

// read reads a file below the root; the second result says whether there is one.
func read(root *os.Root, name string) (string, bool, error) {
	data, err := root.ReadFile(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read %s: %w", name, err)
	}
	return string(data), true, nil
}

func difference(f scaffold.File, d scaffold.Difference) string {
	var b strings.Builder
	if d.Missing {
		b.WriteString(f.Path + ": missing")
		if f.Instead != "" {
			b.WriteString(", and so is " + f.Instead + ": one of the two is enough")
		}
		return b.String() + "\n"
	}
	if len(d.Lines) > 0 {
		b.WriteString(f.Path + ": lacks\n    " + strings.Join(d.Lines, "\n    ") + "\n")
	}
	for _, v := range d.Overrides {
		fmt.Fprintf(&b, "%s:%d: comes later and wins over %s: move it up, or name the same owners\n    %s\n",
			f.Path, v.Line, strings.Join(v.Over, ", "), v.Text)
	}
	if len(d.Changes) > 0 {
		fmt.Fprintf(&b, "%s: out of date; - is there, + belongs there\n", f.Path)
		for _, c := range d.Changes[:min(maxChanges, len(d.Changes))] {
			fmt.Fprintf(&b, "    %4d %s %s\n", c.Line, sign(c), c.Text)
		}
		if more := len(d.Changes) - maxChanges; more > 0 {
			fmt.Fprintf(&b, "         and %d more\n", more)
		}
	}
	for _, c := range d.Unpinned {
		fmt.Fprintf(&b, "%s:%d: names a commit that does not exist: write that of a release\n    %s\n", f.Path, c.Line, strings.TrimSpace(c.Text))
	}
	return b.String()
}

func sign(c scaffold.Change) string {
	if c.Want {
		return "+"
	}
	return "-"
}

// pinned collects the commits of lakeshare's action. The workflows belong together:
// a plan of one release should not be carried out by another.
type pinned struct {
	action  string // owner/name
	commits []string
	lines   []string
}

func actionName(action string) string {
	name, _, _ := strings.Cut(action, "@")
	return name
}

func (p *pinned) add(file, have string) {
	if path.Dir(file) != ".github/workflows" {
		return
	}
	for _, pin := range scaffold.Pins(have, p.action) {
		if !slices.Contains(p.commits, pin.Commit) {
			p.commits = append(p.commits, pin.Commit)
		}
		p.lines = append(p.lines, fmt.Sprintf("    %s:%d: %s\n", file, pin.Line, pin.Commit))
	}
}

// text is "" where all workflows use one commit.
func (p *pinned) text() string {
	if len(p.commits) < 2 {
		return ""
	}
	return fmt.Sprintf("The workflows use %s at %d different commits: write the same into all of them.\n%s",
		cmp.Or(p.action, "the action"), len(p.commits), strings.Join(p.lines, ""))
}
