package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// consumerPatience is how long a revocation in a consumer is tried before the
// producer's own, which takes the access away in any case [4.70].
const consumerPatience = 30 * time.Second

// applying is one Apply: the operations, and what became of them so far.
type applying struct {
	cloud    *Cloud
	ops      []fact.Op // the given ones first, then those that they imply
	given    int
	report   func(fact.Outcome)
	mu       sync.Mutex // guards what follows, and serialises reports
	outcomes []fact.Outcome
	finished []bool
	failed   map[fact.Key]error
}

// task is one operation on its way. done is called once; later calls are ignored.
type task struct {
	op   fact.Op
	done func(error)
}

// Apply carries out operations: first what grows, kind by kind in the order of
// making, then what shrinks, the other way round. It returns one outcome for each
// operation, in their order, and reports each as soon as it is known. A failure
// skips only what needs the fact that failed.
func (c *Cloud) Apply(ctx context.Context, ops []fact.Op, report func(fact.Outcome)) []fact.Outcome {
	given := len(ops)
	ops = append(slices.Clone(ops), c.impliedAcceptances(ops)...)
	a := &applying{
		cloud: c, ops: ops, given: given, report: report, failed: map[fact.Key]error{},
		outcomes: make([]fact.Outcome, len(ops)), finished: make([]bool, len(ops)),
	}
	c.noteShares(ops)
	for _, kind := range fact.Kinds() {
		a.run(ctx, kind, false, atHome)
		a.run(ctx, kind, false, abroad)
	}
	kinds := fact.Kinds()
	slices.Reverse(kinds)
	// Links may be many and their account slow: the producer's revocations do
	// not wait for them.
	var links sync.WaitGroup
	for _, kind := range kinds {
		if kind == fact.Link {
			links.Go(func() { a.run(ctx, kind, true, anywhere) })
			continue
		}
		a.run(ctx, kind, true, abroad)
		a.run(ctx, kind, true, atHome)
	}
	links.Wait()
	for i := range ops {
		a.finish(i, errors.New("not carried out")) // nothing should be left
	}
	return a.outcomes[:given]
}

// A grant on a location in a consumer stands on one of the same kind in the
// producer [6.14]. So within one kind what concerns other accounts' objects is
// made last and dropped first.
func abroad(k fact.Key) bool   { return k.Object.Catalog != k.At.Account }
func atHome(k fact.Key) bool   { return !abroad(k) }
func anywhere(_ fact.Key) bool { return true }

// run carries out one kind, in all accounts at the same time.
func (a *applying) run(ctx context.Context, kind fact.Kind, drop bool, here func(fact.Key) bool) {
	groups := map[fact.Place][]task{}
	for i, op := range a.ops {
		if op.Key.Kind != kind || (op.Verb == fact.Drop) != drop || !here(op.Key) {
			continue
		}
		if err := ctx.Err(); err != nil {
			a.finish(i, err)
			continue
		}
		if a.skip(i) {
			continue
		}
		place := op.Key.At
		if kind == fact.StoragePath {
			place.Region = "" // IAM has no regions: one writer an account
		}
		groups[place] = append(groups[place], task{op: op, done: func(err error) { a.finish(i, err) }})
	}
	var group errgroup.Group
	group.SetLimit(placesAtOnce)
	for _, place := range slices.SortedFunc(maps.Keys(groups), comparePlaces) {
		tasks := groups[place]
		slices.SortStableFunc(tasks, func(x, y task) int { return x.op.Key.Compare(y.op.Key) })
		group.Go(func() error {
			a.runAt(ctx, kind, drop, tasks)
			return nil
		})
	}
	_ = group.Wait() // failures are kept by operation
}

func (a *applying) runAt(ctx context.Context, kind fact.Kind, drop bool, tasks []task) {
	if first := tasks[0].op.Key; drop && (kind == fact.ConsumerGrant || (kind.IsGrant() && abroad(first))) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(withPatience(ctx, consumerPatience), consumerPatience)
		defer cancel()
	}
	site, err := a.cloud.site(ctx, tasks[0].op.Key.At)
	if err == nil {
		err = site.prove(ctx) // that we are in the right account, above all
	}
	if err != nil {
		finishAll(tasks, err)
		return
	}
	renew := slices.DeleteFunc(slices.Clone(tasks), func(t task) bool { return t.op.Verb != fact.Renew })
	tasks = slices.DeleteFunc(tasks, func(t task) bool { return t.op.Verb == fact.Renew })
	site.renewTasks(ctx, renew)
	switch {
	case len(tasks) == 0:
	case drop && kind.Stays():
		finishAll(tasks, nil) // left in place on purpose
	case drop && kind.IsGrant():
		site.revokeTasks(ctx, tasks)
	case drop:
		site.dropTasks(ctx, kind, tasks)
	case kind.IsGrant():
		site.grantTasks(ctx, tasks)
	default:
		site.makeTasks(ctx, kind, tasks)
	}
	for _, t := range tasks {
		t.done(cmp.Or(ctx.Err(), errors.New("not carried out")))
	}
}

func (s *site) makeTasks(ctx context.Context, kind fact.Kind, tasks []task) {
	switch kind {
	case fact.Filter:
		s.makeFilters(ctx, tasks)
	case fact.Storage:
		s.register(ctx, tasks)
	case fact.StoragePath:
		s.writePolicy(ctx, tasks)
	case fact.Enforced:
		s.enforce(ctx, tasks)
	case fact.Accepted:
		s.accept(ctx, tasks)
	case fact.Container:
		s.makeContainers(ctx, tasks)
	case fact.Link:
		s.makeLinks(ctx, tasks)
	}
}

func (s *site) dropTasks(ctx context.Context, kind fact.Kind, tasks []task) {
	switch kind {
	case fact.Filter:
		s.dropFilters(ctx, tasks)
	case fact.Link:
		s.dropLinks(ctx, tasks)
	}
}

func finishAll(tasks []task, err error) {
	for _, t := range tasks {
		t.done(err)
	}
}

// finish notes and reports an outcome, the first time it is called for an operation.
func (a *applying) finish(i int, err error) { a.close(i, fact.Outcome{Op: a.ops[i], Err: err}) }

func (a *applying) close(i int, o fact.Outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.finished[i] {
		return
	}
	a.finished[i], a.outcomes[i] = true, o
	if o.Err != nil {
		a.failed[o.Op.Key] = o.Err
		a.cloud.log.Warn("operation failed", "verb", o.Op.Verb.String(), "fact", o.Op.Key.String(), "error", o.Err)
	}
	if a.report != nil && i < a.given {
		a.report(o)
	}
}

// skip closes an operation that needs a fact whose making failed.
func (a *applying) skip(i int) bool {
	a.mu.Lock()
	var cause error
	for _, need := range a.ops[i].Needs {
		if err := a.failed[need]; err != nil {
			cause = fmt.Errorf("needs %s %s in account %s: %w", need.Kind, need.Object.Name(), need.At.Account, err)
			break
		}
	}
	a.mu.Unlock()
	if cause == nil {
		return false
	}
	a.close(i, fact.Outcome{Op: a.ops[i], Err: cause, Skipped: true})
	return true
}

func comparePlaces(a, b fact.Place) int { return fact.Key{At: a}.Compare(fact.Key{At: b}) }
