package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	gh "github.com/google/go-github/v89/github"
)

// Change is what a call changed on GitHub.
type Change string

// The changes of comments and issues.
const (
	Created   Change = "created"
	Edited    Change = "edited"
	Reopened  Change = "reopened" // issues only
	Closed    Change = "closed"   // issues only
	Unchanged Change = "unchanged"
	Absent    Change = "absent" // there is none, and none was asked for
)

// Result says what became of a comment.
type Result struct {
	Change Change
	URL    string // "" if Absent
}

type comment struct {
	gh.IssueComment
	App *gh.App `json:"performed_via_github_app"`
}

// Comment writes the one comment with this key on a pull request or issue: it
// creates it, or edits the newest of ours that begins with the key's marker.
// Other people's comments are never edited, whatever they contain. Older ones of
// ours are replaced by a pointer. The error is a [*RefusedError] where the token
// may not comment.
func (c *Client) Comment(ctx context.Context, number int, key, body string) (Result, error) {
	return c.comment(ctx, number, key, body, true)
}

// Update is Comment where only an existing comment matters: it creates none.
func (c *Client) Update(ctx context.Context, number int, key, body string) (Result, error) {
	return c.comment(ctx, number, key, body, false)
}

func (c *Client) comment(ctx context.Context, number int, key, body string, create bool) (Result, error) {
	body, err := mark(key, body)
	if err != nil {
		return Result{}, err
	}
	mine, err := c.ownComments(ctx, number, key)
	if err != nil {
		return Result{}, err
	}
	switch {
	case len(mine) > 0:
		return c.renew(ctx, number, mine, body)
	case !create:
		return Result{Change: Absent}, nil
	}
	r := request{
		method: http.MethodPost, path: c.path("issues/%d/comments", number), body: map[string]string{"body": body},
		what: fmt.Sprintf("comment on #%d", number), needs: "pull-requests: write",
	}
	made, found, err := createOnce(ctx, c, r, func() (*comment, error) {
		mine, err := c.ownComments(ctx, number, key)
		if err != nil || len(mine) == 0 {
			return nil, err
		}
		return mine[0], nil
	})
	if err != nil {
		return Result{}, err
	}
	if found && !same(made.GetBody(), body) { // another run was faster
		return c.renew(ctx, number, []*comment{made}, body)
	}
	return Result{Created, made.GetHTMLURL()}, nil
}

// ownComments are the comments of ours with the key, newest first.
func (c *Client) ownComments(ctx context.Context, number int, key string) ([]*comment, error) {
	everything, err := all[*comment](ctx, c, request{
		path: c.path("issues/%d/comments", number), what: fmt.Sprintf("list the comments of #%d", number), needs: "pull-requests: write",
	})
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(everything, func(x *comment) bool {
		return x == nil || !c.isOurs(x.User, x.App) || !isMarked(key, x.GetBody())
	})
	slices.SortFunc(mine, func(a, b *comment) int { return cmp.Compare(b.GetID(), a.GetID()) })
	return slices.CompactFunc(mine, func(a, b *comment) bool { return a.GetID() == b.GetID() }), nil
}

// renew edits the first of the comments if that changes anything, and lets the
// others point to it. They lose the marker with that and are not met again.
func (c *Client) renew(ctx context.Context, number int, mine []*comment, body string) (Result, error) {
	out := Result{Unchanged, mine[0].GetHTMLURL()}
	if !same(mine[0].GetBody(), body) {
		if err := c.editComment(ctx, number, mine[0], body); err != nil {
			return Result{}, err
		}
		out.Change = Edited
	}
	for _, old := range mine[1:] {
		if err := c.editComment(ctx, number, old, "Superseded by "+out.URL); err != nil {
			c.opt.Log.Warn("an older comment of lakeshare stays as it is", "url", old.GetHTMLURL(), "error", err)
		}
	}
	return out, nil
}

func (c *Client) editComment(ctx context.Context, number int, old *comment, body string) error {
	_, _, err := do[*comment](ctx, c, request{
		method: http.MethodPatch, path: c.path("issues/comments/%d", old.GetID()), body: map[string]string{"body": body},
		what: fmt.Sprintf("edit the comment on #%d", number), needs: "pull-requests: write",
	})
	return err
}

// createOnce creates something of which there must never be two. Where the
// answer is lost it looks before it tries again; found says that it was there.
func createOnce[T any](ctx context.Context, c *Client, r request, find func() (*T, error)) (made *T, found bool, err error) {
	for tries := 1; ; tries++ {
		made, _, err = do[*T](ctx, c, r)
		if err == nil || !isUncertain(err) {
			return made, false, err
		}
		if sleepErr := c.opt.Sleep(ctx, 2*tryAgain); sleepErr != nil {
			return nil, false, err
		}
		there, findErr := find()
		if findErr != nil || there != nil {
			return there, true, findErr
		}
		if tries == maxTries {
			return nil, false, err
		}
	}
}
