package githubsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Comment is a comment on an issue or a pull request.
type Comment struct {
	ID      int64
	Number  int // of the issue or pull request
	Body    string
	Author  string // login
	App     string // slug of the app that wrote it, "" for a person
	Created time.Time
	Updated time.Time
}

type comment = Comment

// Comments returns the comments on an issue or pull request, oldest first.
func (s *Server) Comments(repo string, number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return nil
	}
	var all []Comment
	for _, found := range r.comments {
		if found.Number == number {
			all = append(all, *found)
		}
	}
	return all
}

// AddComment lets somebody write a comment, as on GitHub's own pages, and
// returns its id.
func (s *Server) AddComment(repo string, written Comment) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return 0, err
	}
	if r.issue(int64(written.Number)) == nil {
		return 0, fmt.Errorf("%s has no issue or pull request #%d", repo, written.Number)
	}
	written.ID = s.id()
	written.Created, written.Updated = cmp.Or(written.Created, s.now()), cmp.Or(written.Updated, s.now())
	r.comments = append(r.comments, &written)
	return written.ID, nil
}

func (r *repository) countComments(number int) int {
	count := 0
	for _, found := range r.comments {
		if found.Number == number {
			count++
		}
	}
	return count
}

func listComments(c *call) (any, *apiError) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	since, failed := time.Parse(time.RFC3339, c.r.URL.Query().Get("since"))
	if failed != nil {
		since = time.Time{}
	}
	var found []*comment
	for _, one := range c.repo.comments {
		if one.Number == i.Number && !one.Updated.Before(since) {
			found = append(found, one)
		}
	}
	return each(page(c, found), c.commentDocument), nil
}

func (c *call) commentBody() (string, *apiError) {
	var in struct {
		Body *string `json:"body"`
	}
	if err := c.decode(&in); err != nil {
		return "", err
	}
	switch {
	case in.Body == nil:
		return "", unprocessable("Invalid request.\n\n\"body\" wasn't supplied.")
	case strings.TrimSpace(*in.Body) == "":
		return "", invalid("IssueComment", "unprocessable", "data", "Body cannot be blank")
	case utf8.RuneCountInString(*in.Body) > maxBody:
		return "", invalid("IssueComment", "unprocessable", "data", fmt.Sprintf("Body is too long (maximum is %d characters)", maxBody))
	}
	return *in.Body, nil
}

func createComment(c *call) (any, *apiError) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	body, err := c.commentBody()
	if err != nil {
		return nil, err
	}
	made := &comment{
		ID: c.id(), Number: i.Number, Body: body, Author: c.token.Login, App: c.token.App, Created: c.now, Updated: c.now,
	}
	c.repo.comments = append(c.repo.comments, made)
	i.Updated = c.now
	doc := c.commentDocument(made)
	c.located(doc)
	return doc, nil
}

// comment finds the comment that the path names.
func (c *call) comment() (*comment, *apiError) {
	id, err := c.number("comment")
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(c.repo.comments, func(one *comment) bool { return one.ID == id })
	if at < 0 {
		return nil, notFound()
	}
	found := c.repo.comments[at]
	return found, c.permitOn(c.repo.issue(int64(found.Number)))
}

func getComment(c *call) (any, *apiError) {
	found, err := c.comment()
	if err != nil {
		return nil, err
	}
	return c.commentDocument(found), nil
}

func editComment(c *call) (any, *apiError) {
	found, err := c.comment()
	if err != nil {
		return nil, err
	}
	body, err := c.commentBody()
	if err != nil {
		return nil, err
	}
	found.Body, found.Updated = body, c.now
	return c.commentDocument(found), nil
}

func deleteComment(c *call) (any, *apiError) {
	found, err := c.comment()
	if err != nil {
		return nil, err
	}
	c.repo.comments = slices.DeleteFunc(c.repo.comments, func(one *comment) bool { return one == found })
	return nil, nil
}

func (c *call) commentDocument(m *comment) object {
	api := c.base + "/repos/" + c.repo.full()
	self := fmt.Sprintf("%s/issues/comments/%d", api, m.ID)
	kind := "issues"
	if i := c.repo.issue(int64(m.Number)); i.pull != nil {
		kind = "pull"
	}
	return object{
		"id": m.ID, "node_id": nodeID("IC", m.ID), "body": m.Body, "user": c.user(m.Author), "url": self,
		"html_url":  fmt.Sprintf("%s/%s/%s/%d#issuecomment-%d", c.base, c.repo.full(), kind, m.Number, m.ID),
		"issue_url": fmt.Sprintf("%s/issues/%d", api, m.Number), "created_at": stamp(m.Created), "updated_at": stamp(m.Updated),
		"author_association": "NONE", "performed_via_github_app": c.app(m.App), "reactions": reactions(self),
	}
}
