package github

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lakeshare/lakeshare/internal/githubsim"
)

const planMarker = "<!-- lakeshare plan:. -->\n"

func (h *hub) comment(body string) Result {
	h.t.Helper()
	r, err := h.client().Comment(h.t.Context(), 12, "plan:.", body)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *hub) wantComments(want ...string) {
	h.t.Helper()
	if diff := cmp.Diff(want, h.bodies(12)); diff != "" {
		h.t.Error(diff)
	}
}

func TestCommentIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	if r, err := h.client().Update(t.Context(), 12, "plan:.", "nothing"); err != nil || r.Change != Absent {
		t.Fatalf("update of no comment: %+v, %v", r, err)
	}
	h.wantComments()
	first := h.comment("one\n\n")
	if first.Change != Created || !strings.Contains(first.URL, "/acme/lake/pull/12#issuecomment-") {
		t.Errorf("first: %+v", first)
	}
	if r := h.comment("one\r\n"); r.Change != Unchanged || r.URL != first.URL {
		t.Errorf("the same with other line ends: %+v", r)
	}
	if r := h.comment("two"); r.Change != Edited || r.URL != first.URL {
		t.Errorf("another: %+v", r)
	}
	if _, err := h.client().Comment(t.Context(), 12, "plan:other", "of another configuration"); err != nil {
		t.Fatal(err)
	}
	if r, err := h.client().Update(t.Context(), 12, "plan:.", "three"); err != nil || r.Change != Edited {
		t.Errorf("update: %+v, %v", r, err)
	}
	h.wantComments("github-actions[bot]: "+planMarker+"three", "github-actions[bot]: <!-- lakeshare plan:other -->\nof another configuration")
	if n := h.called(http.MethodPatch, ""); n != 2 {
		t.Errorf("%d edits, want 2", n)
	}
}

func TestCommentOfOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	h.write(12, "mallory", "", planMarker+"all is well")
	h.write(12, "my-app[bot]", "my-app", planMarker+"all is well")
	if r := h.comment("real"); r.Change != Created {
		t.Errorf("got %+v", r)
	}
	h.write(12, "mallory", "", planMarker+"all is well, again")
	if r := h.comment("real, too"); r.Change != Edited {
		t.Errorf("got %+v", r)
	}
	h.wantComments("mallory: "+planMarker+"all is well", "my-app[bot]: "+planMarker+"all is well",
		"github-actions[bot]: "+planMarker+"real, too", "mallory: "+planMarker+"all is well, again")
}

func TestCommentOfAnotherAuthor(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	h.write(12, "github-actions[bot]", "github-actions", planMarker+"of Actions")
	o := h.options()
	o.Author = "acme-lake[bot]"
	c := h.clientOf(h.run, githubsim.Token{Login: "acme-lake[bot]", App: "acme-lake"}, o)
	for _, body := range []string{"one", "two"} {
		if _, err := c.Comment(t.Context(), 12, "plan:.", body); err != nil {
			t.Fatal(err)
		}
	}
	h.wantComments("github-actions[bot]: "+planMarker+"of Actions", "acme-lake[bot]: "+planMarker+"two")
}

func TestCommentOlderOnesPointToTheNewest(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	h.write(12, "github-actions[bot]", "github-actions", planMarker+"one")
	for range 150 {
		h.write(12, "ana", "", "chat")
	}
	h.write(12, "github-actions[bot]", "github-actions", planMarker+"two")
	r := h.comment("three")
	if r.Change != Edited {
		t.Errorf("got %+v", r)
	}
	got := h.bodies(12)
	if got[0] != "github-actions[bot]: Superseded by "+r.URL || got[151] != "github-actions[bot]: "+planMarker+"three" {
		t.Errorf("got %q and %q", got[0], got[151])
	}
	before := h.called(http.MethodPatch, "")
	if r := h.comment("three"); r.Change != Unchanged || h.called(http.MethodPatch, "") != before {
		t.Errorf("again: %+v with %d more edits", r, h.called(http.MethodPatch, "")-before)
	}
}

func TestCommentRefused(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	for name, token := range map[string]githubsim.Token{
		"no permission": {Permissions: map[string]string{"contents": "read", "pull-requests": "read", "issues": "read"}},
		"fork":          {Fork: true},
		"nothing":       {Permissions: map[string]string{"contents": "read"}},
	} {
		c := h.clientOf(h.run, token, h.options())
		_, err := c.Comment(t.Context(), 12, "plan:.", "x")
		refused, ok := errors.AsType[*RefusedError](err)
		if !ok || refused.Permission != "pull-requests: write" || !strings.Contains(err.Error(), "Add `pull-requests: write` below `permissions:`") {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.wantComments()
	if len(h.wait) > 0 {
		t.Errorf("waited %v for what does not come", h.wait)
	}
}

func TestCommentTooLong(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	fits := strings.Repeat("é", MaxBody-len(planMarker))
	if _, err := h.client().Comment(t.Context(), 12, "plan:.", fits+"!"); err == nil || !strings.Contains(err.Error(), "65537 characters, at most 65536") {
		t.Errorf("error %v", err)
	}
	if n := len(h.sim.Calls()); n != 0 {
		t.Errorf("%d calls for what is too long", n)
	}
	if r := h.comment(fits); r.Change != Created {
		t.Errorf("got %+v", r)
	}
}

// An answer that is lost tells nothing: there is one comment in the end, not two, not none.
func TestCommentLostAnswer(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]githubsim.Fault{
		"cut before":             {CutConnection: true},
		"cut after":              {CutConnection: true, CarryOut: true},
		"bad gateway before":     {Status: http.StatusBadGateway},
		"bad gateway after":      {Status: http.StatusBadGateway, CarryOut: true},
		"secondary limit":        {Status: http.StatusForbidden, Headers: map[string]string{"Retry-After": "7"}, Body: `{"message":"You have exceeded a secondary rate limit"}`},
		"secondary limit as 429": {Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "7"}, Body: `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			h.pull(12)
			f.Method, f.Nth = http.MethodPost, 1
			h.sim.Fault(f)
			if r := h.comment("one"); r.Change != Created || r.URL == "" {
				t.Errorf("got %+v", r)
			}
			h.wantComments("github-actions[bot]: " + planMarker + "one")
		})
	}
}

func TestCommentGivesUp(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.pull(12)
	h.sim.Fault(githubsim.Fault{Method: http.MethodPost, Status: http.StatusBadGateway})
	_, err := h.client().Comment(t.Context(), 12, "plan:.", "one")
	if err == nil || !strings.Contains(err.Error(), "comment on #12 on GitHub: 502") {
		t.Errorf("error %v", err)
	}
	if n := h.called(http.MethodPost, ""); n != maxTries {
		t.Errorf("%d tries, want %d", n, maxTries)
	}
}
