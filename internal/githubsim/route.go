package githubsim

import (
	"net/http"
	"net/url"
	"strings"
)

// route is one operation of the REST API.
type route struct {
	method, pattern string
	run             func(*call) (any, *apiError)
	// needs lists the permissions any one of which will do, such as
	// "issues=write"; more than one if an issue may be a pull request.
	needs []string
	// open routes need no repository and no permission.
	open bool
}

// find picks the operation of a request: the first whose pattern fits. A name
// in braces is one segment, which may hold an escaped slash; with dots after
// it, the rest of the path. (http.ServeMux cannot tell /issues/comments/{id}
// from /issues/{number}/comments.)
func find(r *http.Request) route {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for _, candidate := range routes() {
		if candidate.method == r.Method && candidate.match(r, segments) {
			return candidate
		}
	}
	return route{run: func(*call) (any, *apiError) { return nil, notFound() }, open: true}
}

// match says whether the path fits, and keeps the values that it names.
func (o route) match(r *http.Request, segments []string) bool {
	wanted := strings.Split(o.pattern, "/")
	last := len(wanted) - 1
	if strings.HasSuffix(wanted[last], "...}") && len(segments) > last {
		segments = append(segments[:last:last], strings.Join(segments[last:], "/"))
	}
	if len(segments) != len(wanted) {
		return false
	}
	for i, want := range wanted {
		value, err := url.PathUnescape(segments[i])
		switch {
		case err != nil, value == "" && i > 0:
			return false
		case strings.HasPrefix(want, "{"):
			r.SetPathValue(strings.Trim(want, "{.}"), value)
		case want != value:
			return false
		}
	}
	return true
}

const repoPath = "/repos/{owner}/{repo}"

func routes() []route {
	all := []route{
		{method: "GET", pattern: "", run: getRepo, needs: []string{"metadata=read"}},
		{method: "GET", pattern: "/activity", run: listActivity, needs: []string{"contents=read"}},
		{method: "GET", pattern: "/actions/runs/{run}", run: getRun, needs: []string{"actions=read"}},
		{method: "GET", pattern: "/actions/runs/{run}/attempts/{attempt}", run: getRun, needs: []string{"actions=read"}},
	}
	for _, group := range [][]route{pullRoutes(), commitRoutes(), issueRoutes(), labelRoutes(), deploymentRoutes()} {
		all = append(all, group...)
	}
	for i := range all {
		all[i].pattern = repoPath + all[i].pattern
	}
	return append(all, route{method: "GET", pattern: "/rate_limit", run: getRateLimit, open: true})
}

func commitRoutes() []route {
	read := []string{"contents=read"}
	return []route{
		{method: "GET", pattern: "/branches/{branch...}", run: getBranch, needs: read},
		{method: "GET", pattern: "/git/ref/{ref...}", run: getRef, needs: read},
		{method: "GET", pattern: "/commits", run: listCommits, needs: read},
		{method: "GET", pattern: "/commits/{ref...}", run: getCommit, needs: read},
		{method: "GET", pattern: "/compare/{basehead...}", run: compare, needs: read},
	}
}

func pullRoutes() []route {
	read := []string{"pull_requests=read"}
	return []route{
		{method: "GET", pattern: "/commits/{sha}/pulls", run: pullsOfCommit, needs: read},
		{method: "GET", pattern: "/pulls", run: listPulls, needs: read},
		{method: "GET", pattern: "/pulls/{number}", run: getPull, needs: read},
		{method: "GET", pattern: "/pulls/{number}/files", run: listPullFiles, needs: read},
	}
}

func issueRoutes() []route {
	read := []string{"issues=read", "pull_requests=read"}
	write := []string{"issues=write", "pull_requests=write"}
	return []route{
		{method: "GET", pattern: "/issues/comments/{comment}", run: getComment, needs: read},
		{method: "PATCH", pattern: "/issues/comments/{comment}", run: editComment, needs: write},
		{method: "DELETE", pattern: "/issues/comments/{comment}", run: deleteComment, needs: write},
		{method: "GET", pattern: "/issues", run: listIssues, needs: read},
		{method: "POST", pattern: "/issues", run: createIssue, needs: []string{"issues=write"}},
		{method: "GET", pattern: "/issues/{number}", run: getIssue, needs: read},
		{method: "PATCH", pattern: "/issues/{number}", run: editIssue, needs: write},
		{method: "GET", pattern: "/issues/{number}/comments", run: listComments, needs: read},
		{method: "POST", pattern: "/issues/{number}/comments", run: createComment, needs: write},
	}
}

func labelRoutes() []route {
	read := []string{"issues=read", "pull_requests=read"}
	write := []string{"issues=write", "pull_requests=write"}
	return []route{
		{method: "GET", pattern: "/labels", run: listLabels, needs: read},
		{method: "POST", pattern: "/labels", run: createLabel, needs: write},
		{method: "GET", pattern: "/labels/{name}", run: getLabel, needs: read},
		{method: "GET", pattern: "/issues/{number}/labels", run: listIssueLabels, needs: read},
		{method: "POST", pattern: "/issues/{number}/labels", run: addIssueLabels, needs: write},
	}
}

func deploymentRoutes() []route {
	read, write := []string{"deployments=read"}, []string{"deployments=write"}
	return []route{
		{method: "GET", pattern: "/deployments", run: listDeployments, needs: read},
		{method: "POST", pattern: "/deployments", run: createDeployment, needs: write},
		{method: "GET", pattern: "/deployments/{deployment}", run: getDeployment, needs: read},
		{method: "DELETE", pattern: "/deployments/{deployment}", run: deleteDeployment, needs: write},
		{method: "GET", pattern: "/deployments/{deployment}/statuses", run: listStatuses, needs: read},
		{method: "POST", pattern: "/deployments/{deployment}/statuses", run: createStatus, needs: write},
	}
}

// success is the status of an answer that is not an error.
func (c *call) success(out any) int {
	switch {
	case out == nil:
		return http.StatusNoContent
	case c.created:
		return http.StatusCreated
	}
	return http.StatusOK
}
