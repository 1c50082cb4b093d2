package githubsim

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Push is a movement of a ref.
type Push struct {
	Ref    string // "refs/heads/main", or "main" for a branch
	Before string // SHA; where the ref is now, if empty
	After  string // SHA; empty deletes the ref
	// Kind is push, force_push, branch_creation, branch_deletion, pr_merge or
	// merge_queue_merge. If empty it follows from the two commits.
	Kind  string
	Actor string // login
}

// activity is a line of the repository's activity list.
type activity struct {
	Push
	id int64
	at time.Time
}

// Push moves a ref and records it in the list of the repository's activity. In
// a repository with a git directory the commit has to be there already; a ref
// that stands there already is only recorded.
func (s *Server) Push(repo string, p Push) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return err
	}
	return s.push(r, p)
}

func (s *Server) push(r *repository, p Push) error {
	if !strings.HasPrefix(p.Ref, "refs/") {
		p.Ref = "refs/heads/" + p.Ref
	}
	now := cmp.Or(r.ref(p.Ref), zeroSHA)
	p.Before, p.After = cmp.Or(p.Before, now), cmp.Or(p.After, zeroSHA)
	switch {
	case p.After == now:
	case r.Dir == "":
		r.refs[p.Ref] = strings.ReplaceAll(p.After, zeroSHA, "")
	case p.After == zeroSHA:
		if _, err := r.git("update-ref", "-d", p.Ref); err != nil {
			return err
		}
	default:
		if _, err := r.git("update-ref", p.Ref, p.After); err != nil {
			return fmt.Errorf("push %s to %s: %w", p.After, p.Ref, err)
		}
	}
	p.Kind = cmp.Or(p.Kind, r.kind(p))
	r.activity = append(r.activity, activity{p, s.id(), s.now()})
	return nil
}

func (r *repository) kind(p Push) string {
	switch {
	case p.Before == zeroSHA:
		return "branch_creation"
	case p.After == zeroSHA:
		return "branch_deletion"
	case r.Dir == "" || r.contains(p.After, p.Before):
		return "push"
	}
	return "force_push"
}

// listActivity lists newest first and pages by cursor, not by number.
func listActivity(c *call) (any, *apiError) {
	query := c.r.URL.Query()
	period, known := periods[query.Get("time_period")]
	if !known {
		return nil, &apiError{status: 422, message: "Validation Failed", errors: []any{"time_period is not supported"}}
	}
	ref := query.Get("ref")
	if ref != "" && !strings.HasPrefix(ref, "refs/") {
		ref = "refs/heads/" + ref
	}
	rows := slices.DeleteFunc(slices.Clone(c.repo.activity), func(a activity) bool {
		return ref != "" && a.Ref != ref || query.Has("activity_type") && a.Kind != query.Get("activity_type") ||
			query.Has("actor") && a.Actor != query.Get("actor") || period > 0 && a.at.Before(c.now.Add(-period))
	})
	if query.Get("direction") != "asc" {
		slices.Reverse(rows)
	}
	return each(c.cursorPage(rows), c.activityDocument), nil
}

var periods = map[string]time.Duration{
	"": 0, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour,
	"quarter": 90 * 24 * time.Hour, "year": 365 * 24 * time.Hour,
}

// cursorPage cuts out the page after or before the row that the cursor names.
func (c *call) cursorPage(rows []activity) []activity {
	query, size := c.r.URL.Query(), c.perPage()
	at := func(cursor string) int {
		return slices.IndexFunc(rows, func(a activity) bool { return strconv.FormatInt(a.id, 36) == cursor })
	}
	from := at(query.Get("after")) + 1
	if query.Has("before") {
		from = max(0, at(query.Get("before"))-size)
	}
	to := min(from+size, len(rows))
	var links []string
	if to < len(rows) {
		links = append(links, c.relation("next", url.Values{"after": {strconv.FormatInt(rows[to-1].id, 36)}, "before": nil}))
	}
	if from > 0 && from < len(rows) {
		links = append(links, c.relation("prev", url.Values{"before": {strconv.FormatInt(rows[from].id, 36)}, "after": nil}))
	}
	c.link(links)
	return rows[from:to]
}

func (c *call) activityDocument(a activity) object {
	return object{
		"id": a.id, "node_id": nodeID("PSH", a.id), "before": a.Before, "after": a.After, "ref": a.Ref,
		"timestamp": stamp(a.at), "activity_type": a.Kind, "actor": c.user(a.Actor),
	}
}

// recordPush lists what a git push moved.
func (s *Server) recordPush(r *repository, before map[string]string, actor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	after := r.heads()
	names := slices.Sorted(maps.Keys(before))
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, old := before[name]; !old {
			names = append(names, name)
		}
	}
	for _, name := range names {
		p := Push{Ref: name, Before: cmp.Or(before[name], zeroSHA), After: cmp.Or(after[name], zeroSHA), Actor: actor}
		if p.Before != p.After {
			p.Kind = r.kind(p)
			r.activity = append(r.activity, activity{p, s.id(), s.now()})
		}
	}
}
