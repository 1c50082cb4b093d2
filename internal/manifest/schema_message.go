package manifest

import (
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// unknownKeys reports the keys of a mapping that its schema does not have.
func (p *parser) unknownKeys(b problem) {
	known := b.keys()
	for _, e := range b.at.entries {
		if slices.Contains(known, e.key.Value) {
			continue
		}
		hint := ""
		if len(e.key.Value) < 100 {
			hint = diag.DidYouMean(e.key.Value, known)
		}
		if near := diag.Nearest(clip(e.key.Value), known); near != "" {
			p.mean(b.at.pos, near)
		}
		p.findings.Add(ruleUnknownKey, e.key.Pos, hint, "unknown key %s%s: expected %s", show(e.key.Value), b.in(), oneOf(known))
	}
}

// in says in which mapping something is.
func (b problem) in() string {
	if len(b.path) == 0 {
		return ""
	}
	return " in " + b.name()
}

// problem reports one failed keyword in our words.
func (p *parser) problem(b problem) {
	switch b.keyword {
	case "required":
		for _, key := range b.strings("required") {
			if !b.at.has(key) && !p.excused(b.at.pos, key) {
				p.findings.Add(ruleMissingKey, b.at.pos, b.write(key), "key %s is missing%s", key, b.in())
			}
		}
	case "type":
		p.wrongType(b)
	case "enum", "const":
		p.notAllowed(b)
	case "pattern":
		want, _ := b.schema["patternErrorMessage"].(string)
		p.findings.Add(b.rule(), b.at.pos, b.hint(), "%s is %s: %s", b.name(), found(b.at), want)
	case "oneOf":
		p.exactlyOne(b)
	case "not":
		p.together(b, b.strings("required"))
	case "minItems", "minProperties":
		p.empty(b)
	case "maxLength":
		p.findings.Add(b.rule(), b.at.pos, "", "%s has %d characters: expected at most %v", b.name(), len([]rune(b.at.text)), b.schema["maxLength"])
	case "minimum", "maximum":
		p.findings.Add(ruleBadValue, b.at.pos, "write "+b.assignment(), "%s is %s: expected a number from %v to %v",
			b.name(), clip(b.at.text), b.schema["minimum"], b.schema["maximum"])
	case "uniqueItems":
		// parser.unique says it better: for every entry, whatever the case of its letters.
	default:
		p.findings.Add(ruleBadValue, b.at.pos, b.hint(), "%s is %s: expected something else (%s)", b.name(), found(b.at), b.keyword)
	}
}

// empty reports a list or a mapping without entries.
func (p *parser) empty(b problem) {
	if p.excused(b.at.pos, anyKey) {
		return
	}
	hint := "write " + b.assignment()
	if !b.needed {
		hint = "leave " + b.name() + " out, or " + hint
	}
	p.findings.Add(ruleEmptyList, b.at.pos, hint, "%s is empty: expected at least one entry", b.name())
}

// exactlyOne reports a mapping that needs exactly one of several keys.
func (p *parser) exactlyOne(b problem) {
	var all, have []string
	branches, _ := b.schema["oneOf"].([]any)
	for _, branch := range branches {
		m, _ := branch.(map[string]any)
		all = append(all, problem{schema: m}.strings("required")...)
	}
	excused := false
	for _, key := range all {
		if b.at.has(key) {
			have = append(have, key)
		}
		excused = excused || p.excused(b.at.pos, key)
	}
	switch {
	case len(have) > 1:
		p.together(b, have)
	case !excused:
		p.findings.Add(ruleMissingKey, b.at.pos, b.write(all[0]), "a key is missing%s: expected %s", b.in(), oneOf(all))
	}
}

// together reports keys that exclude each other, at those after the first.
func (p *parser) together(b problem, keys []string) {
	slices.SortFunc(keys, func(k, l string) int { return b.at.keyPos(k).Compare(b.at.keyPos(l)) })
	for _, k := range keys[1:] {
		p.findings = append(p.findings, diag.Finding{
			Rule: ruleConflictingKeys, Pos: b.at.keyPos(k), Other: b.at.keyPos(keys[0]),
			Message: k + " stands beside " + keys[0] + b.in() + ": expected one of the two", Hint: "remove one of them",
		})
	}
}

func (p *parser) wrongType(b problem) {
	types := b.strings("type")
	rule, hint := ruleWrongType, b.typeHint(types)
	want := expected(types)
	if said, ok := b.schema["patternErrorMessage"].(string); ok && len(types) > 1 {
		want = strings.TrimPrefix(said, "expected ")
	}
	number := b.at.kind == integer || b.at.kind == decimal
	switch {
	case number && (b.def == "accountId" || b.def == "accountRef"):
		rule, hint, want = ruleUnquotedAccount, accountHint(b.name(), b.at.text), "12 digits in quotes"
	case b.def == "date":
		rule, hint, want = ruleBadDate, b.hint(), "a date of the form YYYY-MM-DD"
	}
	p.findings.Add(rule, b.at.pos, hint, "%s is %s: expected %s", b.name(), found(b.at), want)
}

// notAllowed reports a value that is none of those allowed.
func (p *parser) notAllowed(b problem) {
	if b.def == "version" {
		p.findings.Add(ruleWrongVersion, b.at.pos, "write version: 1", "version is %s: expected 1, the only version", clip(b.at.text))
		return
	}
	allowed := b.strings("enum")
	hint := ""
	if len(b.at.text) < 100 {
		hint = diag.DidYouMean(b.at.text, allowed)
	}
	if b.name() == "state" && strings.EqualFold(b.at.text, "present") {
		hint = "leave state out: a share without it is in force"
	}
	p.findings.Add(ruleBadValue, b.at.pos, hint, "%s is %s: expected %s", b.name(), found(b.at), oneOf(allowed))
}

// rule is the rule for a value of the wrong form.
func (b problem) rule() string {
	switch b.def {
	case "alias", "groupName", "catalogName", "databasePattern", "columnName", "filterName", "databaseLinkName", "tableLinkName":
		return ruleBadName
	case "date":
		return ruleBadDate
	}
	return ruleBadValue
}

// write renders a missing key with its example.
func (b problem) write(key string) string {
	props, _ := b.schema["properties"].(map[string]any)
	prop, _ := props[key].(map[string]any)
	ex := problem{schema: prop, site: prop}.example()
	if ex == nil {
		return "write " + key + ": …"
	}
	return "write " + key + ": " + flow(ex)
}

// assignment renders the value's example with its key, if it has one.
func (b problem) assignment() string {
	ex := flow(b.example())
	if len(b.path) == 0 || b.isKey || strings.HasPrefix(b.name(), "an entry") {
		return ex
	}
	return b.name() + ": " + ex
}
