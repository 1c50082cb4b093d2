package report

import (
	"fmt"
	"strings"
)

// markdownOf renders a document for GitHub: the same order as text, access as a
// table, and what only some will read behind <details>.
func markdownOf(d document) string {
	var b strings.Builder
	b.WriteString("**" + d.verdict.markdown(style{name: code}) + "**\n")
	for _, s := range d.sections {
		b.WriteString("\n" + s.layer(0).whole())
	}
	if len(d.footer) == 0 {
		return b.String()
	}
	b.WriteString("\n" + markdownFooter(d.footer, 0))
	return b.String()
}

func markdownFooter(lines []footLine, most int) string {
	var b strings.Builder
	for _, f := range lines {
		b.WriteString("- " + f.label + ": " + f.value.markdown(style{code, most}) + "\n")
	}
	return b.String()
}

// layer is the section in Markdown, in which each item is one row. Names longer
// than most are cut; 0 cuts nothing.
func (s section) layer(most int) layer {
	l := s.rows(most)
	title := "### " + s.title + "\n\n"
	switch {
	case s.folded && len(s.head) > 0:
		title = "<details><summary>" + s.head.markdown(style{element, most}) + "</summary>\n\n"
	case s.folded:
		title = fmt.Sprintf("<details><summary>%s (%s)</summary>\n\n", s.title, regular("line").count(items(s)))
	case s.deep:
		title = "#" + title
	}
	if len(s.intro) > 0 {
		title += s.intro.markdown(style{code, most}) + "\n\n"
	}
	l.open = title + l.open
	if len(s.more) > 0 {
		l.shut += "\n" + s.more.markdown(style{code, most}) + "\n"
	}
	if s.folded {
		l.shut += "\n</details>\n"
	}
	return l
}

// rows is the section without its heading.
func (s section) rows(most int) layer {
	if len(s.table) > 0 {
		return s.tableLayer(most)
	}
	var l layer
	for k, g := range s.groups {
		head := ""
		if len(g.head) > 0 {
			head = "**" + g.head.markdown(style{code, most}) + "**\n\n"
			if k > 0 {
				head = "\n" + head
			}
		}
		for _, i := range g.items {
			l.rows = append(l.rows, layer{open: head + markdownItem(i, most)})
			head = ""
		}
	}
	return l
}

func items(s section) int {
	n := 0
	for _, g := range s.groups {
		n += len(g.items)
	}
	return n
}

func (s section) tableLayer(most int) layer {
	st := style{cell, most}
	l := layer{open: "| | " + strings.Join(s.table, " | ") + " |\n|" + strings.Repeat("---|", len(s.table)+1) + "\n"}
	for _, g := range s.groups {
		for _, i := range g.items {
			row := "| "
			if i.sign != "" {
				row += "`" + string(i.sign) + "` "
			}
			row += "| " + g.head.markdown(st)
			for _, c := range i.cells {
				row += " | " + c.markdown(st)
			}
			l.rows = append(l.rows, layer{open: row + " |\n"})
		}
	}
	return l
}

func markdownItem(i item, most int) string {
	st := style{code, most}
	var b strings.Builder
	b.WriteString("- `" + string(i.sign) + "` " + i.line.markdown(st))
	if len(i.place) > 0 {
		b.WriteString(" — " + i.place.markdown(st))
	}
	b.WriteString("\n")
	for _, l := range i.below {
		b.WriteString("  - " + l.markdown(st) + "\n")
	}
	if len(i.block) > 0 {
		b.WriteString("\n" + fenced("  ", i.block, most))
	}
	return b.String()
}
