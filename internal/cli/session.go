package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/report"
)

// world is a simulated AWS kept in a file.
type world struct {
	path   string
	mode   fs.FileMode
	server *awssim.Server
	record history.Record
	read   []byte
	clock  *time.Time // as the file has it
	time   *worldTime
}

// worldTime is the clock of a simulated world: waiting moves it, and takes no time.
type worldTime struct {
	base   func() time.Time
	waited atomic.Int64
}

func (t *worldTime) now() time.Time { return t.base().Add(time.Duration(t.waited.Load())) }

func (t *worldTime) sleep(ctx context.Context, d time.Duration) error {
	t.waited.Add(int64(d))
	return ctx.Err()
}

// openWorld reads a world file and starts its AWS in this process.
func openWorld(path string, now func() time.Time) (*world, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w, err := awssim.ParseWorld(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	wt := &worldTime{base: now}
	clock := w.Clock
	if clock != nil {
		wt.base, w.Clock = func() time.Time { return *clock }, nil
	}
	server, err := awssim.New(w, awssim.Options{Now: wt.now})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	record := recordOf(w)
	return &world{path: path, mode: info.Mode().Perm(), server: server, record: record, read: data, clock: clock, time: wt}, nil
}

// save writes the world back, in one step, if a call changed it.
func (w *world) save() error {
	s := w.server.Snapshot()
	s.Clock = w.clock
	s.Record = &awssim.Record{Applied: w.record.Applied, Started: w.record.Started}
	data, err := s.Encode()
	if err != nil {
		return err
	}
	if !w.changed() || bytes.Equal(data, w.read) {
		return nil
	}
	return replace(w.path, data, w.mode)
}

// changed reports whether a writing call or the record changed the world; a
// file that was only read keeps the form in which a person wrote it.
func (w *world) changed() bool {
	for _, c := range w.server.Calls() {
		if c.Writes {
			return true
		}
	}
	parsed, err := awssim.ParseWorld(w.read)
	if err != nil {
		return true
	}
	old := recordOf(parsed)
	return old.Applied != w.record.Applied || !slices.Equal(old.Started, w.record.Started)
}

func recordOf(w *awssim.World) history.Record {
	if w.Record == nil {
		return history.Record{}
	}
	return history.Record{Applied: w.Record.Applied, Started: w.Record.Started}
}

// recorder keeps which commits may have been carried out.
type recorder interface {
	Load() (history.Record, error)
	Start(commit, digest string) error
	Complete(commit, digest string) error
}

// gitRecord is the record in git refs or in a world file, which need no digest.
type gitRecord struct{ history.Recorder }

func (r gitRecord) Start(commit, _ string) error    { return r.Recorder.Start(commit) }
func (r gitRecord) Complete(commit, _ string) error { return r.Recorder.Complete(commit) }

// session is one run of plan or apply: the clock, the repository, the record
// and the way to AWS.
type session struct {
	*common
	repo   *history.Repo
	record recorder
	world  *world // nil: the real AWS
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
	// found tells what is wrong with files instead of show; nil for show itself.
	found func(compiled) error
	// tip is the commit that counts now: HEAD, or the default branch on GitHub.
	tip func() (string, error)
	// identity gives the token of a workflow run to assume roles with; nil for
	// the ambient credentials.
	identity func(context.Context) (string, error)
	// noToken is what helps where roles cannot be assumed for want of a token.
	noToken string
	// fetch gets a commit that the clone does not have; nil where there is no way to.
	fetch func(commit string) error
}

// clock is the time by which shares end: the world's in a simulation.
func (c *common) clock() (time.Time, error) {
	if c.simulate == "" {
		return c.env.Now(), nil
	}
	w, err := openWorld(c.path(c.simulate), c.env.Now)
	if err != nil {
		return time.Time{}, err
	}
	return w.time.now(), nil
}

func (c *common) open() (*session, error) {
	s := &session{common: c, now: c.env.Now, sleep: sleep}
	repo, err := history.Open(c.path(c.dir))
	if err != nil {
		return nil, err
	}
	s.repo, s.record, s.tip = repo, gitRecord{repo.Recorder()}, repo.Tip
	if c.simulate == "" {
		return s, nil
	}
	if s.world, err = openWorld(c.path(c.simulate), c.env.Now); err != nil {
		return nil, err
	}
	s.now, s.sleep = s.world.time.now, s.world.time.sleep
	s.record = gitRecord{history.MemoryRecord(&s.world.record, nil)}
	return s, nil
}

// close saves the simulated world.
func (s *session) close() error {
	if s.world == nil {
		return nil
	}
	if err := s.world.save(); err != nil {
		return fmt.Errorf("save %s: %w", s.world.path, err)
	}
	return nil
}

// before are the trees that may have been carried out, by --base or the record.
func (s *session) before(base string) ([]*fact.Tree, error) {
	record, err := s.record.Load()
	if err != nil {
		return nil, err
	}
	if base != "" {
		commit, err := s.repo.Resolve(base)
		if err != nil {
			return nil, err
		}
		record = history.Record{Applied: commit}
	}
	if s.fetch != nil {
		for _, commit := range append(slices.Clone(record.Started), record.Applied) {
			if commit == "" {
				continue
			}
			if err := s.fetch(commit); err != nil {
				return nil, fmt.Errorf("get the files of %s, which may have been carried out: %w", short(commit), err)
			}
		}
	}
	return before(s.repo, record, s.now())
}

// compare shows what is wrong with a tree's files and finds what it is compared
// with; the view knows every account that either side names.
func (s *session) compare(t compiled, base string) ([]*fact.Tree, report.Options, error) {
	found := s.show
	if s.found != nil {
		found = s.found
	}
	if err := found(t); err != nil {
		return nil, report.Options{}, err
	}
	before, err := s.before(base)
	if err != nil {
		return nil, report.Options{}, err
	}
	view, err := s.options(accounts(t.tree, before))
	return before, view, err
}

// recorded reports whether the record names the commit as carried out, and no
// apply has started since. On GitHub every run speaks for itself: one that said
// nothing could be quoted by somebody else.
func (s *session) recorded(commit string) (bool, error) {
	if s.fetch != nil {
		return false, nil
	}
	record, err := s.record.Load()
	return record.Applied == commit && len(record.Started) == 0, err
}

// cloud is AWS, real or simulated, with the roles of one phase.
func (s *session) cloud(phase aws.Phase, accounts []fact.Account, commit string) *aws.Cloud {
	config := aws.Config{
		Accounts: accounts, Phase: phase, Session: s.sessionName(commit),
		Now: s.now, Sleep: s.sleep, Log: s.log(), Progress: s.progress, WebIdentity: s.identity, NoToken: s.noToken,
	}
	if s.world != nil {
		config.Simulator = s.world.server
	}
	return aws.New(config)
}

// sessionName tells in CloudTrail which run did it, at which commit.
func (s *session) sessionName(commit string) string {
	run := s.env.Getenv("GITHUB_RUN_ID")
	if run == "" {
		run = "local"
	}
	if commit == "" {
		commit = "working-tree"
	}
	return "lakeshare-" + run + "-" + short(commit)
}

// progress says on stderr what is going on, for somebody who waits.
func (s *session) progress(line string) {
	if s.debug || s.steps || terminal(s.env.Stderr) {
		fmt.Fprintln(s.env.Stderr, line)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
