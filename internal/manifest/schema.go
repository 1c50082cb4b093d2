package manifest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/lakeshare/lakeshare/schema"
)

// shape is a compiled schema, and its source, in which messages find their words.
type shape struct {
	compiled *jsonschema.Schema
	source   map[string]any
}

// The shapes are compiled once: a plan loads several trees, and compiling takes
// longer than most of them.
var (
	configShape = sync.OnceValue(func() *shape { return newShape(schema.Config()) })
	shareShape  = sync.OnceValue(func() *shape { return newShape(schema.Share()) })
)

// newShape compiles one of the embedded schemas. They are part of the program, so
// one that does not compile is a programmer's error that every test meets.
func newShape(data []byte) *shape {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var source map[string]any
	if err := d.Decode(&source); err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	const name = "embedded.json"
	if err := c.AddResource(name, bytes.NewReader(data)); err != nil {
		panic(err)
	}
	return &shape{compiled: c.MustCompile(name), source: source}
}

// check reports where the file does not have the shape of the format.
func (s *shape) check(p *parser, root value) {
	err := s.compiled.Validate(root.plain())
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return
	}
	problems := s.problems(ve, root)
	// Unknown keys first: a key that was only spelt wrongly is not missing as well.
	for _, b := range problems {
		if b.keyword == "additionalProperties" {
			p.unknownKeys(b)
		}
	}
	for _, b := range problems {
		if b.keyword != "additionalProperties" {
			p.problem(b)
		}
	}
}

// problem is one failed keyword of a schema at one place of the file.
type problem struct {
	keyword  string
	schema   map[string]any // the schema that holds the keyword
	site     map[string]any // the schema that refers to it; the same if nothing does
	def      string         // its name below $defs, if it has one
	required []string       // what the mapping around it requires
	path     []string       // keys and indexes that lead to the value
	needed   bool           // the mapping around it requires it
	isKey    bool           // the problem is a key of a mapping, not its value
	at       value          // the value, or the key as text
}

// problems turns the tree of errors into a list. What lies at or below a value
// that is reported already is left out.
func (s *shape) problems(ve *jsonschema.ValidationError, root value) []problem {
	errs := leaves(ve, nil)
	// The library ranges over maps. Sorting makes the cut the same every time.
	slices.SortFunc(errs, func(a, b *jsonschema.ValidationError) int {
		return cmp.Or(cmp.Compare(a.InstanceLocation, b.InstanceLocation), cmp.Compare(a.KeywordLocation, b.KeywordLocation))
	})
	var out []problem
	for _, e := range errs[:min(len(errs), 10*maxFindings)] {
		words := pointer(e.KeywordLocation)
		b := s.locate(words)
		b.path = pointer(e.InstanceLocation)
		b.needed = len(b.path) > 0 && slices.Contains(b.required, b.path[len(b.path)-1])
		b.at = root.at(b.path)
		if n := len(b.path); n > 0 && slices.Contains(words, "propertyNames") {
			b.isKey = true
			b.at = keyOf(root.at(b.path[:n-1]), b.path[n-1])
		}
		if b.at.kind != absent {
			out = append(out, b)
		}
	}
	return out
}

// leaves collects the errors that have no causes. The branches of oneOf only
// repeat, each in its way, what oneOf says.
func leaves(e *jsonschema.ValidationError, out []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 || strings.HasSuffix(e.KeywordLocation, "/oneOf") {
		return append(out, e)
	}
	for _, c := range e.Causes {
		out = leaves(c, out)
	}
	return out
}

// keyOf returns a key of a mapping as a value.
func keyOf(m value, key string) value {
	return value{kind: text, text: key, pos: m.keyPos(key)}
}

// locate follows the words of a keyword's location through the source of the schema.
func (s *shape) locate(words []string) problem {
	b := problem{schema: s.source, site: s.source}
	var node any = s.source
	for _, w := range words {
		b.keyword = w
		m, ok := node.(map[string]any)
		if !ok {
			continue // an index into oneOf: the schema stays
		}
		if w == "properties" {
			b.required = problem{schema: m}.strings("required")
		}
		if w != "$ref" {
			node = m[w]
			if next, ok := node.(map[string]any); ok {
				b.schema, b.site, b.def = next, next, ""
			}
			continue
		}
		name, _ := m[w].(string)
		b.def = strings.TrimPrefix(name, "#/$defs/")
		defs, _ := s.source["$defs"].(map[string]any)
		next, _ := defs[b.def].(map[string]any)
		node, b.schema, b.site = next, next, m
	}
	return b
}

// pointer splits a JSON pointer as jsonschema writes it: with the escapes of URLs too.
func pointer(s string) []string {
	if s == "" {
		return nil
	}
	words := strings.Split(strings.TrimPrefix(s, "/"), "/")
	if !strings.ContainsAny(s, "%~") {
		return words
	}
	for i, w := range words {
		if u, err := url.PathUnescape(w); err == nil {
			w = u
		}
		words[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(w)
	}
	return words
}

// keys returns the keys that the schema knows, sorted.
func (b problem) keys() []string {
	props, _ := b.schema["properties"].(map[string]any)
	var out []string
	for k := range props {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// name is what messages call the value: its key, or "an entry of" its list.
func (b problem) name() string {
	n := len(b.path)
	title, ok := b.site["title"].(string)
	if !ok {
		title, _ = b.schema["title"].(string)
	}
	switch {
	case n == 0:
		return "the file"
	case b.isKey:
		return strings.ToLower(title)
	}
	if last := b.path[n-1]; strings.Trim(last, "0123456789") != "" || n == 1 {
		return clip(last)
	}
	return "an entry of " + clip(b.path[n-2])
}

// example returns the first example of the value, or nil.
func (b problem) example() any {
	for _, s := range []map[string]any{b.site, b.schema} {
		if ex, ok := s["examples"].([]any); ok && len(ex) > 0 {
			return ex[0]
		}
	}
	return nil
}

// strings returns the texts of a keyword that holds one or a list of them.
func (b problem) strings(keyword string) []string {
	switch v := b.schema[keyword].(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
