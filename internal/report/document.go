package report

// sign opens a line and says at a glance what it does.
type sign string

const (
	plus   sign = "+" // made, gained, done
	minus  sign = "-" // taken away, lost
	tilde  sign = "~" // changed in place
	bang   sign = "!" // needs somebody
	equals sign = "=" // left as it is
	query  sign = "?" // drift
)

// document is what both renderers walk.
type document struct {
	verdict  phrase
	sections []section
	footer   []footLine
}

// footLine is a label with its value, at the end of a document.
type footLine struct {
	label string
	value phrase
}

// section is a heading with groups of items.
type section struct {
	title  string
	intro  phrase
	groups []group
	more   phrase   // what was left out to keep the section short
	folded bool     // Markdown: behind <details>
	head   phrase   // Markdown: what a folded section is called, instead of its title
	deep   bool     // Markdown: a heading below another one
	table  []string // Markdown: the head of a table that the items' cells fill
	// compact puts the head of a group with a single item on the item's line.
	compact bool
}

// group is a head with the items that belong to it. Without a head the items
// stand in the section itself.
type group struct {
	head  phrase
	items []item
}

type item struct {
	sign  sign
	line  phrase
	cells []phrase // for tables, behind the sign and the head
	place phrase   // file:line
	below []phrase
	block []string // lines shown as they are: commands, errors
}

// height is how many lines of text the groups take.
func (s section) height() int {
	n := 0
	for _, g := range s.groups {
		n += s.heightOf(g)
	}
	return n
}

func (s section) heightOf(g group) int {
	n := 0
	if len(g.head) > 0 && !(s.compact && len(g.items) == 1) {
		n++
	}
	for _, i := range g.items {
		n += 1 + len(i.below) + len(i.block)
	}
	return n
}

// cut keeps the groups that fit beside a line about the rest, and at least one,
// and returns how many do not.
func (s *section) cut(limit int) int {
	if s.height() <= limit {
		return 0
	}
	taken := 0
	for i, g := range s.groups {
		if taken += s.heightOf(g); i > 0 && taken >= limit {
			left := len(s.groups) - i
			s.groups = s.groups[:i]
			return left
		}
	}
	return 0
}

func (d *document) add(s section) {
	if len(s.groups) > 0 {
		d.sections = append(d.sections, s)
	}
}

func (d *document) foot(label string, value phrase) {
	if len(value) > 0 {
		d.footer = append(d.footer, footLine{label, value})
	}
}
