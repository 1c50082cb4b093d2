package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/memory"
	"github.com/lakeshare/lakeshare/internal/history/historytest"
	"golang.org/x/sync/errgroup"
)

// size is how long a history is. go-git's packs have no deltas, git's have.
type size struct{ commits, files, teams int }

func TestALongHistoryIsReadInSeconds(t *testing.T) {
	t.Parallel()
	trees, compared, line := readLong(t, size{commits: 250, files: 900, teams: 20})
	if took := trees + compared + line; took > 10*time.Second { // much more than it takes anywhere
		t.Errorf("took %v", took)
	}
}

// The size of a large repository after some years.
func BenchmarkALongHistory(b *testing.B) {
	for b.Loop() {
		trees, compared, line := readLong(b, size{commits: 2500, files: 9000, teams: 60})
		b.ReportMetric(trees.Seconds(), "s/two-trees")
		b.ReportMetric(compared.Seconds(), "s/dirty")
		b.ReportMetric(line.Seconds(), "s/line")
	}
}

func readLong(t testing.TB, s size) (trees, compared, line time.Duration) {
	t.Helper()
	dir := t.TempDir()
	commits := big(t, dir, s)
	pack(t, dir)
	r := open(t, dir)
	last, half := commits[s.commits-1], commits[s.commits/2-1]
	began := time.Now()
	tip, err := r.Files(last, yaml)
	if err != nil || len(tip) != s.files {
		t.Fatalf("%d files, %v", len(tip), err)
	}
	before, err := r.Files(half, yaml)
	if err != nil || len(before) != s.files/2 {
		t.Fatalf("%d files, %v", len(before), err)
	}
	trees = time.Since(began)
	team := func(path string) bool { return yaml(path) && strings.HasPrefix(path, "shares/team00") }
	for path, text := range tip {
		if team(path) {
			write(t, filepath.Join(dir, path), string(text))
		}
	}
	began = time.Now()
	if dirty, err := r.Dirty(team); err != nil || len(dirty) > 0 {
		t.Fatalf("dirty %v, %v", dirty, err)
	}
	compared = time.Since(began)
	began = time.Now()
	if c, err := r.LastChanged(last, "shares/team00/share0000.yaml", 2); err != nil || c.Commit != commits[0] {
		t.Errorf("last change %v, %v", c, err)
	}
	return trees, compared, time.Since(began)
}

