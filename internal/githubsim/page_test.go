package githubsim_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

var nextLink = regexp.MustCompile(`<([^>]+)>; rel="next"`)

// all follows the links from page to page, with a bound so that a link to
// itself fails instead of hanging.
func (c client) all(path string) (rows []map[string]any, pages int) {
	c.t.Helper()
	for pages < 20 {
		a := c.want(200, "GET", path, "")
		rows, pages = append(rows, a.list...), pages+1
		next := nextLink.FindStringSubmatch(a.header.Get("Link"))
		if next == nil {
			return rows, pages
		}
		path = next[1]
	}
	c.t.Fatalf("%s has no last page", path)
	return nil, 0
}

func TestPagesOfComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.pull()
	for i := range 7 {
		_, err := w.AddComment("acme/lake", githubsim.Comment{Number: number, Author: "ada", Body: fmt.Sprint(i), Updated: now.Add(time.Duration(i) * time.Hour)})
		w.must(err)
	}
	comments := fmt.Sprintf("/repos/acme/lake/issues/%d/comments", number)
	rows, pages := w.all(comments + "?per_page=3")
	if got := column(rows, "body"); got != "0 1 2 3 4 5 6" || pages != 3 {
		t.Errorf("comments %s on %d pages, want 0 to 6 on 3", got, pages)
	}
	since := comments + "?since=" + now.Add(5*time.Hour).Format(time.RFC3339)
	if got := column(w.want(200, "GET", since, "").list, "body"); got != "5 6" {
		t.Errorf("comments since: %s, want 5 6", got)
	}
	link := w.want(200, "GET", comments+"?per_page=3&page=2", "").header.Get("Link")
	for _, rel := range []string{"prev", "next", "last", "first"} {
		if !strings.Contains(link, `rel="`+rel+`"`) {
			t.Errorf("the middle page does not link to %s: %s", rel, link)
		}
	}
	if a := w.want(200, "GET", comments+"?page=9", ""); a.text != "[]" {
		t.Errorf("a page beyond the last is %s, want []", a.text)
	}
}

func TestActivityPagesByCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddRepo(githubsim.Repo{Owner: "acme", Name: "plain"})
	for i := range 5 {
		w.must(w.Push("acme/plain", githubsim.Push{Ref: "main", After: strings.Repeat(fmt.Sprint(i+1), 40), Actor: "ada"}))
		w.must(w.Push("acme/plain", githubsim.Push{Ref: "topic", After: strings.Repeat(fmt.Sprint(i+1), 40)}))
	}
	w.must(w.Push("acme/plain", githubsim.Push{Ref: "topic"}))
	rows, pages := w.all("/repos/acme/plain/activity?ref=main&per_page=2")
	if got := column(rows, "activity_type"); got != "push push push push branch_creation" || pages != 3 {
		t.Errorf("activity of main %s on %d pages, newest first", got, pages)
	}
	if rows[0]["after"] != strings.Repeat("5", 40) || rows[0]["before"] != strings.Repeat("4", 40) {
		t.Errorf("the newest push went from %v to %v", rows[0]["before"], rows[0]["after"])
	}
	deleted, _ := w.all("/repos/acme/plain/activity?activity_type=branch_deletion")
	if got := column(deleted, "ref"); got != "refs/heads/topic" {
		t.Errorf("deleted %s", got)
	}
	first := w.want(200, "GET", "/repos/acme/plain/activity?ref=main&per_page=2", "")
	second := w.want(200, "GET", nextLink.FindStringSubmatch(first.header.Get("Link"))[1], "")
	prev := regexp.MustCompile(`<([^>]+)>; rel="prev"`).FindStringSubmatch(second.header.Get("Link"))
	if back := w.want(200, "GET", prev[1], ""); back.text != first.text {
		t.Errorf("the page before the second is %s, want the first", back.text)
	}
	w.want(422, "GET", "/repos/acme/plain/activity?time_period=decade", "")
}

func TestIssuesAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pull := w.pull()
	ada := w.as(githubsim.Token{Login: "ada", Permissions: everything})
	const issues = "/repos/acme/lake/issues"
	w.want(201, "POST", issues, `{"title":"mine","labels":["drift"]}`)
	ada.want(201, "POST", issues, `{"title":"hers","labels":["drift","other"]}`)
	w.want(201, "POST", issues, `{"title":"plain"}`)
	w.want(200, "PATCH", issues+"/4", `{"state":"closed"}`)
	for query, want := range map[string]string{
		"":                                       "hers mine Share",
		"?state=closed":                          "plain",
		"?state=all&direction=asc":               "Share mine hers plain",
		"?labels=drift":                          "hers mine",
		"?labels=drift,other":                    "hers",
		"?creator=ada":                           "hers",
		"?labels=drift&per_page=1":               "hers",
		"?creator=github-actions[bot]&state=all": "plain mine",
	} {
		if got := column(w.want(200, "GET", issues+query, "").list, "title"); got != want {
			t.Errorf("issues%s: %s, want %s", query, got, want)
		}
	}
	only := w.as(githubsim.Token{Permissions: map[string]string{"pull-requests": "read"}})
	if got := column(only.want(200, "GET", issues, "").list, "number"); got != fmt.Sprint(pull) {
		t.Errorf("a token for pull requests sees #%s, want #%d", got, pull)
	}
}

func column(rows []map[string]any, key string) string {
	var values []string
	for _, row := range rows {
		values = append(values, fmt.Sprint(row[key]))
	}
	return strings.Join(values, " ")
}
