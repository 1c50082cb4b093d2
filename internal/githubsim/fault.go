package githubsim

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strings"
)

// Call is one request that the server received, of whatever protocol.
type Call struct {
	Method, Path, Query string
	Body                []byte // empty for git
	Status              int    // 0 before the answer, and where the connection was cut
	Login               string // of the token, "" if unknown or anonymous
	RunID               int64
}

// Fault makes requests fail.
type Fault struct {
	Method string // any if empty
	Path   string // a pattern of path.Match: "/repos/*/*/deployments"; any if empty
	// Nth is which matching request fails, counted from 1; 0 is every one.
	Nth int
	// CarryOut lets the request take effect before it fails: the client
	// cannot know.
	CarryOut bool
	// CutConnection ends the connection without an answer.
	CutConnection bool
	Status        int // of the answer; 500 unless set
	Body          string
	Headers       map[string]string
}

// faultHeader tells a scripted answer from one of the server's own.
const faultHeader = "X-Simulated-Fault"

// Fault adds a scripted fault. The first one that matches a request decides.
func (s *Server) Fault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.seen = append(s.faults, &f), append(s.seen, 0)
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.seen = nil, nil
}

// OnCall adds a hook that is called before each request is answered, with the
// server unlocked: it may move a branch, or end the client.
func (s *Server) OnCall(hook func(Call)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, hook)
}

// Calls returns what was called so far, in the order in which it was answered.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// ServeHTTP answers one request: the hooks first, then the fault, then the answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "cannot read the request", http.StatusBadRequest)
		return
	}
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	c, fault := s.begin(r, body)
	if fault == nil {
		watched := &watched{ResponseWriter: w, status: http.StatusOK}
		s.mux.ServeHTTP(watched, r)
		s.end(c, watched.status)
		return
	}
	if fault.CarryOut {
		s.mux.ServeHTTP(discarded{http.Header{}}, r)
	}
	if fault.CutConnection {
		s.end(c, 0)
		panic(http.ErrAbortHandler) // net/http's way to end a connection; it logs nothing
	}
	for key, value := range fault.Headers {
		w.Header().Set(key, value)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set(faultHeader, "1")
	s.end(c, fault.status())
	w.WriteHeader(fault.status())
	_, _ = io.WriteString(w, fault.Body)
}

func (f *Fault) status() int {
	if f.Status == 0 {
		return http.StatusInternalServerError
	}
	return f.Status
}

// begin calls the hooks and picks the fault of a request, if it has one.
func (s *Server) begin(r *http.Request, body []byte) (Call, *Fault) {
	c := Call{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	if strings.HasPrefix(r.URL.Path, "/repos/") {
		c.Body = body
	}
	s.mu.Lock()
	if token, _ := s.identify(r); token != nil {
		c.Login, c.RunID = token.Login, token.RunID
	}
	hooks := s.hooks
	s.mu.Unlock()
	for _, hook := range hooks {
		hook(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != "" && f.Method != r.Method {
			continue
		}
		if matched, _ := path.Match(f.Path, r.URL.Path); f.Path != "" && !matched {
			continue
		}
		s.seen[i]++
		if f.Nth == 0 || f.Nth == s.seen[i] {
			return c, f
		}
	}
	return c, nil
}

func (s *Server) end(c Call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Status = status
	s.calls = append(s.calls, c)
}

// watched remembers the status of an answer.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// discarded takes an answer that nobody will read.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header         { return d.header }
func (d discarded) WriteHeader(int)             {}
func (d discarded) Write(p []byte) (int, error) { return len(p), nil }
