package report

import (
	"fmt"
	"strings"
)

// markdownOf renders a document for GitHub: the same order as text, access as a
// table, and what only some will read behind <details>.
func markdownOf(d document) string {
	var b strings.Builder
	b.WriteString("**" + d.verdict.markdown(code) + "**\n")
	for _, s := range d.sections {
		b.WriteString("\n")
		if s.folded {
			fmt.Fprintf(&b, "<details><summary>%s (%s)</summary>\n\n", s.title, regular("line").count(items(s)))
		} else {
			b.WriteString("### " + s.title + "\n\n")
		}
		if len(s.intro) > 0 {
			b.WriteString(s.intro.markdown(code) + "\n\n")
		}
		if len(s.table) > 0 {
			markdownTable(&b, s)
		} else {
			markdownList(&b, s)
		}
		if len(s.more) > 0 {
			b.WriteString("\n" + s.more.markdown(code) + "\n")
		}
		if s.folded {
			b.WriteString("\n</details>\n")
		}
	}
	if len(d.footer) == 0 {
		return b.String()
	}
	b.WriteString("\n")
	for _, f := range d.footer {
		b.WriteString("- " + f.label + ": " + f.value.markdown(code) + "\n")
	}
	return b.String()
}

func items(s section) int {
	n := 0
	for _, g := range s.groups {
		n += len(g.items)
	}
	return n
}

func markdownTable(b *strings.Builder, s section) {
	b.WriteString("| | " + strings.Join(s.table, " | ") + " |\n")
	b.WriteString("|" + strings.Repeat("---|", len(s.table)+1) + "\n")
	for _, g := range s.groups {
		for _, i := range g.items {
			b.WriteString("| `" + string(i.sign) + "` | " + g.head.markdown(cell))
			for _, c := range i.cells {
				b.WriteString(" | " + c.markdown(cell))
			}
			b.WriteString(" |\n")
		}
	}
}

func markdownList(b *strings.Builder, s section) {
	for k, g := range s.groups {
		if len(g.head) > 0 {
			if k > 0 {
				b.WriteString("\n")
			}
			b.WriteString("**" + g.head.markdown(code) + "**\n\n")
		}
		for _, i := range g.items {
			markdownItem(b, i)
		}
	}
}

func markdownItem(b *strings.Builder, i item) {
	b.WriteString("- `" + string(i.sign) + "` " + i.line.markdown(code))
	if len(i.place) > 0 {
		b.WriteString(" — " + i.place.markdown(code))
	}
	b.WriteString("\n")
	for _, l := range i.below {
		b.WriteString("  - " + l.markdown(code) + "\n")
	}
	if len(i.block) > 0 {
		b.WriteString("\n" + fenced("  ", i.block))
	}
}
