package githubsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for what, want := range map[string]string{
		"first...main":    "ahead 2 0 second third",
		"main...first":    "behind 0 2 ",
		"main...topic":    "diverged 1 1 topic",
		"main...main":     "identical 0 0 ",
		"topic...gone":    "", // no ref leads there any more
		"first...nothing": "",
	} {
		a := w.call("GET", "/repos/acme/lake/compare/"+w.named(what), "")
		if want == "" {
			if a.status != 404 {
				t.Errorf("%s: status %d, want 404", what, a.status)
			}
			continue
		}
		got := fmt.Sprintf("%v %v %v %s", a.object["status"], a.object["ahead_by"], a.object["behind_by"], messages(a.object["commits"]))
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	a := w.want(200, "GET", "/repos/acme/lake/compare/main...topic", "")
	if base := a.object["merge_base_commit"].(map[string]any); base["sha"] != w.sha["second"] {
		t.Errorf("merge base %v, want %s", base["sha"], w.sha["second"])
	}
	paged := w.want(200, "GET", "/repos/acme/lake/compare/"+w.sha["first"]+"...main?per_page=1&page=2", "")
	if messages(paged.object["commits"]) != "third" || paged.object["files"] != nil || paged.object["total_commits"] != 2.0 {
		t.Errorf("the second page is %s", paged.text)
	}
}

// named puts the commits of the history for their names; branches stay.
func (w *world) named(what string) string {
	return strings.NewReplacer("first", w.sha["first"]).Replace(what)
}

func messages(commits any) string {
	var all []string
	for _, c := range commits.([]any) {
		all = append(all, c.(map[string]any)["commit"].(map[string]any)["message"].(string))
	}
	return strings.Join(all, " ")
}

func TestFilesOfAPullRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.pull()
	rows := w.want(200, "GET", fmt.Sprintf("/repos/acme/lake/pulls/%d/files", number), "").list
	var got []string
	for _, f := range rows {
		got = append(got, fmt.Sprintf("%v %v +%v -%v from %v", f["status"], f["filename"], f["additions"], f["deletions"], f["previous_filename"]))
	}
	want := "added shares/new.yaml +1 -0 from <nil>\nrenamed shares/renamed.yaml +0 -0 from shares/orders.yaml"
	if strings.Join(got, "\n") != want {
		t.Errorf("files\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	pull := w.want(200, "GET", fmt.Sprintf("/repos/acme/lake/pulls/%d", number), "").object
	if pull["changed_files"] != 2.0 || pull["commits"] != 1.0 || pull["merged"] != false {
		t.Errorf("pull request with %v files and %v commits, merged %v", pull["changed_files"], pull["commits"], pull["merged"])
	}
	if one := w.want(200, "GET", "/repos/acme/lake/commits/main", "").object; one["files"].([]any)[0].(map[string]any)["status"] != "removed" {
		t.Errorf("the last commit of main removes a file: %v", one["files"])
	}
}

func TestPullRequestsOfACommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pullsOf := func(name string) string {
		return column(w.want(200, "GET", "/repos/acme/lake/commits/"+w.sha[name]+"/pulls", "").list, "number")
	}
	number := w.pull()
	if got := pullsOf("topic"); got != fmt.Sprint(number) {
		t.Errorf("open pull request %q of its head", got)
	}
	if got := pullsOf("second"); got != "" {
		t.Errorf("pull request %s of a commit that was there before", got)
	}
	w.must(w.MergePull("acme/lake", number, w.sha["third"], "ada"))
	if got := pullsOf("third"); got != fmt.Sprint(number) {
		t.Errorf("pull request %q of the commit that merged it", got)
	}
	merged := w.want(200, "GET", fmt.Sprintf("/repos/acme/lake/pulls/%d", number), "").object
	if merged["state"] != "closed" || merged["merge_commit_sha"] != w.sha["third"] || merged["merged_at"] == nil {
		t.Errorf("merged pull request %v %v %v", merged["state"], merged["merge_commit_sha"], merged["merged_at"])
	}
	w.want(422, "PATCH", fmt.Sprintf("/repos/acme/lake/issues/%d", number), `{"state":"open"}`)
	w.must(w.EditPull("acme/lake", number, func(p *githubsim.Pull) { p.Title = "Other" }))
	if got := column(w.want(200, "GET", "/repos/acme/lake/pulls?state=closed", "").list, "title"); got != "Other" {
		t.Errorf("closed pull requests %q", got)
	}
}

