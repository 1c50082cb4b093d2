package historytest

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/rogpeppe/go-internal/txtar"
)

// section is one commit of the archive, or the working tree.
type section struct {
	number  int
	message string
	working bool
	lines   []line
	files   []txtar.File
}

type line struct{ key, value string }

// header reads the beginning of a section, nil for a file.
func header(f txtar.File, number int) (*section, error) {
	if f.Name == "working tree" {
		s := &section{working: true}
		return s, s.read(f)
	}
	rest, ok := strings.CutPrefix(f.Name, "commit ")
	if !ok {
		return nil, nil
	}
	digits, message, ok := strings.Cut(rest, ":")
	if n, err := strconv.Atoi(digits); !ok || err != nil || n != number {
		return nil, fmt.Errorf("%q: expected `commit %d: message`", f.Name, number)
	}
	s := &section{number: number, message: strings.TrimSpace(message)}
	return s, s.read(f)
}

func (s *section) read(f txtar.File) error {
	for text := range strings.Lines(string(f.Data)) {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		key, value, ok := strings.Cut(text, ": ")
		if !ok {
			return fmt.Errorf("%s: %q: expected `key: value`", f.Name, text)
		}
		s.lines = append(s.lines, line{key, strings.TrimSpace(value)})
	}
	return nil
}

// value returns the value of the last line with a key.
func (s *section) value(key, without string) string {
	for _, l := range s.lines {
		if l.key == key {
			without = l.value
		}
	}
	return without
}

// signature is who made the commit, and when.
func (s *section) signature() (object.Signature, error) {
	who, err := mail.ParseAddress(s.value("author", "Ann Example <ann@example.com>"))
	if err != nil {
		return object.Signature{}, fmt.Errorf("commit %d: author: %w", s.number, err)
	}
	when := time.Date(2026, 1, 1, s.number, 0, 0, 0, time.UTC)
	if date := s.value("date", ""); date != "" {
		if when, err = time.Parse(time.RFC3339, date); err != nil {
			return object.Signature{}, fmt.Errorf("commit %d: date: %w", s.number, err)
		}
	}
	return object.Signature{Name: who.Name, Email: who.Address, When: when}, nil
}
