package history

import (
	"errors"
	"fmt"
	"slices"
)

// Record says which trees may have been carried out.
type Record struct {
	Applied string   // the last commit carried out completely, "" for none
	Started []string // the commits at which an apply has started since, in that order
}

// Recorder keeps the record. Applies do not run at the same time.
type Recorder interface {
	// Load returns the record; its commits can be read.
	Load() (Record, error)
	// Start says that an apply is about to write. The commit that was started
	// last adds nothing.
	Start(commit string) error
	// Complete says that no change is left at commit: it is Applied now, and
	// nothing is Started.
	Complete(commit string) error
}

// MemoryRecord keeps the record in a value of the caller and calls save, unless
// it is nil, after each change. What cannot be saved is not changed.
func MemoryRecord(rec *Record, save func() error) Recorder {
	if rec == nil {
		rec = &Record{}
	}
	if save == nil {
		save = func() error { return nil }
	}
	return memory{rec, save}
}

type memory struct {
	rec  *Record
	save func() error
}

func (m memory) Load() (Record, error) {
	return Record{Applied: m.rec.Applied, Started: slices.Clone(m.rec.Started)}, nil
}

func (m memory) Start(commit string) error {
	if n := len(m.rec.Started); n > 0 && m.rec.Started[n-1] == commit {
		return nil
	}
	started := append(slices.Clone(m.rec.Started), commit)
	return m.set("record start of", commit, Record{Applied: m.rec.Applied, Started: started})
}

func (m memory) Complete(commit string) error {
	return m.set("record completion of", commit, Record{Applied: commit})
}

func (m memory) set(verb, commit string, next Record) error {
	if commit == "" {
		return fmt.Errorf("%s a commit: %w", verb, errors.New("none given"))
	}
	before := *m.rec
	*m.rec = next
	if err := m.save(); err != nil {
		*m.rec = before
		return fmt.Errorf("%s %s: %w", verb, commit, err)
	}
	return nil
}
