package manifest

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// kind is what YAML reads a value as.
type kind uint8

const (
	// absent is the zero value: not written, or written so that a finding says
	// so already. Nothing more is said about it.
	absent kind = iota
	null
	boolean
	yesNo // yes, no, on, off without quotes: text or boolean, depending on the reader
	integer
	decimal
	text
	list
	mapping
)

// value is a YAML value with its place. It is all that the rest of the package
// sees of YAML.
type value struct {
	kind    kind
	pos     diag.Pos
	text    string // scalars: as written, without quotes
	items   []value
	entries []entry
	index   map[string]int // key -> index in entries
}

type entry struct {
	key   Text
	value value
}

// get returns the value of a key, or the zero value.
func (v value) get(key string) value {
	if i, ok := v.index[key]; ok {
		return v.entries[i].value
	}
	return value{}
}

// has reports whether the key was written, however badly.
func (v value) has(key string) bool {
	_, ok := v.index[key]
	return ok
}

// keyPos returns the place of a key.
func (v value) keyPos(key string) diag.Pos {
	if i, ok := v.index[key]; ok {
		return v.entries[i].key.Pos
	}
	return v.pos
}

// str returns the text, or the zero Text if the value is anything else.
func (v value) str() Text {
	if v.kind != text {
		return Text{}
	}
	return Text{Value: v.text, Pos: v.pos}
}

// is reports whether the value is true, and whether it is a boolean at all.
func (v value) is() (yes, ok bool) {
	return strings.EqualFold(v.text, "true"), v.kind == boolean
}

// number returns the value of an integer in any of YAML's notations.
func (v value) number() (int64, bool) {
	if v.kind != integer {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(v.text, "_", ""), 0, 64)
	return n, err == nil
}

// list returns the entries that are text.
func (v value) list() []Text {
	var out []Text
	for _, i := range v.items {
		if t := i.str(); t.Set() {
			out = append(out, t)
		}
	}
	return out
}

// plain returns the value in the form in which the schemas are checked.
func (v value) plain() any {
	switch v.kind {
	case boolean:
		yes, _ := v.is()
		return yes
	case integer:
		if n, ok := v.number(); ok {
			return json.Number(strconv.FormatInt(n, 10))
		}
		return json.Number("0.5")
	case decimal, yesNo:
		// A number that fits nowhere: no key of the format takes a fraction, and
		// yes must be refused as text and as a boolean alike.
		return json.Number("0.5")
	case text:
		return v.text
	case list:
		out := make([]any, len(v.items))
		for i, item := range v.items {
			out[i] = item.plain()
		}
		return out
	case mapping:
		out := make(map[string]any, len(v.entries))
		for _, e := range v.entries {
			out[e.key.Value] = e.value.plain()
		}
		return out
	}
	return nil
}

// at follows a path of keys and indexes. It returns an absent value if the path
// leads through one.
func (v value) at(path []string) value {
	for _, token := range path {
		switch v.kind {
		case mapping:
			v = v.get(token)
		case list:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v.items) {
				return value{}
			}
			v = v.items[i]
		default:
			return value{}
		}
	}
	return v
}
