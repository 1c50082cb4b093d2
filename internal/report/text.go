package report

import (
	"strings"
)

// paint colours headings and symbols, and nothing else: names come from others,
// and a line without colour loses no meaning.
type paint bool

const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

func (p paint) in(colour, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func (p paint) sign(s sign) string {
	switch s {
	case plus:
		return p.in(green, string(s))
	case minus:
		return p.in(red, string(s))
	case tilde, bang, query:
		return p.in(yellow, string(s))
	}
	return string(s)
}

// textOf renders a document for a terminal.
func textOf(d document, colour bool) string {
	p := paint(colour)
	var b strings.Builder
	b.WriteString(d.verdict.text() + "\n")
	for _, s := range d.sections {
		b.WriteString("\n" + p.in(bold, strings.ToUpper(s.title)) + "\n")
		if len(s.intro) > 0 {
			b.WriteString("  " + s.intro.text() + "\n")
		}
		for _, g := range s.groups {
			p.group(&b, g, s.compact)
		}
		if len(s.more) > 0 {
			b.WriteString("  " + s.more.text() + "\n")
		}
	}
	if len(d.footer) > 0 {
		b.WriteString("\n")
	}
	width := 0
	for _, f := range d.footer {
		width = max(width, len(f.label))
	}
	for _, f := range d.footer {
		label := f.label + strings.Repeat(" ", width-len(f.label))
		b.WriteString(p.in(bold, label) + "  " + f.value.text() + "\n")
	}
	return b.String()
}

func (p paint) group(b *strings.Builder, g group, compact bool) {
	indent, lead := "  ", ""
	switch {
	case len(g.head) == 0:
	case compact && len(g.items) == 1:
		lead = g.head.text() + ": "
	default:
		b.WriteString(indent + g.head.text() + "\n")
		indent += "  "
	}
	for _, i := range g.items {
		b.WriteString(indent + p.sign(i.sign) + " " + lead + i.line.text())
		if len(i.place) > 0 {
			b.WriteString("  " + i.place.text())
		}
		b.WriteString("\n")
		for _, l := range i.below {
			b.WriteString(indent + "  " + l.text() + "\n")
		}
		for _, l := range i.block {
			b.WriteString(indent + "    " + l + "\n")
		}
	}
}
