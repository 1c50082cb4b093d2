package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/intake"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

type intakeOptions struct {
	*common
	from   string
	owner  string
	reason string
}

func newIntake(c *common) *cobra.Command {
	o := &intakeOptions{common: c}
	cmd := &cobra.Command{
		Use:   "intake FILE",
		Short: "Turn a manifest of the older, queue-driven system into shares",
		Long: `Read the JSON manifest of the older, queue-driven system and edit the shares of the
working tree so that they ask for the same: every record, not only the first. What
existing files say, their comments and their order stay. Nothing is written unless
every record is understood, and running it again changes nothing.

It prints what it wrote and where, and what it left out and why. See docs/intake.md.

Exit codes: 0 done, 3 the manifest or the shares are invalid.`,
		Example: `  lakeshare intake manifest.json --from sales --owner "@acme/sales-data" --reason "Taken over from the queue."`,
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return o.run(args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "alias of the producer in lakeshare.yaml")
	f.StringVar(&o.owner, "owner", "", "owner of shares that are written anew")
	f.StringVar(&o.reason, "reason", "", "reason of shares that are written anew")
	return cmd
}

func (o *intakeOptions) run(name string) error {
	if o.from == "" {
		return errors.New("name the producer with --from ALIAS")
	}
	data, err := os.ReadFile(o.path(name))
	if err != nil {
		return err
	}
	root := o.path(o.dir)
	files, err := history.WorkingTree(root, manifest.Keep)
	if err != nil {
		return err
	}
	result, err := intake.Run(intake.Input{Name: name, Data: data, From: o.from, Files: files, Owner: o.owner, Reason: o.reason})
	var invalid *intake.Invalid
	switch {
	case errors.As(err, &invalid):
		t := compiled{findings: invalid.Findings, files: files}
		t.files[name] = data
		return o.show(t)
	case err != nil:
		return err
	}
	if err := write(root, result.Files); err != nil {
		return err
	}
	return o.tell(result)
}

// write puts changed files in their place, each in one step.
func write(root string, files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(root, filepath.FromSlash(name))
		if files[name] == nil {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := replace(path, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file next to its place and moves it there.
func replace(path string, data []byte, mode os.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".lakeshare-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = cmp.Or(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Chmod(temp.Name(), mode); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// told is a note in the JSON form, documented in docs/intake.md.
type told struct {
	Record  int    `json:"record"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Text    string `json:"text"`
	LeftOut bool   `json:"left_out"`
}

// tell prints what was written and what was left out.
func (o *intakeOptions) tell(r intake.Result) error {
	if o.format == "json" {
		notes := []told{}
		for _, n := range r.Notes {
			notes = append(notes, told(n))
		}
		e := json.NewEncoder(o.env.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{
			"version": 1, "kind": "intake", "files": slices.Sorted(maps.Keys(r.Files)), "notes": notes,
		})
	}
	for _, n := range r.Notes {
		fmt.Fprintln(o.env.Stdout, n)
	}
	files := len(r.Files)
	if files == 0 {
		fmt.Fprintln(o.env.Stdout, "Nothing to write.")
		return nil
	}
	fmt.Fprintf(o.env.Stdout, "%d %s written. Read the diff, then run lakeshare plan.\n", files, plural(files, "file", "files"))
	return nil
}
