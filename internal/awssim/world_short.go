package awssim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// The types of this file have a short form that people can write by hand and
// that Encode prefers. All of them read both forms.

// Object names what a grant is on. Short forms: "catalog", "sales",
// "sales.orders", "sales.*", "s3://bucket/prefix", each with the owner's
// account in front if that is another one: "111122223333:sales.orders".
type Object struct {
	Owner    string `yaml:"owner,omitempty"`
	Catalog  bool   `yaml:"catalog,omitempty"`
	Database string `yaml:"database,omitempty"`
	Table    string `yaml:"table,omitempty"`
	Location string `yaml:"location,omitempty"`
}

// Target is what a link points to. Short form: "111122223333:sales.orders",
// with "@eu-west-1" behind it for another region.
type Target struct {
	Account  string `yaml:"account,omitempty"`
	Database string `yaml:"database"`
	Table    string `yaml:"table,omitempty"`
	Region   string `yaml:"region,omitempty"`
}

// Columns are the columns of a table, in order. Short form: a list of names,
// all of type string; otherwise a mapping of name to type.
type Columns []Column

// Column is one column of a table.
type Column struct{ Name, Type string }

// Row is one row of a table, by column. In a file it may be a list in the order
// of the columns, partition keys last; a null or missing cell is NULL.
type Row map[string]string

// JSONText is a JSON document, in a file either as text or as YAML.
type JSONText string

const (
	shortName   = `[A-Za-z0-9_-]+`
	ownerPrefix = `(?:([0-9]{12}):)?`
)

var (
	ownedForm  = regexp.MustCompile(`^` + ownerPrefix + `(.+)$`)
	objectForm = regexp.MustCompile(`^(` + shortName + `)(?:\.(` + shortName + `|\*))?$`)
	targetForm = regexp.MustCompile(`^` + ownerPrefix + `(` + shortName + `)(?:\.(` + shortName + `))?(?:@([a-z0-9-]+))?$`)
)

// UnmarshalYAML reads the short form or the mapping.
func (o *Object) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		type plain Object
		return decodeStrict(n, (*plain)(o))
	}
	parsed, err := parseObject(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*o = parsed
	return nil
}

func parseObject(text string) (Object, error) {
	m := ownedForm.FindStringSubmatch(text)
	if m == nil {
		return Object{}, fmt.Errorf("%q names no object: write sales, sales.orders, sales.*, s3://bucket/prefix or catalog", text)
	}
	o := Object{Owner: m[1]}
	switch rest := m[2]; {
	case rest == "catalog":
		o.Catalog = true
	case strings.HasPrefix(rest, "s3://"), strings.HasPrefix(rest, "arn:aws:s3:::"):
		o.Location = rest
	default:
		parts := objectForm.FindStringSubmatch(rest)
		if parts == nil {
			return Object{}, fmt.Errorf("%q names no object: write sales, sales.orders, sales.*, s3://bucket/prefix or catalog", text)
		}
		o.Database, o.Table = strings.ToLower(parts[1]), strings.ToLower(parts[2])
	}
	return o, nil
}

// MarshalYAML prefers the short form.
func (o Object) MarshalYAML() (any, error) {
	short := o.short()
	if back, err := parseObject(short); err == nil && back == o {
		return short, nil
	}
	type plain Object
	return plain(o), nil
}

func (o Object) short() string {
	s := o.Database
	switch {
	case o.Catalog:
		s = "catalog"
	case o.Location != "":
		s = o.Location
	case o.Table != "":
		s += "." + o.Table
	}
	if o.Owner != "" {
		s = o.Owner + ":" + s
	}
	return s
}

// UnmarshalYAML reads the short form or the mapping.
func (t *Target) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		type plain Target
		return decodeStrict(n, (*plain)(t))
	}
	parsed, ok := parseTarget(n.Value)
	if !ok {
		return fmt.Errorf("line %d: %q is no target: write 111122223333:sales.orders, with @region for another region", n.Line, n.Value)
	}
	*t = parsed
	return nil
}

func parseTarget(text string) (Target, bool) {
	m := targetForm.FindStringSubmatch(text)
	if m == nil {
		return Target{}, false
	}
	return Target{Account: m[1], Database: m[2], Table: m[3], Region: m[4]}, true
}

// MarshalYAML prefers the short form.
func (t Target) MarshalYAML() (any, error) {
	short := t.Database
	if t.Account != "" {
		short = t.Account + ":" + short
	}
	if t.Table != "" {
		short += "." + t.Table
	}
	if t.Region != "" {
		short += "@" + t.Region
	}
	if back, ok := parseTarget(short); ok && back == t {
		return short, nil
	}
	type plain Target
	return plain(t), nil
}

// UnmarshalYAML reads a list of names or a mapping of name to type.
func (c *Columns) UnmarshalYAML(n *yaml.Node) error {
	*c = nil
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			*c = append(*c, Column{Name: strings.ToLower(item.Value), Type: "string"})
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			*c = append(*c, Column{Name: strings.ToLower(n.Content[i].Value), Type: n.Content[i+1].Value})
		}
	default:
		return fmt.Errorf("line %d: columns are a list of names or a mapping of name to type", n.Line)
	}
	return nil
}

// MarshalYAML writes a list if every column is a string.
func (c Columns) MarshalYAML() (any, error) {
	plain := true
	for _, column := range c {
		plain = plain && column.Type == "string"
	}
	node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	if !plain {
		node.Kind = yaml.MappingNode
	}
	for _, column := range c {
		node.Content = append(node.Content, scalar(column.Name))
		if !plain {
			node.Content = append(node.Content, scalar(column.Type))
		}
	}
	return node, nil
}

// UnmarshalYAML reads a list, whose positions become names when the table is
// known, or a mapping.
func (r *Row) UnmarshalYAML(n *yaml.Node) error {
	*r = Row{}
	set := func(key string, value *yaml.Node) {
		if value.Tag != "!!null" {
			(*r)[key] = value.Value
		}
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			set(fmt.Sprintf("%d", i), item)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			set(strings.ToLower(n.Content[i].Value), n.Content[i+1])
		}
	default:
		return fmt.Errorf("line %d: a row is a list of cells or a mapping of column to cell", n.Line)
	}
	return nil
}

// MarshalYAML writes one line per row.
func (r Row) MarshalYAML() (any, error) {
	node := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, name := range sortedKeys(r) {
		node.Content = append(node.Content, scalar(name), scalar(r[name]))
	}
	return node, nil
}

// UnmarshalYAML reads JSON text, or any YAML value as JSON.
func (j *JSONText) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*j = JSONText(n.Value)
	} else {
		var v any
		if err := n.Decode(&v); err != nil {
			return err
		}
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("line %d: this is no JSON document: %w", n.Line, err)
		}
		*j = JSONText(text)
	}
	if !json.Valid([]byte(*j)) {
		return fmt.Errorf("line %d: this is no JSON document", n.Line)
	}
	return nil
}

// scalar makes a string node; quoting is left to the encoder, which quotes
// what would read back as something else.
func scalar(value string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(value)
	return node
}

func sortedKeys[M ~map[string]V, V any](m M) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
