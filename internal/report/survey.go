package report

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// soon is how long before its end a share is told about.
const soon = 14 * 24 * time.Hour

// Survey writes what a sweep over everything in scope found. now decides which
// shares end soon. Options.Command is what puts missing and altered facts back;
// without it "lakeshare apply --repair" is named.
func Survey(w io.Writer, s *plan.Survey, now time.Time, o Options) error {
	if o.Format == JSON {
		return writeJSON(w, surveyDocument(s, o))
	}
	v := surveyor{names: o.names(), survey: s, now: now, days: true}
	v.repair = cat(words("run "), name(cmp.Or(o.Command, "lakeshare apply --repair")))
	d := document{verdict: v.verdict()}
	for _, x := range v.sections() {
		d.add(x)
	}
	if !v.clean() {
		d.footer = v.footer()
	}
	return o.render(w, d)
}

// surveyor shows one survey.
type surveyor struct {
	names
	survey *plan.Survey
	now    time.Time
	days   bool   // tell how many days are left: a page that must not change every day does not
	repair phrase // what puts facts back: run …
}

// verdict says first what is not known, then what drifted.
func (v surveyor) verdict() phrase {
	s := v.survey
	var parts []string
	if n := len(s.Unread); n > 0 {
		parts = append(parts, "Incomplete: "+regular("place").count(n)+" could not be read.")
	}
	var rows []string
	for _, x := range []struct {
		notes []plan.Note
		what  string
	}{{s.Missing, " missing"}, {s.Altered, " altered"}, {s.Strays, " stray"}} {
		if len(x.notes) > 0 {
			rows = append(rows, grouped(len(x.notes))+x.what)
		}
	}
	switch {
	case s.Drifts() > 0:
		parts = append(parts, regular("fact").count(s.Drifts())+" drifted: "+strings.Join(rows, ", ")+".")
	case len(s.Unread) > 0:
		parts = append(parts, "No drift where reading was possible.")
	default:
		line := "No drift: " + noun{"fact is", "facts are"}.count(s.Done) + " as git says"
		if s.Pending > 0 {
			line += ", " + grouped(s.Pending) + " merged and not yet carried out"
		}
		if s.Ignored > 0 {
			line += ", " + grouped(s.Ignored) + " ignored"
		}
		parts = append(parts, line+".")
	}
	return words(strings.Join(parts, " "))
}

// clean reports whether the verdict says all there is.
func (v surveyor) clean() bool { return v.survey.Drifts()+len(v.survey.Unread) == 0 }

// sections are all parts of a survey in their order; some are empty.
func (v surveyor) sections() []section {
	s := v.survey
	return []section{
		v.unreadPlaces(), v.missingSection(s.Missing), v.alteredSection(s.Altered),
		v.straySection(s.Strays), v.expiringSection(), v.waitingSection(s.Waiting),
	}
}

// driftBudget is that of each section of drift, which is what a survey is for.
func driftBudget() budget { return budget{40, 60} }

func (v surveyor) unreadPlaces() section {
	s := section{title: "Could not be read", intro: words("Nothing is known about these places: what is missing or stray there is not told below.")}
	for _, u := range v.survey.Unread {
		lines := cleanLines(u.Why)
		i := item{sign: bang, line: cat(v.place(u.At), words(": "), quote(lines[0])), block: lines[1:]}
		s.groups = append(s.groups, group{items: []item{i}})
	}
	return s
}

func (v surveyor) missingSection(notes []plan.Note) section {
	s := section{title: "Missing", intro: cat(
		words("Git declares it and somebody took it away; AWS does not keep who, CloudTrail does. To put it back, "), v.repair,
		words(". To leave it so, take the lines out and merge that."))}
	return v.fill(s, driftEntries(notes), driftBudget(), true)
}

func (v surveyor) alteredSection(notes []plan.Note) section {
	s := section{title: "Altered", intro: cat(
		words("Somebody changed it by hand. To put it back, "), v.repair,
		words(". To leave it so, write in the share what is there, or take the lines out."))}
	return v.fill(s, driftEntries(notes), driftBudget(), true)
}

