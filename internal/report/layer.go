package report

import "strings"

// layer is a part of a page that can be cut: what opens it, rows that are kept
// or left out whole, and what closes it. So fences, tables and <details> stay
// whole whatever the size. A layer without rows is a row itself.
type layer struct {
	open string
	rows []layer
	shut string
	most int // bytes it may take where something has to be cut; 0 for no limit of its own
}

func (l layer) whole() string {
	var b strings.Builder
	l.writeTo(&b)
	return b.String()
}

func (l layer) writeTo(b *strings.Builder) {
	b.WriteString(l.open)
	for _, r := range l.rows {
		r.writeTo(b)
	}
	b.WriteString(l.shut)
}

// size is how many bytes the whole layer takes.
func (l layer) size() int {
	n := len(l.open) + len(l.shut)
	for _, r := range l.rows {
		n += r.size()
	}
	return n
}

// count is how many rows the layer has, itself if it has none.
func (l layer) count() int {
	if len(l.rows) == 0 {
		return 1
	}
	n := 0
	for _, r := range l.rows {
		n += r.count()
	}
	return n
}

// within is the layer in at most room bytes, and how many rows it does not show
// and does not tell about either. more is the line about rows that are left out.
func (l layer) within(room int, more func(left int) string) (string, int) {
	if l.size() <= room {
		return l.whole(), 0
	}
	room -= len(l.open) + len(l.shut) + len(more(l.count()))
	if len(l.rows) == 0 || room < 0 {
		return "", l.count()
	}
	var b strings.Builder
	b.WriteString(l.open)
	left := 0
	for _, r := range l.rows {
		if left > 0 { // the rest would stand out of its order
			left += r.count()
			continue
		}
		share := room
		if r.most > 0 {
			share = min(room, r.most)
		}
		s, missing := r.within(share, more)
		b.WriteString(s)
		room -= len(s)
		left += missing
	}
	if left > 0 {
		b.WriteString(more(left))
	}
	b.WriteString(l.shut)
	return b.String(), 0
}

// budgeted is a layer of a page with the bytes that are kept for it.
type budgeted struct {
	layer
	budget int
}

// page is what GitHub shows in one place: parts in their order.
type page struct {
	parts []budgeted
	more  func(left int) string
}

func (p *page) add(budget int, layers ...layer) {
	for _, l := range layers {
		if l.size() > 0 {
			p.parts = append(p.parts, budgeted{l, budget})
		}
	}
}

// size is how many bytes the whole page takes.
func (p page) size() int {
	n := 0
	for _, x := range p.parts {
		n += x.size()
	}
	return n
}

// within is the page in at most limit bytes. Each part has its budget; what
// some do not use goes to the others, first come, first served. The budgets
// together have to be below the limit.
func (p page) within(limit int) string {
	rooms := make([]int, len(p.parts))
	spare := limit
	for i, x := range p.parts {
		rooms[i] = min(x.size(), x.budget)
		spare -= rooms[i]
	}
	if spare < 0 {
		panic("report: the budgets of a page exceed its limit")
	}
	var b strings.Builder
	for i, x := range p.parts {
		extra := min(spare, x.size()-rooms[i])
		spare -= extra
		s, missing := x.layer.within(rooms[i]+extra, p.more)
		if s == "" && missing > 0 {
			if line := p.more(missing); len(line) <= rooms[i]+extra {
				s = line
			}
		}
		b.WriteString(s)
	}
	return b.String()
}
