package githubsim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Pull is a pull request.
type Pull struct {
	Number      int // given out if 0; issues and pull requests share numbers
	Title, Body string
	Author      string // login
	Head, Base  string // SHAs
	HeadRef     string // branch
	BaseRef     string // branch; the default branch if empty
	// HeadRepo is where the head branch is, "owner/name", if it is a fork; see Fork.
	HeadRepo string
	Fork     bool
	Draft    bool
	Closed   bool // without being merged
	Merged   bool
	// MergeCommit is the commit that merged it: the merge, the squashed
	// commit, or the last one of a rebase. Before that, the test merge.
	MergeCommit string
	MergedBy    string // login
	MergedAt    time.Time
	// Commits are further commits that belong to it, as those of a rebase.
	Commits []string
	Files   []File // where the repository has no git directory
}

// OpenPull adds a pull request, open unless it says otherwise, and returns its number.
func (s *Server) OpenPull(repo string, p Pull) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return 0, err
	}
	if p.Number == 0 {
		p.Number = r.lastNumber + 1
	}
	if r.issue(int64(p.Number)) != nil {
		return 0, fmt.Errorf("%s has an issue or pull request #%d already", repo, p.Number)
	}
	p.BaseRef = cmp.Or(p.BaseRef, r.DefaultBranch)
	p.HeadRef = cmp.Or(p.HeadRef, fmt.Sprintf("topic-%d", p.Number))
	p.Title = cmp.Or(p.Title, p.HeadRef)
	p.Author = cmp.Or(p.Author, "octocat")
	p.HeadRepo = cmp.Or(p.HeadRepo, r.full())
	if p.Fork && p.HeadRepo == r.full() {
		p.HeadRepo = p.Author + "/" + r.Name
	}
	p.Fork = p.HeadRepo != r.full()
	r.lastNumber = max(r.lastNumber, p.Number)
	i := &issue{Issue: Issue{Number: p.Number, Author: p.Author, Created: s.now()}, id: s.id(), pull: &p, pullID: s.id()}
	i.follow(s.now())
	r.issues = append(r.issues, i)
	return p.Number, nil
}

// MergePull marks a pull request as merged by a commit. It moves no branch: that is Push.
func (s *Server) MergePull(repo string, number int, commit, by string) error {
	return s.EditPull(repo, number, func(p *Pull) {
		p.Merged, p.MergeCommit, p.MergedBy = true, commit, by
		p.MergedAt = cmp.Or(p.MergedAt, s.now())
	})
}

// EditPull changes a pull request: a new head, another title, closed, opened again.
func (s *Server) EditPull(repo string, number int, edit func(*Pull)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.named(repo)
	if err != nil {
		return err
	}
	i := r.issue(int64(number))
	if i == nil || i.pull == nil {
		return fmt.Errorf("%s has no pull request #%d", repo, number)
	}
	edit(i.pull)
	i.follow(s.now())
	return nil
}

// follow copies into the issue what it shows of its pull request.
func (i *issue) follow(now time.Time) {
	p := i.pull
	i.Title, i.Body, i.Updated = p.Title, p.Body, now
	i.State = "open"
	if p.Closed || p.Merged {
		i.State = "closed"
		i.Closed = cmp.Or(i.Closed, cmp.Or(p.MergedAt, now))
	} else {
		i.Closed = time.Time{}
	}
}

// has says whether a commit belongs to the pull request.
func (r *repository) pullHas(p *Pull, sha string) bool {
	if sha == p.Head || p.Merged && sha == p.MergeCommit || slices.Contains(p.Commits, sha) {
		return true
	}
	return r.Dir != "" && r.contains(p.Head, sha) && !r.contains(p.Base, sha)
}

// pullsOfCommit lists the merged pull requests of a commit that is on the
// default branch, and all that have it otherwise.
func pullsOfCommit(c *call) (any, *apiError) {
	name := c.r.PathValue("sha")
	sha := c.repo.resolve(name)
	if sha == "" {
		return nil, unprocessable("No commit found for SHA: %s", name)
	}
	arrived := c.repo.contains(c.repo.ref("refs/heads/"+c.repo.DefaultBranch), sha)
	var found []*issue
	for _, i := range c.repo.issues {
		if i.pull != nil && c.repo.pullHas(i.pull, sha) && (i.pull.Merged || !arrived) {
			found = append(found, i)
		}
	}
	return each(page(c, found), c.pullSimple), nil
}

func listPulls(c *call) (any, *apiError) {
	query := c.r.URL.Query()
	state := cmp.Or(query.Get("state"), "open")
	var found []*issue
	for _, i := range c.repo.issues {
		if i.pull == nil || state != "all" && i.State != state || query.Has("base") && i.pull.BaseRef != query.Get("base") ||
			query.Has("head") && c.pullLabel(i.pull) != query.Get("head") {
			continue
		}
		found = append(found, i)
	}
	newest(query, found)
	return each(page(c, found), c.pullSimple), nil
}

func (c *call) pull() (*issue, *apiError) {
	number, err := c.number("number")
	if err != nil {
		return nil, err
	}
	i := c.repo.issue(number)
	if i == nil || i.pull == nil {
		return nil, notFound()
	}
	return i, nil
}

func getPull(c *call) (any, *apiError) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	return c.pullDocument(i)
}

func listPullFiles(c *call) (any, *apiError) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	files, err := c.pullFiles(i.pull)
	if err != nil {
		return nil, err
	}
	// GitHub lists 3000 files at most and does not say that there are more.
	return each(page(c, files[:min(len(files), 3000)]), c.fileDocument(i.pull.Head)), nil
}
