package githubsim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// Deployment is a deployment and its history.
type Deployment struct {
	ID          int64
	SHA, Ref    string // the commit, and what was asked to be deployed
	Task        string
	Environment string // where the last status put it
	Original    string // environment that it was made for
	Description string
	Payload     json.RawMessage // an object or a string, as it was sent
	Creator     string          // login
	App         string          // slug of the app that made it, "" for a person
	Transient   bool
	Production  bool
	Created     time.Time
	Updated     time.Time
	Statuses    []Status // oldest first
}

type deployment = Deployment

// Deployments returns the deployments of a repository, oldest first.
func (s *Server) Deployments(repo string) []Deployment {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return nil
	}
	var all []Deployment
	for _, d := range r.deployments {
		copied := *d
		copied.Statuses = slices.Clone(d.Statuses)
		all = append(all, copied)
	}
	return all
}

// AddDeployment adds a deployment that somebody made without this server's API,
// and returns its id: Actions makes one, of task "deploy", for each job that
// names an environment.
func (s *Server) AddDeployment(repo string, d Deployment) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return 0, err
	}
	d.Ref, d.Task = cmp.Or(d.Ref, r.DefaultBranch), cmp.Or(d.Task, "deploy")
	if d.SHA = cmp.Or(d.SHA, r.resolve(d.Ref)); d.SHA == "" {
		return 0, fmt.Errorf("%s has no commit %q to deploy", repo, d.Ref)
	}
	d.Environment = cmp.Or(d.Environment, "production")
	d.ID, d.Original = s.id(), d.Environment
	d.Created, d.Updated = cmp.Or(d.Created, s.now()), cmp.Or(d.Updated, s.now())
	r.deployments = append(r.deployments, &d)
	return d.ID, nil
}

// State is the state of the last status, "" if there is none yet.
func (d Deployment) State() string {
	if len(d.Statuses) == 0 {
		return ""
	}
	return d.Statuses[len(d.Statuses)-1].State
}

func listDeployments(c *call) (any, *apiError) {
	query := c.r.URL.Query()
	var found []*deployment
	for _, d := range slices.Backward(c.repo.deployments) { // newest first
		fits := true
		for key, value := range map[string]string{"sha": d.SHA, "ref": d.Ref, "task": d.Task, "environment": d.Environment} {
			asked := query.Get(key)
			fits = fits && (asked == "" || asked == "none" || asked == value)
		}
		if fits {
			found = append(found, d)
		}
	}
	return each(page(c, found), c.deploymentDocument), nil
}

// deploymentInput is the body of a call; nil is what was left out.
type deploymentInput struct {
	Ref         *string         `json:"ref"`
	Task        string          `json:"task"`
	AutoMerge   *bool           `json:"auto_merge"`
	Contexts    *[]string       `json:"required_contexts"`
	Payload     json.RawMessage `json:"payload"`
	Environment string          `json:"environment"`
	Description *string         `json:"description"`
	Transient   bool            `json:"transient_environment"`
	Production  *bool           `json:"production_environment"`
}

func (in deploymentInput) check() *apiError {
	payload := bytes.TrimSpace(in.Payload)
	switch {
	case in.Ref == nil:
		return unprocessable("Invalid request.\n\n\"ref\" wasn't supplied.")
	case len(payload) > 0 && payload[0] != '{' && payload[0] != '"':
		return unprocessable("Invalid request.\n\nFor 'properties/payload', %s is not an object or a string.", payload)
	case utf8.RuneCount(payload) > maxText:
		return invalid("Deployment", "custom", "payload", fmt.Sprintf("payload is too long (maximum is %d characters)", maxText))
	case utf8.RuneCountInString(in.Environment) > 255:
		return invalid("Deployment", "custom", "environment", "environment is too long (maximum is 255 characters)")
	}
	return nil
}

