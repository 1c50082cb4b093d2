package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documents is one JSON document of each kind in which every key occurs.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	o := Options{Format: JSON, Accounts: accounts()}
	r := run()
	r.Refused = "the tip moved"
	l, source := findings()
	var p, q, f, d bytes.Buffer
	for _, err := range []error{Plan(&p, example(), 25, o), Outcome(&q, r, o), Findings(&f, l, source, o), Survey(&d, survey(), today(), o)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string][]byte{"plan": p.Bytes(), "outcome": q.Bytes(), "findings": f.Bytes(), "drift": d.Bytes()}
}

func TestJSONRoundTrips(t *testing.T) {
	t.Parallel()
	for kind, data := range documents(t) {
		var into any
		switch kind {
		case "plan":
			into = &jsonPlanDocument{}
		case "outcome":
			into = &jsonOutcomeDocument{}
		case "findings":
			into = &jsonFindingsDocument{}
		case "drift":
			into = &jsonSurveyDocument{}
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := writeJSON(&b, into); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(data), b.String()); diff != "" {
			t.Errorf("%s (-first +second):\n%s", kind, diff)
		}
	}
}

func TestJSONSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for kind, data := range documents(t) {
		var h header
		if err := json.Unmarshal(data, &h); err != nil {
			t.Fatal(err)
		}
		if h.Version != 1 || h.Kind != kind {
			t.Errorf("%s: got version %d, kind %q", kind, h.Version, h.Kind)
		}
	}
}

func TestEveryJSONKeyIsDocumented(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, document := range documents(t) {
		var v any
		if err := json.Unmarshal(document, &v); err != nil {
			t.Fatal(err)
		}
		keysOf(v, seen)
	}
	if len(seen) < 60 {
		t.Fatalf("only %d keys occur in the examples", len(seen))
	}
	for k := range seen {
		if !strings.Contains(string(data), "`"+k+"`") {
			t.Errorf("docs/json.md does not tell about %s", k)
		}
	}
}

func keysOf(v any, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			seen[k] = true
			keysOf(x, seen)
		}
	case []any:
		for _, x := range v {
			keysOf(x, seen)
		}
	}
}
