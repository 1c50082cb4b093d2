// Package aws is the adapter between lakeshare's facts and AWS: it reads what is
// live in Lake Formation, Glue, RAM and IAM, and carries out operations there.
//
// No type of the SDK leaves the package. Reading proves what it says: a listing
// counts only when its caller is a Lake Formation administrator and its last
// page was reached; everything else is reported as unread, never as absent.
package aws

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Phase says which role of an account is used.
type Phase uint8

// The phases of a run.
const (
	Planning Phase = iota // plan_role: looks only
	Applying              // apply_role, for reading too
)

// Config is what a Cloud is made of. The zero value of a field is its default.
type Config struct {
	Accounts []fact.Account // how to reach each account
	Phase    Phase
	Session  string // role session name; cut to what STS accepts

	// WebIdentity returns a token of the workflow run, with which roles are assumed
	// instead of with the ambient credentials. nil: the ambient credentials.
	WebIdentity func(context.Context) (string, error)
	// NoToken is the remedy to name where roles cannot be assumed and the run has no such token.
	NoToken string

	// Simulator receives every request instead of AWS. The ambient credentials of
	// an account then are an access key that is the account's id.
	Simulator http.RoundTripper

	Now      func() time.Time                           // nil: the real clock
	Sleep    func(context.Context, time.Duration) error // nil: real time passes
	Log      *slog.Logger                               // nil: nothing is logged
	Progress func(string)                               // nil: none; one short line per finished step
}

// Cloud reads facts from AWS accounts and changes them. It keeps sessions and
// what cannot have changed for as long as it lives, which is one run.
type Cloud struct {
	config Config
	log    *slog.Logger

	base        memo[string, awssdk.Config]       // the SDK's default configuration, by account
	credentials memo[string, *roleCredentials]    // by role
	sites       memo[fact.Place, *site]           // by account and region
	principals  memo[string, principalState]      // by ARN: whether IAM knows it
	roles       memo[string, []string]            // role ARNs by account
	policies    memo[string, *policy]             // by ARN
	own         map[string]bool                   // ARNs of lakeshare's own roles
	mu          sync.Mutex                        // guards what follows
	shared      map[fact.Key]map[fact.Object]bool // objects behind each acceptance, from reads and operations
	recent      map[[2]string]bool                // consumer, producer: accepted or granted in this run
	granted     map[fact.Key]bool                 // grants to other accounts that were made and not accepted since
}

// New returns a Cloud. It makes no call.
func New(config Config) *Cloud {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Sleep == nil {
		config.Sleep = sleep
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.Progress = oneByOne(config.Progress)
	config.Session = sessionName(config.Session)
	c := &Cloud{
		config:  config,
		log:     config.Log,
		own:     map[string]bool{},
		shared:  map[fact.Key]map[fact.Object]bool{},
		recent:  map[[2]string]bool{},
		granted: map[fact.Key]bool{},
	}
	for _, a := range config.Accounts {
		for _, role := range []string{a.PlanRole, a.ApplyRole} {
			if role != "" {
				c.own[role] = true
			}
		}
	}
	return c
}

// oneByOne lets accounts that are worked on at the same time tell their steps in turn.
func oneByOne(tell func(string)) func(string) {
	var mu sync.Mutex
	return func(step string) {
		if tell != nil {
			mu.Lock()
			defer mu.Unlock()
			tell(step)
		}
	}
}

// account returns how to reach a place. Lake Formation data of one account in
// another region than its own entry's is reached with the same roles: links
// across regions are shared in the producer's region [4.80].
func (c *Cloud) account(place fact.Place) (fact.Account, bool) {
	found, ok := fact.Account{}, false
	for _, a := range c.config.Accounts {
		if a.Place == place {
			return a, true
		}
		if a.Place.Account == place.Account && !ok {
			found, ok = a, true
		}
	}
	return found, ok
}

// knows reports whether lakeshare has a way into the account.
func (c *Cloud) knows(account string) bool {
	for _, a := range c.config.Accounts {
		if a.Place.Account == account {
			return true
		}
	}
	return false
}

// sessionName keeps what STS accepts in a role session name: 2 to 64 of [\w+=,.@-].
func sessionName(s string) string {
	legal := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("_+=,.@-", r):
			return r
		}
		return '-'
	}, s)
	if len(legal) < 2 {
		legal = "lakeshare"
	}
	return legal[:min(len(legal), 64)]
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// memo remembers answers for as long as no write makes them stale. Failures are
// not remembered. Concurrent askers of one memo wait for the first, so that no
// call is made twice.
type memo[K comparable, V any] struct {
	mu sync.Mutex
	m  map[K]V
}

func (m *memo[K, V]) get(key K, load func() (V, error)) (V, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.m[key]; ok {
		return v, nil
	}
	v, err := load()
	if err != nil {
		return v, err
	}
	if m.m == nil {
		m.m = map[K]V{}
	}
	m.m[key] = v
	return v, nil
}

func (m *memo[K, V]) forget(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.m, key)
}

func (m *memo[K, V]) peek(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.m[key]
	return v, ok
}
