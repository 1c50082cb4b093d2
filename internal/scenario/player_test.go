package scenario

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// player plays one story.
type player struct {
	lab      *lab
	y        *tally
	declared map[atom]bool // by any commit that was ever applied
	hides    bool          // a sweep of a consumer shows no rows on foreign objects
	enforced bool          // so are the permissions of IAM_ALLOWED_PRINCIPALS on sales
}

var errKilled = errors.New("killed")

// watch looks after every writing call who can read what, and kills the run at a call.
type watch struct {
	next   http.RoundTripper
	server *awssim.Server
	kill   int // call to die at; 0 for none
	cancel context.CancelCauseFunc
	mu     sync.Mutex // one call at a time, so that what is seen after it is due to it
	calls  int
	wrote  int
	seen   []cells
}

func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if w.kill > 0 && w.calls >= w.kill {
		w.cancel(errKilled)
		return nil, errKilled
	}
	resp, err := w.next.RoundTrip(r)
	if n := countWrites(w.server); n > w.wrote {
		w.wrote = n
		w.seen = append(w.seen, cellsOf(w.server))
	}
	return resp, err
}

func countWrites(s *awssim.Server) int {
	n := 0
	for _, c := range s.Calls() {
		if c.Writes {
			n++
		}
	}
	return n
}

// cells is the set of cells that somebody can read.
type cells map[string]bool

func cellsOf(s *awssim.Server) cells {
	out := cells{}
	for _, who := range everybody() {
		for table := range watched() {
			database, name := table[:slices.Index([]byte(table), '.')], table[slices.Index([]byte(table), '.')+1:]
			r, answer := s.Read(who, region, producer, database, name)
			if !answer.Yes {
				continue
			}
			for _, row := range r.Rows {
				for _, c := range r.Columns {
					out[who+" "+table+" "+c+" "+row["id"]] = true
				}
			}
		}
	}
	return out
}

// apply applies the tip, killed at a call if kill is not 0, and checks it.
func (p *player) apply(t *rapid.T, kill int) {
	l := p.lab
	l.clock.moved.Add(int64(time.Minute)) // what was done before is listed by now [7.3]
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	l.server.ResetCalls()
	w := &watch{next: l.server, server: l.server, kill: kill, cancel: cancel}
	l.wire = w
	defer func() { l.wire = l.server }()
	before, atoms := cellsOf(l.server), l.atoms("")
	p.learn()
	r, err := l.apply(ctx)
	if r.Plan != nil {
		p.y.add(r.Plan)
	}
	p.unexplained(t, r.Plan, atoms)
	if kill > 0 && ctx.Err() != nil {
		p.y.mu.Lock()
		p.y.kills++
		p.y.mu.Unlock()
		return
	}
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	for _, o := range r.Outcomes {
		if o.Err != nil {
			t.Fatalf("%s %s: %v", o.Op.Verb, o.Op.Key, o.Err)
		}
	}
	p.noGapNoLeak(t, r.Plan, before, w.seen, ghosts(atoms, before))
}

// learn notes what the tip and the trees before declare.
func (p *player) learn() {
	for _, tree := range append(p.lab.before(), p.lab.tip()) {
		for _, part := range []map[fact.Key]fact.Want{tree.Wanted, tree.Ended, tree.Absent} {
			for k := range part {
				switch {
				case k.Kind.IsGrant():
					p.declared[atomOf(k)] = true
				case k.Kind == fact.Enforced:
					p.enforced = true
				}
			}
		}
	}
}

// unexplained fails if an apply touched a permission that git never declared
// and that the plan did not say would fall.
func (p *player) unexplained(t *rapid.T, pl *plan.Plan, before []atom) {
	falls, untold := map[atom]bool{}, map[fact.Object]bool{}
	if pl != nil {
		for _, c := range pl.Changes {
			for _, f := range c.Falls {
				falls[atomOf(f)] = true
			}
			// Who is a member of an organization is not known to lakeshare, and a
			// sweep may hide what stands on a grant on all tables: it cannot tell.
			if c.Op.Verb == fact.Drop && (strings.HasPrefix(c.Op.Key.Principal, "o-") || p.hides && c.Op.Key.Object.Type == fact.Tables) {
				untold[c.Op.Key.Object.DatabaseObject()] = true
			}
		}
	}
	after := p.lab.atoms("")
	for _, a := range before {
		open := p.enforced && a.principal == "IAM_ALLOWED_PRINCIPALS"
		fell := falls[a] || a.account != a.owner && untold[a.object().DatabaseObject()]
		if !slices.Contains(after, a) && !p.declared[a] && !fell && !open {
			t.Fatalf("git never declared it, and it is gone: %+v", a)
		}
	}
	for _, a := range after {
		if !slices.Contains(before, a) && !p.declared[a] {
			t.Fatalf("git never declared it, and it was made: %+v", a)
		}
	}
}

// noGapNoLeak fails if somebody who reads before and after could not read in
// between, or somebody read in between what is neither before nor after.
func (p *player) noGapNoLeak(t *rapid.T, pl *plan.Plan, before cells, seen []cells, ghosts map[string]bool) {
	for _, c := range pl.Changes {
		if c.Exchange {
			return
		}
	}
	after := cellsOf(p.lab.server)
	for i, now := range seen {
		for c := range before {
			if after[c] && !now[c] {
				t.Fatalf("after write %d of %d, %s cannot be read, though it can before and after", i+1, len(seen), c)
			}
		}
		for c := range now {
			who, _, _ := strings.Cut(c, " ")
			if !before[c] && !after[c] && !ghosts[who] {
				t.Fatalf("after write %d of %d, %s can be read, though neither before nor after", i+1, len(seen), c)
			}
		}
	}
}

// ghosts are principals of consumers that hold SELECT on a producer's object
// and read nothing by it, since somebody has taken the account's own grant away:
// with the next grant to the account their rows come back to life [R65].
func ghosts(atoms []atom, before cells) map[string]bool {
	out := map[string]bool{}
	for _, a := range atoms {
		if a.owner == a.account || a.permission != "SELECT" {
			continue
		}
		reads := false
		for c := range before {
			reads = reads || strings.HasPrefix(c, a.principal+" "+a.database+"."+strings.TrimSuffix(a.table+" ", "* "))
		}
		out[a.principal] = out[a.principal] || !reads
	}
	return out
}

// settled fails unless the last apply left nothing to do but what is held, and another one writes nothing.
func (p *player) settled(t *rapid.T) {
	left := p.lab.plan()
	if len(left.Changes) > 0 {
		t.Fatalf("after the last apply there is something left: %v", left.Changes[0])
	}
	for _, b := range left.Blocked {
		if !b.Held && !left.Findings.HasErrors() {
			t.Fatalf("blocked: %s: %s", b.Change.Op.Key, b.Why)
		}
	}
	p.lab.server.ResetCalls()
	if _, err := p.lab.apply(context.Background()); err != nil {
		t.Fatal(err)
	}
	if w := p.lab.writes(); len(w) > 0 {
		t.Fatalf("another apply writes: %v", w)
	}
}
