package githubsim

import (
	"strings"
	"time"
)

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stampOrNull is null for a time that has not come.
func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// user is the document of a person, an organization or a bot.
func (c *call) user(login string) any {
	switch {
	case login == "":
		return nil
	case strings.HasSuffix(login, "[bot]"):
		return c.account(login, userID(login), "Bot")
	}
	return c.account(login, userID(login), "User")
}

func (c *call) owner(r Repo) object { return c.account(r.Owner, r.OwnerID, "Organization") }

func (c *call) account(login string, id int64, kind string) object {
	api := c.base + "/users/" + login
	return object{
		"login": login, "id": id, "node_id": nodeID("U", id), "type": kind, "site_admin": false, "gravatar_id": "",
		"user_view_type": "public", "url": api, "html_url": c.base + "/" + strings.TrimSuffix(login, "[bot]"),
		"avatar_url": c.base + "/avatars/" + strings.TrimSuffix(login, "[bot]"), "followers_url": api + "/followers",
		"following_url": api + "/following{/other_user}", "gists_url": api + "/gists{/gist_id}",
		"starred_url": api + "/starred{/owner}{/repo}", "subscriptions_url": api + "/subscriptions",
		"organizations_url": api + "/orgs", "repos_url": api + "/repos", "events_url": api + "/events{/privacy}",
		"received_events_url": api + "/received_events",
	}
}

// app is the document of the app that made something; null for a person.
func (c *call) app(slug string) any {
	if slug == "" {
		return nil
	}
	id := int64(actionsAppID)
	if slug != actionsApp {
		id = userID(slug)
	}
	return object{
		"id": id, "slug": slug, "node_id": nodeID("A", id), "client_id": "Iv1.05c79e9ad1f6bdfa",
		"owner": c.account("github", 9919, "Organization"), "name": slug, "description": nil,
		"external_url": "https://help.github.com/en/actions", "html_url": c.base + "/apps/" + slug,
		"created_at": "2018-07-30T09:30:17Z", "updated_at": "2019-12-10T19:04:12Z",
		"permissions": object{"contents": "write", "deployments": "write", "issues": "write"}, "events": []string{},
	}
}
