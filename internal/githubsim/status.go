package githubsim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Status is one state in the history of a deployment.
type Status struct {
	ID             int64
	State          string // error, failure, inactive, in_progress, queued, pending or success
	Description    string
	LogURL         string
	EnvironmentURL string
	Environment    string
	Creator        string // login
	App            string
	Created        time.Time
}

var states = []string{"error", "failure", "inactive", "in_progress", "queued", "pending", "success"}

func listStatuses(c *call) (any, *apiError) {
	d, err := c.deployment()
	if err != nil {
		return nil, err
	}
	rows := slices.Clone(d.Statuses)
	slices.Reverse(rows) // newest first
	return each(page(c, rows), func(s Status) object { return c.statusDocument(d, s) }), nil
}

// statusInput is the body of a call; nil is what was left out.
type statusInput struct {
	State          *string `json:"state"`
	TargetURL      string  `json:"target_url"`
	LogURL         string  `json:"log_url"`
	Description    string  `json:"description"`
	Environment    string  `json:"environment"`
	EnvironmentURL string  `json:"environment_url"`
	AutoInactive   *bool   `json:"auto_inactive"`
}

func createStatus(c *call) (any, *apiError) {
	d, err := c.deployment()
	if err != nil {
		return nil, err
	}
	var in statusInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	switch {
	case in.State == nil:
		return nil, unprocessable("Invalid request.\n\n\"state\" wasn't supplied.")
	case !slices.Contains(states, *in.State):
		return nil, invalid("DeploymentStatus", "custom", "state", fmt.Sprintf("state must be one of: %v", states))
	case utf8.RuneCountInString(in.Description) > maxDetail:
		return nil, invalid("DeploymentStatus", "custom", "description", fmt.Sprintf("description is too long (maximum is %d characters)", maxDetail))
	}
	d.Environment = cmp.Or(in.Environment, d.Environment)
	made := Status{
		State: *in.State, Description: in.Description, LogURL: cmp.Or(in.LogURL, in.TargetURL),
		EnvironmentURL: in.EnvironmentURL, Creator: c.token.Login, App: c.token.App,
	}
	doc := c.statusDocument(d, c.progress(c.repo, d, made, in.AutoInactive == nil || *in.AutoInactive))
	c.located(doc)
	return doc, nil
}

// AddStatus sets the state of a deployment for somebody other than the caller
// of the API: Actions itself for the deployment of a job, or a person.
func (s *Server) AddStatus(repo string, deployment int64, status Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return err
	}
	d := r.deployment(deployment)
	if d == nil {
		return fmt.Errorf("%s has no deployment %d", repo, deployment)
	}
	d.Environment = cmp.Or(status.Environment, d.Environment)
	s.progress(r, d, status, true)
	return nil
}

// progress adds a status. Success ends the earlier deployments of the
// environment that succeeded; GitHub leaves transient ones and those of
// production environments alone.
func (s *Server) progress(r *repository, by *deployment, made Status, autoInactive bool) Status {
	if made.State == "success" && autoInactive {
		for _, d := range r.deployments {
			if d.ID < by.ID && d.Environment == by.Environment && d.State() == "success" && !d.Transient && !d.Production {
				s.record(d, Status{State: "inactive", Creator: made.Creator, App: made.App})
			}
		}
	}
	return s.record(by, made)
}

func (s *Server) record(d *deployment, made Status) Status {
	made.ID, made.Created, made.Environment, d.Updated = s.id(), s.now(), d.Environment, s.now()
	d.Statuses = append(d.Statuses, made)
	return made
}

func (c *call) statusDocument(d *deployment, s Status) object {
	api := c.base + "/repos/" + c.repo.full()
	deployment := fmt.Sprintf("%s/deployments/%d", api, d.ID)
	return object{
		"id": s.ID, "node_id": nodeID("DES", s.ID), "state": s.State, "creator": c.user(s.Creator), "description": s.Description,
		"environment": s.Environment, "target_url": s.LogURL, "log_url": s.LogURL, "environment_url": s.EnvironmentURL,
		"created_at": stamp(s.Created), "updated_at": stamp(s.Created), "deployment_url": deployment,
		"repository_url": api, "url": fmt.Sprintf("%s/statuses/%d", deployment, s.ID), "performed_via_github_app": c.app(s.App),
	}
}
