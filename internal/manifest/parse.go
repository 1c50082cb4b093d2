package manifest

import (
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// What follows fills the types from values whose shape was checked. It takes what
// has the right type and passes over the rest, which a finding names already, and
// it reports what a schema cannot say.

// lower folds a catalog name as Glue does.
func lower(t Text) Text {
	t.Value = strings.ToLower(t.Value)
	return t
}

func lowered(ts []Text) []Text {
	for i := range ts {
		ts[i] = lower(ts[i])
	}
	return ts
}

func normalPaths(ts []Text) []Text {
	for i := range ts {
		ts[i].Value = fact.NormalPath(ts[i].Value)
	}
	return ts
}

// unique reports the entries of a list that stand in it twice in normal form.
func (p *parser) unique(ts []Text) []Text {
	first := map[string]Text{}
	for _, t := range ts {
		if _, twice := first[t.Value]; !twice {
			first[t.Value] = t
			continue
		}
		p.findings = append(p.findings, diag.Finding{
			Rule: ruleDuplicateEntry, Pos: t.Pos, Other: first[t.Value].Pos,
			Message: show(t.Value) + " is written twice: expected it once", Hint: "remove one of the two",
		})
	}
	return ts
}

// sameName reports a key that is another one in lower case.
func (p *parser) sameName(seen map[string]Text, name Text) {
	if first, twice := seen[name.Value]; twice {
		p.findings = append(p.findings, diag.Finding{
			Rule: ruleDuplicateKey, Pos: name.Pos, Other: first.Pos,
			Message: "key " + show(name.Value) + " is written twice: names count in lower case, expected it once", Hint: "merge the two, or remove one",
		})
		return
	}
	seen[name.Value] = name
}

// notYet reports a key of the format that this version cannot carry out.
func (p *parser) notYet(pos diag.Pos, what, hint string) {
	p.findings.Add(ruleNotYet, pos, hint, "%s is not supported by this version", what)
}

// notYetKey does so for a key of a mapping, if it is written.
func (p *parser) notYetKey(v value, key, what, hint string) {
	if v.has(key) {
		p.notYet(v.keyPos(key), what, hint)
	}
}

// drift reports drift: repair.
func (p *parser) links(v value) (container, table, database Text) {
	return lower(v.get("container").str()), lower(v.get("table").str()), lower(v.get("database").str())
}
