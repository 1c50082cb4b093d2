package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// opening holds verdict, totals and the largest gains and losses in the first
// fifteen lines, so no blank line stands between them.
func (v reviewer) opening(p *page) {
	p.add(3000*v.scale, headOf(v.verdict(), v.consequence(), v.totals()))
	first, rest := v.accessSections(v.own)
	title := "### " + v.itself() + "\n"
	switch {
	case len(first.groups) > 0:
		l := first.rows(v.most)
		if !v.verbose {
			l = first.fitting(12_000*v.scale, v.most)
		}
		l.open = title + l.open
		p.add(12_000*v.scale, l)
	case v.Plan.Empty():
	case v.own.Empty():
		p.add(200, layer{open: title + "\nNo change of its own.\n"})
	default:
		p.add(200, layer{open: title + "\nNobody gains or loses access.\n"})
	}
	v.budget(p, 4000, rest)
}

// fitting cuts names further and further until the rows fit: of the largest
// gains and losses none is left out.
func (s section) fitting(bytes, most int) layer {
	l := s.rows(most)
	for ; l.size() > bytes-100 && most > 8; l = s.rows(most) {
		most /= 2
	}
	return l
}

// obstacles tells what keeps a plan from being whole.
func (v reviewer) obstacles(p *page) {
	notes := section{title: "Notes"}
	for _, x := range v.Notes {
		notes.groups = append(notes.groups, group{items: []item{{sign: bang, line: quote(x)}}})
	}
	v.budget(p, 1500, notes)
	v.budget(p, 4000, v.findingsSection(v.Findings))
	v.budget(p, 2000, unreadSection(v.Plan))
	v.budget(p, 3000, v.blockedSection(v.own))
}

// findingsSection lists findings, errors first, with their places.
func (n names) findingsSection(l diag.List) section {
	s := section{title: "Findings"}
	l = l.Sorted()
	slices.SortStableFunc(l, func(a, b diag.Finding) int { return int(a.Severity) - int(b.Severity) })
	for _, f := range l {
		i := item{sign: sign(f.Severity.String()), line: cat(quote(f.Message), words(" ["), name(f.Rule), words("]"))}
		if f.Pos.File != "" {
			i.place = n.pos(f.Pos)
		}
		if f.Hint != "" {
			i.below = append(i.below, cat(words("hint: "), quote(f.Hint)))
		}
		if f.Other != (diag.Pos{}) {
			i.below = append(i.below, cat(words("see "), n.pos(f.Other)))
		}
		s.groups = append(s.groups, group{items: []item{i}})
	}
	return s
}

func (n names) pos(p diag.Pos) phrase {
	if p.Line == 0 {
		return name(p.File)
	}
	return n.at(p.File, p.Line)
}

// shareLines is how many lines of facts one share gets in a comment.
const shareLines = 30

// shares is one folded layer for each share with its facts. Those that take
// something away come first: they are the last to be cut.
func (v reviewer) shares(p *plan.Plan, bytes int) []layer {
	byShare := map[string][]entry{}
	for _, c := range p.Changes {
		e := entryOf(c, p.Paths)
		byShare[e.share] = append(byShare[e.share], e)
	}
	if len(byShare) == 0 {
		return nil
	}
	takes := func(share string) int {
		if slices.ContainsFunc(byShare[share], func(e entry) bool { return e.sign == minus }) {
			return 0
		}
		return 1
	}
	order := slices.SortedFunc(maps.Keys(byShare), func(a, b string) int {
		return cmp.Or(cmp.Compare(takes(a), takes(b)), cmp.Compare(a, b))
	})
	all := layer{}
	for _, share := range order {
		s := v.fill(section{folded: true}, byShare[share], budget{shareLines, shareLines}, true)
		s.head = cat(shareName(share), words(": "+tallyVerbs(byShare[share])))
		for i := range s.groups {
			s.groups[i].head = nil // it is the head of the section already
		}
		l := s.layer(v.most)
		l.open, l.most = "\n"+l.open, max(4000, bytes/len(byShare))
		all.rows = append(all.rows, l)
	}
	return []layer{all}
}

