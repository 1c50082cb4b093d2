package githubsim

import (
	"net/http"
	"sync"
	"time"
)

// Options tell a Server how to behave. The zero value is the default.
type Options struct {
	// Now is the clock. Without it time is real.
	Now func() time.Time
	// RateLimit is how many REST calls an hour each token has: 1000 unless
	// set, as the token of a workflow run has for one repository.
	RateLimit int
}

// Server is the simulated GitHub. It is safe for concurrent use. Repositories
// are named "owner/name" throughout; case does not matter.
type Server struct {
	mu      sync.Mutex
	options Options
	mux     *http.ServeMux
	lastID  int64
	repos   map[string]*repository
	tokens  map[string]*Token
	jobs    map[string]Job
	budgets map[string]*budget
	faults  []*Fault
	seen    []int // matching calls, for each fault
	hooks   []func(Call)
	calls   []Call
}

// New starts an empty GitHub.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.RateLimit == 0 {
		o.RateLimit = 1000
	}
	s := &Server{
		options: o, mux: http.NewServeMux(), lastID: 1000, repos: map[string]*repository{},
		tokens: map[string]*Token{}, jobs: map[string]Job{}, budgets: map[string]*budget{},
	}
	s.mux.HandleFunc("GET /oidc", s.serveOIDC)
	for _, service := range []string{"GET /{owner}/{repo}/info/refs", "POST /{owner}/{repo}/git-upload-pack", "POST /{owner}/{repo}/git-receive-pack"} {
		s.mux.HandleFunc(service, s.serveGit)
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, find(r)) })
	return s
}

func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Second) }

// id gives out numbers that grow, as GitHub's do.
func (s *Server) id() int64 {
	s.lastID++
	return s.lastID
}
