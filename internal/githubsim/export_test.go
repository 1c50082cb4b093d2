package githubsim

import "net/http"

// Patterns lists the operations of the REST API.
func Patterns() []string {
	var all []string
	for _, r := range routes() {
		all = append(all, r.method+" "+r.pattern)
	}
	return all
}

// Pattern is the operation of a request.
func Pattern(r *http.Request) string {
	found := find(r)
	return found.method + " " + found.pattern
}
