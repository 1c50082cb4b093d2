package plan

import (
	"fmt"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// absent reports names that AWS does not have, each once and where it is
// written, and refuses every fact that is about them.
func (m *maker) absent() {
	told := map[fact.Name]bool{}
	for _, a := range m.in.Live.Absent {
		w, ok := m.in.Tip.Wanted[a.Key]
		if !ok {
			continue
		}
		why := fmt.Sprintf("%s %s does not exist", a.What, a.Name)
		n := nameOf(a)
		m.hold(n, a.Key, why)
		if told[n] {
			continue
		}
		told[n] = true
		at, ok := m.in.Tip.Named[n]
		if !ok {
			at = first(w.Origins)
		}
		m.at(at, ruleNotFound, nearHint(a), "%s in account %s", why, m.alias(accountOf(a)))
	}
}

func nameOf(a fact.Absence) fact.Name {
	switch a.What {
	case "database":
		return fact.Name{What: a.What, Object: a.Key.Object.DatabaseObject()}
	case "table":
		return fact.Name{What: a.What, Object: a.Key.Object.TableObject()}
	case "column":
		return fact.Name{What: a.What, Object: a.Key.Object.TableObject(), Text: strings.ToLower(a.Name)}
	}
	return fact.Name{What: a.What, Text: a.Name}
}

// accountOf is where the name was looked for.
func accountOf(a fact.Absence) string {
	if of := fact.AccountOf(a.Name); a.What == "principal" && of != "" {
		return of
	}
	return a.Key.Object.Catalog
}

func nearHint(a fact.Absence) string {
	if hint := diag.DidYouMean(a.Name, a.Near); hint != "" || len(a.Near) == 0 {
		return hint
	}
	return "there is " + strings.Join(a.Near[:min(3, len(a.Near))], ", ")
}

// hold refuses every wanted fact about something that is not there.
func (m *maker) hold(n fact.Name, asked fact.Key, why string) {
	m.held[asked] = why
	for k, w := range m.in.Tip.Wanted {
		about := false
		switch n.What {
		case "database":
			about = k.Object.DatabaseObject() == n.Object || w.Body.Target.DatabaseObject() == n.Object
		case "table":
			about = k.Object.TableObject() == n.Object || w.Body.Target == n.Object
		case "principal":
			about = k.Principal == n.Text
		}
		if about {
			m.held[k] = why
		}
	}
}
