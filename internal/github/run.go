package github

import (
	"fmt"
	"net/url"
	"strings"
)

// Run is what a workflow run says about itself.
type Run struct {
	Event         string // pull_request, merge_group, push, schedule, workflow_dispatch, ...
	Owner         string
	Repo          string
	RepositoryID  int64
	DefaultBranch string // main; without refs/heads/
	Ref           string // refs/heads/main, refs/pull/12/merge, ...
	SHA           string // the commit of Ref: for a pull request its merge commit
	ID            int64
	Attempt       int    // 1 for the first
	WorkflowPath  string // .github/workflows/apply.yml, or "" where the runner does not say
	ServerURL     string // https://github.com
	APIURL        string // https://api.github.com
	Pull          *Pull  // of a pull_request event, else nil
	Queue         *Queue // of a merge_group event, else nil
}

// Pull is the pull request that a run is about.
type Pull struct {
	Number  int
	Head    string // the head commit
	Base    string // the commit of the target branch
	BaseRef string // the target branch, without refs/heads/
	Fork    bool   // the head is in another repository, or in one that is gone: the token can only read
}

// Queue is the group of a merge queue that a run is about.
type Queue struct {
	Head   string // the commit that becomes the target branch
	Base   string
	Number int // the last pull request of the group, or 0 where the ref does not name it
}

// URL is the page of the run, of this attempt if it is not the first.
func (r Run) URL() string {
	u := fmt.Sprintf("%s/actions/runs/%d", r.page(), r.ID)
	if r.Attempt > 1 {
		u += fmt.Sprintf("/attempts/%d", r.Attempt)
	}
	return u
}

// CommitURL is the page of a commit.
func (r Run) CommitURL(sha string) string {
	return r.page() + "/commit/" + url.PathEscape(sha)
}

// FileURL is the page of a file at a commit, at a line unless line is 0.
func (r Run) FileURL(sha, path string, line int) string {
	u := r.page() + "/blob/" + url.PathEscape(sha) + "/" + escapePath(path)
	if line > 0 {
		u += fmt.Sprintf("#L%d", line)
	}
	return u
}

// PullFilesURL is the page that shows what a pull request changes, or "" for other events.
func (r Run) PullFilesURL() string {
	if r.Pull == nil {
		return ""
	}
	return fmt.Sprintf("%s/pull/%d/files", r.page(), r.Pull.Number)
}

func (r Run) page() string {
	return r.ServerURL + "/" + url.PathEscape(r.Owner) + "/" + url.PathEscape(r.Repo)
}

// defaultRef is the default branch as a ref.
func (r Run) defaultRef() string { return "refs/heads/" + r.DefaultBranch }

// escapePath escapes each part of a path and keeps its slashes. Round brackets
// are escaped too: they would end a link in Markdown.
func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("(", "%28", ")", "%29").Replace(url.PathEscape(p))
	}
	return strings.Join(parts, "/")
}
