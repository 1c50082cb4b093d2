package intake

import (
	"bytes"
	"slices"

	"gopkg.in/yaml.v3"
)

// What follows finds where things end, which nodes do not tell.

// blockItem is the cut that takes one item out of a block list: its lines, and
// the comment that stands right above it. A comment above the first item may be
// about all of them, so it stays.
func (e *editor) blockItem(l list, i int) cut {
	start := e.startLine(l, i)
	from := start
	for i > 0 && from > 0 && e.isComment(from-1) && e.indent(from-1) == l.Column-1 {
		from--
	}
	return cut{from: e.lines[from], to: e.blockEnd(l, i)}
}

// startLine is the line, from 0, on which an item of a block list begins: that
// of its dash, which may stand above the item.
func (e *editor) startLine(l list, i int) int {
	line := l.first(i).Line - 1
	if l.step == 2 {
		return line
	}
	for line > l.Line-1 && (e.indent(line) != l.Column-1 || e.text[e.lines[line]+l.Column-1] != '-') {
		line--
	}
	return line
}

// blockEnd is the offset of the line after an item of a block list: after the
// last one that is indented deeper than the item.
func (e *editor) blockEnd(l list, i int) int {
	value := l.last(i)
	line := max(e.startLine(l, i), e.lastLine(value))
	// A list may stand at the indentation of its key.
	dashes := l.step == 2 && value.Kind == yaml.SequenceNode && value.Style&yaml.FlowStyle == 0 && value.Column == l.Column
	for next := line + 1; next < len(e.lines)-1; next++ {
		if e.isBlank(next) {
			continue
		}
		in := e.indent(next)
		if in > l.Column-1 || dashes && in == l.Column-1 && e.text[e.lines[next]+in] == '-' {
			line = next
			continue
		}
		if !e.isComment(next) {
			break
		}
	}
	return e.lines[min(line+1, len(e.lines)-1)]
}

// lastLine is the line, from 0, on which a node is known to be still going on.
func (e *editor) lastLine(n *yaml.Node) int {
	if n.Style&yaml.FlowStyle != 0 {
		return e.lineOf(e.valueEnd(e.offset(n)) - 1)
	}
	line := n.Line - 1
	if len(n.Content) > 0 {
		line = max(line, e.lastLine(n.Content[len(n.Content)-1]))
	}
	return line
}

func (e *editor) lineOf(offset int) int {
	line, found := slices.BinarySearch(e.lines, offset)
	if !found {
		line--
	}
	return line
}

func (e *editor) lineText(line int) []byte { return e.text[e.lines[line]:e.lines[line+1]] }

func (e *editor) indent(line int) int {
	t := e.lineText(line)
	return len(t) - len(bytes.TrimLeft(t, " "))
}

func (e *editor) isBlank(line int) bool { return len(bytes.TrimSpace(e.lineText(line))) == 0 }

func (e *editor) isComment(line int) bool {
	return bytes.HasPrefix(bytes.TrimSpace(e.lineText(line)), []byte("#"))
}

// flowEnd is the offset after an item of a flow list, without comma and blanks.
func (e *editor) flowEnd(l list, i int) int {
	key, value := l.first(i), l.last(i)
	if value.Kind != yaml.ScalarNode || value.Tag != "!!null" || value.Value != "" {
		return e.valueEnd(e.offset(value))
	}
	end := e.valueEnd(e.offset(key)) // {orders} or {orders: }
	if rest := bytes.TrimLeft(e.text[end:], " \t\r\n"); bytes.HasPrefix(rest, []byte(":")) {
		end = len(e.text) - len(rest) + 1
		if bytes.HasPrefix(rest, []byte(": ")) {
			end++ // yaml.v3 reads {orders:, …} as a name that ends in a colon
		}
	}
	return end
}

// valueEnd is the offset after a value within a flow list.
func (e *editor) valueEnd(at int) int {
	switch e.text[at] {
	case '"', '\'':
		return e.quoteEnd(at)
	case '[', '{':
		return e.bracketEnd(at)
	}
	i := at
	for i < len(e.text) && !e.plainEnds(i) {
		i++
	}
	return at + len(bytes.TrimRight(e.text[at:i], " \t"))
}

// plainEnds reports whether a plain scalar within a flow list is over.
func (e *editor) plainEnds(i int) bool {
	next := byte('\n')
	if i+1 < len(e.text) {
		next = e.text[i+1]
	}
	switch e.text[i] {
	case ',', ']', '}', '\n', '\r', '[', '{':
		return true
	case ':':
		return bytes.IndexByte([]byte(" \t\r\n,]}[{"), next) >= 0
	case ' ', '\t':
		return next == '#'
	}
	return false
}

func (e *editor) quoteEnd(at int) int {
	quote := e.text[at]
	for i := at + 1; i < len(e.text); i++ {
		switch {
		case quote == '"' && e.text[i] == '\\':
			i++
		case e.text[i] == quote && quote == '\'' && i+1 < len(e.text) && e.text[i+1] == quote:
			i++
		case e.text[i] == quote:
			return i + 1
		}
	}
	return len(e.text)
}

func (e *editor) bracketEnd(at int) int {
	depth := 0
	for i := at; i < len(e.text); i++ {
		switch e.text[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'':
			if e.opens(i) {
				i = e.quoteEnd(i) - 1
			}
		case '#':
			if e.text[i-1] == ' ' || e.text[i-1] == '\t' || e.text[i-1] == '\n' {
				i += bytes.IndexByte(append(e.text[i:len(e.text):len(e.text)], '\n'), '\n')
			}
		}
	}
	return len(e.text)
}

// opens reports whether the quote at i begins a scalar: within a plain one, as
// in it's, it is a letter like others.
func (e *editor) opens(i int) bool {
	before := bytes.TrimRight(e.text[:i], " \t\r\n")
	return len(before) == 0 || bytes.IndexByte([]byte("[{,:"), before[len(before)-1]) >= 0
}
