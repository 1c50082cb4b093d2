package main

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// hook is something that happens when the step that runs next makes a call.
type hook struct {
	service string // aws, or the method of a call of GitHub
	pattern string
	nth     int // which matching call; 0 is every one
	what    func() error
	fault   *awssim.Fault

	seen int
	met  bool
	err  error
}

func during(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: during CALL WHAT [ARGUMENT...]")
	}
	h := hubOf(ts)
	service, pattern, ok := strings.Cut(args[0], ":")
	if !ok {
		ts.Fatalf("%s: want aws:PATTERN or METHOD:PATTERN", args[0])
	}
	k := &hook{service: service, pattern: pattern, nth: 1}
	if before, nth, ok := strings.Cut(pattern, "@"); ok {
		n, err := strconv.Atoi(nth)
		ts.Check(err)
		k.pattern, k.nth = before, n
	}
	switch do := deeds()[args[1]]; {
	case args[1] == "fail" && len(args) == 3 && service == "aws":
		k.nth, k.fault = 0, &awssim.Fault{Code: args[2], Message: "not today"}
	case args[1] == "kill":
		k.what = h.kill
	case do != nil:
		k.what = func() error { return do(h, args[2:]) }
	default:
		ts.Fatalf("%s: want kill, fail CODE (of AWS), or what somebody does", args[1])
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hooks = append(h.hooks, k)
}

// kill ends the step that is running as a runner does that is switched off.
func (h *hub) kill() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.runner == nil {
		return errors.New("no step is running")
	}
	return h.runner.Kill()
}

// onGitHub is called before each call of GitHub is answered.
func (h *hub) onGitHub(c githubsim.Call) {
	h.called(c.Method, strings.TrimPrefix(c.Path, "/repos/"+hubRepo+"/"))
}

// onAWS is called before each call of AWS is carried out.
func (h *hub) onAWS(c awssim.Call) *awssim.Fault { return h.called("aws", c.Operation) }

// called does what a hook wants at a call. Meanwhile nothing is locked: what
// somebody does may make calls itself.
func (h *hub) called(service, name string) *awssim.Fault {
	h.mu.Lock()
	var found *hook
	for _, k := range h.hooks {
		if matched, _ := path.Match(k.pattern, name); !matched || k.service != service || h.runner == nil {
			continue
		}
		if k.seen++; k.nth == 0 || k.seen == k.nth {
			found, k.met = k, true
			break
		}
	}
	h.mu.Unlock()
	if found == nil || found.what == nil {
		if found != nil {
			return found.fault
		}
		return nil
	}
	err := found.what()
	h.mu.Lock()
	defer h.mu.Unlock()
	found.err = err
	return nil
}

// settled forgets the hooks. One whose call was never made tells another story
// than the script does.
func (h *hub) settled() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []error
	for _, k := range h.hooks {
		switch {
		case !k.met:
			all = append(all, fmt.Errorf("the step made no call %s:%s", k.service, k.pattern))
		case k.err != nil:
			all = append(all, fmt.Errorf("during %s:%s: %w", k.service, k.pattern, k.err))
		}
	}
	h.hooks = nil
	return errors.Join(all...)
}
