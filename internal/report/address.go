package report

import (
	"fmt"
	"net/url"
	"strings"
)

// Links are the addresses that a page on GitHub leads to; "" or nil for none.
type Links struct {
	// Run is the workflow run. It stands only where something was cut, so that a
	// page stays the same from run to run while its content does.
	Run    string
	Commit string // the commit that is planned or was carried out
	Base   string // the commit that was carried out last
	// File returns the address of a line of a file.
	File func(path string, line int) string
}

// longestAddress is what browsers and GitHub take without complaint.
const longestAddress = 2000

// anchor makes Markdown that is shown as text lead to an address. An address
// that is not of the web is left out.
func anchor(shown, href string) string {
	if href = address(href); href == "" || shown == "" {
		return shown
	}
	return "[" + shown + "](" + href + ")"
}

// address is a web address with everything encoded that could end it, or "".
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._/:?#=&%+,;@", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() > longestAddress {
		return ""
	}
	return b.String()
}
