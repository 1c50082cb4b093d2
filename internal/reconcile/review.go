package reconcile

import (
	"context"
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// Reviewed is a plan for a tree that is not merged yet.
type Reviewed struct {
	Plan *plan.Plan
	// Merged are the changes that the target branch asks for already: merged, and
	// not yet carried out.
	Merged map[fact.Key]bool
	// Cancelled are changes that the target branch asks for and this tree does not:
	// merging it takes them back.
	Cancelled []plan.Change
}

// Review plans for a tree that is not merged yet, and tells apart what its
// target branch asks for already. Both are compared with one reading. Accounts
// that only the unmerged tree has are not read, since their roles were approved
// by nobody: there, nothing counts as live.
func Review(ctx context.Context, cloud Cloud, in plan.Input, target *fact.Tree, unread []fact.Account) (Reviewed, error) {
	q := plan.Needed(in.Only, in.Tip, in.Before)
	of := plan.Needed(in.Only, target, in.Before)
	q.Keys = append(q.Keys, of.Keys...)
	q.Sweep = append(q.Sweep, of.Sweep...)
	q.Keys = slices.DeleteFunc(q.Keys, func(k fact.Key) bool {
		return slices.ContainsFunc(unread, func(a fact.Account) bool {
			return a.Place == k.At || a.Place == fact.Place{Account: k.Object.Catalog, Region: k.At.Region}
		})
	})
	slices.SortFunc(q.Keys, fact.Key.Compare)
	q.Keys = slices.Compact(q.Keys)
	live, err := read(ctx, cloud, q)
	if err != nil {
		return Reviewed{}, err
	}
	in.Live = live
	r := Reviewed{Plan: plan.Make(in), Merged: map[fact.Key]bool{}}
	in.Tip = target
	planned := map[fact.Key]fact.Op{}
	for _, c := range r.Plan.Changes {
		planned[c.Op.Key] = c.Op
	}
	for _, c := range plan.Make(in).Changes {
		op, ok := planned[c.Op.Key]
		if ok && op.Verb == c.Op.Verb && op.Body == c.Op.Body {
			r.Merged[c.Op.Key] = true
		} else if !ok {
			r.Cancelled = append(r.Cancelled, c)
		}
	}
	return r, nil
}
