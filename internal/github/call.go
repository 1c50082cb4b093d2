package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"

	gh "github.com/google/go-github/v89/github"
)

// maxAnswer bounds what is kept of one answer; a page of 100 comments of the
// largest size has 26 MB.
const maxAnswer = 64 << 20

// request is one call of the API with what its failure should say.
type request struct {
	method string // default: GET
	path   string // from Client.path
	query  url.Values
	body   any
	what   string // "list the deployments": continues "GitHub refused to ..."
	needs  string // the permission, "deployments: write"
	// harmless: sending it twice leaves nothing that counts twice.
	harmless bool
}

// creates reports whether sending twice could leave two of something.
func (r request) creates() bool { return r.method == http.MethodPost && !r.harmless }

// page says where a listing goes on; it is empty at its end.
type page url.Values

// do sends a request, tries again where that is safe and helps, and decodes
// the answer. An empty answer is an error: missing information is never "none".
func do[T any](ctx context.Context, c *Client, r request) (T, page, error) {
	var out T
	var next page
	err := c.try(ctx, r, func() error {
		answer, resp, err := c.send(ctx, r)
		if err != nil {
			return err
		}
		next = nextPage(resp)
		out = *new(T)
		if trimmed := bytes.TrimSpace(answer); len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
			return errEmpty
		}
		if err := json.Unmarshal(answer, &out); err != nil {
			return &answerError{err}
		}
		return nil
	})
	return out, next, err
}

var errEmpty = &answerError{errors.New("it is empty")}

// answerError is an answer that arrived and cannot be used.
type answerError struct{ cause error }

func (e *answerError) Error() string { return "the answer cannot be read: " + e.cause.Error() }

// cutError is an answer that stopped on the way.
type cutError struct{ cause error }

func (e *cutError) Error() string { return "the answer was cut off: " + e.cause.Error() }

func (c *Client) send(ctx context.Context, r request) ([]byte, *gh.Response, error) {
	path := r.path
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := c.api.NewRequest(ctx, method, path, r.body)
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.api.BareDo(req)
	if err != nil {
		return nil, resp, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, &cutError{err}
	case len(answer) > maxAnswer:
		return nil, nil, &answerError{fmt.Errorf("larger than %d MiB", maxAnswer>>20)}
	}
	return answer, resp, nil
}

// nextPage knows the ways in which GitHub counts pages: numbers, cursors, both.
func nextPage(resp *gh.Response) page {
	next := page{}
	if resp.NextPage > 0 {
		next["page"] = []string{fmt.Sprint(resp.NextPage)}
	}
	if resp.After != "" {
		next["after"] = []string{resp.After}
	}
	return next
}

// list yields what a listing holds, page after page as they are needed. An error
// ends it: what came before is not the whole.
func list[T any](ctx context.Context, c *Client, r request) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r.query = merge(r.query, page{"per_page": {"100"}})
		for {
			items, next, err := do[[]T](ctx, c, r)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range items {
				if any(item) == any(*new(T)) {
					yield(item, fmt.Errorf("%s on GitHub: the list has an entry of nothing", r.what))
					return
				}
				if !yield(item, nil) {
					return
				}
			}
			if len(next) == 0 {
				return
			}
			r.query = merge(r.query, next)
		}
	}
}

// all is list where every item is needed.
func all[T any](ctx context.Context, c *Client, r request) ([]T, error) {
	var out []T
	for item, err := range list[T](ctx, c, r) {
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}

func merge(q url.Values, p page) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	for k, v := range p {
		out[k] = v
	}
	return out
}
