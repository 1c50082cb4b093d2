package manifest_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

const (
	smallConfig = "version: 1\nregion: eu-west-1\naccounts: {sales: {id: \"111122223333\"}}\n"
	smallShare  = "version: 1\nowner: sales\nreason: x\nfrom: {account: sales, database: sales}\ntables: {orders: {}}\nto: [{account: sales}]\n"
)

// TestLoadBytes covers what an archive cannot hold.
func TestLoadBytes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, share, want string
	}{
		{"not UTF-8", "version: 1\nowner: a\xffb\n", "shares/a.yaml:2:9: error: byte 0xff is not UTF-8 [invalid-utf8]\n    save the file as UTF-8\n"},
		{"UTF-16", "\xff\xfev\x00", "shares/a.yaml:1:1: error: byte 0xff is not UTF-8 [invalid-utf8]\n    save the file as UTF-8\n"},
		{"NUL", "version: 1\n\x00", "shares/a.yaml:2:1: error: character U+0000 cannot be seen: expected text [control-character]\n    remove it\n"},
		{"direction", "version: 1 # \u202e\n", "shares/a.yaml:1:14: error: character U+202E cannot be seen: expected text [control-character]\n    remove it\n"},
		{"byte order mark", "\ufeff" + smallShare, ""},
		{"line ends", strings.ReplaceAll(smallShare, "\n", "\r\n"), ""},
		{"joiner in prose", strings.Replace(smallShare, "reason: x", "reason: x \U0001F469\u200d\U0001F52C", 1), ""},
		{"too large", strings.Repeat("#", manifest.MaxFileSize+1), "shares/a.yaml: error: the file has more than 1048576 bytes, the most that a share may have [too-large]\n    split the file\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, findings := manifest.Load(map[string][]byte{manifest.ConfigFile: []byte(smallConfig), "shares/a.yaml": []byte(tt.share)})
			if d := cmp.Diff(tt.want, renderFindings(findings)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestLoadCapsFindings(t *testing.T) {
	t.Parallel()
	share := smallShare + strings.Repeat("x: 1\n", 500)
	_, findings := manifest.Load(map[string][]byte{manifest.ConfigFile: []byte(smallConfig), "shares/a.yaml": []byte(share)})
	last := findings[len(findings)-1]
	if len(findings) != 101 || !slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Rule == "too-many-findings" }) {
		t.Errorf("%d findings, the last is %v", len(findings), last)
	}
}

// TestLoadMany holds the promise that the largest repository loads in seconds.
func TestLoadMany(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{manifest.ConfigFile: []byte(smallConfig)}
	for i := range manifest.MaxFiles + 2 {
		files[fmt.Sprintf("shares/%05d.yaml", i)] = []byte(smallShare)
	}
	begin := time.Now()
	tree, findings := manifest.Load(files)
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("took %v", took)
	}
	want := "shares: error: 10002 shares: expected at most 10000 [too-many-files]\n    share several tables, or to several recipients, in one file\n"
	if d := cmp.Diff(want, renderFindings(findings)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff([]string{"shares/10000.yaml", "shares/10001.yaml"}, tree.Broken); d != "" || len(tree.Shares) != manifest.MaxFiles {
		t.Errorf("%d shares, broken (-want +got)\n%s", len(tree.Shares), d)
	}
}

// TestLoadHostile feeds shapes that make careless parsers slow or deep.
func TestLoadHostile(t *testing.T) {
	t.Parallel()
	n := manifest.MaxFileSize
	for name, data := range map[string][]byte{
		"brackets": bytes.Repeat([]byte("["), n),
		"braces":   bytes.Repeat([]byte("{"), n),
		"pairs":    bytes.Repeat([]byte("[]"), n/2),
		"list":     []byte("to: [" + strings.Repeat("a,", n/8) + "a]"),
		"keys":     []byte(strings.Repeat("? a\n", n/4)),
		"dashes":   bytes.Repeat([]byte("- "), n/2),
		"anchors":  []byte("a: &a [" + strings.Repeat("*a,", n/8) + "]"),
		"quotes":   bytes.Repeat([]byte(`"" `), n/3),
		"comments": bytes.Repeat([]byte("#\n"), n/2),
		"nested":   []byte(strings.Repeat("{a: ", n/8) + strings.Repeat("}", n/8)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			_, findings := manifest.Load(map[string][]byte{manifest.ConfigFile: []byte(smallConfig), "shares/a.yaml": data})
			if !findings.HasErrors() {
				t.Error("no findings")
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("took %v", took)
			}
			t.Log(time.Since(begin))
		})
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"lakeshare.yaml":       true,
		"lakeshare.yml":        true,
		"x/lakeshare.yaml":     false,
		"shares/a.yaml":        true,
		"shares/a/b.yml":       true,
		"shares/a.YAML":        true,
		"shares/a.json":        true,
		"shares/.yaml":         false,
		"shares/.a.yaml":       false,
		"shares/.git/a.yaml":   false,
		"shares/../a.yaml":     false,
		"shares//a.yaml":       false,
		"shares":               false,
		"shares/":              false,
		"other/shares/a.yaml":  false,
		"shares/lakeshare.yml": true,
	} {
		if got := manifest.Keep(name); got != want {
			t.Errorf("Keep(%q) = %t", name, got)
		}
	}
}

// TestRules demands that each rule of loading is described once, and that the
// archives show it.
func TestRules(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, name := range archives(t, "testdata/load/err/*.txtar") {
		_, _, want := readArchive(t, name)
		shown.WriteString(want)
	}
	source, err := os.ReadFile("parse_bytes_test.go")
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(source)
	seen := map[string]bool{}
	for _, r := range manifest.LoadRules() {
		if r.Title == "" || r.Help == "" || seen[r.Name] {
			t.Errorf("rule %+v is incomplete or there twice", r)
		}
		seen[r.Name] = true
		if !strings.Contains(shown.String(), "["+r.Name+"]") && !strings.Contains(shown.String(), `"`+r.Name+`"`) {
			t.Errorf("no test shows rule %s", r.Name)
		}
	}
}

// TestDocs loads the examples of docs/manifests.md: each block of YAML is a file,
// whose path is in the line before.
func TestDocs(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/manifests.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for i, block := range strings.Split(string(doc), "```yaml\n")[1:] {
		body, _, _ := strings.Cut(block, "```")
		first, _, _ := strings.Cut(body, "\n")
		name := strings.TrimPrefix(first, "# ")
		if !manifest.Keep(name) {
			t.Errorf("block %d does not begin with the path of a file, but with %q", i+1, first)
		}
		if _, twice := files[name]; twice {
			t.Errorf("%s is shown twice", name)
		}
		files[name] = []byte(body)
	}
	tree, findings := manifest.Load(files)
	if len(findings) > 0 {
		t.Errorf("findings:\n%s", renderFindings(findings))
	}
	if _, found := manifest.Compile(tree, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); len(found) > 0 {
		t.Errorf("findings of compiling:\n%s", renderFindings(found))
	}
}
