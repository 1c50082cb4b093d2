package intake

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// editor changes a YAML file by cutting and inserting text, so that comments,
// order, quotes and indentation of everything else stay as they are. Nodes only
// say where things begin; writing them out again would reformat the file.
type editor struct {
	bom   []byte
	text  []byte
	lines []int // offset of each line, and of the end
	eol   string
	ascii bool
	root  *yaml.Node
	cuts  []cut
}

// cut replaces text[from:to].
type cut struct {
	from, to int
	with     string
}

func open(data []byte) (*editor, error) {
	e := &editor{text: data, eol: "\n"}
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		e.bom, e.text = data[:len(data)-len(rest)], rest
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(e.text, &doc); err != nil {
		return nil, err
	}
	if bytes.Contains(e.text, []byte("\r\n")) {
		e.eol = "\r\n"
	}
	e.lines, e.ascii = []int{0}, true
	for i, b := range e.text {
		e.ascii = e.ascii && b < utf8.RuneSelf
		// yaml.v3 counts a lone carriage return as the end of a line too.
		if b == '\n' || b == '\r' && (i+1 == len(e.text) || e.text[i+1] != '\n') {
			e.lines = append(e.lines, i+1)
		}
	}
	if e.lines[len(e.lines)-1] != len(e.text) {
		e.lines = append(e.lines, len(e.text))
	}
	e.root = doc.Content[0]
	return e, nil
}

// bytes returns the text with everything cut and inserted. Of two changes at one
// place the insertion comes first, and insertions stay in the order of their calls.
func (e *editor) bytes() []byte {
	slices.SortStableFunc(e.cuts, func(a, b cut) int {
		return cmp.Or(a.from-b.from, min(a.to-a.from, 1)-min(b.to-b.from, 1))
	})
	out, at := slices.Clone(e.bom), 0
	for _, c := range e.cuts {
		out = append(append(out, e.text[at:c.from]...), c.with...)
		at = c.to
	}
	return append(out, e.text[at:]...)
}

// child returns the value of a key, or nil.
func child(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if strings.EqualFold(m.Content[i].Value, key) {
			return m.Content[i+1]
		}
	}
	return nil
}

// list is a sequence or a mapping seen as a list of items.
type list struct {
	*yaml.Node
	step int // nodes of an item: 2 for a pair
}

func listOf(n *yaml.Node) list {
	if n.Kind == yaml.MappingNode {
		return list{n, 2}
	}
	return list{n, 1}
}

func (l list) len() int               { return len(l.Content) / l.step }
func (l list) head(i int) string      { return l.Content[i*l.step].Value }
func (l list) first(i int) *yaml.Node { return l.Content[i*l.step] }
func (l list) last(i int) *yaml.Node  { return l.Content[i*l.step+l.step-1] }

// rewrite drops the items that are not kept and adds others at the end. It may
// be called once for each list, after the lists within it.
func (e *editor) rewrite(n *yaml.Node, keep func(i int) bool, add ...string) {
	l := listOf(n)
	kept := make([]bool, l.len())
	for i := range kept {
		kept[i] = keep(i)
	}
	if n.Style&yaml.FlowStyle != 0 {
		e.rewriteFlow(l, kept, add)
		return
	}
	from := 0
	if next := slices.Index(kept, true); l.step == 2 && next > 0 && e.indent(l.Line-1) < l.Column-1 {
		// The first pair stands behind a dash, which stays for the next pair.
		e.cuts = append(e.cuts, cut{from: e.offset(l.first(0)), to: e.offset(l.first(next))})
		from = next
	}
	for i := from; i < len(kept); i++ {
		if !kept[i] {
			e.cuts = append(e.cuts, e.blockItem(l, i))
		}
	}
	if len(add) == 0 {
		return
	}
	indent := strings.Repeat(" ", n.Column-1)
	if n.Kind == yaml.SequenceNode {
		indent += "- "
	}
	at, with := e.blockEnd(l, l.len()-1), ""
	if at > 0 && !bytes.HasSuffix(e.text[:at], []byte("\n")) {
		with = e.eol // the file ends without one
	}
	for _, a := range add {
		with += indent + a + e.eol
	}
	e.cuts = append(e.cuts, cut{at, at, with})
}

func (e *editor) rewriteFlow(l list, kept []bool, add []string) {
	before := false // an item before this one stays
	for i, k := range kept {
		switch {
		case k:
			before = true
		case before:
			e.cuts = append(e.cuts, cut{from: e.flowEnd(l, i-1), to: e.flowEnd(l, i)})
		case i+1 < len(kept):
			e.cuts = append(e.cuts, cut{from: e.offset(l.first(i)), to: e.offset(l.first(i + 1))})
		default:
			e.cuts = append(e.cuts, cut{from: e.offset(l.first(i)), to: e.flowEnd(l, i)})
		}
	}
	if len(add) == 0 {
		return
	}
	with := strings.Join(add, ", ")
	if before {
		with = ", " + with
	}
	at := e.offset(l.Node) + 1
	if len(kept) > 0 {
		at = e.flowEnd(l, len(kept)-1)
	}
	e.cuts = append(e.cuts, cut{at, at, with})
}

// keepAll keeps every item.
func keepAll(int) bool { return true }

// offset returns where a node begins. Columns of yaml.v3 count characters.
func (e *editor) offset(n *yaml.Node) int {
	at := e.lines[n.Line-1]
	if e.ascii {
		return at + n.Column - 1
	}
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(e.text[at:])
		at += size
	}
	return at
}
