package github

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"
)

// maxOutput keeps the outputs of a job below the megabyte of UTF-16 that GitHub takes.
const maxOutput = 256 << 10

var outputPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,99}$`)

// Output sets an output of the step. Control characters other than line breaks
// are taken out of the value; nothing in it can end it or begin another output.
func (a *Actions) Output(name, value string) error {
	if !outputPattern.MatchString(name) {
		return fmt.Errorf("output %q: not a name for an output", name)
	}
	value = strings.ToValidUTF8(strings.ReplaceAll(value, "\r\n", "\n"), "\uFFFD")
	value = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, value)
	if len(value) > maxOutput {
		return fmt.Errorf("output %s has %d bytes, at most %d are set", name, len(value), maxOutput)
	}
	end := rand.Text()
	return a.append("GITHUB_OUTPUT", name+"<<"+end+"\n"+value+"\n"+end+"\n")
}

// append adds whole lines to the file that a variable names, also behind a line
// that somebody left open.
func (a *Actions) append(variable, text string) (err error) {
	path := a.getenv(variable)
	if path == "" {
		return fmt.Errorf("%s is not set: this does not look like a step of GitHub Actions", variable)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("%s: %w", variable, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("%s: %w", variable, err)
	}
	last := []byte{'\n'}
	if size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return fmt.Errorf("%s: %w", variable, err)
		}
	}
	if last[0] != '\n' {
		text = "\n" + text
	}
	if _, err := io.WriteString(f, text); err != nil {
		return fmt.Errorf("%s: %w", variable, err)
	}
	return nil
}
