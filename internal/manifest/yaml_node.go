package manifest

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lakeshare/lakeshare/internal/diag"
)

const maxDepth = 64

// pos is the only place that looks at the position of a node.
func (p *parser) pos(n *yaml.Node) diag.Pos {
	return diag.Pos{File: p.file, Line: max(n.Line, 1), Col: max(n.Column, 1)}
}

// convert turns a node into a value and reports whatever the format does not
// take from YAML. Aliases are never followed, so the value is never larger than the file.
func (p *parser) convert(n *yaml.Node, depth int) value {
	pos := p.pos(n)
	gone := value{pos: pos}
	switch {
	case depth > maxDepth:
		p.findings.Add(ruleTooDeep, pos, "the format needs a handful of levels", "nested too deep: expected at most %d levels", maxDepth)
		return gone
	case n.Kind == yaml.AliasNode:
		p.findings.Add(ruleAnchor, pos, "write the value out; a text that begins with * needs quotes", "alias *%s: expected a value", show(n.Value))
		return gone
	case n.Style&yaml.TaggedStyle != 0:
		p.findings.Add(ruleTag, pos, "remove the tag", "tag %s: expected a plain value", show(n.Tag))
		return gone
	}
	if n.Anchor != "" {
		p.findings.Add(ruleAnchor, pos, "remove the anchor; a text that begins with & needs quotes", "anchor &%s: expected a value", show(n.Anchor))
	}
	switch n.Kind {
	case yaml.SequenceNode:
		v := value{kind: list, pos: pos}
		for _, c := range n.Content {
			v.items = append(v.items, p.convert(c, depth+1))
		}
		return v
	case yaml.MappingNode:
		return p.convertMapping(n, depth)
	}
	return p.convertScalar(n)
}

func (p *parser) convertScalar(n *yaml.Node) value {
	v := value{kind: scalarKind(n), pos: p.pos(n), text: n.Value}
	if r, found := hiddenIn(n.Value); found {
		p.findings.Add(ruleControlCharacter, v.pos, "remove it", "the value holds character %U, which cannot be seen: expected text", r)
		v.kind = absent
	}
	return v
}

func scalarKind(n *yaml.Node) kind {
	switch n.Tag {
	case "!!null":
		return null
	case "!!bool":
		return boolean
	case "!!int":
		return integer
	case "!!float":
		return decimal
	}
	if n.Style == 0 {
		switch strings.ToLower(n.Value) {
		case "yes", "no", "on", "off":
			return yesNo
		}
	}
	return text // dates without quotes too: the format has no other use for them
}

func (p *parser) convertMapping(n *yaml.Node, depth int) value {
	v := value{kind: mapping, pos: p.pos(n), index: map[string]int{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, ok := p.convertKey(n.Content[i], v.pos, depth+1)
		if !ok {
			continue
		}
		child := p.convert(n.Content[i+1], depth+1)
		if first, twice := v.index[key.Value]; twice {
			p.findings = append(p.findings, diag.Finding{
				Rule: ruleDuplicateKey, Pos: key.Pos, Other: v.entries[first].key.Pos,
				Message: "key " + show(key.Value) + " is written twice: expected it once", Hint: "merge the two, or remove one",
			})
			continue
		}
		v.index[key.Value] = len(v.entries)
		v.entries = append(v.entries, entry{key: key, value: child})
	}
	return v
}

// convertKey returns a key as text. Numbers and words are taken as they are
// written: a table may be called 2024.
func (p *parser) convertKey(n *yaml.Node, owner diag.Pos, depth int) (Text, bool) {
	pos := p.pos(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!merge" {
		p.findings.Add(ruleAnchor, pos, "write the keys out", "merge key <<: expected keys of the format")
		p.mean(owner, anyKey)
		return Text{}, false
	}
	k := p.convert(n, depth)
	switch k.kind {
	case absent:
		p.mean(owner, anyKey)
		return Text{}, false
	case null, list, mapping:
		p.findings.Add(ruleWrongType, pos, "a name that holds { } [ ] needs quotes", "the key is %s: expected text", found(k))
		p.mean(owner, anyKey)
		return Text{}, false
	}
	if k.text == "" {
		p.findings.Add(ruleBadName, pos, "write a name, or remove the line", "the key is empty: expected a name")
		p.mean(owner, anyKey)
		return Text{}, false
	}
	return Text{Value: k.text, Pos: pos}, true
}
