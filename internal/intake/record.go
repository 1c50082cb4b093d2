package intake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// record is one entry of Records whose form was checked. Strings that were not
// written are empty; empty ones are refused, so that the two cannot be mixed up:
// a name lost on the way would turn a table into its whole database.
type record struct {
	number     int // from 1
	pos        diag.Pos
	revoke     bool
	principal  text
	database   text
	table      text
	wildcard   bool
	words      []text // Permissions
	options    []text // PermissionsWithGrantOption
	cross      bool
	account    text
	role       text
	crossWords bool // AccountID or Cross_role is written
}

// text is a string with its place.
type text struct {
	value string
	pos   diag.Pos
}

// field is a key of the form.
type field struct {
	name     string
	kind     kind
	required bool
}

func recordFields() []field {
	return []field{
		{"AccessType", isString, true},
		{"Principal", isString, false}, // required without Cross_account, see sides
		{"Table", isObject, true},
		{"Permissions", isList, true},
		{"PermissionsWithGrantOption", isList, false},
		{"Cross_account", isBoolean, false},
		{"AccountID", isString, false},
		{"Cross_role", isString, false},
	}
}

func tableFields() []field {
	return []field{{"DatabaseName", isString, true}, {"Name", isString, false}, {"Wildcard", isBoolean, false}}
}

// decode reads the manifest and reports every record that is not of the form.
func (r *run) decode() []record {
	root, pos, err := read(r.in.Name, r.in.Data)
	if err != nil {
		r.findings.Add(ruleManifest, pos, "", "%s", err)
		return nil
	}
	top := r.object(root, "", "", []field{{"Records", isList, true}})
	items := top["Records"].items
	if len(items) > maxRecords {
		r.findings.Add(ruleManifest, top["Records"].pos, "split the manifest", "%d records: expected at most %d", len(items), maxRecords)
		return nil
	}
	var out []record
	for i, v := range items {
		r.at = append(r.at, v.pos)
		out = append(out, r.record(i+1, v))
	}
	return out
}

func (r *run) record(number int, v value) record {
	who := fmt.Sprintf("record %d: ", number)
	rec := record{number: number, pos: v.pos}
	if v.kind != isObject {
		r.bad(v.pos, "", "%sexpected %s, got %s", who, isObject, v.kind)
		return rec
	}
	m := r.object(v, who, "", recordFields())
	t := r.object(m["Table"], who, "Table.", tableFields())
	switch access := m["AccessType"]; access.text {
	case "revoke":
		rec.revoke = true
	case "grant":
	default:
		if access.kind != "" {
			r.bad(access.pos, diag.DidYouMean(access.text, []string{"grant", "revoke"}), who+"AccessType: expected grant or revoke, got %q", access.text)
		}
	}
	rec.cross, rec.wildcard = m["Cross_account"].yes, t["Wildcard"].yes
	rec.principal, rec.account, rec.role = textOf(m["Principal"]), textOf(m["AccountID"]), textOf(m["Cross_role"])
	rec.database, rec.table = textOf(t["DatabaseName"]), textOf(t["Name"])
	rec.words = r.words(m["Permissions"], who+"Permissions")
	rec.options = r.words(m["PermissionsWithGrantOption"], who+"PermissionsWithGrantOption")
	r.sides(&rec, m, who)
	r.names(&rec, t, who)
	return rec
}

// object checks the keys and types of an object and returns its members; one that
// is not as it should be has a place and no kind. A path ends in a dot, or is empty.
func (r *run) object(v value, who, path string, fields []field) map[string]value {
	out := map[string]value{}
	if v.kind == "" {
		return out // reported where it is missing
	}
	if v.kind != isObject && who == "" {
		r.findings.Add(ruleManifest, v.pos, "", "expected %s, got %s", isObject, v.kind)
		return out
	}
	if v.kind != isObject {
		r.bad(v.pos, "", "%sexpected %s, got %s", who, isObject, v.kind)
		return out
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	for _, m := range v.members {
		i := slices.Index(names, m.key)
		switch {
		case i < 0:
			r.bad(m.pos, diag.DidYouMean(m.key, names), "%s%s%s: unknown key; expected one of %s", who, path, clip(m.key), strings.Join(names, ", "))
			out[diag.Nearest(m.key, names)] = value{pos: m.pos} // one finding for one typing error
		case out[m.key].written():
			r.bad(m.pos, "remove one of the two", "%s%s%s: written twice", who, path, m.key)
		case r.typed(m, who+path, fields[i].kind):
			out[m.key] = m.value
		default:
			out[m.key] = value{pos: m.value.pos}
		}
	}
	for _, f := range fields {
		if f.required && !out[f.name].written() {
			r.bad(v.pos, "", "%s%s%s: missing key", who, path, f.name)
		}
	}
	return out
}

func (r *run) typed(m member, path string, want kind) bool {
	if m.value.kind == want {
		return true
	}
	hint := ""
	switch {
	case m.value.kind == isNull:
		hint = "leave the key out if it says nothing"
	case m.value.kind == isNumber && want == isString:
		hint = "put it in quotes"
	case m.value.kind == isString && want == isBoolean:
		hint = "remove the quotes"
	}
	r.bad(m.value.pos, hint, "%s%s: expected %s, got %s", path, m.key, want, m.value.kind)
	return false
}

// words returns the entries of a list of permissions, each once.
func (r *run) words(v value, path string) []text {
	var out []text
	if v.kind == isList && len(v.items) == 0 && strings.HasSuffix(path, ": Permissions") {
		r.bad(v.pos, "", "%s: expected at least one permission", path)
	}
	for i, item := range v.items {
		if item.kind != isString {
			r.bad(item.pos, "", "%s[%d]: expected %s, got %s", path, i, isString, item.kind)
			continue
		}
		if !slices.Contains(permissions(), item.text) {
			r.bad(item.pos, diag.DidYouMean(item.text, permissions()), "%s[%d]: %q is not a permission of Lake Formation", path, i, clip(item.text))
			continue
		}
		if !slices.ContainsFunc(out, func(t text) bool { return t.value == item.text }) {
			out = append(out, textOf(item))
		}
	}
	return out
}

// written reports whether a key was written, however badly.
func (v value) written() bool { return v.pos != diag.Pos{} }

func textOf(v value) text { return text{v.text, v.pos} }

func (r *run) bad(pos diag.Pos, hint, format string, args ...any) {
	r.findings.Add(ruleRecord, pos, hint, format, args...)
}

// clip keeps what strangers wrote from filling the screen.
func clip(s string) string {
	if c := []rune(s); len(c) > 80 {
		return string(c[:80]) + "…"
	}
	return s
}
