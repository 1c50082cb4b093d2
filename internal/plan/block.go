package plan

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// Rules of findings that only AWS knows. Those of warnings come with the warning.
const (
	ruleNotFound  = "not-found"
	ruleNameTaken = "name-taken"
)

// Rules returns the rules of findings that a plan makes, including those that
// reading adds as warnings.
func Rules() []diag.Rule {
	return []diag.Rule{
		{Name: ruleNotFound, Title: "Not there", Help: "A database, table, column or principal that a share names does not exist in its account."},
		{Name: ruleNameTaken, Title: "Name taken", Help: "Something else that git never declared has the name of a filter, container or link. It is never overwritten."},
		{Name: "iam-allowed-principals", Title: "Still open to IAM", Help: "IAM_ALLOWED_PRINCIPALS holds permissions on the object, and AWS refuses to share it with other accounts until they are gone."},
		{Name: "cross-account-version", Title: "Cross-account version", Help: "Principals of other accounts can be granted to from version 3 of the producer's cross-account settings on."},
		{Name: "column-grant", Title: "Column grant", Help: "The principal has a grant on some columns, made by hand; a grant on the table and one on columns exclude each other."},
		{Name: "storage-path", Title: "Outside storage.paths", Help: "The table lies outside the paths that lakeshare.yaml allows to be registered."},
		{Name: "storage-role", Title: "Registered otherwise", Help: "The path is registered already, with another role or in another mode. lakeshare leaves it as it is."},
		{Name: "share-failed", Title: "Resource share failed", Help: "The RAM share behind a grant did not reach the other account."},
		{Name: "invitation-expired", Title: "Invitation expired", Help: "The other account did not accept within 12 hours."},
	}
}

// taken reports a name that something else has already.
func (m *maker) taken(k fact.Key, w fact.Want, what string) {
	m.held[k] = "the name is taken"
	hint := "choose another name with link:"
	if k.Kind == fact.Filter {
		hint = "choose another name with filter:"
	}
	m.at(first(w.Origins), ruleNameTaken, hint, "%s %s in account %s is taken: %s, and git never declared it",
		k.Kind, k.Object.Name(), m.alias(k.At.Account), what)
}

func describeBody(k fact.Key, b fact.Body) string {
	switch k.Kind {
	case fact.Link:
		return "it is a link to " + b.Target.String()
	case fact.Filter:
		rows := ""
		if b.Rows != "" {
			rows = " and rows " + b.Rows
		}
		return "it is a filter with columns " + b.Columns + rows
	}
	return "it is something else"
}

// findings turns what reading found out about names and states into findings at
// the lines that ask for it, and refuses the facts concerned.
func (m *maker) findings() {
	for _, k := range fact.SortedKeys(m.in.Live.Taken) {
		if w, ok := m.in.Tip.Wanted[k]; ok && m.held[k] == "" {
			m.taken(k, w, m.in.Live.Taken[k])
		}
	}
	m.absent()
	for _, warning := range m.in.Live.Warnings {
		w, ok := m.in.Tip.Wanted[warning.Key]
		if !ok || m.renewing(warning.Key) {
			continue
		}
		m.at(first(w.Origins), warning.Rule, warning.Hint, "%s", warning.Message)
		last := &m.plan.Findings[len(m.plan.Findings)-1]
		if warning.Fatal {
			m.held[warning.Key] = warning.Message
		} else {
			last.Severity = diag.Warning
		}
	}
	m.plan.Findings = m.plan.Findings.Sorted()
}

func (m *maker) at(o fact.Origin, rule, hint, format string, args ...any) {
	m.plan.Findings.Add(rule, diag.Pos{File: o.File, Line: o.Line, Col: o.Col}, hint, format, args...)
}

func first(origins []fact.Origin) fact.Origin {
	if len(origins) == 0 {
		return fact.Origin{}
	}
	return origins[0]
}

