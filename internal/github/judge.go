package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v89/github"
)

// skew is how far the clocks of GitHub's own systems may be apart.
const skew = time.Minute

// kind is what a deployment means to the record.
type kind int

const (
	foreign kind = iota // of another configuration
	refused
	started
	applied
)

type entry struct {
	kind kind
	why  string // of refused
}

// judge decides which deployments count.
type judge struct {
	c       *Client
	config  string
	git     Git
	next    func() (*deployment, error, bool)
	fetched []*deployment // newest first
	ended   bool
	runs    map[int64]*run // nil: there is no such run
	judged  int
	on      map[string]bool // commits that were asked about
	pushed  map[string]bool // heads of the branch; nil until asked
}

// run is a workflow run with what it proves.
type run struct {
	gh.WorkflowRun
}

// at returns a deployment by its place, newest first, or nil behind the last.
func (j *judge) at(n int) (*deployment, error) {
	for !j.ended && len(j.fetched) <= n {
		d, err, ok := j.next()
		switch {
		case !ok:
			j.ended = true
		case err != nil:
			return nil, err
		case d == nil || d.GetID() == 0:
			return nil, errors.New("list the deployments on GitHub: one has no id")
		case !slices.ContainsFunc(j.fetched, func(f *deployment) bool { return f.GetID() == d.GetID() }):
			j.fetched = append(j.fetched, d) // pages shift when one is made meanwhile
		}
	}
	if n < len(j.fetched) {
		return j.fetched[n], nil
	}
	return nil, nil
}

// read judges one deployment, cheap questions first.
func (j *judge) read(ctx context.Context, at int) (entry, error) {
	d := j.fetched[at]
	p, malformed := d.readPayload()
	switch {
	case malformed == nil && p.Config != j.config:
		return entry{kind: foreign}, nil
	case !isActions(d.Creator, d.App):
		return entry{refused, "it was not made by " + actionsLogin}, nil
	case malformed != nil:
		return entry{refused, malformed.Error()}, nil
	case !shaPattern.MatchString(d.GetSHA()):
		return entry{refused, "it names no commit"}, nil
	}
	if j.judged++; j.judged > maxJudged {
		return entry{}, fmt.Errorf("none of the newest %d is a proven success: delete the deployments of task %q that no apply has made", maxJudged, recordTask)
	}
	if on, err := j.wasOnBranch(ctx, d.GetSHA()); err != nil || !on {
		return entry{refused, "its commit was never on " + j.c.run.DefaultBranch}, err
	}
	r, err := j.run(ctx, p.Run)
	if err != nil {
		return entry{}, err
	}
	if why, err := j.doubt(ctx, at, p, r); err != nil || why != "" {
		return entry{refused, why}, err
	}
	if p.Version > recordVersion {
		return entry{}, fmt.Errorf("it has version %d, this lakeshare reads version %d: use the version of lakeshare that wrote it", p.Version, recordVersion)
	}
	if j.contested(at, p, r) {
		return entry{kind: started}, nil
	}
	done, err := j.succeeded(ctx, d, r)
	if err != nil {
		return entry{}, err
	}
	if done {
		return entry{kind: applied}, nil
	}
	return entry{kind: started}, nil
}

// doubt says what keeps the run from proving the deployment, or "".
func (j *judge) doubt(ctx context.Context, at int, p payload, r *run) (string, error) {
	home := j.c.run
	if r == nil {
		return fmt.Sprintf("run %d, which it names, does not exist (any more)", p.Run), nil
	}
	event := r.GetEvent()
	switch {
	case r.GetRepository().GetID() != home.RepositoryID || r.GetHeadRepository().GetID() != home.RepositoryID:
		return fmt.Sprintf("run %d is of another repository", p.Run), nil
	case event != "push" && event != "workflow_dispatch" && event != "schedule":
		return fmt.Sprintf("run %d is of event %s, which never applies", p.Run, clean(event, keepNothing)), nil
	case r.GetHeadBranch() != home.DefaultBranch:
		return fmt.Sprintf("run %d is of branch %s", p.Run, clean(r.GetHeadBranch(), keepNothing)), nil
	case p.Attempt > r.GetRunAttempt():
		return fmt.Sprintf("run %d had no attempt %d", p.Run, p.Attempt), nil
	case !r.during(j.fetched[at].CreatedAt):
		return fmt.Sprintf("it was not made while run %d ran", p.Run), nil
	}
	if on, err := j.wasOnBranch(ctx, r.GetHeadSHA()); err != nil || !on {
		return fmt.Sprintf("run %d is of a commit that was never on %s", p.Run, home.DefaultBranch), err
	}
	if may, err := j.mayRecord(r); err != nil || !may {
		return fmt.Sprintf("run %d is of a workflow that may not write deployments", p.Run), err
	}
	first, err := j.isFirst(at, p, r)
	if err != nil || !first {
		return fmt.Sprintf("an earlier one names attempt %d of run %d already", p.Attempt, p.Run), err
	}
	return "", nil
}

