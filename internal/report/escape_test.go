package report

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"gopkg.in/yaml.v3"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/report/hostile"
)

func TestCorpusIsLarge(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, x := range hostile.Corpus() {
		if seen[x] {
			t.Errorf("twice: %q", x)
		}
		seen[x] = true
	}
	if len(seen) < 60 {
		t.Errorf("%d texts", len(seen))
	}
}

// seen is what a reader of a page sees: the text of spans and paragraphs.
func seen(markdown string) string {
	source := []byte(markdown)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	var b strings.Builder
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if x, ok := n.(*ast.Text); ok && entering {
			s := string(x.Segment.Value(source))
			if n.Parent().Kind() != ast.KindCodeSpan {
				s = html.UnescapeString(s)
			}
			b.WriteString(s)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// TestEscapedTextIsSeenAsItIs: what does nothing has to be readable all the same.
func TestEscapedTextIsSeenAsItIs(t *testing.T) {
	t.Parallel()
	for _, x := range hostile.Corpus() {
		x = x[:min(len(x), 1000)]
		for escaper, got := range map[string]string{
			"code":    seen("x " + code(x) + " y"),
			"element": seen("x " + element(x) + " y"),
			"cell":    strings.TrimPrefix(seen("| a |\n|---|\n| x "+cell(x)+" y |\n"), "a"),
			"prose":   strings.ReplaceAll(seen("x "+prose(x)+" y"), "\u200b", ""),
		} {
			want := clean(x)
			got = strings.TrimSuffix(strings.TrimPrefix(got, "x "), " y")
			if strings.TrimSpace(want) == "" || escaper == "prose" || escaper == "element" {
				got, want = strings.TrimSpace(got), strings.TrimSpace(want)
			}
			if got != want {
				t.Errorf("%s: got %q, want %q", escaper, got, want)
			}
		}
	}
}

func TestLongTextIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in   phrase
		want string
	}{
		{name("short"), "short"},
		{name("0123456789abc"), "0123456789… (3 more characters)"},
		{cat(words("a table: "), name("0123456789abc"), words(" of "), name("x")), "a table: 0123456789… (3 more characters) of x"},
		{join(",", namesOf(strings.Split(strings.Repeat("aaaaaaaaa ", 9)+"b", " "))...), "aaaaaaaaa,aaaaaaaaa,aaaaaaaaa,aaaaaaaaa,… (51 more characters)"},
		{name("日本日本日本日本日本日"), "日本日本日本日本日本… (1 more character)"},
	} {
		if got := test.in.short(10).text(); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
	for _, x := range hostile.Corpus() {
		if n := utf8.RuneCountInString(name(x).short(40).text()); n > 40+len("… (65,496 more characters)") {
			t.Errorf("%d characters of %.20q", n, x)
		}
	}
}

func TestAddressesLeadNowhereElse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		server + "blob/main/a.yaml#L3": server + "blob/main/a.yaml#L3",
		server + "a)b(c d\"<e>`|\n":    "",
		server + "a)b(c d\"<e>`|":      server + "a%29b%28c%20d%22%3Ce%3E%60%7C",
		server + "é":                   server + "%C3%A9",
		"javascript:alert(1)":          "", "//evil.example": "", "https://": "", "https://a@evil.example": "", "": "",
		server + strings.Repeat("a", 3000): "",
	} {
		if got := address(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := anchor("`a`", "javascript:x"); got != "`a`" {
		t.Errorf("got %s", got)
	}
	for _, x := range hostile.Corpus() {
		if problems := judged(anchor(code(x), server+x) + "\n"); problems != nil {
			t.Errorf("%.40q: %v", x, problems)
		}
	}
}

// TestIgnoreLinesAreYAML reads them back as lakeshare.yaml is read, and ignores by them.
func TestIgnoreLinesAreYAML(t *testing.T) {
	t.Parallel()
	lines := 0
	for _, x := range hostile.Corpus() {
		x = "arn:aws:iam::111122223333:role/" + strings.ToValidUTF8(x, "?")
		note := plan.Note{Key: fact.Key{Principal: "someone"}, Live: fact.Row{Writer: x}}
		line := names{}.ignoreLine([]plan.Note{note, {Key: fact.Key{Principal: "p"}}})
		if strings.Contains(x, "*") {
			if strings.Contains(line, "writer") {
				t.Errorf("%q would ignore more than it says: %s", x, line)
			}
			continue
		}
		var read struct{ Ignore []string }
		if err := yaml.Unmarshal([]byte(line), &read); err != nil {
			t.Errorf("%.60q: %v", line, err)
			continue
		}
		if !(fact.Scope{Ignore: read.Ignore}).Ignores(note.Key, note.Live) {
			t.Errorf("%.60q does not ignore what it is about", line)
		}
		if (fact.Scope{Ignore: read.Ignore}).Ignores(note.Key, fact.Row{Writer: x + "x"}) {
			t.Errorf("%.60q ignores somebody else", line)
		}
		lines++
	}
	if lines < 60 {
		t.Errorf("%d lines were read", lines)
	}
	if got := (names{}).ignoreLine([]plan.Note{{Key: fact.Key{Kind: fact.Filter}}}); got != "" {
		t.Errorf("nobody to ignore, and yet %s", got)
	}
	own := names{accounts: []fact.Account{{ApplyRole: "arn:aws:iam::111122223333:role/lakeshare-apply"}}}
	leftover := plan.Note{Key: fact.Key{Kind: fact.OwnGrant, Principal: "p"}, Live: fact.Row{Writer: own.accounts[0].ApplyRole}}
	if got := own.ignoreLine([]plan.Note{leftover}); got != "" {
		t.Errorf("what lakeshare leaves behind would be hidden by %s", got)
	}
}
