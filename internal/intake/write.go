package intake

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// schemaLine tells editors how to check and complete a share.
func schemaLine(file string) string {
	return "# yaml-language-server: $schema=" + strings.Repeat("../", strings.Count(file, "/")) + "schema/share.schema.json\n"
}

// newShare is the text of a new share, in the order of keys that people write.
func (r *run) newShare(file string, g *group) []byte {
	var b strings.Builder
	line := func(s ...string) { b.WriteString(strings.Join(s, "") + "\n") }
	b.WriteString(schemaLine(file))
	line("version: 1")
	line("owner: ", quoted(strings.TrimSpace(r.in.Owner)))
	line("reason: ", prose(strings.TrimSpace(r.in.Reason)))
	line("from: {account: ", r.in.From, ", database: ", scalar(g.database), "}")
	switch {
	case g.tables[0] == all:
		line(`tables: "*"`)
	case g.tables[0] != "":
		line("tables:")
		for _, t := range g.tables {
			line("  ", scalar(t), ": {}")
		}
	}
	line("to:")
	for _, e := range entries(g) {
		line("  - account: ", scalar(r.accountName(g.account)))
		if len(e.principals) > 0 {
			var names []string
			for _, p := range e.principals {
				names = append(names, scalar(short(grantee{g.account, p})))
			}
			line(flow("    principals: ", names))
		}
		key := "    permissions: "
		if g.tables[0] == "" {
			key = "    database: "
		}
		line(flow(key, e.permissions))
	}
	return []byte(b.String())
}

// entry is one entry of to in a new share; without principals it is the account alone.
type entry struct {
	principals  []string
	permissions []string
}

// entries puts principals with equal permissions together. The account alone has
// an entry of its own.
func entries(g *group) []*entry {
	var out []*entry
	for _, p := range sorted(g.rows) {
		permissions := inOrder(g.rows[p])
		i := slices.IndexFunc(out, func(e *entry) bool {
			return len(e.principals) > 0 && slices.Equal(e.permissions, permissions)
		})
		switch {
		case p == "":
			out = append(out, &entry{nil, permissions})
		case i < 0:
			out = append(out, &entry{[]string{p}, permissions})
		default:
			out[i].principals = append(out[i].principals, p)
		}
	}
	return out
}

// width is where a list is written with one entry a line instead.
const width = 100

func flow(key string, items []string) string {
	if s := key + "[" + strings.Join(items, ", ") + "]"; len(s) <= width {
		return s
	}
	indent := "\n" + strings.Repeat(" ", len(key)-len(strings.TrimLeft(key, " "))+2) + "- "
	return strings.TrimRight(key, " ") + indent + strings.Join(items, indent)
}

// scalar writes a text so that YAML reads it as text, within flow lists too.
func scalar(s string) string {
	plain := regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_./:+@=-]*[A-Za-z0-9_])?$`)
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return quoted(s)
	}
	if plain.MatchString(s) {
		return s
	}
	return quoted(s)
}

// prose leaves the quotes off a plain sentence.
func prose(s string) string {
	plain := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ,.()_/-]*$`)
	if strings.Contains(s, " ") && plain.MatchString(s) && !strings.HasSuffix(s, " ") {
		return s
	}
	return scalar(s)
}

// quoted writes a text as JSON does, which YAML reads alike.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}
