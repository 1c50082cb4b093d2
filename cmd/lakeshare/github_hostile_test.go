package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/report/hostile"
)

// hostileShares writes a share for every text of the corpus: where files may hold
// any text, or, with broken, where they may not.
func hostileShares(h *hub, args []string) error {
	broken := len(args) > 0 && args[0] == "broken"
	dir := filepath.Join(h.work, "shares", "hostile")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, text := range hostile.Corpus() {
		if !broken { // what cannot be seen, or is too long, is refused in any file
			text = strings.TrimSpace(strings.Map(func(r rune) rune {
				if unicode.IsPrint(r) && r != '\uFFFD' {
					return r
				}
				return '.'
			}, text))
			text = "x" + string([]rune(text)[:min(200, len([]rune(text)))])
		}
		q, err := json.Marshal(strings.ToValidUTF8(text, ".")) // nearly always a string of YAML too
		if err != nil {
			return err
		}
		table, principal := fmt.Sprintf("events: {rows: %s, filter: h%d}", q, i), "role/Billing"
		if broken {
			table, principal = fmt.Sprintf("%s: {rows: %s}", q, q), string(q)
		}
		share := fmt.Sprintf("version: 1\nowner: %s\nreason: %s\nticket: %s\nfrom: {account: sales, database: sales}\ntables:\n  %s\nto:\n  - account: partner\n    principals: [%s]\n",
			q, q, q, table, principal)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("h%03d.yaml", i)), []byte(share), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// harmless reads what the last step wrote as the runner does: annotations, and
// no other command; the outputs that lakeshare has, and no other.
func harmless(ts *testscript.TestScript, _ bool, _ []string) {
	stopped := ""
	for _, line := range strings.FieldsFunc(ts.ReadFile("stdout"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		word := strings.FieldsFunc(line+" end", func(r rune) bool { return r == ' ' || r == ':' })
		switch {
		case stopped != "":
			if strings.TrimSpace(line) == "::"+stopped+"::" {
				stopped = ""
			}
		case strings.HasPrefix(line, "::stop-commands::"):
			stopped = strings.TrimPrefix(line, "::stop-commands::")
		case strings.HasPrefix(strings.TrimSpace(line), "::") && word[0] != "error" && word[0] != "warning", strings.Contains(line, "##["):
			ts.Fatalf("the runner would obey %q", line)
		}
	}
	if stopped != "" {
		ts.Fatalf("the runner would never look for commands again")
	}
	for line := range strings.Lines(ts.ReadFile("out.txt")) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "=")
		if !strings.Contains(" changes gains losses waiting drift digest reason plan ", " "+name+" ") {
			ts.Fatalf("there is an output %q", name)
		}
	}
}
