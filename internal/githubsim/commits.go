package githubsim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func getBranch(c *call) (any, *apiError) {
	name := c.r.PathValue("branch")
	sha := c.repo.ref("refs/heads/" + name)
	if sha == "" {
		return nil, fail(http.StatusNotFound, "Branch not found")
	}
	commit, err := c.commit(sha)
	if err != nil {
		return nil, err
	}
	self := c.base + "/repos/" + c.repo.full() + "/branches/" + url.PathEscape(name)
	return object{
		"name": name, "commit": commit, "protected": false, "protection_url": self + "/protection",
		"_links":     object{"self": self, "html": c.base + "/" + c.repo.full() + "/tree/" + name},
		"protection": object{"enabled": false, "required_status_checks": object{"enforcement_level": "off", "contexts": []string{}, "checks": []object{}}},
	}, nil
}

func getRef(c *call) (any, *apiError) {
	name := "refs/" + c.r.PathValue("ref")
	sha := c.repo.ref(name)
	if sha == "" {
		return nil, notFound()
	}
	api := c.base + "/repos/" + c.repo.full() + "/git/"
	return object{
		"ref": name, "node_id": nodeID("REF", userID(name)), "url": api + name,
		"object": object{"type": "commit", "sha": sha, "url": api + "commits/" + sha},
	}, nil
}

func listCommits(c *call) (any, *apiError) {
	query := c.r.URL.Query()
	from := query.Get("sha")
	if from == "" {
		from = c.repo.DefaultBranch
	}
	sha := c.repo.resolve(from)
	if sha == "" || c.repo.Dir == "" {
		return nil, notFound()
	}
	args := []string{sha}
	for _, limit := range []string{"since", "until"} {
		if value := query.Get(limit); value != "" {
			args = append(args, "--"+limit+"="+value)
		}
	}
	if path := query.Get("path"); path != "" {
		args = append(args, "--", path)
	}
	commits, err := c.repo.log(args...)
	if err != nil {
		return nil, fail(http.StatusInternalServerError, "%v", err)
	}
	return each(page(c, commits), c.commitDocument), nil
}

func getCommit(c *call) (any, *apiError) {
	ref := c.r.PathValue("ref")
	sha := c.repo.resolve(ref)
	if sha == "" {
		return nil, fail(http.StatusUnprocessableEntity, "No commit found for SHA: %s", ref)
	}
	doc, err := c.commit(sha)
	if err != nil || c.repo.Dir == "" {
		return doc, err
	}
	parent := emptyTree
	if parents := doc["parents"].([]object); len(parents) > 0 {
		parent = parents[0]["sha"].(string)
	}
	files, failed := c.repo.changed(parent, sha)
	if failed != nil {
		return nil, fail(http.StatusInternalServerError, "%v", failed)
	}
	added, deleted := 0, 0
	for _, f := range files {
		added, deleted = added+f.Additions, deleted+f.Deletions
	}
	doc["stats"] = object{"additions": added, "deletions": deleted, "total": added + deleted}
	doc["files"] = each(page(c, files), c.fileDocument(sha))
	return doc, nil
}

// commit is the document of one commit. Without a git directory it has a name
// and nothing else.
func (c *call) commit(sha string) (object, *apiError) {
	if c.repo.Dir == "" {
		who := object{"name": "", "email": "", "date": c.repo.created}
		return c.commitDocument(gitCommit{sha: sha, tree: emptyTree, author: who, committer: who}), nil
	}
	commits, err := c.repo.log("--no-walk", sha)
	if err != nil || len(commits) != 1 {
		return nil, fail(http.StatusUnprocessableEntity, "No commit found for SHA: %s", sha)
	}
	return c.commitDocument(commits[0]), nil
}

func (c *call) commitDocument(g gitCommit) object {
	api := c.base + "/repos/" + c.repo.full()
	html := c.base + "/" + c.repo.full() + "/commit/"
	parents := each(g.parents, func(sha string) object {
		return object{"sha": sha, "url": api + "/commits/" + sha, "html_url": html + sha}
	})
	return object{
		"sha": g.sha, "node_id": nodeID("C", userID(g.sha)), "url": api + "/commits/" + g.sha, "html_url": html + g.sha,
		"comments_url": api + "/commits/" + g.sha + "/comments", "author": nil, "committer": nil, "parents": parents,
		"commit": object{
			"url": api + "/git/commits/" + g.sha, "author": g.author, "committer": g.committer, "message": g.message,
			"comment_count": 0, "tree": object{"sha": g.tree, "url": api + "/git/trees/" + g.tree},
			"verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}

// compare answers base...head: what head has that base has not, oldest first.
// Without paging it lists 250 commits; files come with the first page only.
func compare(c *call) (any, *apiError) {
	baseName, headName, ok := strings.Cut(c.r.PathValue("basehead"), "...")
	base, head := c.repo.resolve(baseName), c.repo.resolve(headName)
	if !ok || base == "" || head == "" || c.repo.Dir == "" {
		return nil, notFound()
	}
	merged, err := c.repo.git("merge-base", base, head)
	if err != nil {
		return nil, fail(http.StatusNotFound, "No common ancestor between %s and %s.", baseName, headName)
	}
	middle := strings.TrimSpace(merged)
	ahead, err := c.repo.log("--reverse", base+".."+head)
	if err != nil {
		return nil, fail(http.StatusInternalServerError, "%v", err)
	}
	behind, err := c.repo.log(head + ".." + base)
	if err != nil {
		return nil, fail(http.StatusInternalServerError, "%v", err)
	}
	doc := c.compareDocument(fmt.Sprintf("%s...%s", baseName, headName), len(ahead), len(behind))
	query := c.r.URL.Query()
	listed := ahead[:min(len(ahead), 250)]
	if query.Has("page") || query.Has("per_page") {
		listed = page(c, ahead)
	}
	doc["commits"] = each(listed, c.commitDocument)
	if number, _ := strconv.Atoi(query.Get("page")); number <= 1 {
		files, err := c.repo.changed(middle, head)
		if err != nil {
			return nil, fail(http.StatusInternalServerError, "%v", err)
		}
		doc["files"] = each(files[:min(len(files), 300)], c.fileDocument(head))
	}
	var failed *apiError
	if doc["base_commit"], failed = c.commit(base); failed != nil {
		return nil, failed
	}
	doc["merge_base_commit"], failed = c.commit(middle)
	return doc, failed
}

func (c *call) compareDocument(what string, ahead, behind int) object {
	html := c.base + "/" + c.repo.full() + "/compare/" + what
	states := []string{"identical", "ahead", "behind", "diverged"}
	state := slices.Index([]bool{ahead == 0 && behind == 0, ahead > 0 && behind == 0, ahead == 0, true}, true)
	return object{
		"url": c.base + "/repos/" + c.repo.full() + "/compare/" + what, "html_url": html, "permalink_url": html,
		"diff_url": html + ".diff", "patch_url": html + ".patch", "status": states[state],
		"ahead_by": ahead, "behind_by": behind, "total_commits": ahead,
	}
}
