package manifest

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// syntax reports an error of yaml.v3 in our words, at its line.
func (p *parser) syntax(err error, data []byte) {
	said := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(said); m != nil {
		line, _ = strconv.Atoi(m[1])
		said = said[len(m[0]):]
		if fromParser(said) {
			line++ // these count lines from 0
		}
	}
	lines := bytes.Split(data, []byte("\n"))
	if m := regexp.MustCompile(`^unknown anchor '(.*)' referenced`).FindStringSubmatch(said); m != nil {
		p.findings.Add(ruleAnchor, p.find(lines, "*"+m[1]), `put the text in quotes: "*`+clip(m[1])+`"`,
			"*%s is an alias in YAML: expected a value", clip(m[1]))
		return
	}
	line = min(max(line, 1), len(lines))
	at := lines[line-1]
	pos := diag.Pos{File: p.file, Line: line, Col: 1 + len(at) - len(bytes.TrimLeft(at, " \t"))}
	if strings.HasPrefix(said, "exceeded max depth") {
		p.findings.Add(ruleTooDeep, pos, "the format needs a handful of levels", "nested too deep: expected at most %d levels", maxDepth)
		return
	}
	hint := syntaxHint(said, string(at))
	p.findings.Add(ruleInvalidYAML, pos, hint, "this is not YAML: %s", clip(said))
}

// fromParser reports whether a message comes from yaml.v3's parser, which counts
// the line at which the broken block begins from 0; the scanner counts from 1.
func fromParser(said string) bool {
	for _, s := range []string{"key", "'-' indicator", "',' or ']'", "',' or '}'", "node content", "<document start>", "<stream-start>"} {
		if said == "did not find expected "+s {
			return true
		}
	}
	return false
}

// find returns the place of the first occurrence of a text outside comments.
func (p *parser) find(lines [][]byte, s string) diag.Pos {
	for i, l := range lines {
		before, _, ok := bytes.Cut(l, []byte(s))
		if ok && !bytes.Contains(before, []byte("#")) {
			return diag.Pos{File: p.file, Line: i + 1, Col: 1 + len([]rune(string(before)))}
		}
	}
	return diag.Pos{File: p.file, Line: 1, Col: 1}
}

// syntaxHint guesses what was meant. The usual reasons are quotes and indentation.
func syntaxHint(said, line string) string {
	blank := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	value := strings.TrimSpace(line)
	if _, v, ok := strings.Cut(line, ": "); ok {
		value = strings.TrimSpace(v)
	}
	value = strings.TrimLeft(value, "-[ ")
	switch {
	case strings.Contains(blank, "\t"):
		return "indent with blanks, not with tabs"
	case strings.HasPrefix(value, "@"), strings.HasPrefix(value, "`"), strings.HasPrefix(value, "%"):
		return "put a text that begins with " + value[:1] + " in quotes: " + strconv.Quote(clip(trimPlain(value)))
	case strings.HasPrefix(value, "*"):
		return `put a text that begins with * in quotes, such as "*" or "*_shared"`
	case strings.HasPrefix(value, "{database}"), strings.HasPrefix(value, "{table}"):
		return "put a text that begins with { in quotes: " + strconv.Quote(clip(trimPlain(value)))
	case strings.Contains(said, "mapping values are not allowed"):
		return "put a text that holds a colon and a blank in quotes, or mend the indentation"
	case strings.Contains(said, "unexpected end of stream"):
		return "close the quote, the bracket or the brace that is open"
	}
	return "look for wrong indentation, an open bracket, or missing quotes at this line or just below"
}

// trimPlain cuts a comment and what closes a flow sequence off a plain text.
func trimPlain(s string) string {
	s, _, _ = strings.Cut(s, " #")
	return strings.TrimRight(s, " ,]}\r")
}
