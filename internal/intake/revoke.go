package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/manifest"
)

// Taking one cell out of tables × principals may leave something that one share
// cannot say. The share is then split: each part is the file itself with some
// lines cut out, so that what stays keeps its columns, rows, dates and comments.

// part is one file that a share becomes.
type part struct {
	tables  []string // names or "*", sorted; none: no tables
	entries map[int]*variant
}

// variant is what a part keeps of an entry of to.
type variant struct {
	principals  map[string]bool // ARNs
	permissions []string        // on the tables; nil: as written
	database    []string
	rest        bool // database and locations stay in this part
}

func (v *variant) key() string {
	return strings.Join(v.permissions, ",") + "/" + strings.Join(v.database, ",") + "/" + strconv.FormatBool(v.rest)
}

// revoke takes out what records revoke. A share that is left with nothing is removed.
func (r *run) revoke(t *manifest.Tree, files map[string][]byte) {
	for i := range t.Shares {
		s := &t.Shares[i]
		if !r.ours(s) {
			continue
		}
		parts, record := r.parts(s)
		if record == 0 {
			continue
		}
		text := files[s.File]
		delete(files, s.File)
		r.touch(s.File, record)
		for n, p := range parts {
			name := s.File
			if n > 0 {
				name = r.free(stem(s.File))
				r.touch(name, record)
				r.splits[s.File] = append(r.splits[s.File], name)
			}
			data, err := r.cutOut(s, p, text, n > 0)
			if err != nil {
				r.findings.Add(ruleInput, s.To[0].Pos, "edit it by hand first", "the file cannot be edited: %s", err)
				return
			}
			files[name] = data
		}
	}
}

// free returns a path that no file has, and takes it.
func (r *run) free(base string) string {
	name := base
	for n := 2; r.taken[name]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	r.taken[name] = true
	return name + ".yaml"
}

// parts says what the share becomes, and the first record that takes something
// out; 0 if none does.
func (r *run) parts(s *manifest.Share) ([]*part, int) {
	record := 0
	filtered := tableSet(s)
	whole := sorted(filtered)
	var kept, cut []row
	for _, row := range r.rows(s) {
		left, by := r.left(s, row, filtered)
		if by == 0 {
			kept = append(kept, row)
			continue
		}
		if record == 0 || by < record {
			record = by
		}
		cut = append(cut, left)
	}
	var parts []*part
	for _, row := range kept {
		parts = place(parts, whole, row, &variant{database: row.database, rest: true})
	}
	for _, row := range cut {
		parts = r.pieces(parts, s, row)
	}
	return parts, record
}

// tableSet tells for each table of the share, or for "*", whether it is filtered.
func tableSet(s *manifest.Share) map[string]bool {
	out := map[string]bool{}
	for _, t := range s.Tables {
		out[t.Name.Value] = t.Filtered()
	}
	if s.AllTables {
		out[all] = false
	}
	return out
}

// left is the row without what records revoke, and the first record that does.
func (r *run) left(s *manifest.Share, from row, filtered map[string]bool) (row, int) {
	record := 0
	drop := func(table string, permissions []string) []string {
		return slices.DeleteFunc(slices.Clone(permissions), func(p string) bool {
			k, ok := r.asks[atom{from.grantee, object{s.From.Database.Value, table}, p}]
			if !ok || !k.revoke || filtered[table] {
				return false
			}
			if record == 0 || k.record < record {
				record = k.record
			}
			return true
		})
	}
	to := from
	to.tables = map[string][]string{}
	for table, permissions := range from.tables {
		if left := drop(table, permissions); len(left) > 0 {
			to.tables[table] = left
		}
	}
	to.database = drop("", from.database)
	return to, record
}

// pieces places what is left of a row: tables with equal permissions together.
func (r *run) pieces(parts []*part, s *manifest.Share, left row) []*part {
	byPermissions, filtered := map[string][]string{}, tableSet(s)
	for _, table := range sorted(left.tables) {
		key := ""
		if now := left.tables[table]; len(now) < len(tablePermissions(s.To[left.entry], filtered[table])) {
			key = strings.Join(now, ",")
		}
		byPermissions[key] = append(byPermissions[key], table)
	}
	rest := true
	for _, key := range sorted(byPermissions) {
		v := &variant{rest: rest}
		if key != "" {
			v.permissions = strings.Split(key, ",")
		}
		if rest {
			v.database = left.database
		}
		parts = place(parts, byPermissions[key], left, v)
		rest = false
	}
	if rest && (len(left.database) > 0 || len(s.To[left.entry].Locations) > 0) {
		parts = place(parts, nil, left, &variant{database: left.database, rest: true})
	}
	return parts
}

// place puts a row into the first part that has the same tables and does not
// already keep something else of the row's entry.
func place(parts []*part, tables []string, row row, v *variant) []*part {
	for _, p := range parts {
		if !slices.Equal(p.tables, tables) {
			continue
		}
		same, taken := p.entries[row.entry]
		if taken && same.key() != v.key() {
			continue
		}
		if !taken {
			p.entries[row.entry], same = v, v
		}
		same.add(row.principal)
		return parts
	}
	v.add(row.principal)
	return append(parts, &part{tables: tables, entries: map[int]*variant{row.entry: v}})
}

func (v *variant) add(principal string) {
	if v.principals == nil {
		v.principals = map[string]bool{}
	}
	v.principals[principal] = true
}

// loses reports whether a principal of the entry is not in the variant.
func (r *run) loses(to manifest.Recipient, v *variant) bool {
	if len(to.Principals) == 0 {
		return false
	}
	return slices.ContainsFunc(to.Principals, func(p manifest.Text) bool {
		return slices.ContainsFunc(r.arns(p.Value, r.accountID(to.Account.Value)), func(arn string) bool { return !v.principals[arn] })
	})
}
