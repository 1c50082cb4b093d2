package reconcile

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// memory is a cloud that keeps facts in memory; it refuses to make what is there.
type memory struct {
	rows   map[fact.Key]fact.Row
	writes int
}

func (m *memory) Read(context.Context, fact.Query) (fact.Live, error) {
	live := fact.NewLive()
	for k, r := range m.rows {
		live.Rows[k] = r
	}
	return live, nil
}

func (m *memory) Apply(_ context.Context, ops []fact.Op, report func(fact.Outcome)) []fact.Outcome {
	var out []fact.Outcome
	for _, op := range ops {
		_, there := m.rows[op.Key]
		o := fact.Outcome{Op: op}
		switch {
		case op.Verb == fact.Drop && !there, op.Verb == fact.Make && there:
			o.Err = errors.New("not as the plan says")
		case op.Verb == fact.Drop:
			delete(m.rows, op.Key)
		default:
			m.rows[op.Key] = fact.Row{Body: op.Body}
		}
		m.writes++
		report(o)
		out = append(out, o)
	}
	return out
}

// record notes what it is told.
type record struct {
	started, completed []string
	refuse             error
}

func (r *record) Start(c, _ string) error {
	r.started = append(r.started, c)
	return r.refuse
}

func (r *record) Complete(c, _ string) error {
	r.completed = append(r.completed, c)
	return nil
}

func grant(permission string) fact.Key {
	return fact.Key{
		Kind: fact.OwnGrant, At: fact.Place{Account: "111122223333", Region: "eu-west-1"},
		Object:    fact.Object{Type: fact.Table, Catalog: "111122223333", Database: "sales", Table: "orders"},
		Principal: "arn:aws:iam::111122223333:role/Etl", Permission: permission,
	}
}

func tree(commit string, keys ...fact.Key) *fact.Tree {
	t := &fact.Tree{Commit: commit, Wanted: map[fact.Key]fact.Want{}}
	for _, k := range keys {
		t.Wanted[k] = fact.Want{}
	}
	return t
}

func run(m *memory, r *record, tip *fact.Tree, before ...*fact.Tree) Apply {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return Apply{
		Cloud: m, Tip: tip, Before: before, Record: r,
		Gate:     func(*plan.Plan) error { return nil },
		Moved:    func() (bool, error) { return false, nil },
		Progress: func(fact.Outcome) {},
		Now:      func() time.Time { return now },
		Sleep:    func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
	}
}

func TestNothingIsWrittenUnlessTheStartIsRecorded(t *testing.T) {
	t.Parallel()
	m, r := &memory{rows: map[fact.Key]fact.Row{}}, &record{refuse: errors.New("read-only")}
	_, err := run(m, r, tree("tip", grant("SELECT")), tree("base")).Run(t.Context())
	if err == nil || m.writes > 0 || len(r.completed) > 0 {
		t.Errorf("error %v, %d writes, completed %v; want an error and nothing written", err, m.writes, r.completed)
	}
}

func TestNothingIsDeletedWhenTheTipHasMoved(t *testing.T) {
	t.Parallel()
	m, r := &memory{rows: map[fact.Key]fact.Row{grant("SELECT"): {}}}, &record{}
	a := run(m, r, tree("tip", grant("INSERT")), tree("base", grant("SELECT")))
	a.Moved = func() (bool, error) { return true, nil }
	result, err := a.Run(t.Context())
	if err != nil || !errors.Is(result.Stopped, ErrTipMoved) {
		t.Fatalf("error %v, stopped %v; want the moved tip to stop it", err, result.Stopped)
	}
	if _, there := m.rows[grant("SELECT")]; !there || result.Recorded || len(r.completed) > 0 {
		t.Errorf("rows %v, recorded %v; want nothing deleted and nothing recorded", m.rows, result.Recorded)
	}
	if _, there := m.rows[grant("INSERT")]; !there {
		t.Error("what grows was not made before")
	}
}

func TestSuccessIsRecordedOnlyWhenNothingIsLeft(t *testing.T) {
	t.Parallel()
	m, r := &memory{rows: map[fact.Key]fact.Row{}}, &record{}
	a := run(m, r, tree("tip", grant("SELECT")), tree("base"))
	if _, err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(r.started) != 1 || len(r.completed) != 1 || r.completed[0] != "tip" {
		t.Errorf("started %v, completed %v", r.started, r.completed)
	}
	writes := m.writes
	a.Before, a.Recorded = []*fact.Tree{a.Tip}, true
	if result, err := a.Run(t.Context()); err != nil || m.writes != writes || !result.Recorded || len(r.completed) != 1 {
		t.Errorf("a second run: error %v, %d more writes, recorded %v, completed %v", err, m.writes-writes, result.Recorded, r.completed)
	}
}

func TestGateStopsBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	m, r := &memory{rows: map[fact.Key]fact.Row{}}, &record{}
	a := run(m, r, tree("tip", grant("SELECT")), tree("base"))
	no := errors.New("no")
	a.Gate = func(*plan.Plan) error { return no }
	if _, err := a.Run(t.Context()); !errors.Is(err, no) || m.writes > 0 || len(r.started) > 0 {
		t.Errorf("error %v, %d writes, started %v; want the gate's error and nothing else", err, m.writes, r.started)
	}
}

// A grant on storage that is being registered goes first, and what is made after
// it may take minutes: the branch may move on meanwhile.
func TestTheTipIsLookedAtBeforeEachRoundOfDeletions(t *testing.T) {
	t.Parallel()
	reg := fact.Key{Kind: fact.Storage, At: grant("SELECT").At, Object: grant("SELECT").Object}
	other := grant("SELECT")
	other.Kind, other.Object, other.Principal = fact.ConsumerGrant, fact.Object{Type: fact.Table, Catalog: "999999999999", Database: "x", Table: "y"}, "arn:aws:iam::111122223333:role/Analyst"
	m, r := &memory{rows: map[fact.Key]fact.Row{grant("SELECT"): {}, other: {}}}, &record{}
	a := run(m, r, tree("tip", reg), tree("base", grant("SELECT"), other))
	looks := 0
	a.Moved = func() (bool, error) { looks++; return m.writes > 1, nil } // the branch moves while storage is registered
	result, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, there := m.rows[other]; !there {
		t.Errorf("deleted after the branch had moved on; looked %d times, stopped: %v", looks, result.Stopped)
	}
}
