package report

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// judge reads a page as GitHub does and collects what would act, or show
// something other than what was meant.
type judge struct {
	source   []byte
	problems []string
	depth    int  // of <details>
	inCode   bool // between <code> and </code>
	last     string
}

const sentinel = "the end of the page"

// judged returns what is wrong with a page; nil for nothing.
func judged(page string) []string {
	// What is left open swallows the paragraph behind it.
	j := &judge{source: []byte(page + "\n\n" + sentinel + "\n")}
	j.raw(page)
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))
	doc := md.Parser().Parse(text.NewReader(j.source))
	if err := ast.Walk(doc, j.visit); err != nil {
		j.bad("walk", err.Error())
	}
	if last := doc.LastChild(); last == nil || last.Kind() != ast.KindParagraph || j.last != sentinel {
		j.bad("something is left open", j.last)
	}
	if j.depth != 0 {
		j.bad("details", fmt.Sprint(j.depth))
	}
	return j.problems
}

func (j *judge) bad(what, found string) {
	if len(found) > 200 {
		found = found[:200]
	}
	j.problems = append(j.problems, fmt.Sprintf("%s: %q", what, found))
}

// raw looks at characters and at the cells of tables.
func (j *judge) raw(page string) {
	for _, r := range page {
		if r != '\n' && !unicode.IsPrint(r) {
			j.bad("invisible", string(r))
		}
	}
	if strings.Contains(page, "<!--") {
		j.bad("marker", "<!--")
	}
	cells := 0
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		if n := strings.Count(line, "|"); cells == 0 {
			cells = n
		} else if n != cells {
			j.bad("cells", line)
		}
	}
}

// unwanted are nodes that this package never writes.
var unwanted = map[ast.NodeKind]bool{
	ast.KindImage: true, ast.KindAutoLink: true, ast.KindBlockquote: true, ast.KindThematicBreak: true, ast.KindCodeBlock: true,
	extast.KindStrikethrough: true, extast.KindTaskCheckBox: true, extast.KindFootnote: true, extast.KindFootnoteLink: true,
}

func (j *judge) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	if unwanted[n.Kind()] {
		j.bad("unwanted", n.Kind().String())
	}
	switch n := n.(type) {
	case *ast.Link:
		if !strings.HasPrefix(string(n.Destination), server) {
			j.bad("link", string(n.Destination))
		}
	case *ast.Emphasis:
		if n.Level != 2 {
			j.bad("emphasis", j.textOf(n))
		}
	case *ast.Heading:
		if !ourHeading.MatchString(j.textOf(n)) {
			j.bad("heading", j.textOf(n))
		}
	case *ast.HTMLBlock:
		j.htmlBlock(n)
	case *ast.FencedCodeBlock:
		if string(n.Language(j.source)) == "mermaid" {
			j.mermaid(n)
		}
	}
	if n.Type() == ast.TypeBlock && n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeInline {
		j.last = j.textOf(n)
		j.sentence(j.last)
	}
	return ast.WalkContinue, nil
}

var ourHeading = regexp.MustCompile(`^(This pull request|This merge group|Merged, not yet carried out|Drift it touches|Notes|Findings|Could not be read|Blocked|` +
	`Waiting for others|Access|Failed|Skipped|Still left|Missing|Altered|Stray|Ending soon|Drift|Facts|Adopted|Left in place)$`)

// textOf is what a reader sees of a block, with • for code.
func (j *judge) textOf(block ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan:
			if entering {
				b.WriteString("•")
			}
			return ast.WalkSkipChildren, nil
		case *ast.RawHTML:
			if entering {
				j.inline(n)
			}
		case *ast.Text:
			if entering && !j.inCode {
				if strings.Contains(string(n.Segment.Value(j.source)), "$") {
					j.bad("math", string(n.Segment.Value(j.source)))
				}
				b.WriteString(html.UnescapeString(string(n.Segment.Value(j.source))))
			}
		case *ast.String:
			if entering && !j.inCode {
				b.WriteString(html.UnescapeString(string(n.Value)))
			}
		}
		return ast.WalkContinue, nil
	})
	if j.inCode {
		j.bad("code is left open", b.String())
		j.inCode = false
	}
	return b.String()
}

func (j *judge) inline(n *ast.RawHTML) {
	var tag strings.Builder
	for i := range n.Segments.Len() {
		s := n.Segments.At(i)
		tag.Write(s.Value(j.source))
	}
	switch tag.String() {
	case "<code>":
		j.inCode = true
	case "</code>":
		j.inCode = false
	default:
		j.bad("HTML", tag.String())
	}
}

var acting = map[string]*regexp.Regexp{
	"mention": regexp.MustCompile(`@[\p{L}\p{N}_]`), "reference": regexp.MustCompile(`#\d|(?i)\bgh-\d`),
	"address": regexp.MustCompile(`://|(?i)www\.\w`),
}

// sentence looks for what GitHub turns into links when the page is made.
func (j *judge) sentence(s string) {
	for what, act := range acting {
		if act.MatchString(s) {
			j.bad(what, s)
		}
	}
}

var codeElement = regexp.MustCompile(`<code>[^<>]*</code>`)

func (j *judge) htmlBlock(n *ast.HTMLBlock) {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(j.source))
	}
	if n.HasClosure() {
		b.Write(n.ClosureLine.Value(j.source))
	}
	s := b.String()
	j.depth += strings.Count(s, "<details>") - strings.Count(s, "</details>")
	if j.depth < 0 {
		j.bad("details", s)
	}
	if strings.Count(s, "<summary>") != strings.Count(s, "</summary>") {
		j.bad("summary", s)
	}
	s = codeElement.ReplaceAllString(s, "")
	for _, ours := range []string{"<details>", "</details>", "<summary>", "</summary>"} {
		s = strings.ReplaceAll(s, ours, "")
	}
	if strings.ContainsAny(s, "<>`*[") {
		j.bad("HTML", s)
	}
	j.sentence(html.UnescapeString(s))
}

var chart = regexp.MustCompile(`^(flowchart LR|  subgraph a\d+\["` + chartLabel + `"\]|  (  )?n\d+\["` + chartLabel + `"\]|  end|  n\d+ (-->\|gains\||-\.->\|loses\|) n\d+)$`)

const chartLabel = `([\p{L}\p{Nd} ]|#\d+;)+`

func (j *judge) mermaid(n *ast.FencedCodeBlock) {
	nodes, edges := 0, 0
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		s := strings.TrimSuffix(string(line.Value(j.source)), "\n")
		if !chart.MatchString(s) {
			j.bad("mermaid", s)
		}
		switch {
		case strings.Contains(s, `["`):
			nodes++
		case strings.Contains(s, "|"):
			edges++
		}
	}
	if nodes > mostNodes || edges > mostEdges {
		j.bad("mermaid", fmt.Sprintf("%d nodes and %d edges", nodes, edges))
	}
}
