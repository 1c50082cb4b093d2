package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// slow is a simulated AWS that leaves one call without an answer.
type slow struct {
	aws     http.Handler
	path    string        // of the call, such as /BatchGrantPermissions
	once    sync.Once     // the call that waits; later ones are answered
	reached chan struct{} // closed when it came in
}

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, s.path) {
		waits := false
		s.once.Do(func() { waits = true })
		if waits {
			// Only a server that has read the request notices that the caller is gone.
			_, _ = io.Copy(io.Discard, r.Body)
			close(s.reached)
			<-r.Context().Done()
			return
		}
	}
	s.aws.ServeHTTP(w, r)
}

// startSlow serves the world of a place from this process.
func startSlow(t *testing.T, p *place, path string) *slow {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, "world.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	world, err := awssim.ParseWorld(data)
	if err != nil {
		t.Fatal(err)
	}
	aws, err := awssim.New(world, awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &slow{aws: aws, path: path, reached: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	p.talkTo(server.URL)
	return s
}

// interrupted runs a command, presses Ctrl-C once the slow call is under way,
// and returns the exit code and what was said.
func (p *place) interrupted(s *slow, args ...string) (int, string) {
	p.t.Helper()
	var said bytes.Buffer
	cmd := p.command(p.t.Context(), "lakeshare", args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-s.reached:
	case err := <-ended:
		p.t.Fatalf("lakeshare %s ended before %s: %v\n%s", args[0], s.path, err, said.String())
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	return code(p.t, <-ended), said.String()
}

// TestCtrlCInTheMiddleOfAnApply leaves a record of what was begun, and the next
// run finishes it.
func TestCtrlCInTheMiddleOfAnApply(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"while it reads":   "/ListPermissions",
		"while it changes": "/BatchGrantPermissions",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, map[string]string{"shares/sales/orders.yaml": orders})
			trusting(p)
			tip := p.commit()
			s := startSlow(t, p, path)
			got, said := p.interrupted(s, "apply", "--yes")
			if got != 1 && got != 5 || !strings.Contains(said, "interrupted") {
				t.Errorf("ended with %d and said:\n%s", got, said)
			}
			if r := p.recorded(); r.Applied != "" {
				t.Errorf("%s is recorded as carried out", r.Applied)
			}
			p.lakeshare(0, "apply", "--yes")
			if r := p.recorded(); r.Applied != tip || len(r.Started) != 0 {
				t.Errorf("the next run recorded %+v, want %s applied", r, tip)
			}
		})
	}
}

// TestCtrlCWhileNobodyAnswers ends a plan that waits for AWS to come back.
func TestCtrlCWhileNobodyAnswers(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"shares/sales/orders.yaml": orders})
	p.commit()
	server := httptest.NewServer(http.NotFoundHandler())
	p.talkTo(server.URL)
	server.Close()
	cmd := p.command(t.Context(), "lakeshare", "plan", "--debug")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "refused") {
			break
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	if got := code(t, cmd.Wait()); got != 1 || !strings.HasPrefix(last, "lakeshare: interrupted") {
		t.Errorf("ended with %d and said at last: %s", got, last)
	}
}
