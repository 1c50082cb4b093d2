package githubsim

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What GitHub takes, in characters; its description does not say so.
const (
	maxBody   = 65536
	maxTitle  = 256
	maxLabel  = 50
	maxDetail = 140 // the description of a deployment's status
	maxText   = 65535
)

// Issue is an issue, or what a pull request shows as one.
type Issue struct {
	Number      int
	Title, Body string
	State       string // open or closed
	StateReason string // completed, not_planned, reopened, duplicate or ""
	Author      string // login
	App         string // slug of the app that opened it, "" for a person
	Labels      []string
	Created     time.Time
	Updated     time.Time
	Closed      time.Time // zero while it is open
}

type issue struct {
	Issue
	id, pullID int64
	closedBy   string
	pull       *Pull // nil for an issue that is none
}

// Issues returns the issues of a repository that are no pull requests.
func (s *Server) Issues(repo string) []Issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return nil
	}
	var all []Issue
	for _, i := range r.issues {
		if i.pull == nil {
			copied := i.Issue
			copied.Labels = slices.Clone(i.Labels)
			all = append(all, copied)
		}
	}
	return all
}

func (r *repository) issue(number int64) *issue {
	for _, i := range r.issues {
		if int64(i.Number) == number {
			return i
		}
	}
	return nil
}

// issue finds the issue that the path names, and asks for the permission that
// its kind needs: that for issues does for pull requests too, not the other
// way round.
func (c *call) issue() (*issue, *apiError) {
	number, err := c.number("number")
	if err != nil {
		return nil, err
	}
	i := c.repo.issue(number)
	if i == nil {
		return nil, notFound()
	}
	return i, c.permitOn(i)
}

func (c *call) permitOn(i *issue) *apiError {
	if i.pull != nil {
		return nil
	}
	return c.permit(c.needs[0])
}

func listIssues(c *call) (any, *apiError) {
	query := c.r.URL.Query()
	state := cmp.Or(query.Get("state"), "open")
	since, err := time.Parse(time.RFC3339, query.Get("since"))
	if query.Has("since") && err != nil {
		return nil, invalid("Issue", "invalid", "since", "")
	}
	if !slices.Contains([]string{"open", "closed", "all"}, state) {
		return nil, invalid("Issue", "invalid", "state", "")
	}
	var found []*issue
	for _, i := range c.repo.issues {
		if state != "all" && i.State != state || i.Updated.Before(since) ||
			query.Has("creator") && !strings.EqualFold(i.Author, query.Get("creator")) || !i.labelled(query.Get("labels")) ||
			c.permitOn(i) != nil {
			continue
		}
		found = append(found, i)
	}
	newest(query, found)
	return each(page(c, found), c.issueDocument), nil
}

// labelled says whether an issue has each label of a list with commas.
func (i *issue) labelled(list string) bool {
	for name := range strings.SplitSeq(list, ",") {
		if name != "" && !slices.ContainsFunc(i.Labels, func(l string) bool { return strings.EqualFold(l, strings.TrimSpace(name)) }) {
			return false
		}
	}
	return true
}

// newest sorts as GitHub does: by creation, or as asked, newest first.
func newest(query url.Values, found []*issue) {
	slices.SortStableFunc(found, func(a, b *issue) int {
		order := a.Created.Compare(b.Created)
		switch query.Get("sort") {
		case "updated":
			order = a.Updated.Compare(b.Updated)
		case "comments":
			order = 0
		}
		order = cmp.Or(order, cmp.Compare(a.Number, b.Number))
		if query.Get("direction") == "asc" {
			return order
		}
		return -order
	})
}

// issueInput is the body of a call; nil is what was left out.
type issueInput struct {
	Title       *string  `json:"title"`
	Body        *string  `json:"body"`
	State       *string  `json:"state"`
	StateReason *string  `json:"state_reason"`
	Labels      []string `json:"labels"`
}

func (in issueInput) check() *apiError {
	switch {
	case in.Title != nil && strings.TrimSpace(*in.Title) == "":
		return invalid("Issue", "missing_field", "title", "")
	case in.Title != nil && utf8.RuneCountInString(*in.Title) > maxTitle:
		return invalid("Issue", "custom", "title", fmt.Sprintf("title is too long (maximum is %d characters)", maxTitle))
	case in.Body != nil && utf8.RuneCountInString(*in.Body) > maxBody:
		return invalid("Issue", "custom", "body", fmt.Sprintf("body is too long (maximum is %d characters)", maxBody))
	case in.State != nil && *in.State != "open" && *in.State != "closed":
		return invalid("Issue", "invalid", "state", "")
	}
	return nil
}

