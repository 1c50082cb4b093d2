package githubsim

import (
	"fmt"
	"net/http"
	"strings"
)

// pullFiles lists what the pull request changes since it left its base.
func (c *call) pullFiles(p *Pull) ([]File, *apiError) {
	if c.repo.Dir == "" {
		return p.Files, nil
	}
	middle, err := c.repo.git("merge-base", p.Base, p.Head)
	if err != nil {
		return nil, fail(http.StatusUnprocessableEntity, "Sorry, this diff is unavailable: %v", err)
	}
	files, err := c.repo.changed(strings.TrimSpace(middle), p.Head)
	if err != nil {
		return nil, fail(http.StatusInternalServerError, "%v", err)
	}
	return files, nil
}

func (c *call) pullLabel(p *Pull) string {
	owner, _, _ := strings.Cut(p.HeadRepo, "/")
	return owner + ":" + p.HeadRef
}

// pullSimple is the document of a pull request in a list.
func (c *call) pullSimple(i *issue) object {
	p := i.pull
	api := c.base + "/repos/" + c.repo.full()
	self := fmt.Sprintf("%s/pulls/%d", api, p.Number)
	of := fmt.Sprintf("%s/issues/%d", api, p.Number)
	html := fmt.Sprintf("%s/%s/pull/%d", c.base, c.repo.full(), p.Number)
	head := c.repo.Repo
	if p.Fork {
		owner, name, _ := strings.Cut(p.HeadRepo, "/")
		head = Repo{Owner: owner, Name: name, ID: userID(p.HeadRepo), OwnerID: userID(owner), DefaultBranch: c.repo.DefaultBranch}
	}
	doc := object{
		"id": i.pullID, "node_id": nodeID("PR", i.pullID), "number": p.Number, "state": i.State, "locked": false,
		"title": i.Title, "body": textOrNull(i.Body), "user": c.user(p.Author), "labels": c.labelDocuments(i),
		"assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{},
		"milestone": nil, "author_association": "CONTRIBUTOR", "auto_merge": nil, "active_lock_reason": nil,
		"draft": p.Draft, "created_at": stamp(i.Created), "updated_at": stamp(i.Updated),
		"closed_at": stampOrNull(i.Closed), "merged_at": stampOrNull(p.MergedAt), "merge_commit_sha": textOrNull(p.MergeCommit),
		"url": self, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "issue_url": of,
		"commits_url": self + "/commits", "review_comments_url": self + "/comments",
		"review_comment_url": api + "/pulls/comments{/number}", "comments_url": of + "/comments",
		"statuses_url": api + "/statuses/" + p.Head,
		"head":         c.pullEnd(head, p.HeadRef, p.Head), "base": c.pullEnd(c.repo.Repo, p.BaseRef, p.Base),
	}
	links := object{"html": object{"href": html}, "issue": object{"href": of}, "self": object{"href": self}}
	for name, key := range map[string]string{
		"comments": "comments_url", "review_comments": "review_comments_url", "review_comment": "review_comment_url",
		"commits": "commits_url", "statuses": "statuses_url",
	} {
		links[name] = object{"href": doc[key]}
	}
	doc["_links"] = links
	return doc
}

func (c *call) pullEnd(r Repo, ref, sha string) object {
	doc := c.repoDocument(r)
	user := c.owner(r)
	if r.ID != c.repo.ID {
		doc["fork"], user = true, c.account(r.Owner, r.OwnerID, "User")
	}
	return object{"label": r.Owner + ":" + ref, "ref": ref, "sha": sha, "user": user, "repo": doc}
}

// pullDocument is the document of one pull request, which counts its changes too.
func (c *call) pullDocument(i *issue) (object, *apiError) {
	p := i.pull
	files, err := c.pullFiles(p)
	if err != nil {
		return nil, err
	}
	doc := c.pullSimple(i)
	added, deleted := 0, 0
	for _, f := range files {
		added, deleted = added+f.Additions, deleted+f.Deletions
	}
	commits := max(1, len(p.Commits))
	if c.repo.Dir != "" {
		if listed, err := c.repo.log(p.Base + ".." + p.Head); err == nil {
			commits = len(listed)
		}
	}
	doc["merged"], doc["merged_by"], doc["maintainer_can_modify"] = p.Merged, c.user(p.MergedBy), p.Fork
	doc["mergeable"], doc["rebaseable"], doc["mergeable_state"] = nil, nil, "unknown"
	if i.State == "open" {
		doc["mergeable"], doc["rebaseable"], doc["mergeable_state"] = true, true, "clean"
	}
	doc["comments"], doc["review_comments"], doc["commits"] = c.repo.countComments(i.Number), 0, commits
	doc["additions"], doc["deletions"], doc["changed_files"] = added, deleted, len(files)
	return doc, nil
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
