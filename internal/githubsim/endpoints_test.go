package githubsim_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// TestEveryEndpoint calls each operation at least once. With the description
// at hand (make contract), requests and answers are held against it.
func TestEveryEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	called := watch(w)
	c := w.wrapped()
	const repo = "/repos/acme/lake"
	pull := w.pull()
	runID, err := w.AddRun("acme/lake", githubsim.Run{HeadBranch: "main", HeadSHA: w.sha["third"], Conclusion: "success", Status: "completed"})
	w.must(err)
	w.must(w.Push("acme/lake", githubsim.Push{Ref: "main", Before: w.sha["second"], After: w.sha["third"], Actor: "ada"}))

	c.want(200, "GET", repo, "")
	c.want(200, "GET", "/rate_limit", "")
	c.want(200, "GET", repo+"/activity?ref=main&per_page=10", "")
	c.want(200, "GET", fmt.Sprintf("%s/actions/runs/%d", repo, runID), "")
	c.want(200, "GET", fmt.Sprintf("%s/actions/runs/%d/attempts/1", repo, runID), "")
	c.want(200, "GET", repo+"/branches/main", "")
	c.want(200, "GET", repo+"/git/ref/heads/main", "")
	c.want(200, "GET", repo+"/commits?sha=main&per_page=2", "")
	c.want(200, "GET", repo+"/commits/heads%2Ftopic", "")
	c.want(200, "GET", repo+"/compare/main...topic", "")
	c.want(200, "GET", repo+"/commits/"+w.sha["topic"]+"/pulls", "")
	c.want(200, "GET", repo+"/pulls?state=all", "")
	c.want(200, "GET", fmt.Sprintf("%s/pulls/%d", repo, pull), "")
	c.want(200, "GET", fmt.Sprintf("%s/pulls/%d/files", repo, pull), "")
	everyIssueEndpoint(c, repo, pull)
	everyDeploymentEndpoint(c, repo)
	for _, pattern := range githubsim.Patterns() {
		if !called[pattern] {
			t.Errorf("%s was not called", pattern)
		}
	}
}

func everyIssueEndpoint(c client, repo string, pull int) {
	c.t.Helper()
	c.want(201, "POST", repo+"/labels", `{"name":"lakeshare","color":"1D76DB","description":"Kept by lakeshare"}`)
	c.want(200, "GET", repo+"/labels", "")
	c.want(200, "GET", repo+"/labels/lakeshare", "")
	made := c.want(201, "POST", repo+"/issues", `{"title":"Drift","body":"Two grants","labels":["lakeshare","drift"]}`)
	issue := fmt.Sprintf("%s/issues/%v", repo, made.object["number"])
	c.want(200, "GET", repo+"/issues?state=all&labels=lakeshare&creator=github-actions%5Bbot%5D", "")
	c.want(200, "GET", fmt.Sprintf("%s/issues/%d", repo, pull), "")
	c.want(200, "POST", issue+"/labels", `{"labels":["urgent"]}`)
	c.want(200, "GET", issue+"/labels", "")
	c.want(200, "PATCH", issue, `{"state":"closed","state_reason":"completed"}`)
	comments := fmt.Sprintf("%s/issues/%d/comments", repo, pull)
	comment := c.want(201, "POST", comments, `{"body":"A plan"}`)
	one := fmt.Sprintf("%s/issues/comments/%.0f", repo, comment.object["id"])
	c.want(200, "GET", comments, "")
	c.want(200, "GET", one, "")
	c.want(200, "PATCH", one, `{"body":"A newer plan"}`)
	c.want(204, "DELETE", one, "")
	c.want(404, "GET", one, "")
}

func everyDeploymentEndpoint(c client, repo string) {
	c.t.Helper()
	made := c.want(201, "POST", repo+"/deployments", `{"ref":"main","task":"lakeshare","environment":"apply",
		"payload":{"version":"1"},"auto_merge":false,"required_contexts":[],"description":"Apply"}`)
	one := fmt.Sprintf("%s/deployments/%.0f", repo, made.object["id"])
	c.want(200, "GET", repo+"/deployments?task=lakeshare&environment=apply", "")
	c.want(200, "GET", one, "")
	c.want(201, "POST", one+"/statuses", `{"state":"in_progress","log_url":"https://example.com/log","description":"Started"}`)
	c.want(201, "POST", one+"/statuses", `{"state":"inactive"}`)
	c.want(200, "GET", one+"/statuses", "")
	c.want(204, "DELETE", one, "")
	c.want(404, "GET", one, "")
}

// watch notes which operation each call was.
func watch(w *world) map[string]bool {
	called := map[string]bool{}
	w.OnCall(func(c githubsim.Call) {
		r, err := http.NewRequestWithContext(w.Context(), c.Method, w.address+c.Path, http.NoBody)
		if err != nil {
			w.Error(err)
			return
		}
		called[githubsim.Pattern(r)] = true
	})
	return called
}
