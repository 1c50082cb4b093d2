package history

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Change is the commit that last changed a line.
type Change struct {
	Commit  string
	Author  string // name
	Email   string
	When    time.Time // the author's time, in UTC
	Subject string    // first line of the message
}

type blameKey struct{ commit, path string }

// LastChanged says who last changed a line, counted from 1, of a file as it is
// in a commit (a full hash). Each file is searched once.
func (r *Repo) LastChanged(commit, path string, line int) (Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change, err := r.lastChanged(commit, path, line)
	if err != nil {
		return Change{}, fmt.Errorf("find last change of %s:%d at %s: %w", path, line, commit, err)
	}
	return change, nil
}

func (r *Repo) lastChanged(commit, path string, line int) (Change, error) {
	lines, err := r.blame(commit, path)
	if err != nil {
		return Change{}, err
	}
	if line < 1 || line > len(lines) {
		return Change{}, fmt.Errorf("no such line: the file has %d lines", len(lines))
	}
	c, err := r.commit(lines[line-1].String())
	if err != nil {
		return Change{}, err
	}
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	return Change{
		Commit: c.Hash.String(), Author: c.Author.Name, Email: c.Author.Email,
		When: c.Author.When.UTC(), Subject: strings.TrimSpace(subject),
	}, nil
}

// blame returns the commit of each line of a file.
func (r *Repo) blame(commit, below string) ([]plumbing.Hash, error) {
	key := blameKey{commit, below}
	if lines, ok := r.blamed[key]; ok {
		return lines, nil
	}
	path, err := r.inRepository(below)
	if err != nil {
		return nil, err
	}
	c, err := r.commit(commit)
	if err != nil {
		return nil, err
	}
	file, err := c.File(path)
	if err != nil {
		return nil, err
	}
	if file.Mode != filemode.Regular && file.Mode != filemode.Executable && file.Mode != filemode.Deprecated {
		return nil, errors.New("not a plain file")
	}
	if file.Size >= maxFile {
		return nil, errors.New("above 1 MiB, which is not searched")
	}
	var lines []plumbing.Hash
	if file.Size > 0 { // go-git's blame does not stand an empty file
		if lines, err = blame(c, path); err != nil {
			return nil, err
		}
	}
	r.blamed[key] = lines
	return lines, nil
}

// blame calls go-git's, whose book-keeping of merges has panicked on real
// histories (go-git/go-git#463, #603). Who changed a line is a remark in a
// report, and no reason to lose the report.
func blame(c *object.Commit, path string) (lines []plumbing.Hash, err error) {
	defer func() {
		if p := recover(); p != nil {
			lines, err = nil, fmt.Errorf("go-git gave up: %v", p)
		}
	}()
	result, err := git.Blame(c, path)
	if err != nil {
		return nil, err
	}
	lines = make([]plumbing.Hash, len(result.Lines))
	for i, l := range result.Lines {
		lines[i] = l.Hash
	}
	return lines, nil
}
