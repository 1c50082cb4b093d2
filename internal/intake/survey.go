package intake

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// noDate is a day on which no share has ended: an intake asks for no date, and
// what it writes must be right on every day.
func noDate() time.Time { return time.Time{} }

// row is one grantee of one entry of to, with what the entry gives it. Shares
// multiply tables by principals; taking the product apart is what makes it
// possible to take out one cell.
type row struct {
	entry int
	grantee
	at       diag.Pos
	tables   map[string][]string // table or "*" -> permissions
	database []string
}

// rows takes a share apart. Organizations and units have one row without an account.
func (r *run) rows(s *manifest.Share) []row {
	var out []row
	for i, to := range s.To {
		base := row{entry: i, at: to.Account.Pos, tables: map[string][]string{}, database: words(to.Database)}
		for _, t := range s.Tables {
			base.tables[t.Name.Value] = tablePermissions(to, t.Filtered())
		}
		if s.AllTables {
			base.tables[all] = tablePermissions(to, false)
		}
		base.account = r.accountID(to.Account.Value)
		if len(to.Principals) == 0 {
			out = append(out, base)
		}
		seen := map[string]bool{}
		for _, p := range to.Principals {
			for _, arn := range r.arns(p.Value, base.account) {
				if b := base; !seen[arn] {
					seen[arn] = true
					b.principal, b.at = arn, p.Pos
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// tablePermissions is what an entry gives on a table: what is written, else the default.
func tablePermissions(to manifest.Recipient, filtered bool) []string {
	switch {
	case to.PermissionsSet:
		return words(to.Permissions)
	case filtered:
		return []string{"SELECT"}
	}
	return []string{"SELECT", "DESCRIBE"}
}

func words(ts []manifest.Text) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Value)
	}
	return out
}

// accountID returns the id behind an alias; ids stay, and nothing becomes nothing.
func (r *run) accountID(alias string) string {
	if a, ok := r.config.Account(alias); ok {
		return a.ID.Value
	}
	return alias
}

// accountName is how a share names an account: by its alias, if it has one.
func (r *run) accountName(id string) string {
	for _, a := range r.config.Accounts {
		if a.ID.Value == id {
			return a.Alias.Value
		}
	}
	return id
}

// arns returns the principals behind one entry of principals.
func (r *run) arns(written, account string) []string {
	if strings.HasPrefix(written, "role/") || strings.HasPrefix(written, "user/") {
		return []string{"arn:aws:iam::" + account + ":" + written}
	}
	for _, g := range r.config.Principals {
		if g.Name.Value == written {
			return words(g.Members)
		}
	}
	return []string{written}
}

// short is how a share names a principal of the account.
func short(g grantee) string {
	rest, ok := strings.CutPrefix(g.principal, "arn:aws:iam::"+g.account+":")
	if ok && (strings.HasPrefix(rest, "role/") || strings.HasPrefix(rest, "user/")) {
		return rest
	}
	return g.principal
}

// ours reports whether the records can concern a share: it is in force and of the producer.
func (r *run) ours(s *manifest.Share) bool {
	return s.State.Value == manifest.StatePresent && r.accountID(s.From.Account.Value) == r.from.ID.Value
}

// holding is where a share grants an atom.
type holding struct {
	at diag.Pos
	// Both give a record less than it asks for: a filter gives some columns or
	// rows, and a date takes the permission away again.
	filtered bool
	dated    bool
}

// survey lists what the shares grant, atom by atom, the fullest grant first.
func (r *run) survey(t *manifest.Tree) map[atom][]holding {
	out := map[atom][]holding{}
	for i := range t.Shares {
		s := &t.Shares[i]
		if !r.ours(s) {
			continue
		}
		filtered := map[string]bool{}
		for _, t := range s.Tables {
			filtered[t.Name.Value] = t.Filtered()
		}
		for _, row := range r.rows(s) {
			for table, permissions := range row.tables {
				for _, p := range permissions {
					a := atom{row.grantee, object{s.From.Database.Value, table}, p}
					out[a] = append(out[a], holding{row.at, filtered[table], s.Expires.Set()})
				}
			}
			for _, p := range row.database {
				a := atom{row.grantee, object{s.From.Database.Value, ""}, p}
				out[a] = append(out[a], holding{row.at, false, s.Expires.Set()})
			}
		}
	}
	for _, hs := range out {
		slices.SortFunc(hs, func(a, b holding) int { return cmp.Or(a.rank()-b.rank(), a.at.Compare(b.at)) })
	}
	return out
}

func (h holding) rank() int {
	switch {
	case h.filtered:
		return 2
	case h.dated:
		return 1
	}
	return 0
}

// full reports whether a record that grants the atom has nothing left to ask for.
func full(hs []holding) bool { return len(hs) > 0 && hs[0].rank() == 0 }

// whole returns what a record that revokes the atom takes out: all but filters,
// which the older system does not know.
func whole(hs []holding) []holding {
	return slices.DeleteFunc(slices.Clone(hs), func(h holding) bool { return h.filtered })
}
