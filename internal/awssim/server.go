package awssim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Options tell a Server how to behave. The zero value is the default.
type Options struct {
	// Now is the clock. Without it, simulated time is the world's clock, or
	// the real time if the world has none.
	Now      func() time.Time
	Switches Switches
	// Off switches rules off by their name, "R5", so that a test of the rule
	// can be seen to fail.
	Off map[string]bool
	// OnCall is asked for each call before it is carried out; nil is no fault.
	OnCall func(Call) *Fault
}

// Call is one call that the server received (R83).
type Call struct {
	Service   string // signing name: lakeformation, glue, ram, sts, iam, organizations
	Operation string
	Account   string // the caller's
	Region    string
	Caller    string // ARN, of the assumed role for a role session
	Writes    bool
	Input     []byte // request body
	Code      string // error code of the answer, "" if it succeeded
}

// Fault makes a call fail.
type Fault struct {
	Code, Message string
	Status        int // 400 unless set
	// After answers so after the operation took effect.
	After bool
	// Entries are the positions, from 0, of a batch that fail with Code and
	// Message; the others go on and the answer is 200 with Failures.
	Entries []int
	// Stop carries out only the first so many entries of a batch before the
	// whole call fails: the outcome is unknown to the caller. Needs After.
	Stop int
}

// Server is the simulated AWS. It is safe for concurrent use.
type Server struct {
	mu         sync.Mutex
	options    Options
	operations map[string]map[string]operation
	state      *state
	clock      *time.Time
	record     *Record
	calls      []Call
	requests   int
}

// New starts a simulated AWS from a world, which it does not keep.
func New(w *World, o Options) (*Server, error) {
	if w == nil {
		w = &World{}
	}
	s := &Server{options: o, operations: operations(), clock: w.Clock}
	if err := s.load(w); err != nil {
		return nil, fmt.Errorf("load world: %w", err)
	}
	return s, nil
}

// Calls returns what was called so far, in the order of arrival.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// ResetCalls forgets the calls so far.
func (s *Server) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// rule says whether a rule of the reference is in force.
func (s *Server) rule(name string) bool { return !s.options.Off[name] }

func (s *Server) now() time.Time {
	switch {
	case s.options.Now != nil:
		return s.options.Now().UTC()
	case s.clock != nil:
		return s.clock.UTC()
	}
	return time.Now().UTC().Truncate(time.Millisecond)
}

// ServeHTTP answers one AWS API call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := []byte(nil)
	if r.Body != nil {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "cannot read the request", http.StatusBadRequest)
			return
		}
		body = read
	}
	c := s.receive(r, body)
	out, err := s.answer(c)
	s.reply(w, c, out, err)
}

// answer carries out one call: the fault first, then who is calling, whether
// IAM lets them (R21), and the operation.
func (s *Server) answer(c *call) (any, *apiError) {
	err := c.refused
	var fault *Fault
	if err == nil && s.options.OnCall != nil {
		fault = s.options.OnCall(c.logged("")) // unlocked: it may look at the server
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	var out any
	switch {
	case err != nil:
	case fault != nil && !fault.After && len(fault.Entries) == 0:
		err = fault.err()
	default:
		s.tick(c.now)
		c.fault = fault
		if err = c.authorize(); err == nil {
			out, err = c.operation.run(c)
		}
		if err == nil && fault != nil && fault.After {
			out, err = nil, fault.err()
		}
	}
	s.requests++
	c.request = s.requests
	code := ""
	if err != nil {
		code = err.code
	}
	s.calls = append(s.calls, c.logged(code))
	return out, err
}

func (f *Fault) err() *apiError {
	e := fail(f.Code, "%s", f.Message)
	if f.Status != 0 {
		e.status = f.Status
	}
	return e
}

// RoundTrip answers a client's request without a socket.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	s.ServeHTTP(rec, r)
	if r.Body != nil {
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", rec.status, http.StatusText(rec.status)),
		StatusCode: rec.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: rec.header, Body: io.NopCloser(&rec.body), ContentLength: int64(rec.body.Len()), Request: r,
	}, nil
}

// recorder keeps an answer. httptest has one too, but registers a flag.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