// tallyVerbs counts what is done: 9 to make, 1 to take away.
func tallyVerbs(entries []entry) string {
	var parts []string
	for _, x := range []struct {
		sign sign
		what string
	}{{plus, " to make"}, {tilde, " to change"}, {minus, " to take away"}} {
		n := 0
		for _, e := range entries {
			if e.sign == x.sign {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, grouped(n)+x.what)
		}
	}
	return strings.Join(parts, ", ")
}

// alone is what a merge does not decide about: what is left alone, what was
// merged before, and drift.
func (v reviewer) alone(p *page) {
	adopted := v.notesSection("Adopted", "Live already and left as it is. Once merged it belongs to the share: taking the lines out takes it away.", v.Plan.Adopted, v.Plan)
	v.budget(p, 1000, adopted)
	v.budget(p, 500, v.notesSection("Left in place", "", v.Plan.Left, v.Plan))
	if n := len(v.before.Changes) + len(v.before.Blocked); n > 0 {
		p.add(3000*v.scale, v.mergedLayer(n))
	}
	drift := v.notesSection("Drift", "Found on what this plan touches, reported and left alone: a merge does not change it.", v.Plan.Drift, v.Plan)
	if len(drift.groups) > 0 {
		l := drift.layer(v.most)
		l.open = "\n### Drift it touches\n\n" + l.open
		p.add(2500*v.scale, l)
	}
}

// mergedLayer is what was merged before, folded away.
func (v reviewer) mergedLayer(count int) layer {
	l := layer{
		open: "\n### Merged, not yet carried out\n\n<details><summary>" + noun{"change", "changes"}.count(count) + "</summary>\n",
		shut: "\n</details>\n",
	}
	first, rest := v.accessSections(v.before)
	first.groups = slices.Concat(first.groups, rest.groups)
	for _, s := range []section{first, v.factsSection(v.before), v.blockedSection(v.before)} {
		if len(s.groups) > 0 {
			rows := s.rows(v.most)
			rows.open = "\n" + rows.open
			l.rows = append(l.rows, rows)
		}
	}
	return l
}

// callsSection is what an apply will send.
func (v reviewer) callsSection() section {
	s := section{folded: true, table: []string{"Account", "Operation", "Calls", "Entries"}}
	calls := 0
	for _, c := range v.Calls {
		calls += c.Count
		entries := phrase(nil)
		if c.Entries > 0 {
			entries = words(grouped(c.Entries))
		}
		s.groups = append(s.groups, group{
			head: v.place(c.At), items: []item{{cells: []phrase{name(c.Name), words(grouped(c.Count)), entries}}},
		})
	}
	s.head = words("About " + regular("API call").count(calls))
	return s
}

// closing says what was compared and what the digest is for.
func (v reviewer) closing() layer {
	d := document{}
	if !v.Plan.Empty() {
		d.foot("compared with", v.compared())
	}
	if len(v.Plan.Changes) > 0 {
		d.foot("digest", cat(name(short(v.digest, digestLength, v.options.Verbose)),
			words(": it stays the same while the list of changes does; the apply workflow, run by hand, takes it as `allow` to let exactly this list pass the limit on losses")))
	}
	if v.options.Verbose && v.Plan.Tip != "" {
		d.foot("commit", linked(v.Plan.Tip, v.Links.Commit))
	}
	if len(d.footer) == 0 {
		return layer{}
	}
	return layer{open: "\n" + markdownFooter(d.footer, v.most)}
}

// compared is [before] with a link.
func (v reviewer) compared() phrase {
	out := before(v.Plan, v.options)
	for i, x := range out {
		if x.voice == naming {
			out[i].href = v.Links.Base
		}
	}
	return out
}
