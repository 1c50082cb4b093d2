package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// occasion is why a workflow runs: the event, and what the runner says about it.
type occasion struct {
	event  string
	ref    string // GITHUB_REF
	sha    string // GITHUB_SHA
	head   string // the run's commit as GitHub lists it: of a pull request the head
	branch string // the run's branch
	before string // of a push
	base   string // of a pull request or a merge group
	pull   *pullRequest
}

// occasion reads an event as scripts name it.
func (h *hub) occasion(text string) (occasion, error) {
	event, number, _ := strings.Cut(text, ":")
	o := occasion{event: event, ref: "refs/heads/main", branch: "main"}
	var err error
	switch {
	case strings.HasPrefix(event, "push"):
		var ago int
		if _, back, ok := strings.Cut(event, "~"); ok {
			if ago, err = strconv.Atoi(back); err != nil || ago >= len(h.pushes) {
				return o, fmt.Errorf("%s: main was pushed %d times", event, len(h.pushes))
			}
		}
		last := h.pushes[len(h.pushes)-1-ago]
		o.event, o.before, o.sha = "push", last[0], last[1]
	case event == "pull_request":
		return h.pullOccasion(o, number)
	case event == "merge_group":
		if o.pull, err = h.numbered(number); err != nil {
			return o, err
		}
		if o.pull.group == nil {
			return o, fmt.Errorf("pull request %s is not in the merge queue", number)
		}
		o.ref, o.sha, o.base = o.pull.group.ref, o.pull.group.head, o.pull.group.base
		o.branch, o.pull = strings.TrimPrefix(o.ref, "refs/heads/"), nil
	case event == "workflow_dispatch", event == "schedule", event == "workflow_run":
		o.sha, err = h.at(o.ref)
	default:
		err = fmt.Errorf("%s is no event that workflows of lakeshare have", text)
	}
	o.head = o.sha
	return o, err
}

// pullOccasion is an event of a pull request. GitHub makes the test merge anew
// for it; the base that it names is the one of the last push.
func (h *hub) pullOccasion(o occasion, number string) (occasion, error) {
	p, err := h.numbered(number)
	if err != nil {
		return o, err
	}
	if err := h.testMerge(p); err != nil {
		return o, err
	}
	if o.sha, err = h.at(p.ref("merge")); err != nil {
		return o, err
	}
	o.pull, o.ref, o.branch, o.base = p, p.ref("merge"), p.branch, p.base
	o.head, err = h.at(p.ref("head"))
	return o, err
}

// file is the event file with the keys that GitHub's have.
func (o occasion) file(h *hub) ([]byte, error) {
	type object = map[string]any
	owner := object{"login": "acme", "id": 1, "type": "Organization"}
	home := object{
		"id": hubID, "name": "lake-shares", "full_name": hubRepo, "private": true, "default_branch": "main",
		"html_url": h.address + "/" + hubRepo, "owner": owner, "fork": false,
	}
	out := object{"repository": home, "sender": object{"login": "ada", "type": "User"}}
	switch {
	case o.event == "pull_request":
		from := home
		if o.pull.fork {
			from = object{"id": 777, "name": "lake-shares", "full_name": "grace/lake-shares", "fork": true, "default_branch": "main"}
		}
		out["action"], out["number"] = "synchronize", o.pull.number
		out["pull_request"] = object{
			"number": o.pull.number, "state": "open", "title": o.pull.branch, "merge_commit_sha": o.sha, "merged": false, "draft": false,
			"head": object{"ref": o.pull.branch, "sha": o.head, "repo": from, "label": "acme:" + o.pull.branch},
			"base": object{"ref": "main", "sha": o.base, "repo": home, "label": "acme:main"},
		}
	case o.event == "merge_group":
		out["action"] = "checks_requested"
		out["merge_group"] = object{"head_sha": o.sha, "head_ref": o.ref, "base_sha": o.base, "base_ref": "refs/heads/main"}
	case o.event == "push":
		out["ref"], out["before"], out["after"], out["deleted"] = o.ref, o.before, o.sha, false
		out["created"], out["forced"], out["base_ref"] = o.before == noSHA, false, nil
		out["commits"], out["head_commit"] = []object{}, object{"id": o.sha, "message": "", "distinct": true}
	case o.event == "schedule":
		out["schedule"], out["workflow"] = "17 4 * * *", ".github/workflows/drift.yml"
	default:
		out["ref"], out["inputs"], out["workflow"] = o.ref, object{}, ".github/workflows/apply.yml"
	}
	return json.Marshal(out)
}

// environment is that of a step of action.yml on a runner.
func (h *hub) environment(s *step, token string) []string {
	o, number := s.occasion, strconv.FormatInt(s.id, 10)
	set := map[string]string{
		"PATH": h.path, "HOME": h.work, "GORACE": noPause, "CI": "true", "GITHUB_ACTIONS": "true",
		"GITHUB_EVENT_NAME": o.event, "GITHUB_EVENT_PATH": filepath.Join(s.dir, "event.json"),
		"GITHUB_REF": o.ref, "GITHUB_SHA": o.sha, "GITHUB_RUN_ID": number, "GITHUB_RUN_ATTEMPT": strconv.Itoa(s.attempt),
		"GITHUB_REPOSITORY": hubRepo, "GITHUB_REPOSITORY_ID": strconv.Itoa(hubID), "GITHUB_ACTOR": "ada",
		"GITHUB_SERVER_URL": h.address, "GITHUB_API_URL": h.address, "GITHUB_WORKSPACE": filepath.Join(s.dir, "work"),
		"GITHUB_WORKFLOW_REF": hubRepo + "/.github/workflows/" + s.job.workflow + "@" + o.ref,
		"GITHUB_OUTPUT":       filepath.Join(s.dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(s.dir, "summary"),
		"RUNNER_TEMP":       filepath.Join(s.dir, "temp"),
		"LAKESHARE_COMMAND": s.command, "LAKESHARE_TOKEN": token, "LAKESHARE_CONFIG": s.settings["config"], "LAKESHARE_ALLOW": s.settings["allow"],
		"AWS_ENDPOINT_URL": h.cloud, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	}
	if s.job.permissions["id-token"] == "write" && (o.pull == nil || !o.pull.fork) {
		set["ACTIONS_ID_TOKEN_REQUEST_URL"] = h.address + "/oidc?api-version=2.0"
		set["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = h.github.RequestToken(githubsim.Job{
			Repo: hubRepo, RunID: s.id, RunAttempt: s.attempt, WorkflowPath: ".github/workflows/" + s.job.workflow,
			Environment: s.job.environment, Event: o.event, Ref: o.ref, SHA: o.sha, Actor: "ada",
		})
	}
	if account := s.settings["credentials"]; account != "" { // as aws-actions/configure-aws-credentials leaves them
		set["AWS_ACCESS_KEY_ID"], set["AWS_SECRET_ACCESS_KEY"] = account, "any"
	}
	var out []string
	for name, value := range set {
		out = append(out, name+"="+value)
	}
	return out
}
