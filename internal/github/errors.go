package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	gh "github.com/google/go-github/v89/github"
)

// RefusedError says that the token may not do something. Whoever only wanted to
// tell something can tell it elsewhere.
type RefusedError struct {
	What       string // "comment on #12"
	Permission string // the line below permissions: that is missing, "pull-requests: write"; "" if another reason is known
	Reason     string // what GitHub said
}

func (e *RefusedError) Error() string {
	s := fmt.Sprintf("GitHub refused to %s: %s", e.What, strings.TrimSuffix(e.Reason, "."))
	if e.Permission != "" {
		s += fmt.Sprintf(". Add `%s` below `permissions:` of the job; a pull request from a fork never gets it", e.Permission)
	}
	return s
}

// callError is the failure of a call: what was tried, what GitHub said, what
// helps. It wraps nothing but the end of a context: other causes could carry
// the token in their text.
type callError struct {
	what      string
	message   string
	remedy    string
	status    int // 0 if no answer came
	tries     int
	cause     error
	uncertain bool // something may have been created all the same
}

func (e *callError) Error() string {
	s := fmt.Sprintf("%s on GitHub: %s", e.what, strings.TrimSuffix(e.message, "."))
	if e.tries > 1 {
		s += fmt.Sprintf(" (tried %d times)", e.tries)
	}
	if e.remedy != "" {
		s += ". " + e.remedy
	}
	return s
}

func (e *callError) Unwrap() error { return e.cause }

// fault turns the last failure of a request into an error of this package.
func (c *Client) fault(r request, err error, tries int) error {
	e := &callError{what: r.what, message: c.redact(err.Error()), tries: tries, uncertain: r.creates() && !isUntaken(err)}
	if wait, ok := c.limit(err); ok {
		until := c.opt.Now().Add(wait).UTC().Format("15:04 MST")
		e.message, e.remedy = "the rate limit of the token is used up", "Run again after "+until
		return e
	}
	if bad, ok := errors.AsType[*answerError](err); ok {
		e.message = c.redact(bad.Error())
	}
	resp, ok := errors.AsType[*gh.ErrorResponse](err)
	if !ok {
		return e
	}
	e.status = resp.Response.StatusCode
	reason := c.redact(reason(resp))
	e.message = fmt.Sprintf("%d %s", e.status, reason)
	switch {
	case e.status == http.StatusUnauthorized:
		e.remedy = "The token is wrong or has ended: check the input token (LAKESHARE_TOKEN)"
	case e.status == http.StatusForbidden:
		refused := &RefusedError{What: r.what, Reason: reason}
		if strings.Contains(reason, "not accessible by") {
			refused.Permission = r.needs
		}
		return refused
	case e.status == http.StatusNotFound && r.method != "" && r.method != http.MethodGet:
		// What may not be seen answers like what does not exist.
		return &RefusedError{What: r.what, Reason: reason + ", or not visible to this token", Permission: r.needs}
	case e.status == http.StatusGone: // issues are switched off in the repository
		return &RefusedError{What: r.what, Reason: reason}
	case e.status >= 500:
		e.remedy = "GitHub has a problem: run again later (https://www.githubstatus.com)"
	}
	return e
}

// reason is GitHub's own explanation in a line.
func reason(e *gh.ErrorResponse) string {
	parts := []string{strings.TrimSuffix(e.Message, ".")}
	for _, detail := range e.Errors {
		parts = append(parts, detailOf(detail))
	}
	text := strings.Join(parts, ": ")
	if strings.Trim(text, ": ") == "" {
		text = http.StatusText(e.Response.StatusCode)
	}
	return clip(clean(text, keepNothing), 500)
}

func detailOf(e gh.Error) string {
	if e.Message != "" {
		return e.Message
	}
	return strings.TrimSpace(e.Resource + "." + e.Field + " " + e.Code)
}

// status returns the status that GitHub answered with, or 0.
func status(err error) int {
	if e, ok := errors.AsType[*callError](err); ok {
		return e.status
	}
	return 0
}

// isUncertain reports whether a creation that failed may have happened.
func isUncertain(err error) bool {
	e, ok := errors.AsType[*callError](err)
	return ok && e.uncertain && e.cause == nil
}
