package report

import (
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// The budgets of sections: the facts get the most, and what is left alone or
// done already is told in short.
func factsBudget() budget { return budget{8, 24} }
func doneBudget() budget  { return budget{3, 24} }
func notesBudget() budget { return budget{10, 10} }

// planView orders a plan for reading: what it comes to, who is affected, what
// is done, what is not, what others have to do, and what was found on the way.
func planView(p *plan.Plan, lossLimit int, o Options) document {
	n := o.names()
	n.several = severalOwners(p)
	d := document{verdict: verdict(p, o)}
	d.add(n.accessSection(p))
	d.add(n.factsSection(p))
	d.add(n.blockedSection(p))
	d.add(unreadSection(p))
	d.add(n.waitingSection(p.Waiting))
	d.add(n.notesSection("Adopted", "Live already and left as it is. Once merged it belongs to the share: taking the lines out takes it away.", p.Adopted, p))
	d.add(n.notesSection("Left in place", "", p.Left, p))
	d.add(n.notesSection("Drift", "Found on what this plan touches, reported and left alone.", p.Drift, p))
	if !p.Empty() {
		d.foot("before", before(p, o))
	}
	d.foot("counts", counts(p))
	if len(p.Changes) > 0 || len(p.Losses) > 0 {
		d.foot("losses", losses(p, lossLimit))
		d.foot("digest", name(short(p.Digest(), digestLength, o.Verbose)))
	}
	d.foot("next", next(p, lossLimit, o))
	return d
}

// verdict is the plan in one sentence.
func verdict(p *plan.Plan, o Options) phrase {
	if p.Empty() {
		return cat(words("Nothing to do: "), idle(p, o), words("."))
	}
	if len(p.Changes) == 0 {
		return wordsf("Nothing can be done now: %s blocked.", noun{"change is", "changes are"}.count(len(p.Blocked)))
	}
	shares := map[string]bool{}
	verbs := map[fact.Verb]int{}
	for _, c := range p.Changes {
		shares[firstShare(c.Origins)] = true
		verbs[c.Op.Verb]++
	}
	access := []string{}
	if g := countPrincipals(readers(p.Gains)); g > 0 {
		access = append(access, noun{"principal gains", "principals gain"}.count(g))
	}
	switch l := countPrincipals(readers(p.Losses)); {
	case l > 0 && len(access) > 0:
		access = append(access, noun{"loses", "lose"}.count(l))
	case l > 0:
		access = append(access, noun{"principal loses", "principals lose"}.count(l))
	case len(access) == 0:
		access = append(access, "nobody gains or loses")
	}
	s := noun{"share changes", "shares change"}.count(len(shares)) + ": " + strings.Join(access, ", ") + "; " +
		regular("fact").count(verbs[fact.Make]) + " to make, "
	tail := words(s + grouped(verbs[fact.Change]) + " to change, " + grouped(verbs[fact.Drop]) + " to take away")
	if len(p.Blocked) > 0 {
		tail = cat(tail, words("; "+grouped(len(p.Blocked))+" blocked"))
	}
	return cat(tail, words("."))
}

// idle says why there is nothing to do.
func idle(p *plan.Plan, o Options) phrase {
	looked := 0
	for _, c := range p.Counts {
		looked += c
	}
	base := cat(words("commit "), name(short(p.Base, commitLength, o.Verbose)))
	switch {
	case p.Only == plan.Endings:
		return words("no share has ended and no invitation has to be sent again")
	case p.Only == plan.Repairs:
		return words("nothing that git declares is missing or altered")
	case p.Only == plan.AutoRepairs:
		return cat(words("nothing is missing or altered where lakeshare.yaml says "), name("drift: repair"))
	case p.Base == "" && looked == 0:
		return words("nothing is declared")
	case p.Base == "":
		return words("all that is declared is there")
	case p.Base == p.Tip:
		return cat(words("all was carried out at "), base)
	}
	return cat(words("no change since "), base, words(", at which all was carried out, is left"))
}

func (n names) factsSection(p *plan.Plan) section {
	entries := make([]entry, len(p.Changes))
	for i, c := range p.Changes {
		entries[i] = entryOf(c, p.Paths)
	}
	return n.fill(section{title: "Facts", folded: true}, entries, factsBudget(), true)
}

// blockedSection tells what cannot be carried out and why; held facts wait for
// something that went missing, which nobody asked lakeshare to bring back.
func (n names) blockedSection(p *plan.Plan) section {
	entries := make([]entry, len(p.Blocked))
	for i, b := range p.Blocked {
		e := entryOf(b.Change, p.Paths)
		e.sign, e.why = bang, b.Why
		switch {
		case b.Held:
			e.row = "held"
			e.why = "needs " + kindNoun(b.Need.Kind).one + " " + b.Need.Object.Name() + ", which is " + b.Why +
				": somebody changed it; put it back, or take the lines out and merge them again"
		case b.Unread:
			e.row, e.why = "not read", "" // the causes are told once, below
		}
		entries[i] = e
	}
	return n.fill(section{title: "Blocked"}, entries, notesBudget(), false)
}

// unreadSection tells each cause for which something could not be read, once.
func unreadSection(p *plan.Plan) section {
	s := section{title: "Could not be read"}
	told := map[string]bool{}
	for _, b := range p.Blocked {
		if b.Unread && !told[b.Why] {
			told[b.Why] = true
			lines := strings.Split(b.Why, "\n")
			i := item{sign: bang, line: quote(lines[0])}
			for _, l := range lines[1:] {
				i.block = append(i.block, clean(l))
			}
			s.groups = append(s.groups, group{items: []item{i}})
		}
	}
	return s
}

// notesSection tells about facts that the plan leaves alone.
func (n names) notesSection(title, intro string, notes []plan.Note, p *plan.Plan) section {
	s := section{title: title, folded: true}
	if intro != "" {
		s.intro = words(intro)
	}
	return n.fill(s, noteEntries(notes, p.Paths), notesBudget(), false)
}

func noteEntries(notes []plan.Note, paths map[fact.Key]string) []entry {
	entries := make([]entry, len(notes))
	for i, note := range notes {
		e := entry{
			key: note.Key, body: note.Body, share: firstShare(note.Origins), origins: note.Origins,
			path: paths[note.Key], when: note.Live.UpdatedAt,
		}
		e.sign, e.why, e.grant = equals, note.Why, note.Body.Grantable
		switch note.Row {
		case plan.Adopted, plan.Stray, plan.Altered:
			e.live, e.writer = true, note.Live.Writer
		}
		switch note.Row {
		case plan.Stray:
			e.body, e.grant = note.Live.Body, note.Live.Body.Grantable
			e.sign, e.row = query, note.Row.String()
		case plan.Altered:
			e.sign, e.row, e.old = query, note.Row.String(), &note.Live.Body
		case plan.Missing:
			e.sign, e.row = query, note.Row.String()
		}
		entries[i] = e
	}
	return entries
}

// before says what the plan compares with: without a record nothing is taken away.
func before(p *plan.Plan, o Options) phrase {
	if p.Base == "" && len(p.Started) == 0 {
		return words("no commit is recorded as carried out: nothing is taken away or narrowed")
	}
	base := words("no commit was carried out completely")
	if p.Base != "" {
		base = cat(words("commit "), name(short(p.Base, commitLength, o.Verbose)), words(" was carried out completely"))
	}
	if len(p.Started) == 0 {
		return base
	}
	return cat(base, words(", and "+noun{"apply has", "applies have"}.count(len(p.Started))+" started since"))
}

// counts lists the rows that occurred, in the order of the table of rows.
func counts(p *plan.Plan) phrase {
	var parts []phrase
	for _, r := range plan.Rows() {
		if c := p.Counts[r]; c > 0 {
			parts = append(parts, words(grouped(c)+" "+r.String()))
		}
	}
	return join(", ", parts...)
}

func losses(p *plan.Plan, limit int) phrase {
	lost := p.LostTables()
	switch {
	case limit < 0:
		return wordsf("%d, no limit", lost)
	case lost > limit:
		return wordsf("%d, over the limit of %d: apply refuses this", lost, limit)
	}
	return wordsf("%d of %d allowed", lost, limit)
}

func next(p *plan.Plan, lossLimit int, o Options) phrase {
	errors := 0
	for _, f := range p.Findings {
		if f.Severity == diag.Error {
			errors++
		}
	}
	switch {
	case errors > 0 && len(p.Changes) == 0:
		return wordsf("mend %s", regular("error").count(errors))
	case len(p.Changes) == 0 || o.Command == "":
		return nil
	case errors > 0:
		return cat(wordsf("mend %s, then run ", regular("error").count(errors)), name(o.Command))
	}
	over := lossLimit >= 0 && p.LostTables() > lossLimit
	switch {
	case p.Unread():
		return cat(words("mend what could not be read; "), name(o.Command), words(" does the rest"))
	case over:
		return cat(words("run "), name(o.Command+" --allow "+p.Digest()[:16]), words(" to let exactly this list pass, or raise limits.losses"))
	}
	return cat(words("run "), name(o.Command))
}
