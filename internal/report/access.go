package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// accessBudget and the budgets of other sections are how many lines of text they
// may take: a plan of 100 changes has to be read, not scrolled through.
const accessBudget = 24

// accessKey is what folds into one line: the same permissions on the same part
// of many tables.
type accessKey struct {
	principal   string
	lost        bool
	at          fact.Place
	catalog     string
	noun        noun
	permissions string
	columns     string
	rows        string
	keeps       string // of the parts below, for comparing
}

type accessLine struct {
	accessKey
	objects []fact.Object
	tables  int
	kept    []plan.Part // of a loss: what is still read
}

// accessSection says who gains and who loses what. Who loses comes first: it is
// the last thing to be left out where not everything fits.
func (n names) accessSection(p *plan.Plan) section {
	s := section{title: "Access", table: []string{"Principal", "Permissions", "On", "Part"}}
	lines := append(foldAccess(readers(p.Losses), true), foldAccess(readers(p.Gains), false)...)
	byPrincipal := map[string][]accessLine{}
	loses := map[string]bool{}
	for _, l := range lines {
		byPrincipal[l.principal] = append(byPrincipal[l.principal], l)
		loses[l.principal] = loses[l.principal] || l.lost
	}
	principals := make([]string, 0, len(byPrincipal))
	for principal := range byPrincipal {
		principals = append(principals, principal)
	}
	slices.SortFunc(principals, func(a, b string) int {
		switch {
		case loses[a] == loses[b]:
			return strings.Compare(a, b)
		case loses[a]:
			return -1
		}
		return 1
	})
	for _, principal := range principals {
		s.groups = append(s.groups, group{head: n.principal(principal), items: n.accessItems(byPrincipal[principal])})
	}
	single := !slices.ContainsFunc(s.groups, func(g group) bool { return len(g.items) != 1 })
	if n.verbose || !single && s.height() <= accessBudget {
		return s
	}
	s.compact = true
	s.groups = n.together(principals, byPrincipal)
	if left := s.cut(accessBudget); left > 0 {
		s.more = wordsf("… and %s (--verbose shows all)", noun{"more group of principals", "more groups of principals"}.count(left))
	}
	return s
}

// readers leaves out accounts where one of their principals gains or loses the
// same: what the account has is only what carries it there.
func readers(access []plan.Access) []plan.Access {
	type part struct{ account, object, columns, rows string }
	carried := map[part]bool{}
	for _, a := range access {
		carried[part{fact.AccountOf(a.Principal), a.Object.String(), a.Columns, a.Rows}] = true
	}
	return slices.DeleteFunc(slices.Clone(access), func(a plan.Access) bool {
		return carried[part{a.Principal, a.Object.String(), a.Columns, a.Rows}]
	})
}

// together puts principals that gain and lose the same under one head.
func (n names) together(principals []string, byPrincipal map[string][]accessLine) []group {
	var out []group
	heads := map[string]int{}
	members := [][]phrase{}
	for _, principal := range principals {
		items := n.accessItems(byPrincipal[principal])
		same := ""
		for _, i := range items {
			same += string(i.sign) + i.line.text() + "\n"
		}
		at, ok := heads[same]
		if !ok {
			at = len(out)
			heads[same] = at
			out = append(out, group{items: items})
			members = append(members, nil)
		}
		members[at] = append(members[at], n.principal(principal))
	}
	for i, m := range members {
		out[i].head = list(m, 4, len(m), regular("principal"))
	}
	return out
}

func (n names) accessItems(lines []accessLine) []item {
	var out []item
	for _, l := range lines {
		sign := plus
		if l.lost {
			sign = minus
		}
		permissions := strings.Split(l.permissions, ",")
		on := cat(n.objects(l.objects, n.limit(4), l.tables), n.owner(l.objects[0], l.at))
		if l.objects[0].Type == fact.Tables && len(l.objects) == 1 && l.tables > 1 {
			on = cat(on, wordsf(" (%s)", l.noun.count(l.tables)))
		}
		of := join("; ", part(l.columns, l.rows), keeps(l.kept))
		line := cat(join(", ", namesOf(permissions)...), words(" on "), on)
		out = append(out, item{
			sign: sign, line: join("; ", line, of),
			cells: []phrase{join(", ", namesOf(permissions)...), on, of},
		})
	}
	return out
}

// keeps says what is left of what is lost: narrowing is no end.
func keeps(kept []plan.Part) phrase {
	if len(kept) == 0 {
		return nil
	}
	return cat(words("keeps "), join(", and ", each(kept, func(p plan.Part) phrase {
		if of := part(p.Columns, p.Rows); len(of) > 0 {
			return of
		}
		return words("all of it")
	})...))
}

// foldAccess groups entries that differ only in their table.
func foldAccess(access []plan.Access, lost bool) []accessLine {
	at := map[accessKey]int{}
	var out []accessLine
	for _, a := range access {
		k := accessKey{
			principal: a.Principal, lost: lost, at: a.At, catalog: a.Object.Catalog, noun: objectNoun(a.Object.Type),
			permissions: strings.Join(uniquePermissions(a.Permissions), ","), columns: a.Columns, rows: a.Rows,
			keeps: fmt.Sprint(a.Keeps),
		}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, accessLine{accessKey: k, kept: a.Keeps})
		}
		out[i].objects = append(out[i].objects, a.Object)
		out[i].tables += max(1, a.Tables)
	}
	slices.SortStableFunc(out, func(a, b accessLine) int {
		return cmp.Or(a.objects[0].Compare(b.objects[0]), strings.Compare(a.permissions, b.permissions),
			strings.Compare(a.at.String(), b.at.String()), strings.Compare(a.columns, b.columns), strings.Compare(a.rows, b.rows))
	})
	return out
}

// countPrincipals is how many principals occur in a list of access.
func countPrincipals(access []plan.Access) int {
	seen := map[string]bool{}
	for _, a := range access {
		seen[a.Principal] = true
	}
	return len(seen)
}
