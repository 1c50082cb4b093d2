package manifest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clip cuts a text to what fits into a message.
func clip(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// show quotes what the user wrote, without ever breaking the line.
func show(s string) string { return strconv.Quote(clip(s)) }

// found says what a value is.
func found(v value) string {
	switch v.kind {
	case null:
		return "empty"
	case boolean, yesNo:
		return v.text + " without quotes"
	case integer, decimal:
		return "the number " + clip(v.text)
	case text:
		return show(v.text)
	case list:
		return "a list"
	case mapping:
		return "a mapping"
	}
	return "missing"
}

// expected says what a schema's type is called.
func expected(types []string) string {
	var words []string
	for _, t := range types {
		switch t {
		case "string":
			words = append(words, "text")
		case "object":
			words = append(words, "a mapping of keys")
		case "array":
			words = append(words, "a list")
		case "boolean":
			words = append(words, "true or false")
		case "integer":
			words = append(words, "a whole number")
		}
	}
	return strings.Join(words, " or ")
}

// flow renders a value of a schema as YAML on one line.
func flow(v any) string {
	switch v := v.(type) {
	case string:
		return scalar(v)
	case json.Number, bool:
		return fmt.Sprint(v)
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, scalar(k)+": "+flow(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "{}"
}

// scalar writes a text so that every reader of YAML takes it for text.
func scalar(s string) string {
	safe := s != "" && !strings.ContainsAny(s, "{}[],#&*!|>'\"%@`\\\n") && !strings.Contains(s, ": ") &&
		!strings.HasSuffix(s, ":") && strings.TrimSpace(s) == s
	if first := s + " "; safe && (first[0] >= 'a' && first[0] <= 'z' || first[0] >= 'A' && first[0] <= 'Z') {
		switch strings.ToLower(s) {
		case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
			return strconv.Quote(s)
		}
		return s
	}
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return s
	}
	return strconv.Quote(s)
}

// oneOf lists alternatives: a, b or c.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
