package githubsim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/githubsim"
	"github.com/lakeshare/lakeshare/internal/githubsim/contract"
)

// history is a bare repository: main has three commits, topic leaves it after
// the second, and nothing leads to the one that was force-pushed away.
const history = `commit refs/heads/main
mark :1
committer Ada <ada@example.com> 1790000000 +0000
data 5
first
M 100644 inline shares/orders.yaml
data 22
version: 1
owner: ada

commit refs/heads/main
mark :2
committer Ada <ada@example.com> 1790000100 +0000
data 6
second
from :1
M 100644 inline shares/events.yaml
data 11
version: 1

commit refs/heads/gone
mark :3
committer Ada <ada@example.com> 1790000150 +0000
data 4
gone
from :2
M 100644 inline gone.txt
data 5
gone

commit refs/heads/topic
mark :4
committer Bob <bob@example.com> 1790000200 +0000
data 5
topic
from :2
M 100644 inline shares/new.yaml
data 4
new

R shares/orders.yaml shares/renamed.yaml

commit refs/heads/main
mark :5
committer Ada <ada@example.com> 1790000300 +0000
data 5
third
from :2
D shares/events.yaml

`

var now = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// world is a GitHub with one repository, acme/lake, and a client that may do all.
type world struct {
	*testing.T
	*githubsim.Server
	address, dir string
	sha          map[string]string // first, second, gone, topic, third
	client
}

func newWorld(t *testing.T) *world { return newWorldWith(t, githubsim.Options{}) }

func newWorldWith(t *testing.T, o githubsim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	w := &world{T: t, Server: githubsim.New(o), dir: filepath.Join(t.TempDir(), "lake.git"), sha: map[string]string{}}
	run(t, "", "git", "init", "--quiet", "--bare", "--initial-branch=main", w.dir)
	run(t, history, "git", "-C", w.dir, "fast-import", "--quiet")
	for line := range strings.Lines(run(t, "", "git", "-C", w.dir, "log", "--all", "--format=%s %H")) {
		name, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
		w.sha[name] = sha
	}
	run(t, "", "git", "-C", w.dir, "update-ref", "-d", "refs/heads/gone")
	w.AddRepo(githubsim.Repo{Owner: "acme", Name: "lake", ID: 77, OwnerID: 55, Dir: w.dir})
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	w.address = server.URL
	w.client = w.as(githubsim.Token{Permissions: everything})
	return w
}

var everything = map[string]string{
	"contents": "write", "deployments": "write", "issues": "write", "pull-requests": "write", "actions": "read",
}

// as is a client with another token.
func (w *world) as(token githubsim.Token) client { return client{w.T, w.address, w.Token(token)} }

// pull opens a pull request of the topic branch.
func (w *world) pull() int {
	w.Helper()
	number, err := w.OpenPull("acme/lake", githubsim.Pull{Title: "Share", HeadRef: "topic", Head: w.sha["topic"], Base: w.sha["second"]})
	w.must(err)
	return number
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// wrapped serves the same GitHub with every call held against GitHub's description.
func (w *world) wrapped() client {
	server := httptest.NewServer(contract.Wrap(w.T, w.Server))
	w.Cleanup(server.Close)
	return client{w.T, server.URL, w.token}
}

// run runs a program and returns what it prints.
func run(t *testing.T, input, program string, args ...string) string {
	t.Helper()
	out, err := try(input, program, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func try(input, program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %v: %w\n%s", program, args, err, out)
	}
	return string(out), nil
}

// client calls GitHub with one token.
type client struct {
	t              *testing.T
	address, token string
}

// answer is what came back; its document is an object or a list.
type answer struct {
	status int
	header http.Header
	object map[string]any
	list   []map[string]any
	text   string
}

// call sends a request; headers are pairs of name and value.
func (c client) call(method, path, body string, headers ...string) answer {
	c.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = c.address + path
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{text: err.Error()}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	if json.Unmarshal(text, &a.object) != nil {
		_ = json.Unmarshal(text, &a.list) // or it is no JSON, which the test sees
	}
	return a
}

// want calls and insists on a status.
func (c client) want(status int, method, path, body string, headers ...string) answer {
	c.t.Helper()
	a := c.call(method, path, body, headers...)
	if a.status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.text)
	}
	return a
}

func quote(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}
