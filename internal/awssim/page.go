package awssim

import (
	"encoding/base64"
	"encoding/json"
)

// pageToken is bound to the request it came from [2.63]. After says that the
// injected empty page is behind us.
type pageToken struct {
	Filter string `json:"f"`
	Next   int    `json:"n"`
	After  bool   `json:"a"`
}

func (p pageToken) encode() string {
	text, err := json.Marshal(p)
	if err != nil {
		return "" // strings and numbers always encode
	}
	return base64.StdEncoding.EncodeToString(text)
}

// paged cuts one page (R41). Pages may be short or empty while there is a
// token: only the token says that the end is reached [2.59].
func paged[T any](c *call, items []T, size, limit int, token, filter string) ([]T, string, *apiError) {
	if size < 0 || size > limit {
		return nil, "", invalidInput("Invalid MaxResults: %d. It must be between 1 and %d.", size, limit)
	}
	if size == 0 {
		size = c.options.Switches.PageSize
	}
	if size == 0 || size > limit {
		size = min(100, limit)
	}
	at := pageToken{Filter: c.who.account + "/" + c.region + "/" + c.name + "/" + filter}
	if token != "" {
		want := at.Filter
		text, err := base64.StdEncoding.DecodeString(token)
		if err != nil || json.Unmarshal(text, &at) != nil || at.Next < 0 || at.Filter != want {
			return nil, "", invalidInput("Invalid pagination token provided.")
		}
	}
	if !c.rule("R41") {
		return items, "", nil
	}
	if c.options.Switches.EmptyPages && !at.After {
		at.After = true
		return []T{}, at.encode(), nil
	}
	from := min(at.Next, len(items))
	to := min(from+size, len(items))
	page := append([]T{}, items[from:to]...)
	if to == len(items) {
		return page, "", nil
	}
	at.Next = to
	return page, at.encode(), nil
}
