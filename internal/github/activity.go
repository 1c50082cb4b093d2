package github

import (
	"context"
	"net/url"

	gh "github.com/google/go-github/v89/github"
)

// maxPushes is how far back the pushes of the default branch are searched.
const maxPushes = 5000

// wasOnBranch reports whether a commit is on the default branch or was its head once.
func (j *judge) wasOnBranch(ctx context.Context, sha string) (bool, error) {
	if on, known := j.on[sha]; known || !shaPattern.MatchString(sha) {
		return on, nil
	}
	on, err := j.git.OnBranch(sha)
	if err != nil {
		return false, err
	}
	if !on && j.pushed == nil {
		if j.pushed, err = j.c.heads(ctx); err != nil {
			return false, err
		}
	}
	j.on[sha] = on || j.pushed[sha]
	return j.on[sha], nil
}

// heads are the commits that the default branch has had as its head, as far as
// GitHub and maxPushes remember. A force-push does not remove them.
func (c *Client) heads(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	pushes := 0
	for a, err := range list[*gh.RepositoryActivity](ctx, c, request{
		path: c.path("activity"), query: url.Values{"ref": {c.run.defaultRef()}},
		what: "list the pushes to " + c.run.DefaultBranch, needs: "contents: read",
	}) {
		if err != nil {
			return nil, err
		}
		if pushes++; pushes > maxPushes {
			break
		}
		if a != nil && a.Ref == c.run.defaultRef() {
			out[a.Before], out[a.After] = true, true
		}
	}
	return out, nil
}
