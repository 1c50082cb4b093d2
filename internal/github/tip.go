package github

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v89/github"
)

// Tip returns the head of the default branch as it is now.
func (c *Client) Tip(ctx context.Context) (string, error) {
	what := "look up the head of " + c.run.DefaultBranch
	ref, _, err := do[*gh.Reference](ctx, c, request{
		path: c.path("git/ref/heads/%s", escapePath(c.run.DefaultBranch)), what: what, needs: "contents: read",
	})
	if err != nil {
		return "", err
	}
	sha := ref.GetObject().GetSHA()
	if ref.GetRef() != c.run.defaultRef() || !shaPattern.MatchString(sha) {
		return "", fmt.Errorf("%s on GitHub: the answer is about %q at %q", what, clean(ref.GetRef(), keepNothing), clean(sha, keepNothing))
	}
	return sha, nil
}

// PullHead returns the head commit of a pull request as it is now.
func (c *Client) PullHead(ctx context.Context, number int) (string, error) {
	pull, _, err := do[*gh.PullRequest](ctx, c, request{
		path: c.path("pulls/%d", number), what: fmt.Sprintf("look at pull request %d", number), needs: "pull-requests: read",
	})
	if err != nil {
		return "", err
	}
	return pull.GetHead().GetSHA(), nil
}
