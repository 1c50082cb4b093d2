// Package contract holds requests and answers against GitHub's own
// description of its REST API, so that neither the client nor the simulated
// GitHub can agree on something that GitHub does not do. It is for tests only.
package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
)

// Variable names the environment variable with the path of the description:
// generated/api.github.com.json of the npm package @octokit/openapi.
const Variable = "LAKESHARE_OPENAPI"

// FaultHeader marks answers that a test scripted. They are not held against
// the description: a broken answer is what such a test is about.
const FaultHeader = "X-Simulated-Fault"

var load = sync.OnceValues(func() (*description, error) { return read(os.Getenv(Variable)) })

// Wrap checks each REST request that h receives and each answer that it gives,
// and fails the test with a readable reason. Git and OIDC are not part of the
// REST API and pass. Without the environment variable Wrap returns h.
func Wrap(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	if os.Getenv(Variable) == "" {
		return h
	}
	d, err := load()
	if err != nil {
		t.Fatalf("read GitHub's description named by %s: %v", Variable, err)
	}
	return &checked{t, h, d}
}

type checked struct {
	t    testing.TB
	next http.Handler
	*description
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if outside(r.URL.Path) {
		c.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Errorf("%s %s: read the request: %v", r.Method, r.URL, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	found, params := c.find(r.Method, r.URL.EscapedPath())
	if found == nil {
		c.t.Errorf("%s %s is not in GitHub's description", r.Method, r.URL.Path)
		c.next.ServeHTTP(w, r)
		return
	}
	for _, problem := range found.checkRequest(r, params, body) {
		c.t.Errorf("request %s %s: %s", r.Method, r.URL, problem)
	}
	answer := &recorder{ResponseWriter: w, status: http.StatusOK}
	c.next.ServeHTTP(answer, r)
	if w.Header().Get(FaultHeader) != "" {
		return
	}
	for _, problem := range found.checkAnswer(answer.status, w.Header(), answer.body.Bytes()) {
		c.t.Errorf("answer %d to %s %s: %s", answer.status, r.Method, r.URL, problem)
	}
}

// outside says which paths are not the REST API's.
func outside(path string) bool {
	return path == "/oidc" || strings.HasSuffix(path, "/info/refs") || strings.HasSuffix(path, "/git-upload-pack") ||
		strings.HasSuffix(path, "/git-receive-pack")
}

// recorder keeps an answer while it goes out.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// mediaType is a content type without its parameters.
func mediaType(header http.Header) string {
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return media
}

func decode(body []byte) (any, error) {
	var value any
	err := json.NewDecoder(bytes.NewReader(body)).Decode(&value)
	return value, err
}
