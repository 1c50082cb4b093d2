package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// maxEvent is above what GitHub sends: a webhook has at most 25 MB.
const maxEvent = 32 << 20

var (
	namePattern  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	shaPattern   = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	queuePattern = regexp.MustCompile(`^refs/heads/gh-readonly-queue/.+/pr-([0-9]{1,9})-[0-9a-f]{40,64}$`)
)

// event is the part of the event file that is read.
type event struct {
	Repository struct {
		ID            int64  `json:"id"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
	PullRequest *struct {
		Number int     `json:"number"`
		Head   pullEnd `json:"head"`
		Base   pullEnd `json:"base"`
	} `json:"pull_request"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
	} `json:"merge_group"`
}

type pullEnd struct {
	SHA  string `json:"sha"`
	Ref  string `json:"ref"`
	Repo *struct {
		ID int64 `json:"id"`
	} `json:"repo"` // null when the fork was deleted
}

// ReadRun reads the GITHUB_* variables and the event file. It names everything
// that is missing or malformed. An event that it does not know is fine as long
// as the repository, the run and the default branch are told.
func ReadRun(getenv func(string) string) (Run, error) {
	e := environment{getenv: getenv}
	r := Run{
		Event:     e.need("GITHUB_EVENT_NAME"),
		Ref:       e.need("GITHUB_REF"),
		SHA:       e.sha("GITHUB_SHA"),
		ID:        e.number("GITHUB_RUN_ID"),
		Attempt:   int(e.number("GITHUB_RUN_ATTEMPT")),
		ServerURL: e.url("GITHUB_SERVER_URL"),
		APIURL:    e.url("GITHUB_API_URL"),
	}
	r.Owner, r.Repo = e.repository("GITHUB_REPOSITORY")
	r.RepositoryID = e.number("GITHUB_REPOSITORY_ID")
	r.WorkflowPath = e.workflow("GITHUB_WORKFLOW_REF", r.Owner+"/"+r.Repo+"/")
	path := e.need("GITHUB_EVENT_PATH")
	if len(e.faults) > 0 {
		return Run{}, fmt.Errorf("this does not look like a GitHub Actions run: %w", errors.Join(e.faults...))
	}
	ev, err := readEvent(path)
	if err == nil {
		err = r.fill(ev)
	}
	if err != nil {
		return Run{}, fmt.Errorf("event file %s (GITHUB_EVENT_PATH): %w", path, err)
	}
	return r, nil
}

func readEvent(path string) (event, error) {
	f, err := os.Open(path)
	if err != nil {
		return event{}, errors.Unwrap(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxEvent+1))
	if err != nil {
		return event{}, err
	}
	if len(data) > maxEvent {
		return event{}, fmt.Errorf("larger than %d MiB", maxEvent>>20)
	}
	var ev event
	err = json.Unmarshal(data, &ev)
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return event{}, fmt.Errorf("%s is a %s, want %s", bad.Field, bad.Value, bad.Type)
	}
	if err != nil {
		return event{}, fmt.Errorf("not JSON: %w", err)
	}
	return ev, nil
}

// fill adds what the event file says.
func (r *Run) fill(ev event) error {
	if id := ev.Repository.ID; id != 0 && id != r.RepositoryID {
		return fmt.Errorf("repository.id is %d, GITHUB_REPOSITORY_ID is %d", id, r.RepositoryID)
	}
	r.DefaultBranch = ev.Repository.DefaultBranch
	if branch, ok := strings.CutPrefix(r.Ref, "refs/heads/"); ok && r.DefaultBranch == "" && r.Event == "schedule" {
		r.DefaultBranch = branch // a schedule runs nowhere else, and its file may lack the repository
	}
	if !isBranch(r.DefaultBranch) {
		return fmt.Errorf("repository.default_branch is %q, want the name of a branch", r.DefaultBranch)
	}
	switch r.Event {
	case "pull_request", "pull_request_target":
		return r.fillPull(ev)
	case "merge_group":
		return r.fillQueue(ev)
	}
	return nil
}

