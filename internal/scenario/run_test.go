package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/reconcile"
)

// apply carries out the last commit, as far as ctx lets it.
func (l *lab) apply(ctx context.Context) (reconcile.Result, error) {
	return l.carryOut(ctx, plan.Merges)
}

// carryOut does what a run is about; only merges are recorded.
func (l *lab) carryOut(ctx context.Context, only plan.Only) (reconcile.Result, error) {
	tip, before := l.tip(), l.before()
	var record reconcile.Recorder
	if only == plan.Merges {
		record = l
	}
	return reconcile.Apply{
		Cloud: l.cloud(aws.Applying, tip, before), Only: only, Tip: tip, Before: before, Record: record,
		Gate:     func(*plan.Plan) error { return nil },
		Moved:    func() (bool, error) { return false, nil },
		Progress: func(fact.Outcome) {},
		Now:      l.clock.now, Sleep: l.clock.sleep,
	}.Run(ctx)
}

// mustApply carries out the last commit and fails the test unless nothing is left.
func (l *lab) mustApply() reconcile.Result {
	l.t.Helper()
	r, err := l.apply(context.Background())
	if err != nil {
		l.t.Fatalf("apply: %v", err)
	}
	if !r.Done() {
		l.t.Fatalf("apply is not done: %s", tellLeft(r))
	}
	return r
}

func tellLeft(r reconcile.Result) string {
	var b strings.Builder
	for _, o := range r.Outcomes {
		if o.Err != nil {
			fmt.Fprintf(&b, "\n  failed: %s %s: %v", o.Op.Verb, o.Op.Key, o.Err)
		}
	}
	if r.Left != nil {
		for _, c := range r.Left.Changes {
			fmt.Fprintf(&b, "\n  left: %s %s", c.Op.Verb, c.Op.Key)
		}
		for _, c := range r.Left.Blocked {
			fmt.Fprintf(&b, "\n  blocked: %s %s: %s", c.Change.Op.Verb, c.Change.Op.Key, c.Why)
		}
		for _, f := range r.Left.Findings {
			fmt.Fprintf(&b, "\n  finding: %s", f)
		}
	}
	return b.String()
}
