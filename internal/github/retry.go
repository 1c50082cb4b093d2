package github

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	gh "github.com/google/go-github/v89/github"
)

const (
	maxTries = 3
	patience = 60 * time.Second // waited for one request at most
	tryAgain = time.Second      // before the second try; four times as long before the third
)

// try sends until it succeeds, fails for good, or the patience is used up. What
// creates something is sent again only if GitHub cannot have taken it.
func (c *Client) try(ctx context.Context, r request, send func() error) error {
	waited := time.Duration(0)
	for tries := 1; ; tries++ {
		err := send()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return &callError{what: r.what, message: ctx.Err().Error(), cause: ctx.Err(), uncertain: r.creates() && !isUntaken(err)}
		}
		delay, again := c.delay(err, tries)
		if again && r.creates() && !isUntaken(err) {
			again = false
		}
		if !again || tries == maxTries || waited+delay > patience {
			return c.fault(r, err, tries)
		}
		waited += delay
		c.opt.Log.Debug("trying again", "what", r.what, "tries", tries, "delay", delay, "error", c.redact(err.Error()))
		if err := c.opt.Sleep(ctx, delay); err != nil {
			return &callError{what: r.what, message: err.Error(), cause: err}
		}
	}
}

// delay says whether the same request may succeed later, and when.
func (c *Client) delay(err error, tries int) (time.Duration, bool) {
	backoff := tryAgain << (2 * (tries - 1))
	if limit, ok := c.limit(err); ok {
		return max(limit, time.Second), true
	}
	if resp, ok := errors.AsType[*gh.ErrorResponse](err); ok {
		return backoff, resp.Response.StatusCode >= 500
	}
	if bad, ok := errors.AsType[*answerError](err); ok {
		// An answer that was cut off has arrived the next time; one of another shape has not.
		return backoff, bad == errEmpty
	}
	return backoff, isTransport(err)
}

// limit says how long a rate limit asks to wait: the secondary one by
// retry-after, the primary one until its reset.
func (c *Client) limit(err error) (time.Duration, bool) {
	if l, ok := errors.AsType[*gh.RateLimitError](err); ok {
		return l.Rate.Reset.Sub(c.opt.Now()), true
	}
	var resp *http.Response
	if l, ok := errors.AsType[*gh.AbuseRateLimitError](err); ok {
		resp = l.Response
	} else if e, ok := errors.AsType[*gh.ErrorResponse](err); ok && isLimited(e.Response) {
		resp = e.Response
	}
	if resp == nil {
		return 0, false
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	return 30 * time.Second, true
}

// isLimited knows limits that come without the usual link to the documentation.
func isLimited(r *http.Response) bool {
	return r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusForbidden && r.Header.Get("Retry-After") != ""
}

// isUntaken reports whether GitHub certainly did nothing: it said that it will
// not now, or nobody could be reached.
func isUntaken(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	if _, ok := errors.AsType[*gh.RateLimitError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*gh.AbuseRateLimitError](err); ok {
		return true
	}
	e, ok := errors.AsType[*gh.ErrorResponse](err)
	return ok && e.Response.StatusCode < 500
}

// isTransport reports a failure on the way, not an answer or a refusal of ours.
func isTransport(err error) bool {
	if errors.Is(err, errMoved) || errors.Is(err, errForeign) {
		return false
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return true
	}
	_, ok := errors.AsType[*cutError](err)
	return ok
}
