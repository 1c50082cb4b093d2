package intake

import (
	"maps"
	"slices"

	"github.com/lakeshare/lakeshare/internal/manifest"
)

// home is a share that may take in what records grant.
type home struct {
	share  *manifest.Share
	ids    []string         // account of each entry; "" for organizations and units
	tables []string         // names, or "*", or "" for the database itself
	rows   map[int][]string // entry -> principals, "" for the account alone
	// What this run adds.
	newTables     []string
	newPrincipals map[int][]string
}

// homes lists the shares that could take something in, by path. Those with
// columns, rows or a date say something that no record says; they stay alone.
func (r *run) homes(t *manifest.Tree) []*home {
	var out []*home
	for i := range t.Shares {
		s := &t.Shares[i]
		if !r.ours(s) || s.Expires.Set() || slices.ContainsFunc(s.Tables, manifest.Table.Filtered) {
			continue
		}
		h := &home{share: s, tables: sorted(tableSet(s)), rows: map[int][]string{}, newPrincipals: map[int][]string{}}
		if len(h.tables) == 0 {
			h.tables = []string{""}
		}
		for _, to := range s.To {
			h.ids = append(h.ids, r.accountID(to.Account.Value))
		}
		for _, row := range r.rows(s) {
			h.rows[row.entry] = append(h.rows[row.entry], row.principal)
		}
		out = append(out, h)
	}
	return out
}

// plain reports whether an entry grants what a record for the account would, and
// nothing beside it.
func (h *home) plain(entry int, account string) bool {
	to := h.share.To[entry]
	return h.ids[entry] == account && !to.Direct && !to.GrantableSet
}

// permissions are what an entry gives on the share's tables, or on the database
// of a share without tables.
func (h *home) permissions(entry int) []string {
	to := h.share.To[entry]
	if h.tables[0] == "" {
		return inOrder(words(to.Database))
	}
	return inOrder(tablePermissions(to, false))
}

// takeTables adds the group's tables if the share's principals are exactly those
// of the group: one more of them would get the tables too.
func (h *home) takeTables(g *group) bool {
	if !g.ofTables() || h.tables[0] == "" || h.tables[0] == all || h.share.From.Database.Value != g.database {
		return false
	}
	rows := map[string][]string{}
	for i := range h.share.To {
		if !h.plain(i, g.account) {
			return false
		}
		for _, p := range h.rows[i] {
			both := append(rows[p], h.permissions(i)...)
			slices.Sort(both)
			rows[p] = slices.Compact(both)
		}
	}
	if signature(rows) != signature(g.rows) {
		return false
	}
	h.tables = slices.Sorted(slices.Values(append(h.tables, g.tables...)))
	h.newTables = append(h.newTables, g.tables...)
	g.rows = nil
	return true
}

// takePrincipals adds the principals of the group that fit an entry, if the
// share's tables are exactly those of the group: a principal gets all of them.
func (h *home) takePrincipals(g *group) bool {
	if h.share.From.Database.Value != g.database || !slices.Equal(h.tables, g.tables) {
		return false
	}
	took := false
	for i, to := range h.share.To {
		own := g.tables[0] != "" && len(to.Database) > 0
		if !h.plain(i, g.account) || len(to.Principals) == 0 || len(to.Locations) > 0 || own {
			continue
		}
		for _, p := range sorted(g.rows) {
			if p == "" || !slices.Equal(h.permissions(i), inOrder(g.rows[p])) {
				continue
			}
			delete(g.rows, p)
			took = true
			h.rows[i] = append(h.rows[i], p)
			h.newPrincipals[i] = append(h.newPrincipals[i], p)
		}
	}
	return took
}

// write adds to the text of the share.
func (h *home) write(text []byte) ([]byte, error) {
	if len(h.newTables) == 0 && len(h.newPrincipals) == 0 {
		return text, nil
	}
	e, err := open(text)
	if err != nil {
		return nil, err
	}
	to := child(e.root, "to")
	for _, i := range slices.Sorted(maps.Keys(h.newPrincipals)) {
		var add []string
		for _, p := range h.newPrincipals[i] {
			add = append(add, scalar(short(grantee{h.ids[i], p})))
		}
		e.rewrite(child(to.Content[i], "principals"), keepAll, add...)
	}
	if len(h.newTables) > 0 {
		var add []string
		for _, t := range h.newTables {
			add = append(add, scalar(t)+": {}")
		}
		e.rewrite(child(e.root, "tables"), keepAll, add...)
	}
	return e.bytes(), nil
}
