package scaffold

import (
	"fmt"
	"regexp"
	"strings"
)

// The first line of what init writes says how, so that a later run needs no flags.
const headerStart = "# Written by: lakeshare init --repository"

// ByHand, anywhere in a file that init once wrote, says that it is somebody's own
// now and not to be compared.
const ByHand = "lakeshare: kept by hand"

func header(in Input) string {
	r := in.Repository
	line := headerStart + " " + r.String()
	if r.ID != "" {
		line += " --repository-id " + r.ID
	}
	if r.Immutable {
		line += " --owner-id " + r.OwnerID + " --immutable-subject"
	}
	if in.Branch != "main" {
		line += " --branch " + in.Branch
	}
	return line
}

// Remembered is what a file says about how it was written.
type Remembered struct {
	Repository Repository
	Branch     string // "" where the line names none: main
	Action     string // the pinned action that a workflow uses; "" in other files
	Folder     string // of lakeshare.yaml, as a workflow names it; "" for the root and in other files
}

// Remember reads a file that init wrote: its first line, and the action that it
// uses. It fails where the line is init's and not as init writes it, and returns
// false for other files.
func Remember(content string) (Remembered, bool, error) {
	line, _, _ := strings.Cut(content, "\n")
	line, ours := strings.CutPrefix(strings.TrimSpace(line), headerStart)
	if !ours {
		return Remembered{}, false, nil
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return Remembered{}, false, fmt.Errorf("the line %q names no repository", headerStart)
	}
	out := Remembered{Action: used(content)}
	if m := configLine.FindStringSubmatch(content); m != nil {
		out.Folder = m[1]
	}
	var err error
	if out.Repository, err = ParseRepository(words[0]); err != nil {
		return Remembered{}, false, err
	}
	for i := 1; i < len(words); i++ {
		if words[i] == "--immutable-subject" {
			out.Repository.Immutable = true
			continue
		}
		into := map[string]*string{
			"--repository-id": &out.Repository.ID, "--owner-id": &out.Repository.OwnerID,
			"--branch": &out.Branch,
		}[words[i]]
		if into == nil || i+1 == len(words) {
			return Remembered{}, false, fmt.Errorf("%q is no flag that init writes into its files", words[i])
		}
		i++
		*into = words[i]
	}
	return out, true, nil
}

var configLine = regexp.MustCompile(`(?m)^ +config: (\S+)\r?$`)

var usesLine = regexp.MustCompile(`^ *- uses: ([^@\s]+@([0-9a-f]{40})(?: # \S+)?)$`)

// used is the first action of a workflow that is not GitHub's own.
func used(workflow string) string {
	for _, l := range lines(workflow) {
		m := usesLine.FindStringSubmatch(l)
		if m != nil && m[2] != Placeholder && !strings.HasPrefix(m[1], "actions/") && actionForm.MatchString(m[1]) {
			return m[1]
		}
	}
	return ""
}

// Pin is a line of a workflow that uses an action at a commit.
type Pin struct {
	Line   int // from 1
	Commit string
}

// Pins are the lines of a workflow that use an action, owner/name, at a commit
// other than the placeholder.
func Pins(workflow, action string) []Pin {
	var out []Pin
	for i, l := range lines(workflow) {
		if m := usesLine.FindStringSubmatch(l); m != nil && m[2] != Placeholder && strings.HasPrefix(m[1], action+"@") {
			out = append(out, Pin{Line: i + 1, Commit: m[2]})
		}
	}
	return out
}
