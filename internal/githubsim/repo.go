package githubsim

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
)

// Repo is a repository.
type Repo struct {
	Owner, Name   string
	ID            int64  // given out if 0
	OwnerID       int64  // made of the owner's name if 0
	DefaultBranch string // "main" if empty
	// Dir is a bare git repository: commits and refs are read from it, and it
	// is served over git's HTTP protocol. Without it refs are those that Push
	// set, commits have no content, and nobody can clone.
	Dir string
}

// repository is a repository with all that GitHub keeps about it.
type repository struct {
	Repo
	created     string
	refs        map[string]string // where there is no Dir
	lastNumber  int               // of issues and pull requests
	issues      []*issue
	comments    []*comment
	labels      []*label
	deployments []*deployment
	runs        []Run
	activity    []activity
}

// AddRepo adds a repository, or replaces the one of that name.
func (s *Server) AddRepo(r Repo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.DefaultBranch = cmp.Or(r.DefaultBranch, "main")
	r.OwnerID = cmp.Or(r.OwnerID, userID(r.Owner))
	if abs, err := filepath.Abs(r.Dir); r.Dir != "" && err == nil {
		r.Dir = abs // git's server runs elsewhere
	}
	if r.ID == 0 {
		r.ID = s.id()
	}
	s.repos[strings.ToLower(r.full())] = &repository{Repo: r, created: stamp(s.now()), refs: map[string]string{}}
}

func (r Repo) full() string { return r.Owner + "/" + r.Name }

// named finds a repository for a test; its caller holds the lock.
func (s *Server) named(name string) (*repository, error) {
	if r := s.repos[strings.ToLower(name)]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("there is no repository %q: add it with AddRepo", name)
}

func getRepo(c *call) (any, *apiError) {
	doc := c.repoDocument(c.repo.Repo)
	doc["network_count"], doc["subscribers_count"] = 0, 0
	return doc, nil
}

// repoDocument has the keys of GitHub's full repository and of its short forms.
func (c *call) repoDocument(r Repo) object {
	api := c.base + "/repos/" + r.full()
	html := c.base + "/" + r.full()
	doc := object{
		"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.Name, "full_name": r.full(), "private": true,
		"visibility": "private", "owner": c.owner(r), "html_url": html, "description": nil, "fork": false, "url": api,
		"git_url": "git://" + c.r.Host + "/" + r.full() + ".git", "ssh_url": "git@" + c.r.Host + ":" + r.full() + ".git",
		"clone_url": html + ".git", "svn_url": html, "mirror_url": nil, "homepage": nil, "language": nil, "license": nil,
		"default_branch": r.DefaultBranch, "archived": false, "disabled": false, "is_template": false,
		"has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": false,
		"has_discussions": false, "allow_forking": true, "web_commit_signoff_required": false, "topics": []string{},
		"pushed_at": stamp(c.now), "created_at": c.repo.created, "updated_at": stamp(c.now), "size": 1,
		"permissions": object{"admin": false, "push": false, "pull": true},
	}
	for _, count := range []string{"forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count", "watchers", "watchers_count"} {
		doc[count] = 0
	}
	for key, path := range repoAddresses {
		doc[key] = api + path
	}
	return doc
}

// repoAddresses are the addresses below a repository that its document lists.
var repoAddresses = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
	"branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
	"comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
	"contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
	"downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}",
	"git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks",
	"issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
	"languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}",
}
