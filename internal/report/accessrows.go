package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/plan"
)

// largest is how many gains, and how many losses, a page shows first.
const largest = 5

// accessRow is what several principals gain or lose alike.
type accessRow struct {
	accessLine
	principals []string
}

// size is how much access a row is: principals × tables.
func (r accessRow) size() int { return len(r.principals) * max(1, r.tables) }

// accessRows folds access by table and by principal, largest first.
func accessRows(access []plan.Access, lost bool) []accessRow {
	at := map[string]int{}
	var out []accessRow
	for _, l := range foldAccess(access, lost) {
		k := alike(l)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, accessRow{accessLine: l})
		}
		out[i].principals = append(out[i].principals, l.principal)
	}
	for i := range out {
		out[i].principals = unique(out[i].principals)
	}
	slices.SortStableFunc(out, func(a, b accessRow) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), strings.Compare(a.principals[0], b.principals[0]))
	})
	return out
}

// alike is the same for lines that differ in nothing but who gains or loses.
func alike(l accessLine) string {
	parts := []string{l.permissions, l.columns, l.rows, l.keeps}
	for _, o := range l.objects {
		parts = append(parts, o.Type.String(), o.Catalog, o.Database, o.Table, o.Path)
	}
	return strings.Join(parts, "\x00")
}

// accessTable is a section for gains and losses in a table.
func accessTable() section {
	return section{table: []string{"Who", "Permissions", "On", "Part"}}
}

// accessGroups writes rows of a table, one each.
func (n names) accessGroups(rows []accessRow) []group {
	out := make([]group, len(rows))
	for i, r := range rows {
		out[i] = group{
			head:  list(each(r.principals, n.principal), n.limit(4), len(r.principals), regular("principal")),
			items: n.accessItems([]accessLine{r.accessLine}),
		}
	}
	return out
}

// accessSections are the table that opens a page, with the largest losses and
// the largest gains, and the one with the rest, folded away. A page that shows
// everything has one table.
func (n names) accessSections(p *plan.Plan) (first, rest section) {
	losses, gains := accessRows(readers(p.Losses), true), accessRows(readers(p.Gains), false)
	first, rest = accessTable(), accessTable()
	if n.verbose {
		first.groups = n.accessGroups(slices.Concat(losses, gains))
		return first, rest
	}
	l, g := min(largest, len(losses)), min(largest, len(gains))
	first.groups = n.accessGroups(slices.Concat(losses[:l], gains[:g]))
	rest.groups = n.accessGroups(slices.Concat(losses[l:], gains[g:]))
	var more []string
	if left := len(losses) - l; left > 0 {
		more = append(more, noun{"more loss", "more losses"}.count(left))
	}
	if left := len(gains) - g; left > 0 {
		more = append(more, noun{"more gain", "more gains"}.count(left))
	}
	rest.folded, rest.head = true, words(strings.Join(more, ", "))
	return first, rest
}
