package awssim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// ParseWorld reads a world file. It refuses unknown keys, ids that cannot
// exist and names that do not resolve, and reports all of them with lines.
func ParseWorld(data []byte) (*World, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("read world: %w", err)
	}
	w := &World{}
	if len(root.Content) == 0 {
		return w, nil
	}
	if extra := yaml.NewDecoder(bytes.NewReader(data)); extra.Decode(&yaml.Node{}) == nil {
		if err := extra.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
			return nil, errors.New("read world: the file holds more than one document")
		}
	}
	if err := decodeStrict(root.Content[0], w); err != nil {
		return nil, fmt.Errorf("read world: %w", err)
	}
	c := &checker{root: root.Content[0]}
	c.world(w)
	if len(c.problems) > 0 {
		return nil, fmt.Errorf("read world: %w", c.err())
	}
	return w, nil
}

// Encode writes the world as YAML: sorted, short where there is a short form,
// the same bytes for the same world.
func (w *World) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(w); err != nil {
		return nil, fmt.Errorf("encode world: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("encode world: %w", err)
	}
	return b.Bytes(), nil
}

// decodeStrict decodes a node and refuses keys that the type does not have.
// The decoder's own KnownFields is lost inside UnmarshalYAML.
func decodeStrict(n *yaml.Node, into any) error {
	var problems []string
	unknownKeys(n, reflect.TypeOf(into), &problems)
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	err := n.Decode(into)
	var typeErr *yaml.TypeError
	if errors.As(err, &typeErr) {
		return errors.New(strings.Join(typeErr.Errors, "; "))
	}
	return err
}

func unknownKeys(n *yaml.Node, t reflect.Type, problems *[]string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		return
	}
	switch {
	case t.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		fields := map[string]reflect.Type{}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			fields[name] = t.Field(i).Type
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			field, ok := fields[key.Value]
			if !ok {
				*problems = append(*problems, fmt.Sprintf("line %d: unknown key %q; known here: %s",
					key.Line, key.Value, strings.Join(sortedKeys(fields), ", ")))
				continue
			}
			unknownKeys(n.Content[i+1], field, problems)
		}
	case t.Kind() == reflect.Map && n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			unknownKeys(n.Content[i+1], t.Elem(), problems)
		}
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			unknownKeys(item, t.Elem(), problems)
		}
	}
}

// checker collects problems with their lines and brings the world into the
// form that Encode writes: no nil entries, principals as whole ARNs.
type checker struct {
	root     *yaml.Node
	problems []problem
}

type problem struct {
	line int
	text string
}

func (c *checker) err() error {
	sort.SliceStable(c.problems, func(i, j int) bool { return c.problems[i].line < c.problems[j].line })
	var lines []string
	for _, p := range c.problems {
		lines = append(lines, fmt.Sprintf("line %d: %s", p.line, p.text))
	}
	return errors.New(strings.Join(lines, "; "))
}

func (c *checker) bad(path []string, format string, args ...any) {
	c.problems = append(c.problems, problem{c.line(path), fmt.Sprintf(format, args...)})
}

// line finds the line of a path of keys and list positions, or of the nearest
// thing above it.
func (c *checker) line(path []string) int {
	n := c.root
	line := n.Line
	for _, step := range path {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		next := (*yaml.Node)(nil)
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					line, next = n.Content[i].Line, n.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			var at int
			if _, err := fmt.Sscanf(step, "%d", &at); err == nil && at < len(n.Content) {
				next = n.Content[at]
				line = next.Line
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}

func at(path []string, steps ...any) []string {
	out := append([]string(nil), path...)
	for _, s := range steps {
		out = append(out, fmt.Sprint(s))
	}
	return out
}

var (
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
	regionID  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	orgID     = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	unitID    = regexp.MustCompile(`^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$`)
)

func isAccountID(s string) bool { return accountID.MatchString(s) }
func isRegion(s string) bool    { return regionID.MatchString(s) }
func isOrgID(s string) bool     { return orgID.MatchString(s) }
func isUnitID(s string) bool    { return unitID.MatchString(s) }
