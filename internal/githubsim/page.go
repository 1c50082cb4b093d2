package githubsim

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// perPage is how many rows a page has: 30 unless asked, never more than 100.
func (c *call) perPage() int {
	n, err := strconv.Atoi(c.r.URL.Query().Get("per_page"))
	if err != nil || n < 1 {
		return 30
	}
	return min(n, 100)
}

// page cuts the page that the caller asks for out of rows, and links to the others.
func page[T any](c *call, rows []T) []T {
	size := c.perPage()
	number, err := strconv.Atoi(c.r.URL.Query().Get("page"))
	if err != nil || number < 1 {
		number = 1
	}
	last := max(1, (len(rows)+size-1)/size)
	var links []string
	if number > 1 {
		links = append(links, c.pageLink("prev", min(number-1, last)))
	}
	if number < last {
		links = append(links, c.pageLink("next", number+1), c.pageLink("last", last))
	}
	if number > 1 {
		links = append(links, c.pageLink("first", 1))
	}
	c.link(links)
	from := min((number-1)*size, len(rows))
	return rows[from:min(from+size, len(rows))]
}

func (c *call) pageLink(rel string, number int) string {
	return c.relation(rel, url.Values{"page": {strconv.Itoa(number)}})
}

// relation is one entry of a Link header: this address with other parameters.
func (c *call) relation(rel string, change url.Values) string {
	query := c.r.URL.Query()
	for key, values := range change {
		query[key] = values
		if len(values) == 0 {
			query.Del(key)
		}
	}
	return fmt.Sprintf(`<%s%s?%s>; rel="%s"`, c.base, c.r.URL.EscapedPath(), query.Encode(), rel)
}

func (c *call) link(links []string) {
	if len(links) > 0 {
		c.header.Set("Link", strings.Join(links, ", "))
	}
}

// each makes the documents of rows; an empty list is [] and never null.
func each[T any](rows []T, document func(T) object) []object {
	out := make([]object, 0, len(rows))
	for _, row := range rows {
		out = append(out, document(row))
	}
	return out
}