// driftEntries are notes under a heading that says which row they are in.
func driftEntries(notes []plan.Note) []entry {
	entries := noteEntries(notes, nil)
	for i := range entries {
		entries[i].row = ""
		entries[i].live = entries[i].live || notes[i].Live.Writer != ""
		entries[i].writer = notes[i].Live.Writer
	}
	return entries
}

// straySection groups strays by who holds them.
func (v surveyor) straySection(notes []plan.Note) section {
	s := section{title: "Stray", intro: cat(
		words("It is live and no commit declares it. To keep it, declare it in a share; to take it away, describe it in a share with "),
		name("state: absent"), words("; if others look after it, add its line to "), name("lakeshare.yaml"), words("."))}
	by := map[string][]plan.Note{}
	for _, x := range notes {
		by[x.Key.Principal] = append(by[x.Key.Principal], x)
	}
	principals := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(strings.Compare(v.principal(a).text(), v.principal(b).text()), strings.Compare(a, b))
	})
	for level := byGrant; level <= byPlace; level++ {
		s.groups = nil
		for _, p := range principals {
			s.groups = append(s.groups, v.strayGroup(p, by[p], level))
		}
		if v.verbose || s.height() <= driftBudget().detail {
			break
		}
	}
	if v.verbose || v.whole {
		return s
	}
	if left := s.cut(driftBudget().most); left > 0 {
		s.more = wordsf("… and %s (--verbose shows all)", noun{"more principal", "more principals"}.count(left))
	}
	return s
}

func (v surveyor) strayGroup(principal string, notes []plan.Note, level int) group {
	g := group{head: words("filters and links")}
	if principal != "" {
		g.head = v.principal(principal)
	}
	entries := driftEntries(notes)
	sortEntries(entries)
	bundles := fold(entries, level)
	if v.verbose {
		bundles = singles(entries)
	}
	for _, b := range bundles {
		g.items = append(g.items, v.bundle(b, false))
	}
	if line := v.ignoreLine(notes); line != "" {
		last := &g.items[len(g.items)-1]
		last.below = append(last.below, cat(words("to ignore it: "), name(line)))
	}
	return g
}

// expiringSection lists shares that end soon, the next one first.
func (v surveyor) expiringSection() section {
	s := section{title: "Ending soon", intro: words("On its day a share is taken away by the scheduled job. To go on, move the date and merge that.")}
	expiring := slices.DeleteFunc(slices.Clone(v.survey.Expiring), func(e fact.Expiry) bool { return e.Ends.Sub(v.now) > soon })
	slices.SortStableFunc(expiring, func(a, b fact.Expiry) int {
		return cmp.Or(a.Ends.Compare(b.Ends), a.Origin.Compare(b.Origin))
	})
	for _, e := range expiring {
		line := cat(name(e.Origin.Share), words(" of "), name(e.Owner), words(" ends on "+day(e.Ends)))
		if v.days {
			line = cat(line, words(", "+daysLeft(e.Ends.Sub(v.now))))
		}
		s.groups = append(s.groups, group{items: []item{{sign: bang, line: line, place: v.at(e.Origin.File, e.Origin.Line)}}})
	}
	return s
}

func daysLeft(d time.Duration) string {
	switch n := int(d / (24 * time.Hour)); {
	case d <= 0:
		return "which is past"
	case n == 0:
		return "within a day"
	default:
		return "in " + regular("day").count(n)
	}
}

// footer counts what is in order, or will be.
func (v surveyor) footer() []footLine {
	s := v.survey
	var d document
	if s.Done > 0 {
		d.foot("done", words(noun{"fact is", "facts are"}.count(s.Done)+" as git says"))
	}
	if s.Pending > 0 {
		d.foot("pending", words(noun{"fact is", "facts are"}.count(s.Pending)+" merged and not yet carried out: the next apply does that"))
	}
	if s.Ignored > 0 {
		d.foot("ignored", words(regular("row").count(s.Ignored)+" that lakeshare.yaml says to ignore"))
	}
	return d.footer
}