func createIssue(c *call) (any, *apiError) {
	var in issueInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Title == nil {
		return nil, unprocessable("Invalid request.\n\n\"title\" wasn't supplied.")
	}
	in.State = nil // only for editing
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := c.ensureLabels(in.Labels); err != nil {
		return nil, err
	}
	c.repo.lastNumber++
	i := &issue{id: c.id(), Issue: Issue{
		Number: c.repo.lastNumber, Title: *in.Title, State: "open", Author: c.token.Login, App: c.token.App,
		Labels: in.Labels, Created: c.now, Updated: c.now,
	}}
	if in.Body != nil {
		i.Body = *in.Body
	}
	c.repo.issues = append(c.repo.issues, i)
	doc := c.issueDocument(i)
	c.located(doc)
	return doc, nil
}

// located makes the answer a 201 with the address of what was made.
func (c *call) located(doc object) {
	c.created = true
	c.header.Set("Location", doc["url"].(string))
}

func getIssue(c *call) (any, *apiError) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return c.issueDocument(i), nil
}

func editIssue(c *call) (any, *apiError) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	var in issueInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if i.pull != nil && i.pull.Merged && in.State != nil && *in.State == "open" {
		return nil, invalid("Issue", "invalid", "state", "state cannot be changed. The pull request was merged.")
	}
	if err := c.ensureLabels(in.Labels); err != nil {
		return nil, err
	}
	if in.Title != nil {
		i.Title = *in.Title
	}
	if in.Body != nil {
		i.Body = *in.Body
	}
	if in.Labels != nil {
		i.Labels = in.Labels
	}
	if in.State != nil && *in.State != i.State {
		i.turn(c, in)
	}
	i.Updated = c.now
	if i.pull != nil {
		i.pull.Title, i.pull.Body, i.pull.Closed = i.Title, i.Body, i.State == "closed" && !i.pull.Merged
	}
	return c.issueDocument(i), nil
}

// turn closes an issue or opens it again.
func (i *issue) turn(c *call, in issueInput) {
	i.State, i.StateReason, i.Closed, i.closedBy = *in.State, "reopened", time.Time{}, ""
	if i.State == "closed" {
		i.StateReason, i.Closed, i.closedBy = "completed", c.now, c.token.Login
	}
	if in.StateReason != nil && *in.StateReason != "" {
		i.StateReason = *in.StateReason
	}
}

func (c *call) issueDocument(i *issue) object {
	api := c.base + "/repos/" + c.repo.full()
	self := fmt.Sprintf("%s/issues/%d", api, i.Number)
	doc := object{
		"id": i.id, "node_id": nodeID("I", i.id), "number": i.Number, "title": i.Title, "body": textOrNull(i.Body),
		"state": i.State, "state_reason": textOrNull(i.StateReason), "locked": false, "active_lock_reason": nil,
		"user": c.user(i.Author), "labels": c.labelDocuments(i), "assignee": nil, "assignees": []any{}, "milestone": nil,
		"comments": c.repo.countComments(i.Number), "created_at": stamp(i.Created), "updated_at": stamp(i.Updated),
		"closed_at": stampOrNull(i.Closed), "closed_by": c.user(i.closedBy), "author_association": "NONE",
		"performed_via_github_app": c.app(i.App), "url": self, "repository_url": api, "labels_url": self + "/labels{/name}",
		"comments_url": self + "/comments", "events_url": self + "/events", "timeline_url": self + "/timeline",
		"html_url":  fmt.Sprintf("%s/%s/issues/%d", c.base, c.repo.full(), i.Number),
		"reactions": reactions(self),
	}
	if i.pull != nil {
		html := fmt.Sprintf("%s/%s/pull/%d", c.base, c.repo.full(), i.Number)
		doc["html_url"], doc["draft"] = html, i.pull.Draft
		doc["pull_request"] = object{
			"url": fmt.Sprintf("%s/pulls/%d", api, i.Number), "html_url": html, "diff_url": html + ".diff",
			"patch_url": html + ".patch", "merged_at": stampOrNull(i.pull.MergedAt),
		}
	}
	return doc
}

func reactions(self string) object {
	doc := object{"url": self + "/reactions", "total_count": 0}
	for _, name := range []string{"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"} {
		doc[name] = 0
	}
	return doc
}
