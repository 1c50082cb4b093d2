package aws

import (
	"cmp"
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Forecast is the writing calls that operations will take in one place. What is
// found on the way (an invitation to accept or none, a role that AWS does not
// know yet) makes the calls that are sent a few more or less.
type Forecast struct {
	At      fact.Place
	Call    string // lakeformation:BatchGrantPermissions
	Count   int
	Entries int // of batches: how many grants they carry; 0 for other calls
}

// Foresee says which writing calls the stages of a plan will take, in the order
// in which they are first sent. It makes none.
func Foresee(stages [][]fact.Op) []Forecast {
	var all []Forecast
	add := func(at fact.Place, call string, count, entries int) {
		i := slices.IndexFunc(all, func(f Forecast) bool { return f.At == at && f.Call == call })
		if i < 0 {
			all, i = append(all, Forecast{At: at, Call: call}), len(all)
		}
		all[i].Count += count
		all[i].Entries += entries
	}
	for _, stage := range stages {
		for _, g := range grouped(stage) {
			if g.kind.IsGrant() && g.verb != fact.Renew {
				n := g.requests()
				add(g.at, grantCalls[g.verb == fact.Drop], (n+batchSize-1)/batchSize, n)
				continue
			}
			for _, op := range g.ops {
				for _, call := range callsOf(op) {
					add(g.at, call, 1, 0)
				}
			}
		}
	}
	return all
}

var grantCalls = map[bool]string{false: "lakeformation:BatchGrantPermissions", true: "lakeformation:BatchRevokePermissions"}

// opGroup is operations that are sent together.
type opGroup struct {
	at   fact.Place
	kind fact.Kind
	verb fact.Verb
	far  bool
	ops  []fact.Op
}

// grouped sorts the operations of a stage as Apply does.
func grouped(stage []fact.Op) []opGroup {
	var out []opGroup
	for _, op := range stage {
		g := opGroup{at: op.Key.At, kind: op.Key.Kind, verb: op.Verb, far: abroad(op.Key)}
		if g.kind.IsGrant() && g.verb == fact.Change {
			g.verb = fact.Make
			if op.Old.Grantable && !op.Body.Grantable {
				g.verb = fact.Drop // the option alone is taken away
			}
		}
		i := slices.IndexFunc(out, func(o opGroup) bool {
			return o.at == g.at && o.kind == g.kind && o.verb == g.verb && o.far == g.far
		})
		if i < 0 {
			out, i = append(out, g), len(out)
		}
		out[i].ops = append(out[i].ops, op)
	}
	slices.SortStableFunc(out, func(a, b opGroup) int {
		if drops := cmp.Compare(btoi(a.verb == fact.Drop), btoi(b.verb == fact.Drop)); drops != 0 {
			return drops
		}
		if a.verb == fact.Drop {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.kind, b.kind), comparePlaces(a.at, b.at))
	})
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// requests is how many entries the grants of a group take: the permissions of one
// principal on one object go together.
func (g opGroup) requests() int {
	seen := map[grantee]bool{}
	for _, op := range g.ops {
		seen[grantee{op.Key.Principal, op.Key.Object}] = true
	}
	return len(seen)
}

// callsOf is what one operation that is no grant is sent as.
func callsOf(op fact.Op) []string {
	object := "Table"
	if op.Key.Object.Type == fact.Database {
		object = "Database"
	}
	switch k := op.Key.Kind; {
	case op.Verb == fact.Renew:
		return []string{"ram:DisassociateResourceShare", "ram:AssociateResourceShare"}
	case op.Verb == fact.Drop && k == fact.Filter:
		return []string{"lakeformation:DeleteDataCellsFilter"}
	case op.Verb == fact.Drop && k == fact.Link:
		return []string{"glue:Delete" + object}
	case op.Verb == fact.Change && k == fact.Filter:
		return []string{"lakeformation:UpdateDataCellsFilter"}
	case op.Verb == fact.Change && k == fact.Link:
		return []string{"glue:Delete" + object, "glue:Create" + object}
	case k == fact.Filter:
		return []string{"lakeformation:CreateDataCellsFilter"}
	case k == fact.Storage:
		return []string{"lakeformation:RegisterResource"}
	case k == fact.StoragePath:
		return []string{"iam:CreatePolicyVersion"}
	case k == fact.Enforced:
		return []string{"lakeformation:BatchRevokePermissions", "glue:UpdateDatabase"}
	case k == fact.Accepted:
		return []string{"ram:AcceptResourceShareInvitation"}
	case k == fact.Container:
		return []string{"glue:CreateDatabase"}
	case k == fact.Link:
		return []string{"glue:Create" + object}
	}
	return nil
}
