package intake

import (
	"fmt"
	"slices"
	"strings"
)

// notes tells what became of each record.
func (r *run) notes(records []record, before, after map[atom][]holding) []Note {
	var out []Note
	for i, rec := range records {
		n := notebook{r: r, rec: rec, before: before, after: after}
		for _, f := range r.fates[i] {
			n.permission(f)
		}
		n.aside()
		out = append(out, n.finish()...)
	}
	return out
}

// notebook collects the notes of one record: permissions with the same fate
// make one note.
type notebook struct {
	r             *run
	rec           record
	before, after map[atom][]holding
	lines         []line
	granting      bool // something that the record grants is in a share
}

type line struct {
	note  Note
	verb  string // before the permissions
	words []string
	rest  string // after them
}

func (n *notebook) add(l line, permission string) {
	for i := range n.lines {
		if o := &n.lines[i]; o.note == l.note && o.verb == l.verb && o.rest == l.rest {
			o.words = append(o.words, permission)
			return
		}
	}
	l.words = []string{permission}
	n.lines = append(n.lines, l)
}

func (n *notebook) permission(f fate) {
	a := f.atom
	on := " on " + a.object.String() + " for " + n.r.who(a.grantee)
	last := n.r.asks[a]
	switch {
	case f.out != "":
		n.add(line{note: Note{LeftOut: true}, verb: "left out: ", rest: on + ": " + f.out}, a.permission)
	case last.revoke != n.rec.revoke:
		n.add(line{note: Note{LeftOut: true}, verb: "left out: ", rest: on + fmt.Sprintf(": record %d says the contrary", last.record)}, a.permission)
	case n.rec.revoke:
		n.revoked(a, on)
	default:
		n.granted(a, on)
	}
}

func (n *notebook) granted(a atom, on string) {
	verb, at, rest := "granted: ", a, on
	switch {
	case full(n.before[a]):
		verb = "already granted: "
	case n.r.covered(a, n.before):
		verb, rest = "already granted: ", on+", by ALL"
		at.permission = "ALL"
	}
	if hs := n.after[at]; len(hs) > 0 {
		n.granting = true
		n.add(line{note: Note{File: hs[0].at.File, Line: hs[0].at.Line}, verb: verb, rest: rest}, a.permission)
	}
}

func (n *notebook) revoked(a atom, on string) {
	hs := n.before[a]
	for _, h := range whole(hs) {
		rest := on
		if more := n.r.splits[h.at.File]; len(more) > 0 {
			rest += "; what others keep is now also in " + strings.Join(more, ", ")
		}
		n.add(line{note: Note{File: h.at.File, Line: h.at.Line}, verb: "taken out: ", rest: rest}, a.permission)
	}
	if len(whole(hs)) == 0 {
		n.add(line{verb: "nothing to revoke: ", rest: on + " is in no share" + n.coveredBy(a)}, a.permission)
	}
	if i := slices.IndexFunc(hs, func(h holding) bool { return h.filtered }); i >= 0 {
		n.add(line{
			note: Note{File: hs[i].at.File, Line: hs[i].at.Line, LeftOut: true}, verb: "left out: ",
			rest: on + ": columns or rows of the table are shared there, which the older system did not know; remove them by hand if they are meant",
		}, a.permission)
	}
}

func (n *notebook) coveredBy(a atom) string {
	a.permission = "ALL"
	if len(whole(n.after[a])) > 0 {
		return "; ALL is, and covers it"
	}
	return ""
}

// aside tells what the older system did beside the record's own words, or what
// the record says for nothing [S1-S3, S13].
func (n *notebook) aside() {
	rec := n.rec
	left := func(format string, args ...any) {
		n.lines = append(n.lines, line{note: Note{LeftOut: true}, verb: "left out: " + fmt.Sprintf(format, args...)})
	}
	if rec.cross && rec.principal.value != "" {
		left("Principal %s: a record with Cross_account: true is about AccountID and Cross_role", rec.principal.value)
	}
	if !rec.cross && rec.crossWords {
		left("AccountID and Cross_role: they mean nothing without Cross_account: true")
	}
	if rec.revoke {
		return
	}
	if len(rec.options) > 0 && (!rec.cross || rec.role.value != "") {
		left("PermissionsWithGrantOption: principals grant on only where a share says grantable: true")
	}
	if n.granting && rec.role.value != "" && rec.cross {
		role := short(grantee{rec.account.value, rec.role.value})
		left("the grant option for %s: the account has it, and grants on to %[1]s", role)
		left("ALL on the container and SELECT on its links for %s: reading needs neither; lakeshare adds DESCRIBE on container, links and database", role)
	}
}

func (n *notebook) finish() []Note {
	var out []Note
	for _, l := range n.lines {
		l.note.Record = n.rec.number
		l.note.Text = l.verb + strings.Join(l.words, ", ") + l.rest
		out = append(out, l.note)
	}
	return out
}

// who names a grantee for people.
func (r *run) who(g grantee) string {
	if g.principal == "" {
		return "account " + r.accountName(g.account)
	}
	return short(g) + " of " + r.accountName(g.account)
}
