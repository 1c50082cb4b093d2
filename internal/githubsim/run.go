package githubsim

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Run is one attempt of a workflow run.
type Run struct {
	ID           int64 // given out if 0
	Attempt      int   // 1 if 0
	Number       int   // of the workflow's runs; 1 if 0
	Name         string
	WorkflowPath string // ".github/workflows/apply.yml"
	HeadBranch   string
	HeadSHA      string
	Event        string // "push" if empty
	Status       string // queued, in_progress (if empty) or completed
	Conclusion   string // success, failure, cancelled, …; "" until it is completed
	Actor        string // login
	Title        string
	CreatedAt    time.Time // now if zero; the same for every attempt
	StartedAt    time.Time // of this attempt; CreatedAt if zero
	UpdatedAt    time.Time // when it was last heard of; StartedAt if zero
}

// AddRun adds a run, or another attempt of it, or replaces that attempt, and returns the id.
func (s *Server) AddRun(repo string, run Run) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return 0, err
	}
	if run.ID == 0 {
		run.ID = s.id()
	}
	run.Attempt, run.Number = cmp.Or(run.Attempt, 1), cmp.Or(run.Number, 1)
	run.WorkflowPath = cmp.Or(run.WorkflowPath, ".github/workflows/apply.yml")
	run.Name = cmp.Or(run.Name, strings.TrimSuffix(path.Base(run.WorkflowPath), path.Ext(run.WorkflowPath)))
	run.Event, run.Status = cmp.Or(run.Event, "push"), cmp.Or(run.Status, "in_progress")
	run.Actor, run.CreatedAt = cmp.Or(run.Actor, "octocat"), cmp.Or(run.CreatedAt, s.now())
	run.StartedAt = cmp.Or(run.StartedAt, run.CreatedAt)
	run.UpdatedAt = cmp.Or(run.UpdatedAt, run.StartedAt)
	r.runs = slices.DeleteFunc(r.runs, func(other Run) bool { return other.ID == run.ID && other.Attempt == run.Attempt })
	r.runs = append(r.runs, run)
	slices.SortStableFunc(r.runs, func(a, b Run) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Attempt, b.Attempt)) })
	return run.ID, nil
}

// getRun answers with the attempt that is asked for, or with the last one.
func getRun(c *call) (any, *apiError) {
	id, err := c.number("run")
	if err != nil {
		return nil, err
	}
	attempt := int64(0)
	if c.r.PathValue("attempt") != "" {
		if attempt, err = c.number("attempt"); err != nil {
			return nil, err
		}
	}
	for _, run := range slices.Backward(c.repo.runs) {
		if run.ID == id && (attempt == 0 || int64(run.Attempt) == attempt) {
			return c.runDocument(run), nil
		}
	}
	return nil, notFound()
}

func (c *call) runDocument(run Run) object {
	api := c.base + "/repos/" + c.repo.full()
	self := fmt.Sprintf("%s/actions/runs/%d", api, run.ID)
	workflow := userID(run.WorkflowPath)
	doc := object{
		"id": run.ID, "node_id": nodeID("WFR", run.ID), "name": run.Name, "head_branch": textOrNull(run.HeadBranch),
		"head_sha": run.HeadSHA, "path": run.WorkflowPath, "display_title": cmp.Or(run.Title, run.Name),
		"run_number": run.Number, "run_attempt": run.Attempt, "event": run.Event, "status": run.Status,
		"conclusion": textOrNull(run.Conclusion), "workflow_id": workflow, "check_suite_id": run.ID,
		"check_suite_node_id": nodeID("CS", run.ID), "url": self, "pull_requests": []object{},
		"html_url":   fmt.Sprintf("%s/%s/actions/runs/%d", c.base, c.repo.full(), run.ID),
		"created_at": stamp(run.CreatedAt), "updated_at": stamp(run.UpdatedAt), "run_started_at": stamp(run.StartedAt),
		"actor": c.user(run.Actor), "triggering_actor": c.user(run.Actor), "referenced_workflows": []any{},
		"jobs_url": self + "/jobs", "logs_url": self + "/logs", "artifacts_url": self + "/artifacts",
		"cancel_url": self + "/cancel", "rerun_url": self + "/rerun", "previous_attempt_url": nil,
		"check_suite_url": fmt.Sprintf("%s/check-suites/%d", api, run.ID),
		"workflow_url":    fmt.Sprintf("%s/actions/workflows/%d", api, workflow),
		"repository":      c.repoDocument(c.repo.Repo), "head_repository": c.repoDocument(c.repo.Repo), "head_commit": nil,
	}
	if run.Attempt > 1 {
		doc["previous_attempt_url"] = fmt.Sprintf("%s/attempts/%d", self, run.Attempt-1)
	}
	if commits, err := c.repo.log("--no-walk", run.HeadSHA); err == nil && len(commits) == 1 && isSHA(run.HeadSHA) {
		head := commits[0]
		doc["head_commit"] = object{
			"id": head.sha, "tree_id": head.tree, "message": head.message, "timestamp": head.committer["date"],
			"author":    object{"name": head.author["name"], "email": head.author["email"]},
			"committer": object{"name": head.committer["name"], "email": head.committer["email"]},
		}
	}
	return doc
}
