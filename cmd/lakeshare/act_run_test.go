package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// ran is a run of a workflow that has ended.
type ran struct {
	t    *testing.T
	log  string
	jobs map[string]string // what each job said
}

// run runs the jobs of a workflow, or only one, for an event, and wants that to end
// well, or not.
func (e *estate) run(workflow, only, event string, well bool) *ran {
	e.t.Helper()
	o, err := e.occasion(event)
	e.must(err)
	e.do((*hub).pass, "10m")
	listed := githubsim.Run{
		WorkflowPath: ".github/workflows/" + workflow, HeadBranch: o.branch, HeadSHA: o.head, Event: o.event, Actor: "ada", CreatedAt: e.now(),
	}
	listed.ID, err = e.github.AddRun(hubRepo, listed)
	e.must(err)
	dir := e.t.TempDir()
	e.must(os.WriteFile(filepath.Join(dir, "event.json"), e.event(o), 0o644))
	cmd := exec.CommandContext(e.t.Context(), e.program, e.arguments(workflow, only, dir, o, listed.ID)...)
	cmd.Dir, cmd.Env = e.workflows(dir, o.sha), e.machine(dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	ended := cmd.Run()
	listed.Status, listed.Conclusion = "completed", map[bool]string{true: "success", false: "failure"}[ended == nil]
	_, err = e.github.AddRun(hubRepo, listed)
	e.must(err)
	r := &ran{t: e.t, log: out.String()}
	r.read()
	if (ended == nil) != well {
		e.t.Fatalf("%s ended with %v:\n%s", workflow, ended, r.log)
	}
	return r
}

// workflows checks the commit out that GitHub reads them from.
func (e *estate) workflows(dir, commit string) string {
	e.t.Helper()
	dir = filepath.Join(dir, "workflows")
	for _, args := range [][]string{
		{"clone", "-q", "--no-checkout", e.origin, dir},
		{"-C", dir, "fetch", "-q", "origin", commit},
		{"-C", dir, "checkout", "-q", commit},
	} {
		_, err := e.git(e.work, args...)
		e.must(err)
	}
	return dir
}

// event is the event file, with the inputs of who started the workflow.
func (e *estate) event(o occasion) []byte {
	e.t.Helper()
	data, err := o.file(e.hub)
	e.must(err)
	if o.event != "workflow_dispatch" {
		return data
	}
	var event map[string]any
	e.must(json.Unmarshal(data, &event))
	event["inputs"] = e.inputs
	data, err = json.Marshal(event)
	e.must(err)
	return data
}

// arguments tell act what a runner and GitHub would.
func (e *estate) arguments(workflow, only, dir string, o occasion, id int64) []string {
	permissions := map[string]string{}
	env := map[string]string{
		"GITHUB_SERVER_URL": e.address, "GITHUB_API_URL": e.address, "GITHUB_REPOSITORY": hubRepo,
		"GITHUB_REPOSITORY_ID": strconv.Itoa(hubID), "GITHUB_RUN_ID": strconv.FormatInt(id, 10),
		"GITHUB_REF": o.ref, "SHA_REF": o.sha, // act takes GITHUB_SHA from there
		"GITHUB_WORKFLOW_REF": hubRepo + "/.github/workflows/" + workflow + "@" + o.ref,
		"AWS_ENDPOINT_URL":    e.cloud, "ACTIONS_ID_TOKEN_REQUEST_URL": e.address + "/oidc?api-version=2.0",
	}
	for name, j := range e.jobsOf(workflow) {
		if only != "" && only != name {
			continue
		}
		for scope, level := range j.permissions {
			if permissions[scope] != "write" {
				permissions[scope] = level // act has one token for all jobs
			}
		}
		if j.permissions["id-token"] == "write" {
			env["ID_TOKEN_OF_"+name] = e.github.RequestToken(githubsim.Job{
				Repo: hubRepo, RunID: id, WorkflowPath: ".github/workflows/" + workflow, Environment: j.environment,
				Event: o.event, Ref: o.ref, SHA: o.sha, Actor: "ada",
			})
		}
	}
	args := []string{
		o.event, "--workflows", ".github/workflows/" + workflow, "--eventpath", filepath.Join(dir, "event.json"),
		"--platform", "ubuntu-latest=-self-hosted", "--actor", "ada", "--defaultbranch", "main", "--pull=false", "--json",
		"--no-cache-server", "--no-skip-checkout", "--action-offline-mode", "--action-cache-path", filepath.Join(dir, "cache"),
		"--secret", "GITHUB_TOKEN=" + e.token(id, permissions),
		"--matrix", "os:ubuntu-latest", "--local-repository", "lakeshare/lakeshare@" + actionCommit + "=" + e.action,
	}
	for _, uses := range e.used(workflow) {
		name, _, _ := strings.Cut(strings.TrimPrefix(uses, "actions/"), "@")
		dir, err := filepath.Abs(filepath.Join("testdata", "act", name))
		e.must(err)
		args = append(args, "--local-repository", uses+"="+dir)
	}
	if only != "" {
		args = append(args, "--job", only)
	}
	for name, value := range env {
		args = append(args, "--env", name+"="+value)
	}
	return args
}

// used are the actions of GitHub that a workflow uses, each at its commit.
func (e *estate) used(workflow string) []string {
	e.t.Helper()
	data, err := os.ReadFile(filepath.Join(e.work, ".github", "workflows", workflow))
	e.must(err)
	found := regexp.MustCompile(`actions/[a-z-]+@[0-9a-f]{40}`).FindAllString(string(data), -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// machine is the environment of a runner with Go on it and no network.
func (e *estate) machine(dir string) []string {
	e.t.Helper()
	config := filepath.Join(dir, "config")
	e.must(os.MkdirAll(filepath.Join(config, "act"), 0o755))
	e.must(os.WriteFile(filepath.Join(config, "act", "actrc"), nil, 0o644)) // else act asks which image to use
	env := []string{
		"PATH=" + e.path, "HOME=" + dir, "XDG_CONFIG_HOME=" + config, "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"),
		"GOPROXY=off", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "TERM=dumb",
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOTOOLCHAIN"} {
		value, err := exec.CommandContext(context.WithoutCancel(e.t.Context()), "go", "env", name).Output()
		e.must(err)
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return env
}

// read sorts the log by job.
func (r *ran) read() {
	r.jobs = map[string]string{}
	for line := range strings.Lines(r.log) {
		var entry struct{ JobID, Msg string }
		if json.Unmarshal([]byte(line), &entry) == nil {
			r.jobs[entry.JobID] += entry.Msg + "\n"
		}
	}
}

// says wants these texts in the log of a job. Outputs and the summary are in it:
// act writes down what a step leaves in their files.
func (r *ran) says(job string, texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.jobs[job], text) {
			r.t.Errorf("job %s does not say %q:\n%s", job, text, r.jobs[job])
		}
	}
}

// ended wants these jobs to have run to a good end.
func (r *ran) ended(jobs ...string) {
	r.t.Helper()
	for _, job := range jobs {
		if !strings.Contains(r.jobs[job], "Job succeeded") {
			r.t.Errorf("job %s did not succeed:\n%s", job, r.jobs[job])
		}
	}
}