// big writes a repository whose files come in one commit after the other, and
// returns its commits.
func big(t testing.TB, dir string, s size) []string {
	t.Helper()
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	b := bigBuilder{t: t, store: memory.NewStorage(), teams: make([]object.Tree, s.teams)}
	shares := make([]object.TreeEntry, s.teams)
	var commits []string
	var parents []plumbing.Hash
	for n := range s.commits {
		for f := n * s.files / s.commits; f < (n+1)*s.files/s.commits; f++ {
			team := &b.teams[f%s.teams]
			team.Entries = append(team.Entries, object.TreeEntry{
				Name: fmt.Sprintf("share%04d.yaml", f), Mode: filemode.Regular,
				Hash: b.blob(fmt.Sprintf("version: 1\nreason: share %d\n", f)),
			})
			shares[f%s.teams] = object.TreeEntry{Name: fmt.Sprintf("team%02d", f%s.teams), Mode: filemode.Dir, Hash: b.add(team)}
		}
		present := object.Tree{}
		for _, e := range shares {
			if !e.Hash.IsZero() {
				present.Entries = append(present.Entries, e)
			}
		}
		sort.Sort(object.TreeEntrySorter(present.Entries))
		who := object.Signature{Name: "Ann", Email: "ann@example.com", When: time.Unix(int64(1_700_000_000+n), 0).UTC()}
		top := object.Tree{Entries: []object.TreeEntry{{Name: "shares", Mode: filemode.Dir, Hash: b.add(&present)}}}
		commit := b.add(&object.Commit{Author: who, Committer: who, Message: "more\n", TreeHash: b.add(&top), ParentHashes: parents})
		commits, parents = append(commits, commit.String()), []plumbing.Hash{commit}
	}
	b.pack(repo.Storer)
	head := filepath.Join(dir, ".git", "refs", "heads", "master")
	if err := os.WriteFile(head, []byte(commits[s.commits-1]+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return commits
}

func TestATreeHasLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	b := bigBuilder{t: t, store: memory.NewStorage()}
	many := object.Tree{}
	share := b.blob("version: 1\n")
	for n := range 10_050 {
		many.Entries = append(many.Entries, object.TreeEntry{Name: fmt.Sprintf("s%05d.yaml", n), Mode: filemode.Regular, Hash: share})
	}
	shares := b.add(&object.Tree{Entries: []object.TreeEntry{{Name: "shares", Mode: filemode.Dir, Hash: b.add(&many)}}})
	// Ten directories that are one, ten levels deep: 10^10 directories.
	bomb := shares
	for range 10 {
		var level object.Tree
		for n := range 10 {
			level.Entries = append(level.Entries, object.TreeEntry{Name: fmt.Sprint(n), Mode: filemode.Dir, Hash: bomb})
		}
		bomb = b.add(&level)
	}
	who := object.Signature{Name: "Mallory", Email: "m@example.com"}
	wide := b.add(&object.Commit{Author: who, Committer: who, TreeHash: shares})
	deep := b.add(&object.Commit{Author: who, Committer: who, TreeHash: bomb})
	odd := b.add(&object.Commit{Author: who, Committer: who, TreeHash: b.add(&object.Tree{Entries: []object.TreeEntry{
		{Name: "shares/../../x.yaml", Mode: filemode.Regular, Hash: share},
	}})})
	b.pack(repo.Storer)

	r := open(t, dir)
	files, err := r.Files(wide.String(), yaml)
	if err != nil || len(files) != 10_002 {
		t.Errorf("%d files, %v", len(files), err)
	}
	_, err = r.Files(deep.String(), yaml)
	wantError(t, err, "more than 1000000 entries")
	_, err = r.Files(odd.String(), yaml)
	wantError(t, err, "not a path")
}

func TestARepoMayBeUsedByManyAtOnce(t *testing.T) {
	t.Parallel()
	fix := historytest.FromTxtar(t, merged)
	repack(t, fix.Dir)
	r := open(t, fix.Dir)
	var all errgroup.Group
	for range 4 {
		all.Go(func() error { _, err := r.Files(fix.Commit(4), yaml); return err })
		all.Go(func() error { _, err := r.LastChanged(fix.Commit(4), "shares/a.yaml", 1); return err })
		all.Go(func() error { _, err := r.Resolve("main~1"); return err })
		all.Go(func() error { _, err := r.Dirty(yaml); return err })
		all.Go(func() error { return r.Recorder().Start(fix.Commit(4)) })
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
}

type bigBuilder struct {
	t     testing.TB
	store *memory.Storage
	teams []object.Tree
	all   []plumbing.Hash
}

func (b *bigBuilder) blob(text string) plumbing.Hash {
	var o plumbing.MemoryObject
	o.SetType(plumbing.BlobObject)
	if _, err := o.Write([]byte(text)); err != nil {
		b.t.Fatal(err)
	}
	return b.set(&o)
}

func (b *bigBuilder) add(e interface {
	Encode(plumbing.EncodedObject) error
},
) plumbing.Hash {
	var o plumbing.MemoryObject
	if err := e.Encode(&o); err != nil {
		b.t.Fatal(err)
	}
	return b.set(&o)
}

func (b *bigBuilder) set(o plumbing.EncodedObject) plumbing.Hash {
	hash, err := b.store.SetEncodedObject(o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.all = append(b.all, hash)
	return hash
}

func (b *bigBuilder) pack(to any) {
	writer, ok := to.(storer.PackfileWriter)
	if !ok {
		b.t.Fatalf("%T takes no packs", to)
	}
	w, err := writer.PackfileWriter()
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := packfile.NewEncoder(w, b.store, false).Encode(b.all, 0); err != nil {
		b.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
}