// alias is how lakeshare.yaml calls an account, or its id.
func (m *maker) alias(account string) string {
	for _, a := range m.in.Tip.Accounts {
		if a.Place.Account == account && a.Alias != "" {
			return a.Alias
		}
	}
	return account
}

// block takes out of the changes what cannot be carried out: what was refused,
// and what needs something that is missing, refused or blocked itself.
func (m *maker) block() {
	for again := true; again; {
		again = false
		all := slices.Clone(m.plan.Changes)
		m.plan.Changes = slices.DeleteFunc(m.plan.Changes, func(c Change) bool {
			b, ok := m.obstacle(c, all)
			if !ok {
				return false
			}
			again = true
			m.held[c.Op.Key] = b.Why
			m.plan.Blocked = append(m.plan.Blocked, b)
			return true
		})
	}
	slices.SortStableFunc(m.plan.Blocked, func(a, b Blocked) int { return a.Change.Op.Key.Compare(b.Change.Op.Key) })
	slices.SortStableFunc(m.plan.Changes, func(a, b Change) int { return a.Op.Key.Compare(b.Op.Key) })
}

// obstacle says why a change cannot be carried out.
func (m *maker) obstacle(c Change, all []Change) (Blocked, bool) {
	if why, ok := m.held[c.Op.Key]; ok && c.Op.Verb != fact.Drop {
		return Blocked{Change: c, Why: why}, true
	}
	if takes(c.Op) && m.faulty(c.Origins) {
		return Blocked{Change: c, Why: "the share has an error: nothing of it is taken away until that is mended"}, true
	}
	for _, n := range c.Op.Needs {
		if err, ok := m.in.Live.Unread[n]; ok {
			return Blocked{Change: c, Need: n, Why: err.Error(), Unread: true}, true
		}
		if _, ok := m.held[n]; ok {
			return m.blockedBy(c, n), true
		}
	}
	if b, ok := m.nothingToLink(c); ok {
		return b, true
	}
	return m.nothingToAccept(c, all)
}

// faulty reports whether a share at the tip has an error of its own: what was to
// take the place of a withdrawal may be what cannot be made.
func (m *maker) faulty(origins []fact.Origin) bool {
	return slices.ContainsFunc(m.plan.Findings, func(f diag.Finding) bool {
		return f.Severity == diag.Error && slices.ContainsFunc(origins, func(o fact.Origin) bool { return o.File == f.Pos.File })
	})
}

// nothingToAccept blocks an acceptance that nothing asks for now: no grant that
// it is about is there or made, or it is only looked at again for facts that are
// blocked themselves.
func (m *maker) nothingToAccept(c Change, all []Change) (Blocked, bool) {
	k := c.Op.Key
	if k.Kind != fact.Accepted || c.Op.Verb != fact.Make {
		return Blocked{}, false
	}
	for _, other := range all {
		_, held := m.held[other.Op.Key]
		asks := other.Op.Verb == fact.Make && (carriedBy(other.Op.Key, k) || slices.Contains(other.Op.Needs, k))
		if asks && !held {
			return Blocked{}, false
		}
	}
	var need fact.Key
	for _, g := range fact.SortedKeys(m.in.Tip.Wanted) {
		if !carriedBy(g, k) {
			continue
		}
		if _, live := m.in.Live.Rows[g]; live && !m.past.reopened[k] {
			return Blocked{}, false
		}
		if _, held := m.held[g]; held || need == (fact.Key{}) {
			need = g
		}
	}
	b := m.blockedBy(c, need)
	if b.Why == "" {
		b.Why, b.Held = Missing.String(), true
	}
	return b, true
}

// blockedBy blocks a change by a fact that does not hold. If somebody took that
// fact away, the change is held, and that is drift.
func (m *maker) blockedBy(c Change, need fact.Key) Blocked {
	why := m.held[need]
	return Blocked{Change: c, Need: need, Why: why, Held: why == Missing.String() || why == Altered.String()}
}
