package github

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	gh "github.com/google/go-github/v89/github"
)

const (
	maxCommits  = 250
	comparePage = 100
)

// MergedPulls returns the numbers of the pull requests that were merged into the
// default branch between two commits, ascending. Without a base, or with one
// that GitHub does not know any more, only the tip is looked at. Only commits on
// the branch's own line are asked about, one request each: a merge commit stands
// for what it brings. Of more than 250 commits the newest 250 count.
func (c *Client) MergedPulls(ctx context.Context, base, tip string) ([]int, error) {
	for _, sha := range []string{base, tip} {
		if !shaPattern.MatchString(sha) && !(sha == "" && sha == base) {
			return nil, fmt.Errorf("look for merged pull requests: %q is not a commit", sha)
		}
	}
	commits := []string{tip}
	if base != "" {
		between, err := c.between(ctx, base, tip)
		switch {
		case status(err) == http.StatusNotFound:
		case err != nil:
			return nil, err
		default:
			commits = line(between, tip)
		}
	}
	numbers := map[int]bool{}
	for _, sha := range commits {
		for p, err := range list[*gh.PullRequest](ctx, c, request{
			path: c.path("commits/%s/pulls", sha), what: "look up the pull requests of " + short(sha), needs: "pull-requests: read",
		}) {
			if err != nil {
				return nil, err
			}
			if b := p.GetBase(); p.MergedAt != nil && b.GetRef() == c.run.DefaultBranch && b.GetRepo().GetID() == c.run.RepositoryID {
				numbers[p.GetNumber()] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(numbers)), nil
}

// between returns the newest commits that the tip has and the base lacks, oldest
// first. GitHub pages them from the oldest, so the last pages are fetched.
func (c *Client) between(ctx context.Context, base, tip string) ([]*gh.RepositoryCommit, error) {
	at := func(n int) (*gh.CommitsComparison, error) {
		out, _, err := do[*gh.CommitsComparison](ctx, c, request{
			path:  c.path("compare/%s...%s", base, tip),
			query: url.Values{"per_page": {fmt.Sprint(comparePage)}, "page": {fmt.Sprint(n)}},
			what:  fmt.Sprintf("compare %s with %s", short(base), short(tip)), needs: "contents: read",
		})
		return out, err
	}
	first, err := at(1)
	if err != nil {
		return nil, err
	}
	total := first.GetTotalCommits()
	commits := first.Commits
	for n := max(2, (total-maxCommits)/comparePage+1); n <= (total+comparePage-1)/comparePage; n++ {
		next, err := at(n)
		if err != nil {
			return nil, err
		}
		commits = append(commits, next.Commits...)
	}
	return commits[max(0, len(commits)-maxCommits):], nil
}

// line walks from the tip along first parents, as far as the commits reach.
func line(commits []*gh.RepositoryCommit, tip string) []string {
	parent := map[string]string{}
	for _, c := range commits {
		if c != nil && len(c.Parents) > 0 && c.Parents[0] != nil {
			parent[c.GetSHA()] = c.Parents[0].GetSHA()
		} else {
			parent[c.GetSHA()] = ""
		}
	}
	var out []string
	for sha := tip; ; {
		next, ok := parent[sha]
		if !ok {
			return out
		}
		out = append(out, sha)
		delete(parent, sha) // an answer in a circle ends too
		sha = next
	}
}