func TestForksShowTheirOwnRepository(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number, err := w.OpenPull("acme/lake", githubsim.Pull{Author: "mallory", Fork: true, Head: w.sha["topic"], Base: w.sha["second"]})
	w.must(err)
	pull := w.want(200, "GET", fmt.Sprintf("/repos/acme/lake/pulls/%d", number), "").object
	head, base := pull["head"].(map[string]any)["repo"].(map[string]any), pull["base"].(map[string]any)["repo"].(map[string]any)
	if head["full_name"] != "mallory/lake" || head["fork"] != true || base["full_name"] != "acme/lake" || head["id"] == base["id"] {
		t.Errorf("head %v of %v, base %v", head["full_name"], head["fork"], base["full_name"])
	}
}

func TestCommitsAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for query, want := range map[string]string{
		"":                            "third second first",
		"?sha=topic":                  "topic second first",
		"?sha=" + w.sha["second"]:     "second first",
		"?path=shares/events.yaml":    "third second",
		"?per_page=1&page=2":          "second",
		"?since=2026-09-21T14:14:00Z": "third second",
		"?until=2026-09-21T14:14:00Z": "first",
	} {
		a := w.want(200, "GET", "/repos/acme/lake/commits"+query, "")
		rows := make([]any, len(a.list))
		for i, row := range a.list {
			rows[i] = row
		}
		if got := messages(rows); got != want {
			t.Errorf("commits%s: %s, want %s", query, got, want)
		}
	}
	w.want(404, "GET", "/repos/acme/lake/commits?sha=nope", "")
}

// A repository without a git directory has the refs that were pushed, and no commits.
func TestWithoutAGitDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddRepo(githubsim.Repo{Owner: "acme", Name: "plain"})
	tip := strings.Repeat("a", 40)
	w.must(w.Push("acme/plain", githubsim.Push{Ref: "main", After: tip}))
	const repo = "/repos/acme/plain"
	if got := w.want(200, "GET", repo+"/branches/main", "").object["commit"].(map[string]any)["sha"]; got != tip {
		t.Errorf("main is at %v", got)
	}
	number, err := w.OpenPull("acme/plain", githubsim.Pull{HeadRef: "topic", Head: strings.Repeat("b", 40), Files: []githubsim.File{{Name: "a.yaml"}}})
	w.must(err)
	if got := column(w.want(200, "GET", repo+"/pulls?head=acme:topic&base=main", "").list, "number"); got != fmt.Sprint(number) {
		t.Errorf("pull requests of the branch: %q", got)
	}
	if got := column(w.want(200, "GET", fmt.Sprintf("%s/pulls/%d/files", repo, number), "").list, "filename"); got != "a.yaml" {
		t.Errorf("files %q", got)
	}
	w.want(201, "POST", repo+"/deployments", `{"ref":"main"}`)
	w.want(404, "GET", repo+"/compare/main...main", "")
	w.want(404, "GET", repo+"/commits", "")
	if _, err := w.OpenPull("acme/plain", githubsim.Pull{Number: number}); err == nil {
		t.Error("two pull requests have one number")
	}
}

func TestMovingABranch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tip := func() any {
		return w.want(200, "GET", "/repos/acme/lake/git/ref/heads/main", "").object["object"].(map[string]any)["sha"]
	}
	w.must(w.Push("acme/lake", githubsim.Push{Ref: "main", After: w.sha["topic"], Actor: "ada"}))
	if tip() != w.sha["topic"] {
		t.Errorf("main is at %v", tip())
	}
	w.must(w.Push("acme/lake", githubsim.Push{Ref: "new", After: w.sha["first"]}))
	if got := column(w.want(200, "GET", "/repos/acme/lake/activity", "").list, "activity_type"); got != "branch_creation force_push" {
		t.Errorf("activity %s", got)
	}
	if err := w.Push("acme/lake", githubsim.Push{Ref: "main", After: strings.Repeat("1", 40)}); err == nil {
		t.Error("a branch moved to a commit that is not there")
	}
	if err := w.Push("acme/nope", githubsim.Push{Ref: "main"}); err == nil {
		t.Error("a push to no repository was taken")
	}
}
