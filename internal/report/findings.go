package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// window is how much of a long source line is shown around the caret.
const window = 100

// findingsText is the findings as a compiler writes them: the place and the
// message, the source line with a caret below it, and what to write instead.
func findingsText(l diag.List, source func(string) []byte, o Options) string {
	if len(l) == 0 {
		return ""
	}
	var b strings.Builder
	p := paint(o.Colour)
	files := map[string][]string{}
	for _, f := range l {
		severity := p.in(red, f.Severity.String())
		if f.Severity == diag.Warning {
			severity = p.in(yellow, f.Severity.String())
		}
		if f.Pos.File != "" {
			b.WriteString(clean(f.Pos.String()) + ": ")
		}
		fmt.Fprintf(&b, "%s: %s [%s]\n", severity, clean(f.Message), clean(f.Rule))
		if _, read := files[f.Pos.File]; !read && source != nil && f.Pos.File != "" {
			files[f.Pos.File] = strings.Split(string(source(f.Pos.File)), "\n")
		}
		if lines := files[f.Pos.File]; f.Pos.Line > 0 && f.Pos.Line <= len(lines) {
			b.WriteString(p.excerpt(f.Pos, lines[f.Pos.Line-1]))
		}
		if f.Hint != "" {
			b.WriteString("  " + p.in(blue, "hint:") + " " + clean(f.Hint) + "\n")
		}
		if f.Other != (diag.Pos{}) {
			b.WriteString("  " + p.in(blue, "see:") + " " + clean(f.Other.String()) + "\n")
		}
	}
	b.WriteString(summary(l) + "\n")
	return b.String()
}

// excerpt is the line of a position with a caret below the column.
func (p paint) excerpt(pos diag.Pos, line string) string {
	line = strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", " ")
	col := min(max(pos.Col-1, 0), utf8.RuneCountInString(line))
	runes := []rune(line)
	if len(runes) > window {
		from := max(0, min(col-window/2, len(runes)-window))
		runes, col = runes[from:from+window], col-from
	}
	shown, before := clean(string(runes)), clean(string(runes[:col]))
	number := strconv.Itoa(pos.Line)
	gutter := "  " + number + " | "
	s := gutter + shown + "\n"
	if pos.Col == 0 {
		return s
	}
	return s + strings.Repeat(" ", len(number)+3) + "| " + strings.Repeat(" ", columns(before)) + p.in(red, "^") + "\n"
}

// columns is how wide a terminal shows a string, as far as the usual letters go:
// East Asian letters take two columns and combining marks none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
			n += 2
		default:
			n++
		}
	}
	return n
}

// summary counts: 3 errors, 1 warning in 2 files.
func summary(l diag.List) string {
	t := tallyFindings(l)
	var parts []string
	if t.errors > 0 {
		parts = append(parts, regular("error").count(t.errors))
	}
	if t.warnings > 0 {
		parts = append(parts, regular("warning").count(t.warnings))
	}
	s := strings.Join(parts, ", ")
	if t.files > 0 {
		s += " in " + regular("file").count(t.files)
	}
	return s
}

type findingTally struct{ errors, warnings, files int }

func tallyFindings(l diag.List) findingTally {
	var t findingTally
	files := map[string]bool{}
	for _, f := range l {
		if f.Severity == diag.Error {
			t.errors++
		} else {
			t.warnings++
		}
		if f.Pos.File != "" && !files[f.Pos.File] {
			files[f.Pos.File] = true
			t.files++
		}
	}
	return t
}

// findingsMarkdown is a table, one finding a row.
func findingsMarkdown(l diag.List) string {
	if len(l) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| Place | | Finding | Rule |\n|---|---|---|---|\n")
	for _, f := range l {
		message := prose(f.Message)
		if f.Hint != "" {
			message += "<br>" + "hint: " + prose(f.Hint)
		}
		if f.Other != (diag.Pos{}) {
			message += "<br>see " + cell(f.Other.String())
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(f.Pos.String()), f.Severity, message, cell(f.Rule))
	}
	b.WriteString("\n" + summary(l) + "\n")
	return b.String()
}
