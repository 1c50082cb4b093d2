package schema_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/lakeshare/lakeshare/schema"
)

func schemas() map[string][]byte {
	return map[string][]byte{"lakeshare": schema.Config(), "share": schema.Share()}
}

// TestWords demands that every key teaches: a title, a description and an example
// of its own.
func TestWords(t *testing.T) {
	t.Parallel()
	for name, data := range schemas() {
		properties(t, data, func(path, _ string, p map[string]any) {
			for _, word := range []string{"title", "description", "examples"} {
				if p[word] == nil {
					t.Errorf("%s: %s has no %s", name, path, word)
				}
			}
		})
	}
}

// TestExamples validates every example and every default against the schema it stands in.
func TestExamples(t *testing.T) {
	t.Parallel()
	for name, data := range schemas() {
		c := jsonschema.NewCompiler()
		c.AssertFormat = true
		url := name + ".json"
		if err := c.AddResource(url, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		n := 0
		walk(decode(t, data), "", func(path string, m map[string]any) {
			examples, _ := m["examples"].([]any)
			if def, ok := m["default"]; ok {
				examples = append(examples, def)
			}
			if len(examples) == 0 {
				return
			}
			s, err := c.Compile(url + "#" + path)
			if err != nil {
				t.Fatalf("%s#%s: %v", url, path, err)
			}
			for _, e := range examples {
				n++
				if err := s.Validate(e); err != nil {
					t.Errorf("%s%s: example %v: %#v", url, path, e, err)
				}
			}
		})
		if n < 40 {
			t.Errorf("%s: only %d examples found", name, n)
		}
	}
}

// TestPatterns demands that every pattern says in words what it expects.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for name, data := range schemas() {
		walk(decode(t, data), "", func(path string, m map[string]any) {
			_, pattern := m["pattern"].(string)
			said, _ := m["patternErrorMessage"].(string)
			if pattern && !strings.HasPrefix(said, "expected ") {
				t.Errorf("%s: the pattern at %s says %q", name, path, said)
			}
		})
	}
}

// TestDocumented demands that docs/manifests.md names every key as code.
func TestDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "docs", "manifests.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range schemas() {
		properties(t, data, func(path, key string, _ map[string]any) {
			if !bytes.Contains(doc, []byte("`"+key)) && !bytes.Contains(doc, []byte("."+key+"`")) {
				t.Errorf("docs/manifests.md does not explain %s of %s (%s)", key, name, path)
			}
		})
	}
}

// TestClosed demands that every mapping with keys of its own refuses others.
func TestClosed(t *testing.T) {
	t.Parallel()
	for name, data := range schemas() {
		walk(decode(t, data), "", func(path string, m map[string]any) {
			if _, ok := m["properties"].(map[string]any); ok && m["type"] != nil && m["additionalProperties"] != false {
				t.Errorf("%s: the mapping at %s takes any key", name, path)
			}
		})
	}
}

// properties calls visit for every key that the schema describes.
func properties(t *testing.T, data []byte, visit func(path, key string, p map[string]any)) {
	t.Helper()
	walk(decode(t, data), "", func(path string, m map[string]any) {
		props, _ := m["properties"].(map[string]any)
		for key, p := range props {
			if p, ok := p.(map[string]any); ok {
				visit(path+"/properties/"+key, key, p)
			}
		}
	})
}

// walk calls visit for every schema in a schema, but for those in examples.
func walk(node any, path string, visit func(path string, m map[string]any)) {
	switch node := node.(type) {
	case map[string]any:
		visit(path, node)
		for k, v := range node {
			if k != "examples" && k != "default" {
				walk(v, path+"/"+k, visit)
			}
		}
	case []any:
		return // branches of oneOf hold nothing but required
	}
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
