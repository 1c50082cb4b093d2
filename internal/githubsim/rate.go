package githubsim

import (
	"net/http"
	"strconv"
	"time"
)

// budget is what a token has left of this hour.
type budget struct {
	used  int
	reset time.Time
}

// spend takes one call off the caller's hour and says so in the headers. Asking
// for the limit itself is free.
func (c *call) spend(free bool) *apiError {
	b := c.budget()
	if !free && b.used < c.options.RateLimit {
		b.used++
	} else if !free {
		c.limits(b)
		return fail(http.StatusForbidden, "API rate limit exceeded for installation.")
	}
	c.limits(b)
	return nil
}

func (c *call) budget() *budget {
	text, _ := presented(c.r)
	b := c.budgets[text]
	if b == nil || !c.now.Before(b.reset) {
		b = &budget{reset: c.now.Add(time.Hour)}
		c.budgets[text] = b
	}
	return b
}

func (c *call) limits(b *budget) {
	c.header.Set("X-RateLimit-Limit", strconv.Itoa(c.options.RateLimit))
	c.header.Set("X-RateLimit-Remaining", strconv.Itoa(c.options.RateLimit-b.used))
	c.header.Set("X-RateLimit-Used", strconv.Itoa(b.used))
	c.header.Set("X-RateLimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	c.header.Set("X-RateLimit-Resource", "core")
}

func getRateLimit(c *call) (any, *apiError) {
	b := c.budget()
	core := object{
		"limit": c.options.RateLimit, "used": b.used, "remaining": c.options.RateLimit - b.used, "reset": b.reset.Unix(),
	}
	search := object{"limit": 30, "used": 0, "remaining": 30, "reset": b.reset.Unix()}
	return object{"resources": object{"core": core, "search": search}, "rate": core}, nil
}
