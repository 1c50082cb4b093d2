package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v89/github"
)

const (
	recordTask        = "lakeshare"
	recordEnvironment = "lakeshare"
	recordVersion     = 1
	maxDescription    = 140 // characters that GitHub takes in a status
)

// State is how an apply ended.
type State string

// The states of an apply: nothing is left; something is left; it broke off.
const (
	Success State = "success"
	Failure State = "failure"
	Broken  State = "error"
)

// Start is what the record says about an apply before its first write.
type Start struct {
	Config string // path of the configuration
	Commit string
	Digest string // of the plan
}

// payload is what a deployment of the record carries.
type payload struct {
	Config  string `json:"config"`
	Version int    `json:"version"`
	Digest  string `json:"digest"`
	Run     int64  `json:"run"`
	Attempt int    `json:"attempt"`
}

type deployment struct {
	gh.Deployment
	App *gh.App `json:"performed_via_github_app"`
}

type deploymentStatus struct {
	gh.DeploymentStatus
	App *gh.App `json:"performed_via_github_app"`
}

// readPayload takes only what Start has written.
func (d *deployment) readPayload() (payload, error) {
	var p payload
	if raw := bytes.TrimSpace(d.Payload); len(raw) == 0 || raw[0] != '{' {
		return payload{}, errors.New("its payload is not an object")
	}
	if err := json.Unmarshal(d.Payload, &p); err != nil {
		return payload{}, errors.New("its payload has a value of the wrong type")
	}
	if p.Config == "" || p.Version < 1 || p.Run < 1 || p.Attempt < 1 {
		return payload{}, errors.New("its payload lacks config, version, run or attempt")
	}
	return p, nil
}

// Start records that an apply is about to write and returns the id for
// [Client.Finish]. An error means that nothing may be written: without this
// record nobody could finish what a killed apply began. It is called once an
// attempt of a run and configuration: [Client.Record] counts only the first.
func (c *Client) Start(ctx context.Context, s Start) (int64, error) {
	no := false
	body := gh.DeploymentRequest{
		Ref: s.Commit, Task: ptr(recordTask), Environment: ptr(recordEnvironment), Description: ptr("lakeshare apply"),
		AutoMerge: &no, RequiredContexts: []string{}, TransientEnvironment: &no, ProductionEnvironment: &no,
		Payload: payload{Config: s.Config, Version: recordVersion, Digest: s.Digest, Run: c.run.ID, Attempt: c.run.Attempt},
	}
	what := "record the start of the apply at " + short(s.Commit)
	made, _, err := do[*deployment](ctx, c, request{
		method: http.MethodPost, path: c.path("deployments"), body: body, what: what, needs: "deployments: write",
	})
	if err != nil {
		return 0, unwritten(err)
	}
	if !isActions(made.Creator, made.App) {
		return 0, unwritten(fmt.Errorf("%s: the deployment is by %q, and only those of %s count: leave the input token (LAKESHARE_TOKEN) at ${{ github.token }}",
			what, clean(made.GetCreator().GetLogin(), keepNothing), actionsLogin))
	}
	if made.GetID() == 0 || made.GetSHA() != s.Commit {
		return 0, unwritten(fmt.Errorf("%s: GitHub made deployment %d of commit %q", what, made.GetID(), clean(made.GetSHA(), keepNothing)))
	}
	if err := c.alone(ctx, made); err != nil {
		return 0, unwritten(fmt.Errorf("%s: %w", what, err))
	}
	if err := c.setStatus(ctx, made.GetID(), "in_progress", "", what); err != nil {
		return 0, unwritten(err)
	}
	return made.GetID(), nil
}

// alone fails if an older deployment speaks for this attempt of the run already:
// somebody was quicker, and what this apply records would not count.
func (c *Client) alone(ctx context.Context, made *deployment) error {
	mine, err := made.readPayload()
	if err != nil {
		return err
	}
	for d, err := range list[*deployment](ctx, c, request{
		path: c.path("deployments"), query: url.Values{"task": {recordTask}, "environment": {recordEnvironment}},
		what: "list the deployments", needs: "deployments: read",
	}) {
		if err != nil {
			return err
		}
		if d.GetCreatedAt().Before(made.GetCreatedAt().Add(-oldestRun)) {
			break
		}
		p, err := d.readPayload()
		if err == nil && d.GetID() != made.GetID() && isActions(d.Creator, d.App) && p.Config == mine.Config && p.Run == mine.Run && p.Attempt == mine.Attempt {
			return fmt.Errorf("deployment %d claims to be the record of this run: find out who made it, delete it and run again", d.GetID())
		}
	}
	return nil
}

// oldestRun is how long a run may take on GitHub, waiting for its environment included.
const oldestRun = 36 * 24 * time.Hour

func unwritten(err error) error {
	return fmt.Errorf("the record could not be started, nothing was written: %w", err)
}

// Finish records how an apply ended. The description is cut to 140 characters.
func (c *Client) Finish(ctx context.Context, id int64, state State, description string) error {
	return c.setStatus(ctx, id, string(state), description, fmt.Sprintf("record %s of the apply", state))
}

// setStatus may leave a status twice where an answer is lost: unlike two
// deployments, two equal statuses mean the same as one.
func (c *Client) setStatus(ctx context.Context, id int64, state, description, what string) error {
	no := false
	body := gh.DeploymentStatusRequest{
		State: state, LogURL: ptr(c.run.URL()), Description: ptr(clip(clean(description, keepNothing), maxDescription)), AutoInactive: &no,
	}
	r := request{
		method: http.MethodPost, path: c.path("deployments/%d/statuses", id), body: body, what: what, needs: "deployments: write",
		harmless: true,
	}
	made, _, err := do[*deploymentStatus](ctx, c, r)
	if err == nil && made.GetState() != state {
		err = fmt.Errorf("%s: GitHub made a status %q of it", what, clean(made.GetState(), keepNothing))
	}
	return err
}

func ptr[T any](v T) *T { return &v }

// short is a commit for people.
func short(sha string) string {
	return strings.ToValidUTF8(sha[:min(len(sha), 12)], "")
}
