package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	gh "github.com/google/go-github/v89/github"
)

// Issue is what the one issue with a key should be.
type Issue struct {
	Key   string // says which of ours, "drift:." for instance
	Label string // is created if it is missing
	Title string // at most 256 characters count
	Body  string // left as it is when "" and the issue closes
	Open  bool
	Note  string // a comment for when it reopens or closes; "" for none
}

// IssueResult says what became of an issue.
type IssueResult struct {
	Change Change
	Number int // 0 if Absent
	URL    string
}

const maxTitle = 256

// Issue brings the issue with a key to what is asked for. Ours is what we wrote,
// with the label and the key's marker; others' issues are left alone. Of several
// the newest counts, and the others are closed with a pointer to it. Nothing is
// written where nothing differs. It needs issues: write.
func (c *Client) Issue(ctx context.Context, want Issue) (IssueResult, error) {
	if want.Label == "" || strings.Contains(want.Label, ",") {
		return IssueResult{}, fmt.Errorf("label %q for issues: want a name without a comma", want.Label)
	}
	body, err := mark(want.Key, want.Body)
	if err != nil {
		return IssueResult{}, err
	}
	want.Title = clip(clean(want.Title, keepNothing), maxTitle)
	mine, err := c.ownIssues(ctx, want)
	if err != nil {
		return IssueResult{}, err
	}
	switch {
	case len(mine) > 0:
		return c.renewIssue(ctx, mine, want, body)
	case !want.Open:
		return IssueResult{Change: Absent}, nil
	}
	return c.openIssue(ctx, want, body)
}

// ownIssues are the issues of ours with label and key, newest first.
func (c *Client) ownIssues(ctx context.Context, want Issue) ([]*gh.Issue, error) {
	everything, err := all[*gh.Issue](ctx, c, request{
		path:  c.path("issues"),
		query: url.Values{"labels": {want.Label}, "state": {"all"}},
		what:  fmt.Sprintf("list the issues with label %q", want.Label), needs: "issues: write",
	})
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(everything, func(i *gh.Issue) bool {
		return i == nil || i.IsPullRequest() || !c.isOurs(i.User, i.PerformedViaGithubApp) || !isMarked(want.Key, i.GetBody())
	})
	slices.SortFunc(mine, func(a, b *gh.Issue) int { return cmp.Compare(b.GetNumber(), a.GetNumber()) })
	return slices.CompactFunc(mine, func(a, b *gh.Issue) bool { return a.GetNumber() == b.GetNumber() }), nil
}

func (c *Client) openIssue(ctx context.Context, want Issue, body string) (IssueResult, error) {
	if err := c.ensureLabel(ctx, want.Label); err != nil {
		return IssueResult{}, err
	}
	r := request{
		method: http.MethodPost, path: c.path("issues"), what: "open an issue", needs: "issues: write",
		body: gh.IssueRequest{Title: &want.Title, Body: &body, Labels: &[]string{want.Label}},
	}
	made, found, err := createOnce(ctx, c, r, func() (*gh.Issue, error) {
		mine, err := c.ownIssues(ctx, want)
		if err != nil || len(mine) == 0 {
			return nil, err
		}
		return mine[0], nil
	})
	if err != nil {
		return IssueResult{}, err
	}
	if found && !(same(made.GetBody(), body) && made.GetTitle() == want.Title) { // another run was faster
		return c.renewIssue(ctx, []*gh.Issue{made}, want, body)
	}
	return IssueResult{Created, made.GetNumber(), made.GetHTMLURL()}, nil
}

// ensureLabel looks before it creates, so that a label that somebody has
// coloured stays as it is.
func (c *Client) ensureLabel(ctx context.Context, label string) error {
	_, _, err := do[*gh.Label](ctx, c, request{
		path: c.path("labels/%s", url.PathEscape(label)), what: fmt.Sprintf("look up the label %q", label), needs: "issues: write",
	})
	if status(err) != http.StatusNotFound {
		return err
	}
	_, _, err = do[*gh.Label](ctx, c, request{
		method: http.MethodPost, path: c.path("labels"), what: fmt.Sprintf("create the label %q", label), needs: "issues: write",
		body:     map[string]string{"name": label, "color": "d4a72c", "description": "Kept by lakeshare"},
		harmless: true, // a name is taken once
	})
	if status(err) == http.StatusUnprocessableEntity {
		return nil // another run was faster; opening the issue tells if it was something else
	}
	return err
}

// renewIssue edits, opens or closes the newest and closes the others.
func (c *Client) renewIssue(ctx context.Context, mine []*gh.Issue, want Issue, body string) (IssueResult, error) {
	newest := mine[0]
	out := IssueResult{Unchanged, newest.GetNumber(), newest.GetHTMLURL()}
	edit := gh.IssueRequest{}
	isOpen := newest.GetState() == "open"
	if want.Open && newest.GetTitle() != want.Title {
		edit.Title, out.Change = &want.Title, Edited
	}
	if (want.Open || isOpen && want.Body != "") && !same(newest.GetBody(), body) {
		edit.Body, out.Change = &body, Edited
	}
	switch {
	case want.Open && !isOpen:
		edit.State, out.Change = ptr("open"), Reopened
	case !want.Open && isOpen:
		edit.State, edit.StateReason, out.Change = ptr("closed"), ptr("completed"), Closed
	}
	if out.Change != Unchanged {
		if err := c.editIssue(ctx, newest, edit); err != nil {
			return IssueResult{}, err
		}
	}
	if edit.State != nil && want.Note != "" {
		c.note(ctx, newest, want.Note)
	}
	for _, old := range mine[1:] {
		pointer := gh.IssueRequest{Body: ptr(fmt.Sprintf("Superseded by #%d", out.Number)), State: ptr("closed"), StateReason: ptr("not_planned")}
		if err := c.editIssue(ctx, old, pointer); err != nil {
			c.opt.Log.Warn("an older issue of lakeshare stays as it is", "url", old.GetHTMLURL(), "error", err)
		}
	}
	return out, nil
}

func (c *Client) editIssue(ctx context.Context, i *gh.Issue, edit gh.IssueRequest) error {
	_, _, err := do[*gh.Issue](ctx, c, request{
		method: http.MethodPatch, path: c.path("issues/%d", i.GetNumber()), body: edit,
		what: fmt.Sprintf("edit issue #%d", i.GetNumber()), needs: "issues: write",
	})
	return err
}

// note says why the state changed. The change itself is done by now and is not
// done again, so a note that fails is only logged.
func (c *Client) note(ctx context.Context, i *gh.Issue, text string) {
	_, _, err := do[*comment](ctx, c, request{
		method: http.MethodPost, path: c.path("issues/%d/comments", i.GetNumber()), body: map[string]string{"body": clip(text, MaxBody)},
		what: fmt.Sprintf("comment on #%d", i.GetNumber()), needs: "issues: write",
	})
	if err != nil {
		c.opt.Log.Warn("no note on the issue", "url", i.GetHTMLURL(), "error", err)
	}
}
