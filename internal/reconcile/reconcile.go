// Package reconcile is the two use cases of lakeshare, plan and apply, over
// whatever can read and change facts.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// Cloud reads and changes live facts.
type Cloud interface {
	// Read returns what is live. An account that cannot be read is told in the
	// answer; an error means that nothing is known at all.
	Read(ctx context.Context, q fact.Query) (fact.Live, error)
	// Apply carries out operations and returns an outcome for each, in their order.
	Apply(ctx context.Context, ops []fact.Op, report func(fact.Outcome)) []fact.Outcome
}

// Recorder keeps which commits may have been carried out.
type Recorder interface {
	// Start says that an apply of the plan with this digest is about to write.
	Start(commit, digest string) error
	Complete(commit, digest string) error
}

// Plan reads what the trees need and says what a run carries out. The input
// comes without what is live.
func Plan(ctx context.Context, cloud Cloud, in plan.Input) (*plan.Plan, error) {
	live, err := read(ctx, cloud, plan.Needed(in.Only, in.Tip, in.Before))
	if err != nil {
		return nil, err
	}
	in.Live = live
	return plan.Make(in), nil
}

func read(ctx context.Context, cloud Cloud, q fact.Query) (fact.Live, error) {
	if len(q.Keys)+len(q.Sweep) == 0 {
		return fact.NewLive(), nil
	}
	live, err := cloud.Read(ctx, q)
	if err != nil {
		return live, fmt.Errorf("read live facts: %w", err)
	}
	return live, nil
}

// Survey reads everything in scope and says what is not as git has it. Shares
// that end by soon are listed.
func Survey(ctx context.Context, cloud Cloud, in plan.Input, soon time.Time) (*plan.Survey, error) {
	live, err := read(ctx, cloud, plan.Surveyed(in.Tip, in.Before))
	if err != nil {
		return nil, err
	}
	in.Live = live
	return plan.MakeSurvey(in, soon), nil
}

// ErrTipMoved stops an apply before its deletions when the branch has moved on.
var ErrTipMoved = errors.New("the branch has moved on since the plan was made")

// Apply is what carrying out a plan needs.
type Apply struct {
	Cloud  Cloud
	Only   plan.Only
	Tip    *fact.Tree
	Before []*fact.Tree
	// Record is nil for runs that carry out nothing of git: endings and repairs.
	Record Recorder
	// Recorded says that the record names the tip as carried out already, and nothing since.
	Recorded bool
	// Gate sees the plan before anything is written; its error stops the run.
	Gate func(*plan.Plan) error
	// Moved reports whether the tip is no longer the tip; asked before deletions.
	Moved func() (bool, error)
	// Progress is told each outcome as it comes.
	Progress func(fact.Outcome)
	// Now and Sleep are the clock for reading again until it agrees.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Result is what became of an apply.
type Result struct {
	Plan     *plan.Plan // what was to be done
	Outcomes []fact.Outcome
	Left     *plan.Plan // what a plan says afterwards; nil if it was not made
	Recorded bool       // the tip is recorded as carried out
	Stopped  error      // why deletions were not begun; nil if they were, or there were none
}

// Done reports whether nothing is left to do.
func (r Result) Done() bool { return r.Stopped == nil && r.Left != nil && r.Left.Empty() }

// Run plans, asks the gate, records that it starts, carries out the stages,
// reads again until it agrees, and records success only when nothing is left.
func (a Apply) Run(ctx context.Context) (Result, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return Result{}, err
	}
	r := Result{Plan: p}
	if err := a.Gate(p); err != nil {
		return r, err
	}
	if len(p.Changes) == 0 {
		r.Left = p
		return r, a.complete(&r)
	}
	if err := a.start(p); err != nil {
		return r, fmt.Errorf("record that the apply starts (nothing was written): %w", err)
	}
	a.stages(ctx, &r)
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	if err := a.readBack(ctx, &r); err != nil {
		return r, err
	}
	return r, a.complete(&r)
}

func (a Apply) plan(ctx context.Context) (*plan.Plan, error) {
	return Plan(ctx, a.Cloud, plan.Input{Only: a.Only, Tip: a.Tip, Before: a.Before})
}

func (a Apply) start(p *plan.Plan) error {
	if a.Record == nil {
		return nil
	}
	return a.Record.Start(a.Tip.Commit, p.Digest())
}

// complete records the tip when nothing is left.
func (a Apply) complete(r *Result) error {
	if a.Record == nil || !r.Done() {
		return nil
	}
	if a.Recorded && len(r.Outcomes) == 0 {
		r.Recorded = true
		return nil
	}
	if err := a.Record.Complete(a.Tip.Commit, r.Plan.Digest()); err != nil {
		return fmt.Errorf("record that the commit is carried out (everything else is done): %w", err)
	}
	r.Recorded = true
	return nil
}

// stages carries out the plan's stages in order. An operation whose need failed
// in an earlier stage is skipped; what may take something away waits for a look at
// the tip, each time: growth in between may have taken minutes.
func (a Apply) stages(ctx context.Context, r *Result) {
	failed := map[fact.Key]error{}
	for _, stage := range r.Plan.Stages() {
		if slices.ContainsFunc(stage, func(op fact.Op) bool { return op.Verb == fact.Drop || op.Verb == fact.Change }) {
			if err := a.look(); err != nil {
				r.Stopped = err
				return
			}
		}
		var ops []fact.Op
		for _, op := range stage {
			if why, ok := failedNeed(op, failed); ok {
				o := fact.Outcome{Op: op, Err: why, Skipped: true}
				r.Outcomes = append(r.Outcomes, o)
				a.Progress(o)
				failed[op.Key] = why
				continue
			}
			ops = append(ops, op)
		}
		for _, o := range a.Cloud.Apply(ctx, ops, a.Progress) {
			r.Outcomes = append(r.Outcomes, o)
			if o.Err != nil {
				failed[o.Op.Key] = o.Err
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
}

func (a Apply) look() error {
	moved, err := a.Moved()
	if err != nil {
		return fmt.Errorf("look at the tip before deleting: %w", err)
	}
	if moved {
		return ErrTipMoved
	}
	return nil
}

func failedNeed(op fact.Op, failed map[fact.Key]error) (error, bool) {
	for _, n := range op.Needs {
		if err, ok := failed[n]; ok {
			return fmt.Errorf("needs %s %s in account %s: %w", n.Kind, n.Object.Name(), n.At.Account, err), true
		}
	}
	return nil, false
}

// readBackDeadline is how long AWS may take to show what was done; permissions
// are seen within a minute [7.3].
const readBackDeadline = 2 * time.Minute

// readBack plans again until nothing is left but what failed, or a deadline.
func (a Apply) readBack(ctx context.Context, r *Result) error {
	failed := map[fact.Key]bool{}
	for _, o := range r.Outcomes {
		if o.Err != nil {
			failed[o.Op.Key] = true
		}
	}
	end := a.Now().Add(readBackDeadline)
	for wait := time.Second; ; wait = min(2*wait, 10*time.Second) {
		left, err := a.plan(ctx)
		if err != nil {
			return fmt.Errorf("read again: %w", err)
		}
		r.Left = left
		if r.Stopped != nil || agreed(left, failed) || a.Now().After(end) {
			return nil
		}
		if err := a.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// agreed reports whether a plan asks for nothing but what has failed anyway.
func agreed(p *plan.Plan, failed map[fact.Key]bool) bool {
	for _, c := range p.Changes {
		if !failed[c.Op.Key] {
			return false
		}
	}
	return true
}
