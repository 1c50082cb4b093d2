package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes every character of a name visible that is not: escape sequences
// that would repaint a terminal, newlines that would forge a line of a plan,
// bidirectional overrides and blanks that would make one name look like another.
func clean(s string) string {
	var b strings.Builder
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r) && !blank(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// blank reports letters and symbols that Unicode counts as printable and no font shows.
func blank(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}

// cleanLines is clean for text that may have several lines, such as errors of AWS.
func cleanLines(s string) []string {
	lines := strings.Split(strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	for i, l := range lines {
		lines[i] = clean(strings.ReplaceAll(l, "\t", "    "))
	}
	return lines
}

// code is a name as a Markdown code span, in which nothing is a link, a mention
// or HTML. The fence is longer than any run of backticks inside.
func code(s string) string {
	s = clean(s)
	if s == "" {
		return ""
	}
	if strings.Contains(s, "<!--") {
		return element(s) // comments are found again by such a marker
	}
	if strings.Trim(s, " ") == "" || s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	fence := strings.Repeat("`", backticks(s)+1)
	return fence + s + fence
}

// cell is code for a table. A pipe ends a cell even inside a code span, and how
// a backslash before it is read differs between parsers: such names are written
// in HTML with every punctuation mark as an entity.
func cell(s string) string {
	if !strings.Contains(s, "|") {
		return code(s)
	}
	return element(s)
}

// element is code in HTML with every punctuation mark as an entity: for table
// cells, and for HTML blocks, in which GitHub reads no Markdown.
func element(s string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("<code>")
	for _, r := range clean(s) {
		if r < utf8.RuneSelf && r != ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	b.WriteString("</code>")
	return b.String()
}

// gap is a space without width: GitHub makes no mention, reference or link of
// what it interrupts. A backslash or an entity would not do, since GitHub looks
// for mentions in the finished page.
const gap = "&#8203;"

// prose is a sentence that somebody else wrote, in Markdown: shown as it is,
// doing nothing. It is safe in a table too.
func prose(s string) string {
	s = clean(s)
	var b strings.Builder
	if first, _ := utf8.DecodeRuneInString(s); s != "" && !unicode.IsLetter(first) {
		b.WriteString(gap) // no list, heading, quote or number opens here
	}
	for i, r := range s {
		rest := s[i:]
		switch {
		case r == '@', r == '#':
			b.WriteRune(r)
			b.WriteString(gap)
		case strings.HasPrefix(rest, "://"), hasFold(s[:i], "www") && r == '.', hasFold(s[:i], "gh") && r == '-':
			b.WriteString(gap)
			b.WriteRune(r)
			b.WriteString(gap)
		case strings.ContainsRune("\\`*_{}[]<>!|~&$^", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hasFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// blockLines and blockWidth are how much of a block a page shows whose names
// are cut: far more than any command or error of AWS has.
const (
	blockLines = 60
	blockWidth = 4000
)

// fenced is a block of lines in Markdown, behind an indent, in a fence that
// nothing inside can close. Where most is not 0 the block is cut too.
func fenced(indent string, lines []string, most int) string {
	if most > 0 {
		lines = shortBlock(lines)
	}
	longest := 2
	for _, l := range lines {
		longest = max(longest, backticks(l))
	}
	fence := strings.Repeat("`", longest+1)
	var b strings.Builder
	b.WriteString(indent + fence + "text\n")
	for _, l := range lines {
		b.WriteString(indent + strings.ReplaceAll(l, "<!--", "<! --") + "\n") // comments are found again by such a marker
	}
	b.WriteString(indent + fence + "\n")
	return b.String()
}

// shortBlock cuts lines that are too many or too long, and says so where it does.
func shortBlock(lines []string) []string {
	left := len(lines) - blockLines
	lines = slices.Clone(lines[:min(len(lines), blockLines)])
	for i, l := range lines {
		if runes := []rune(l); len(runes) > blockWidth {
			lines[i] = string(runes[:blockWidth]) + "… (" + characters(len(runes)-blockWidth) + ")"
		}
	}
	if left > 0 {
		lines = append(lines, "… ("+noun{"more line", "more lines"}.count(left)+")")
	}
	return lines
}

// backticks is the length of the longest run of backticks.
func backticks(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