// mayRecord reports whether the workflow of a run, as it was on the default
// branch, asks for the permission to write deployments: a run without it cannot
// have written the record, whoever quotes it.
func (j *judge) mayRecord(r *run) (bool, error) {
	path, _, _ := strings.Cut(r.GetPath(), "@")
	file, err := j.git.File(r.GetHeadSHA(), path)
	return err == nil && MayRecord(file), err
}

// isFirst looks through what is older, as far back as the run.
func (j *judge) isFirst(at int, p payload, r *run) (bool, error) {
	for n := at + 1; ; n++ {
		older, err := j.at(n)
		if err != nil {
			return false, err
		}
		if older == nil || older.GetCreatedAt().Before(r.GetCreatedAt().Add(-skew)) {
			return true, nil
		}
		q, err := older.readPayload()
		if err == nil && isActions(older.Creator, older.App) && q.Config == p.Config && q.Run == p.Run && q.Attempt == p.Attempt {
			return false, nil
		}
	}
}

// contested reports whether a newer deployment, made while the run ran, names the
// same attempt. One of the two is forged, and which one cannot be told: the commit may have been carried
// out, and nobody's word counts that it was.
func (j *judge) contested(at int, p payload, r *run) bool {
	return slices.ContainsFunc(j.fetched[:at], func(d *deployment) bool {
		q, err := d.readPayload()
		return err == nil && isActions(d.Creator, d.App) && q.Config == p.Config && q.Run == p.Run && q.Attempt == p.Attempt &&
			r.during(d.CreatedAt)
	})
}

// during reports whether something happened while the run ran.
func (r *run) during(t *gh.Timestamp) bool {
	if t == nil || r.CreatedAt == nil || t.Before(r.CreatedAt.Add(-skew)) {
		return false
	}
	return r.GetStatus() != "completed" || !t.After(r.GetUpdatedAt().Add(skew))
}

// run looks a run up, once.
func (j *judge) run(ctx context.Context, id int64) (*run, error) {
	if r, ok := j.runs[id]; ok {
		return r, nil
	}
	r, _, err := do[*run](ctx, j.c, request{
		path: j.c.path("actions/runs/%d", id), what: fmt.Sprintf("look at run %d", id), needs: "actions: read",
	})
	if status(err) == http.StatusNotFound {
		r, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	if r != nil && r.GetID() != id {
		return nil, fmt.Errorf("look at run %d on GitHub: the answer is about run %d", id, r.GetID())
	}
	j.runs[id] = r
	return r, nil
}

// succeeded reports whether the apply was said to be complete. The first status
// that ends it counts: an apply says once how it ended.
func (j *judge) succeeded(ctx context.Context, d *deployment, r *run) (bool, error) {
	done := false // of the oldest status that ends it; they come newest first
	for s, err := range list[*deploymentStatus](ctx, j.c, request{
		path: j.c.path("deployments/%d/statuses", d.GetID()), what: fmt.Sprintf("list the statuses of deployment %d", d.GetID()), needs: "deployments: read",
	}) {
		if err != nil {
			return false, err
		}
		switch State(s.GetState()) {
		case Success, Failure, Broken:
			if isActions(s.Creator, s.App) && r.during(s.CreatedAt) {
				done = s.GetState() == string(Success)
			}
		}
	}
	return done, nil
}
