package intake_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

func some(t *rapid.T, label string, from ...string) []string {
	n := rapid.IntRange(1, min(3, len(from))).Draw(t, label)
	return rapid.Permutation(from).Draw(t, label)[:n]
}

func one(t *rapid.T, label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(t, label)
}

func drawRecords(t *rapid.T) []map[string]any {
	var out []map[string]any
	for range rapid.IntRange(1, 8).Draw(t, "records") {
		r := map[string]any{"AccessType": one(t, "access", "grant", "grant", "revoke")}
		table := map[string]any{"DatabaseName": one(t, "database", "sales", "sales", "mart")}
		switch object := one(t, "object", "a", "b", "c", "2024", "*", ""); object {
		case "*":
			table["Wildcard"] = true
		case "":
		default:
			table["Name"], table["Wildcard"] = object, false
		}
		r["Table"] = table
		r["Permissions"] = some(t, "permissions", "SELECT", "DESCRIBE", "INSERT", "ALL", "DROP", "CREATE_TABLE", "DATA_LOCATION_ACCESS")
		switch account := one(t, "account", "111122223333", "444455556666", "444455556666", "777788889999"); {
		case account == "111122223333":
			r["Principal"] = "arn:aws:iam::111122223333:" + one(t, "principal", "role/A", "user/path/U")
		default:
			r["Cross_account"], r["AccountID"] = true, account
			if role := one(t, "role", "role/A", "role/B", "role/C,D", ""); role != "" {
				r["Cross_role"] = "arn:aws:iam::" + account + ":" + role
			}
		}
		out = append(out, r)
	}
	return out
}

// drawShare writes a share in one of the many ways in which people do, and adds
// what it grants to the model.
func drawShare(t *rapid.T, m model) []byte {
	var b strings.Builder
	write := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	write("# about the share\nversion: 1\nowner: x # owner\nreason: \"it's # here\"\n")
	set := m.lasting
	if rapid.Bool().Draw(t, "dated") {
		set = m.dated
		write("expires: 2030-01-01\n")
	}
	write("from: {account: sales, database: sales}\n")
	tables := some(t, "tables", "a", "b", "c", "f")
	switch one(t, "tables form", "flow", "block", "all", "none") {
	case "flow":
		write("tables: {%s: {}, # one\n  f: {columns: [id]}}\n", strings.Join(slices.DeleteFunc(slices.Clone(tables), isF), ": {}, "))
		if tables = append(slices.DeleteFunc(tables, isF), "f"); len(tables) == 1 {
			b.Reset()
			return drawShare(t, m)
		}
	case "block":
		write("tables:\n")
		for _, table := range tables {
			body := one(t, "body", "", " {}", " {} # it")
			if isF(table) {
				body = "\n    columns:\n    - id\n  # below"
			}
			write("  # above %s\n  %s:%s\n", table, table, body)
		}
	case "all":
		tables = []string{"*"}
		write("tables: \"*\"\n")
	case "none":
		tables = nil
	}
	write("to:\n")
	for range rapid.IntRange(1, 2).Draw(t, "entries") {
		drawEntry(t, &b, set, tables)
	}
	write("# the end")
	return []byte(b.String())
}

func isF(table string) bool { return table == "f" }

func drawEntry(t *rapid.T, b *strings.Builder, set map[cell]bool, tables []string) {
	alias := one(t, "account", "sales", "analytics", "\"777788889999\"")
	id := map[string]string{"sales": "111122223333", "analytics": "444455556666", "\"777788889999\"": "777788889999"}[alias]
	principals := some(t, "principals", "role/A", "role/B", "role/X")
	if alias == "analytics" && rapid.Bool().Draw(t, "team") {
		principals = []string{"team", "role/X"}
	}
	if alias != "sales" && rapid.Bool().Draw(t, "alone") {
		principals = nil
	}
	permissions, database := []string{"SELECT", "DESCRIBE"}, []string(nil)
	lines := []string{"account: " + alias + " # who"}
	if len(principals) > 0 {
		lines = append(lines, one(t, "form", "principals: ["+strings.Join(principals, ", ")+"]",
			"principals:\n    # them\n    - "+strings.Join(principals, " # him\n    - ")))
	}
	if rapid.Bool().Draw(t, "permissions") && len(tables) > 0 {
		permissions = []string{"SELECT"}
		if !slices.Contains(tables, "f") && alias == "sales" {
			permissions = some(t, "permissions", "SELECT", "ALL", "INSERT")
		}
		lines = append(lines, "permissions: ["+strings.Join(permissions, ", ")+"]")
	}
	if len(tables) == 0 || rapid.Bool().Draw(t, "on database") {
		database = some(t, "database", "CREATE_TABLE", "DESCRIBE")
		lines = append(lines, "database:\n    - "+strings.Join(database, "\n    - "))
	}
	lines = rapid.Permutation(lines).Draw(t, "lines")
	b.WriteString("  - " + strings.Join(lines, "\n    # between\n    ") + "\n")
	add := func(principal string) {
		for _, table := range tables {
			for _, p := range permissions {
				set[cell{id, principal, "sales", table, p}] = true
			}
		}
		for _, p := range database {
			set[cell{id, principal, "sales", "", p}] = true
		}
	}
	for _, p := range principals {
		if p == "team" {
			add("arn:aws:iam::444455556666:role/A")
			add("arn:aws:iam::444455556666:role/B")
			continue
		}
		add("arn:aws:iam::" + id + ":" + p)
	}
	if len(principals) == 0 {
		add("")
	}
}
