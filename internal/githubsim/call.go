package githubsim

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// call is one REST call being answered. The server is locked meanwhile.
type call struct {
	*Server
	r       *http.Request
	base    string // of the API's addresses, without a slash at the end
	repo    *repository
	token   *Token
	needs   []string
	now     time.Time
	header  http.Header
	created bool
}

// apiVersions are those that GitHub still serves.
var apiVersions = []string{"", "2022-11-28", "2026-03-10"}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, route route) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{Server: s, r: r, base: "http://" + r.Host, needs: route.needs, now: s.now(), header: w.Header()}
	out, err := c.answer(route)
	if err != nil {
		c.write(w, err.status, err.document())
		return
	}
	c.write(w, c.success(out), out)
}

func (c *call) answer(route route) (any, *apiError) {
	c.header.Set("X-GitHub-Media-Type", "github.v3; format=json")
	c.header.Set("X-GitHub-Request-Id", fmt.Sprintf("SIM:%d", c.id()))
	if c.r.UserAgent() == "" {
		return nil, fail(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.")
	}
	token, err := c.identify(c.r)
	if err != nil {
		return nil, err
	}
	c.token = token
	if err := c.version(); err != nil {
		return nil, err
	}
	if err := c.spend(route.pattern == "/rate_limit"); err != nil {
		return nil, err
	}
	if route.open {
		return route.run(c)
	}
	if err := c.find(); err != nil {
		return nil, err
	}
	c.header.Set("X-Accepted-GitHub-Permissions", strings.Join(route.needs, "; "))
	if err := c.permit(route.needs...); err != nil {
		return nil, err
	}
	return route.run(c)
}

func (c *call) version() *apiError {
	asked := c.r.Header.Get("X-GitHub-Api-Version")
	for _, known := range apiVersions {
		if asked == known {
			return nil
		}
	}
	return fail(http.StatusBadRequest, "The version %q is not supported.", asked)
}

// find looks the repository up. Who may not see it is told that it is not there.
func (c *call) find() *apiError {
	name := c.r.PathValue("owner") + "/" + c.r.PathValue("repo")
	c.repo = c.repos[strings.ToLower(name)]
	switch {
	case c.token == nil && c.r.Method != http.MethodGet:
		return fail(http.StatusUnauthorized, "Requires authentication")
	case c.repo == nil, c.token == nil, c.token.Repo != "" && !strings.EqualFold(c.token.Repo, name):
		return notFound()
	}
	return nil
}

// permit refuses a token that has none of the permissions.
func (c *call) permit(enough ...string) *apiError {
	for _, permission := range enough {
		if c.token.may(permission) {
			return nil
		}
	}
	return c.token.refusal()
}

// decode reads the body of a call into a struct, which has pointers or nil for
// what may be left out.
func (c *call) decode(into any) *apiError {
	body, err := io.ReadAll(c.r.Body)
	if err != nil {
		return fail(http.StatusBadRequest, "Problems parsing JSON")
	}
	var wrong *json.UnmarshalTypeError
	switch err := json.Unmarshal(body, into); {
	case errors.As(err, &wrong) && wrong.Field == "":
		return fail(http.StatusBadRequest, "Body should be a JSON object")
	case errors.As(err, &wrong):
		return unprocessable("Invalid request.\n\nFor 'properties/%s', %s is not a %s.", wrong.Field, wrong.Value, wrong.Type)
	case err != nil:
		return fail(http.StatusBadRequest, "Problems parsing JSON")
	}
	return nil
}

// number reads a number off the path; what is none was not found.
func (c *call) number(name string) (int64, *apiError) {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return 0, notFound()
	}
	return n, nil
}

// write sends an answer. Reading the same again with its ETag is a 304.
func (c *call) write(w http.ResponseWriter, status int, out any) {
	if out == nil {
		w.WriteHeader(status)
		return
	}
	body, err := json.Marshal(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if c.r.Method == http.MethodGet && status == http.StatusOK {
		tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(body))
		w.Header().Set("ETag", tag)
		if c.r.Header.Get("If-None-Match") == tag {
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone has no use for the error
}