func (r *Run) fillPull(ev event) error {
	p := ev.PullRequest
	switch {
	case p == nil:
		return errors.New("pull_request is missing")
	case p.Number <= 0:
		return fmt.Errorf("pull_request.number is %d", p.Number)
	case !shaPattern.MatchString(p.Head.SHA):
		return fmt.Errorf("pull_request.head.sha is %q, want a commit", p.Head.SHA)
	case !shaPattern.MatchString(p.Base.SHA):
		return fmt.Errorf("pull_request.base.sha is %q, want a commit", p.Base.SHA)
	case !isBranch(p.Base.Ref):
		return fmt.Errorf("pull_request.base.ref is %q, want the name of a branch", p.Base.Ref)
	}
	fork := p.Head.Repo == nil || p.Head.Repo.ID != r.RepositoryID
	r.Pull = &Pull{Number: p.Number, Head: p.Head.SHA, Base: p.Base.SHA, BaseRef: p.Base.Ref, Fork: fork}
	return nil
}

func (r *Run) fillQueue(ev event) error {
	g := ev.MergeGroup
	switch {
	case g == nil:
		return errors.New("merge_group is missing")
	case !shaPattern.MatchString(g.HeadSHA):
		return fmt.Errorf("merge_group.head_sha is %q, want a commit", g.HeadSHA)
	case !shaPattern.MatchString(g.BaseSHA):
		return fmt.Errorf("merge_group.base_sha is %q, want a commit", g.BaseSHA)
	}
	r.Queue = &Queue{Head: g.HeadSHA, Base: g.BaseSHA}
	if m := queuePattern.FindStringSubmatch(g.HeadRef); m != nil {
		r.Queue.Number, _ = strconv.Atoi(m[1])
	}
	return nil
}

// isBranch reports whether git would take the name; it becomes part of URLs.
func isBranch(name string) bool {
	if name == "" || len(name) > 255 || strings.Contains(name, "..") || strings.ContainsAny(name, " ~^:?*[\\\x7f") {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })
}

// environment collects what is wrong with the variables that it reads.
type environment struct {
	getenv func(string) string
	faults []error
}

func (e *environment) fault(format string, args ...any) {
	e.faults = append(e.faults, fmt.Errorf(format, args...))
}

func (e *environment) need(name string) string {
	v := e.getenv(name)
	if v == "" {
		e.fault("%s is not set", name)
	}
	return v
}

func (e *environment) number(name string) int64 {
	v := e.need(name)
	n, err := strconv.ParseInt(v, 10, 64)
	if v != "" && (err != nil || n <= 0) {
		e.fault("%s is %q, want a number above 0", name, v)
	}
	return n
}

func (e *environment) sha(name string) string {
	v := e.need(name)
	if v != "" && !shaPattern.MatchString(v) {
		e.fault("%s is %q, want a commit", name, v)
	}
	return v
}

func (e *environment) url(name string) string {
	v := e.need(name)
	u, err := url.Parse(v)
	if v != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "") {
		e.fault("%s is %q, want an https URL", name, v)
	}
	return strings.TrimSuffix(v, "/")
}

func (e *environment) repository(name string) (owner, repo string) {
	v := e.need(name)
	owner, repo, _ = strings.Cut(v, "/")
	if v != "" && !(isName(owner) && isName(repo)) {
		e.fault("%s is %q, want owner/name", name, v)
	}
	return owner, repo
}

func isName(s string) bool { return namePattern.MatchString(s) && s != "." && s != ".." }

// workflow cuts repository and ref from owner/name/.github/workflows/x.yml@ref.
func (e *environment) workflow(name, prefix string) string {
	v := e.getenv(name)
	if v == "" {
		return ""
	}
	path, _, found := strings.Cut(strings.TrimPrefix(v, prefix), "@")
	if !found || !strings.HasPrefix(path, ".github/workflows/") {
		e.fault("%s is %q, want %s.github/workflows/FILE@REF", name, v, prefix)
	}
	return path
}
