package intake_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lakeshare/lakeshare/internal/intake"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestRun takes each archive's manifest.json over into its other files. What
// changes is below want/, with the notes; and a second run must change nothing.
func TestRun(t *testing.T) {
	for _, path := range archives(t, "testdata/run/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, in := fixture(t, path)
			got, err := intake.Run(in)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, path, ar, render(got))
			in.Files = written(in.Files, got)
			again, err := intake.Run(in)
			if err != nil {
				t.Fatalf("second run: %v", err)
			}
			if len(again.Files) > 0 {
				t.Errorf("the second run changes files:\n%s", again.Files)
			}
		})
	}
}

// TestErrors expects each archive to be refused, with every finding.
func TestErrors(t *testing.T) {
	for _, path := range archives(t, "testdata/err/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, in := fixture(t, path)
			got, err := intake.Run(in)
			var invalid *intake.Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("error is %v, want findings", err)
			}
			if got.Files != nil || got.Notes != nil {
				t.Errorf("there is a result beside the error: %v", got)
			}
			golden(t, path, ar, []txtar.File{{Name: "want/error", Data: []byte(err.Error() + "\n")}})
		})
	}
}

func archives(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives match %s (%v)", pattern, err)
	}
	return paths
}

// fixture reads an archive. Lines of its comment of the form key: value are the
// rest of the input.
func fixture(t *testing.T, path string) (*txtar.Archive, intake.Input) {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := intake.Input{
		Name: "manifest.json", From: "sales", Owner: "@acme/sales-data", Reason: "Moved from the queue.",
		Files: map[string][]byte{},
	}
	for _, line := range strings.Split(string(ar.Comment), "\n") {
		switch key, value, _ := strings.Cut(line, ": "); key {
		case "from":
			in.From = value
		case "no owner":
			in.Owner = ""
		}
	}
	for _, f := range ar.Files {
		switch {
		case f.Name == in.Name:
			in.Data = []byte(strings.TrimSuffix(string(f.Data), "\n"))
		case !strings.HasPrefix(f.Name, "want/"):
			in.Files[f.Name] = f.Data
		}
	}
	return ar, in
}

func render(r intake.Result) []txtar.File {
	var notes strings.Builder
	for _, n := range r.Notes {
		fmt.Fprintln(&notes, n)
	}
	out := []txtar.File{{Name: "want/notes", Data: []byte(notes.String())}}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		if r.Files[name] == nil {
			out = append(out, txtar.File{Name: "want/removed/" + name})
			continue
		}
		out = append(out, txtar.File{Name: "want/" + name, Data: r.Files[name]})
	}
	return out
}

func golden(t *testing.T, path string, ar *txtar.Archive, got []txtar.File) {
	t.Helper()
	var given, want []txtar.File
	for _, f := range ar.Files {
		if strings.HasPrefix(f.Name, "want/") {
			want = append(want, f)
			continue
		}
		given = append(given, f)
	}
	text := func(files []txtar.File) string { return string(txtar.Format(&txtar.Archive{Files: files})) }
	if *update {
		data := txtar.Format(&txtar.Archive{Comment: ar.Comment, Files: append(given, got...)})
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(text(want), text(got)); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func written(files map[string][]byte, r intake.Result) map[string][]byte {
	out := maps.Clone(files)
	for name, data := range r.Files {
		if out[name] = data; data == nil {
			delete(out, name)
		}
	}
	return out
}

// TestUntouchedBytes edits a file with a byte order mark, Windows line ends, a
// tab, letters beyond ASCII and no line end at the end. All of it must survive.
func TestUntouchedBytes(t *testing.T) {
	t.Parallel()
	_, in := fixture(t, "testdata/run/add-table.txtar")
	const before = "\ufeff# Ä\r\nversion: 1\r\nowner: ü\t# ö\r\nreason: b\r\nfrom: {account: sales, database: sales}\r\n" +
		"to:\r\n  - principals: ['role/Analyst',  \"role/Other\"]\t# ß\r\n    permissions: [SELECT]\r\n    account: analytics\r\n\r\n" +
		"tables:\r\n  \"orders\": {} # ä"
	in.Files = map[string][]byte{"lakeshare.yaml": in.Files["lakeshare.yaml"], "shares/x.yaml": []byte(before)}
	got, err := intake.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	want := before + "\r\n  \"2024\": {}\r\n  events: {}\r\n"
	if diff := cmp.Diff(want, string(got.Files["shares/x.yaml"])); diff != "" {
		t.Errorf("share (-want +got):\n%s", diff)
	}
}

// TestLimits refuses what no older manifest has, without reading it whole.
func TestLimits(t *testing.T) {
	t.Parallel()
	_, in := fixture(t, "testdata/run/new.txtar")
	for want, data := range map[string]string{
		"expected at most 16 levels": strings.Repeat("[", 1<<20),
		"expected at most 10485760":  strings.Repeat(" ", 10<<20+1),
		"expected at most 10000":     `{"Records": [` + strings.Repeat("{}, ", 10_000) + `{}]}`,
		"byte 0xff is not UTF-8":     "{\"Records\": [\xff]}",
	} {
		in.Data = []byte(data)
		if _, err := intake.Run(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one with %q", err, want)
		}
	}
}

// TestDocs runs the example of docs/intake.md: its blocks are lakeshare.yaml, the
// older manifest, what is printed, and the shares.
func TestDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/intake.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string][]byte{}
	for _, b := range strings.Split(string(page), "\n```")[1:] {
		title, body, _ := strings.Cut(b, "\n")
		if _, name, ok := strings.Cut(title, " "); ok {
			blocks[name] = []byte(body + "\n")
		}
	}
	in := intake.Input{
		Name: "manifest.json", Data: blocks["manifest.json"], From: "sales", Owner: "@acme/sales-data", Reason: "Moved from the queue.",
		Files: map[string][]byte{"lakeshare.yaml": blocks["lakeshare.yaml"]},
	}
	got, err := intake.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	want := []txtar.File{{Name: "want/notes", Data: blocks["output"]}}
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		if strings.HasPrefix(name, "shares/") {
			want = append(want, txtar.File{Name: "want/" + name, Data: blocks[name]})
		}
	}
	if diff := cmp.Diff(string(txtar.Format(&txtar.Archive{Files: want})), string(txtar.Format(&txtar.Archive{Files: render(got)}))); diff != "" {
		t.Errorf("docs/intake.md (-want +got):\n%s", diff)
	}
}
