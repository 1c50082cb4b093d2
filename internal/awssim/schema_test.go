package awssim_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func worldSchema(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "schema", "world.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("world.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return c
}

// plain is YAML as the schema sees it: times are strings.
func plain(t *testing.T, text string) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	var untime func(*yaml.Node)
	untime = func(n *yaml.Node) {
		if n.Tag == "!!timestamp" {
			n.Tag = "!!str"
		}
		for _, c := range n.Content {
			untime(c)
		}
	}
	untime(&n)
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestSchemaTakesWhatTheParserTakes: worlds as people write them, and as
// Encode writes them.
func TestSchemaTakesWhatTheParserTakes(t *testing.T) {
	t.Parallel()
	schema, err := worldSchema(t).Compile("world.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"everything": everything, "two": two, "organized": organized, "smoke": smokeWorld,
		"encoded": encode(t, parse(t, everything)), "snapshot": encode(t, snapshot(t, parse(t, everything))),
	} {
		if err := schema.Validate(plain(t, text)); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
	for name, text := range map[string]string{
		"unknown key": "clok: 1", "account": "accounts: {a: {}}", "permission": `accounts: {"111122223333": {regions: {eu-west-1: {grants: [{principal: x, on: d, permissions: [READ]}]}}}}`,
	} {
		if schema.Validate(plain(t, text)) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestSchemaTeaches demands a title, a description and an example for every
// key, and validates the examples.
func TestSchemaTeaches(t *testing.T) {
	t.Parallel()
	c := worldSchema(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "schema", "world.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	examples := 0
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for i, item := range v {
				walk(path+"/"+string(rune('0'+i)), item)
			}
		case map[string]any:
			if keys, ok := v["properties"].(map[string]any); ok {
				for key, p := range keys {
					m, isMap := p.(map[string]any)
					if !isMap || m["title"] == nil || m["description"] == nil || m["examples"] == nil {
						t.Errorf("%s/properties/%s needs a title, a description and examples", path, key)
						continue
					}
					s, err := c.Compile("world.json#" + path + "/properties/" + key)
					if err != nil {
						t.Fatal(err)
					}
					for _, e := range m["examples"].([]any) { //nolint:errcheck // a list by the meta-schema
						examples++
						if err := s.Validate(e); err != nil {
							t.Errorf("%s/properties/%s: example %v: %v", path, key, e, err)
						}
					}
				}
			}
			for key, item := range v {
				if key != "examples" {
					walk(path+"/"+key, item)
				}
			}
		}
	}
	walk("", root)
	if examples < 90 {
		t.Errorf("only %d examples", examples)
	}
}

// TestDocumentation reads the examples of docs/world-file.md and looks for
// every key that a person would write by hand.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "world-file.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 4 {
		t.Fatalf("only %d examples", len(blocks))
	}
	for _, b := range blocks {
		snapshot(t, parse(t, b[1]))
	}
	s, err := awssim.New(parse(t, blocks[1][1]), awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	result, answer := s.Read(analyst, region, "", "sales_shared", "rl_orders")
	if !answer.Yes || strings.Join(result.Columns, " ") != "id" || len(result.Rows) != 2 {
		t.Errorf("the first example: %v %v", result, answer)
	}
}
