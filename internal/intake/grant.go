package intake

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// group is what one share can say: tables that the same principals of one account
// get with the same permissions.
type group struct {
	database string
	account  string
	tables   []string            // names, or "*", or "" for the database itself
	rows     map[string][]string // principal, "" for the account alone -> permissions
	record   int                 // the first that asks for it
}

func (g *group) ofTables() bool { return g.tables[0] != "" && g.tables[0] != all }

// sort finds what records grant and no share does. What ALL covers is not
// missing: a share that says both means ALL.
func (r *run) sort(before map[atom][]holding) {
	for a, k := range r.asks {
		if !k.revoke && !full(before[a]) && !r.covered(a, before) {
			r.missing = append(r.missing, a)
		}
	}
	slices.SortFunc(r.missing, func(a, b atom) int {
		return cmp.Or(r.asks[a].record-r.asks[b].record, cmp.Compare(a.permission, b.permission))
	})
}

// covered reports whether ALL stands, or will stand, for the atom.
func (r *run) covered(a atom, before map[atom][]holding) bool {
	whole := a
	whole.permission = "ALL"
	if a.permission == "ALL" {
		return false
	}
	if k, asked := r.asks[whole]; asked {
		return !k.revoke
	}
	return full(before[whole])
}

// groups puts tables together that look alike, in the order of the records.
func (r *run) groups() []*group {
	type thing struct {
		account string
		object
	}
	byThing := map[thing]*group{}
	var order []thing
	for _, a := range r.missing {
		t := thing{a.account, a.object}
		g := byThing[t]
		if g == nil {
			g = &group{a.database, a.account, []string{a.table}, map[string][]string{}, r.asks[a].record}
			byThing[t] = g
			order = append(order, t)
		}
		g.rows[a.principal] = append(g.rows[a.principal], a.permission)
	}
	alike := map[string]*group{}
	var out []*group
	for _, t := range order {
		g := byThing[t]
		key := strings.Join([]string{g.account, g.database, signature(g.rows)}, "\n")
		if first := alike[key]; first != nil && g.ofTables() {
			first.tables = append(first.tables, g.tables...)
			continue
		}
		if g.ofTables() {
			alike[key] = g
		}
		out = append(out, g)
	}
	for _, g := range out {
		slices.Sort(g.tables)
	}
	return out
}

// signature is a text that is equal for equal rows.
func signature(rows map[string][]string) string {
	var b strings.Builder
	for _, p := range sorted(rows) {
		b.WriteString(p + " " + strings.Join(inOrder(rows[p]), ",") + "\n")
	}
	return b.String()
}

// grant writes what is missing: into shares that can take it without saying more
// than the records do, and else into new ones.
func (r *run) grant(t *manifest.Tree, files map[string][]byte) {
	homes := r.homes(t)
	var left []*group
	for _, g := range r.groups() {
		for _, h := range homes {
			if h.takeTables(g) || h.takePrincipals(g) {
				r.touch(h.share.File, g.record)
			}
		}
		if len(g.rows) > 0 {
			left = append(left, g)
		}
	}
	for _, h := range homes {
		data, err := h.write(files[h.share.File])
		if err != nil {
			r.findings.Add(ruleInput, diag.Pos{File: h.share.File}, "edit it by hand first", "the file cannot be edited: %s", err)
			return
		}
		files[h.share.File] = data
	}
	if len(left) > 0 && (strings.TrimSpace(r.in.Owner) == "" || strings.TrimSpace(r.in.Reason) == "") {
		r.findings.Add(ruleInput, diag.Pos{File: r.in.Name}, `write --owner "@acme/sales-data" --reason "Moved from the queue."`,
			"new shares are needed, from record %d on, and a share says who answers for it and why: expected an owner and a reason", left[0].record)
		return
	}
	for _, g := range left {
		name := r.free(r.base(g))
		r.touch(name, g.record)
		files[name] = r.newShare(name, g)
	}
}

// base is the path of a new share, before a number is added.
func (r *run) base(g *group) string {
	folder := r.folders[g.database]
	if folder == "" {
		folder = "shares/" + r.in.From
	}
	name := fileName(g.database) + "-" + r.accountName(g.account)
	switch g.tables[0] {
	case "":
		name += "-database"
	case all:
		name += "-all-tables"
	}
	return folder + "/" + name
}

// fileName makes a name that every file system takes.
func fileName(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			return c
		}
		return '_'
	}, name)
}
