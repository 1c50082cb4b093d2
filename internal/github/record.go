package github

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
)

// maxJudged bounds how many deployments one reading of the record looks up.
const maxJudged = 200

// Record says which commits may have been carried out with a configuration.
type Record struct {
	Applied string   // the last commit that was carried out completely, "" for none
	Started []string // the commits at which an apply has started since, oldest first
	Refused []Forged // deployments that look like the record and do not count, newest first
}

// Git answers what the clone knows.
type Git interface {
	// OnBranch reports whether a commit is on the default branch now.
	OnBranch(sha string) (bool, error)
	// File returns a file of a commit by its path from the root, nil if it is not there.
	File(sha, path string) ([]byte, error)
}

var writesDeployments = regexp.MustCompile(`\bdeployments["']?\s*:\s*["']?write\b|\bpermissions["']?\s*:\s*["']?write-all\b`)

// Applies reports whether what a run records counts later: only runs of the
// default branch that these events start are believed.
func (r Run) Applies() error {
	switch {
	case r.Event != "push" && r.Event != "workflow_dispatch" && r.Event != "schedule":
		return fmt.Errorf("this run is of event %s: let push, workflow_dispatch or schedule start the apply", clean(r.Event, keepNothing))
	case r.Ref != r.defaultRef():
		return fmt.Errorf("this run is of %s: let it run on %s", clean(r.Ref, keepNothing), r.DefaultBranch)
	}
	return nil
}

// MayRecord reports whether a workflow asks for the permission that the record needs.
func MayRecord(workflow []byte) bool { return writesDeployments.Match(workflow) }

// Forged is a deployment that looks like the record and does not count.
type Forged struct {
	ID      int64
	Creator string // login
	SHA     string
	Why     string
}

func (f Forged) String() string {
	return fmt.Sprintf("Deployment %d by %s at %s looks like the record of an apply and is not counted: %s.", f.ID, f.Creator, short(f.SHA), f.Why)
}

// Record reads the record of one configuration: the deployments of task and
// environment "lakeshare", newest first, up to the first that counts and was
// successful.
//
// Whoever may push a branch can run a workflow of their own with the token of
// Actions, and forge a deployment. A forged one could make an apply take away
// what git has let go of, or give again what somebody revoked by hand; a real one
// that is missed does the same, for what was carried out since. So every apply
// speaks for its run, and a deployment counts only if all this is proven:
//
//   - Its creator is the Actions app.
//   - The run that its payload names is of this repository, of its default branch
//     and of event push, workflow_dispatch or schedule; the run's commit was on the
//     default branch (a tag may be named like the branch); its workflow asked there
//     for the permission to write deployments; and the deployment was made while
//     the run ran.
//   - It is the first that names this attempt of the run. Where another one names
//     it too, it counts as started and never as applied.
//   - Its commit was on the default branch.
//
// Git is asked once a commit. Where a commit is not on the branch, the list of the
// branch's pushes is asked, so that a force-push loses nothing. The first status
// that ends an apply counts, if the Actions app set it while the run ran; success
// stays success when it is set to inactive later. What is not proven is in
// Refused: also what was real, when GitHub has deleted its run since.
//
// The usual record takes 3 requests: list, run, statuses; each apply that has
// started since takes 2 more. It needs deployments: read and actions: read. An
// error never means that there is no record.
func (c *Client) Record(ctx context.Context, config string, git Git) (Record, error) {
	j := judge{c: c, config: config, git: git, runs: map[int64]*run{}, on: map[string]bool{}}
	next, stop := iter.Pull2(list[*deployment](ctx, c, request{
		path: c.path("deployments"), query: url.Values{"task": {recordTask}, "environment": {recordEnvironment}},
		what: "list the deployments", needs: "deployments: read",
	}))
	defer stop()
	j.next = next
	var out Record
	for at := 0; ; at++ {
		d, err := j.at(at)
		if err != nil {
			return Record{}, err
		}
		if d == nil {
			break
		}
		e, err := j.read(ctx, at)
		if err != nil {
			return Record{}, fmt.Errorf("deployment %d of the record: %w", d.GetID(), err)
		}
		switch e.kind {
		case refused:
			out.Refused = append(out.Refused, Forged{d.GetID(), clean(d.GetCreator().GetLogin(), keepNothing), clean(d.GetSHA(), keepNothing), e.why})
		case started:
			out.Started = append(out.Started, d.GetSHA())
		case applied:
			out.Applied = d.GetSHA()
		}
		if out.Applied != "" {
			break
		}
	}
	slices.Reverse(out.Started)
	out.Started = unique(out.Started)
	return out, nil
}

// unique keeps the first of each.
func unique(s []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(s, func(v string) bool {
		again := seen[v]
		seen[v] = true
		return again
	})
}
