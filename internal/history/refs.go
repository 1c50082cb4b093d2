package history

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// The record outside GitHub is refs, which keep their commits from being
// collected and can be pushed and fetched like any other:
//
//	refs/lakeshare/applied                        the last commit carried out completely
//	refs/lakeshare/started/000001-0123456789ab    a commit at which an apply has started since
//
// The number is the order of the starts: the history of commits does not tell
// it, since a start may go back to an older commit. The beginning of the hash
// is for people. A ref without a number (written by hand) counts as older than
// all with one; among themselves those go by the time of the commit, then by
// its hash.
const (
	recordRefs  = "refs/lakeshare/"
	appliedRef  = recordRefs + "applied"
	startedRefs = recordRefs + "started/"
)

// Recorder keeps the record in refs of the repository.
func (r *Repo) Recorder() Recorder { return refRecorder{r} }

type refRecorder struct{ repo *Repo }

// start is one ref below startedRefs.
type start struct {
	ref    string
	number int
	commit string
	when   time.Time
}

func (s refRecorder) Load() (Record, error) {
	s.repo.mu.Lock()
	defer s.repo.mu.Unlock()
	rec, _, err := s.load()
	if err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	return rec, nil
}

func (s refRecorder) load() (Record, []start, error) {
	refs, err := s.repo.places.recordRefs()
	if err != nil {
		return Record{}, nil, err
	}
	var rec Record
	var starts []start
	for name, hash := range refs {
		c, err := s.repo.peel(plumbing.NewHash(hash))
		if err != nil || !isHash(hash) {
			return Record{}, nil, fmt.Errorf("a tree before cannot be read: %s is %q: %w: fetch that commit, "+
				"or name what was carried out last with --base and run `git update-ref -d %s`",
				name, hash, cmp.Or(err, plumbing.ErrObjectNotFound), name)
		}
		if name == appliedRef {
			rec.Applied = c.Hash.String()
			continue
		}
		digits, _, _ := strings.Cut(strings.TrimPrefix(name, startedRefs), "-")
		number, err := strconv.Atoi(digits)
		if err != nil || len(digits) == 40 {
			number = 0
		}
		starts = append(starts, start{name, number, c.Hash.String(), c.Committer.When})
	}
	slices.SortFunc(starts, func(a, b start) int {
		return cmp.Or(cmp.Compare(a.number, b.number), a.when.Compare(b.when),
			cmp.Compare(a.commit, b.commit), cmp.Compare(a.ref, b.ref))
	})
	for _, st := range starts {
		rec.Started = append(rec.Started, st.commit)
	}
	return rec, starts, nil
}

func (s refRecorder) Start(commit string) error {
	s.repo.mu.Lock()
	defer s.repo.mu.Unlock()
	if err := s.start(commit); err != nil {
		return fmt.Errorf("record start of %s: %w", commit, err)
	}
	return nil
}

func (s refRecorder) start(commit string) error {
	if _, err := s.repo.commit(commit); err != nil {
		return err
	}
	_, starts, err := s.load()
	if err != nil {
		return err
	}
	number := 1
	if n := len(starts); n > 0 {
		if starts[n-1].commit == commit {
			return nil
		}
		number = starts[n-1].number + 1
	}
	return s.repo.places.writeRef(fmt.Sprintf("%s%06d-%.12s", startedRefs, number, commit), commit)
}

func (s refRecorder) Complete(commit string) error {
	s.repo.mu.Lock()
	defer s.repo.mu.Unlock()
	if err := s.complete(commit); err != nil {
		return fmt.Errorf("record completion of %s: %w", commit, err)
	}
	return nil
}

// complete writes before it removes: cut short in between, it leaves too many
// trees before, never too few.
func (s refRecorder) complete(commit string) error {
	if _, err := s.repo.commit(commit); err != nil {
		return err
	}
	refs, err := s.repo.places.recordRefs()
	if err != nil {
		return err
	}
	if err := s.repo.places.writeRef(appliedRef, commit); err != nil {
		return err
	}
	delete(refs, appliedRef)
	names := make([]string, 0, len(refs))
	for name := range refs {
		names = append(names, name)
	}
	slices.Sort(names)
	// Not the storage of the work tree: in a linked one go-git would write the
	// packed refs to the wrong directory.
	shared := filesystem.NewStorage(osfs.New(s.repo.places.common), cache.NewObjectLRUDefault())
	for _, name := range names {
		if err := shared.RemoveReference(plumbing.ReferenceName(name)); err != nil {
			return fmt.Errorf("remove %s: %w", name, err)
		}
	}
	return nil
}

// recordRefs reads the refs of the record: files, then packed ones, in this
// order because packing moves them that way. go-git takes a ref with a damaged
// file for absent, and a lock file for a ref; here the one must be an error and
// the other nothing.
func (p places) recordRefs() (map[string]string, error) {
	refs := map[string]string{}
	top := filepath.Join(p.common, filepath.FromSlash(recordRefs))
	err := filepath.WalkDir(top, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return absent(err)
		}
		name, err := filepath.Rel(p.common, file)
		if name = filepath.ToSlash(name); err != nil || !recorded(name) {
			return err
		}
		text, err := os.ReadFile(file)
		if err == nil {
			refs[name] = strings.TrimSpace(string(text))
		}
		return absent(err)
	})
	if err != nil {
		return nil, err
	}
	packed, err := os.ReadFile(filepath.Join(p.common, "packed-refs"))
	if absent(err) != nil {
		return nil, err
	}
	for line := range strings.Lines(string(packed)) {
		hash, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if _, newer := refs[name]; !newer && recorded(name) {
			refs[name] = hash
		}
	}
	return refs, nil
}

// absent passes over a file that is not there: there is no record, or a ref was
// packed this moment.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// recorded leaves out locks and whatever a later version may keep there.
func recorded(name string) bool {
	return name == appliedRef || strings.HasPrefix(name, startedRefs) && !strings.HasSuffix(name, ".lock")
}