func createDeployment(c *call) (any, *apiError) {
	var in deploymentInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	sha := c.repo.resolve(*in.Ref)
	if sha == "" {
		return nil, unprocessable("No ref found for: %s", *in.Ref)
	}
	if err := c.deployable(in, sha); err != nil {
		return nil, err
	}
	environment := cmp.Or(in.Environment, "production")
	d := &deployment{
		ID: c.id(), SHA: sha, Ref: *in.Ref, Task: cmp.Or(in.Task, "deploy"), Environment: environment, Original: environment,
		Payload: in.Payload, Creator: c.token.Login, App: c.token.App, Transient: in.Transient,
		Production: environment == "production", Created: c.now, Updated: c.now,
	}
	if in.Production != nil {
		d.Production = *in.Production
	}
	if in.Description != nil {
		d.Description = *in.Description
	}
	c.repo.deployments = append(c.repo.deployments, d)
	c.created = true
	return c.deploymentDocument(d), nil
}

// deployable refuses what GitHub refuses by default: a commit that lacks some
// of the default branch, which would be merged into it first (here that is
// always a conflict), and one whose checks are not all green, which the run
// that is just deploying is not either.
func (c *call) deployable(in deploymentInput, sha string) *apiError {
	tip := c.repo.ref("refs/heads/" + c.repo.DefaultBranch)
	if (in.AutoMerge == nil || *in.AutoMerge) && tip != "" && c.repo.Dir != "" && !c.repo.contains(sha, tip) {
		return fail(http.StatusConflict, "Conflict merging %s into %s.", c.repo.DefaultBranch, *in.Ref)
	}
	var contexts []any
	for _, run := range c.repo.runs {
		required := in.Contexts == nil || slices.Contains(*in.Contexts, run.Name)
		if required && run.HeadSHA == sha && run.Conclusion != "success" {
			contexts = append(contexts, object{"context": run.Name, "state": "pending"})
		}
	}
	if contexts == nil {
		return nil
	}
	e := invalid("Deployment", "invalid", "required_contexts", "")
	e.status, e.message = http.StatusConflict, fmt.Sprintf("Conflict: Commit status checks failed for %s.", *in.Ref)
	e.errors[0].(object)["contexts"] = contexts
	return e
}

// deployment finds the deployment that the path names.
func (c *call) deployment() (*deployment, *apiError) {
	id, err := c.number("deployment")
	if err != nil {
		return nil, err
	}
	d := c.repo.deployment(id)
	if d == nil {
		return nil, notFound()
	}
	return d, nil
}

func (r *repository) deployment(id int64) *deployment {
	at := slices.IndexFunc(r.deployments, func(d *deployment) bool { return d.ID == id })
	if at < 0 {
		return nil
	}
	return r.deployments[at]
}

func getDeployment(c *call) (any, *apiError) {
	d, err := c.deployment()
	if err != nil {
		return nil, err
	}
	return c.deploymentDocument(d), nil
}

// deleteDeployment takes only what is inactive, or the last of its repository.
func deleteDeployment(c *call) (any, *apiError) {
	d, err := c.deployment()
	if err != nil {
		return nil, err
	}
	if d.State() != "inactive" && len(c.repo.deployments) > 1 {
		e := fail(http.StatusUnprocessableEntity, "We cannot delete an active deployment unless it is the only deployment in a given environment.")
		return nil, e
	}
	c.repo.deployments = slices.DeleteFunc(c.repo.deployments, func(other *deployment) bool { return other == d })
	return nil, nil
}

func (c *call) deploymentDocument(d *deployment) object {
	api := c.base + "/repos/" + c.repo.full()
	self := fmt.Sprintf("%s/deployments/%d", api, d.ID)
	doc := object{
		"id": d.ID, "node_id": nodeID("DE", d.ID), "sha": d.SHA, "ref": d.Ref, "task": d.Task, "payload": object{},
		"original_environment": d.Original, "environment": d.Environment, "description": textOrNull(d.Description),
		"creator": c.user(d.Creator), "created_at": stamp(d.Created), "updated_at": stamp(d.Updated),
		"statuses_url": self + "/statuses", "repository_url": api, "url": self, "transient_environment": d.Transient,
		"production_environment": d.Production, "performed_via_github_app": c.app(d.App),
	}
	if len(d.Payload) > 0 {
		doc["payload"] = d.Payload
	}
	return doc
}
