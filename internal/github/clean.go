package github

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	keepNothing = ""
	keepLines   = "\n"
	keepText    = "\n\t"
)

// clean takes out what would hide, reorder or forge text: control, format
// (bidirectional and zero-width) and ill-encoded characters. A line break that
// is not kept becomes a space.
func clean(s, keep string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(keep, r):
			return r
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co), isBlank(r):
			return -1
		}
		return r
	}, s)
}

// isBlank knows characters that Unicode counts as letters or marks and no font shows.
func isBlank(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, 0xffa0:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}

// clip shortens a text to so many characters.
func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
