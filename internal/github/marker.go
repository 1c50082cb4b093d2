package github

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxBody is how many characters GitHub takes in a comment or an issue, the
// line with the marker included.
const MaxBody = 65536

// marker is the first line of what we write. It finds a comment or an issue
// again; whose it is, its author says.
func marker(key string) string { return "<!-- lakeshare " + safeKey(key) + " -->" }

// safeKey keeps a key from ending the HTML comment or its line. Different keys
// stay different.
func safeKey(key string) string {
	var b strings.Builder
	for i := range len(key) {
		c := key[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._:/", c) >= 0
		if plain || c == '-' && i > 0 && key[i-1] != '-' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// mark puts the marker before a body. A body that GitHub would refuse is refused
// here, before anything is sent.
func mark(key, body string) (string, error) {
	body = marker(key) + "\n" + body
	if n := utf8.RuneCountInString(body); n > MaxBody {
		return "", fmt.Errorf("text for GitHub has %d characters, at most %d are taken: shorten it", n, MaxBody)
	}
	return body, nil
}

// isMarked reports whether a body begins with the marker.
func isMarked(key, body string) bool {
	first, _, _ := strings.Cut(normal(body), "\n")
	return strings.TrimSpace(first) == marker(key)
}

// same compares bodies as GitHub keeps them: with other line ends, and without
// blanks at the end.
func same(a, b string) bool { return normal(a) == normal(b) }

func normal(s string) string {
	return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n")
}
