package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// A picture with more than this shows nothing any more.
const (
	mostNodes = 12
	mostEdges = 20
)

// longestLabel is in characters.
const longestLabel = 32

// stroke is one gain or loss in a picture.
type stroke struct {
	from, to dot
	lost     bool
}

// dot is an object or principal in a picture, in the account that it belongs to.
type dot struct {
	account string // "" for none, such as an organization
	id      string
	label   string
}

// The levels of detail of a picture.
const (
	eachTable   = iota // tables to principals
	eachBase           // databases to principals
	eachHolder         // databases to accounts of principals
	eachAccount        // accounts to accounts
)

// picture draws who gains or loses access to what, at the finest level that
// stays readable; of the coarsest, the first lines that do. An empty layer
// stands for nothing to draw.
func (v reviewer) picture() layer {
	gains, losses := readers(v.own.Gains), readers(v.own.Losses)
	if len(gains)+len(losses) == 0 {
		return layer{}
	}
	var strokes []stroke
	left := 0
	for level := eachTable; level <= eachAccount; level++ {
		strokes = v.strokes(gains, losses, level)
		if keep := readable(strokes); keep == len(strokes) {
			break
		} else if level == eachAccount {
			strokes, left = strokes[:keep], len(strokes)-keep
		}
	}
	s := "\n```mermaid\n" + v.mermaid(strokes) + "```\n"
	if left > 0 {
		s += "\n" + noun{"more pair of accounts is", "more pairs of accounts are"}.count(left) + " not drawn.\n"
	}
	return layer{open: s}
}

// readable is how many strokes a picture takes.
func readable(strokes []stroke) int {
	seen := map[dot]bool{}
	for i, s := range strokes {
		for _, d := range []dot{s.from, s.to} {
			seen[d] = true
			seen[dot{account: d.account}] = seen[dot{account: d.account}] || d.account != ""
		}
		delete(seen, dot{})
		if len(seen) > mostNodes || i >= mostEdges {
			return i
		}
	}
	return len(strokes)
}

// strokes are the gains and losses at a level, each once, losses first.
func (n names) strokes(gains, losses []plan.Access, level int) []stroke {
	var out []stroke
	counts := tallyDots(slices.Concat(losses, gains), level)
	for _, x := range []struct {
		access []plan.Access
		lost   bool
	}{{losses, true}, {gains, false}} {
		for _, a := range x.access {
			from, to := dotsOf(a, level)
			from.label, to.label = objectLabel(a, level, counts[from]), n.principalLabel(a, level, counts[to])
			out = append(out, stroke{from, to, x.lost})
		}
	}
	slices.SortFunc(out, func(a, b stroke) int {
		return cmp.Or(-compareBool(a.lost, b.lost), a.from.compare(b.from), a.to.compare(b.to))
	})
	return slices.Compact(out)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (d dot) compare(e dot) int {
	return cmp.Or(strings.Compare(d.account, e.account), strings.Compare(d.id, e.id), strings.Compare(d.label, e.label))
}

// dotsOf are the two ends of a gain or loss, without labels.
func dotsOf(a plan.Access, level int) (from, to dot) {
	o := a.Object
	from = dot{account: o.Catalog, id: o.String()}
	switch {
	case level == eachAccount:
		from.id = o.Catalog
	case level >= eachBase && o.Database != "":
		from.id = o.DatabaseObject().String()
	}
	account := holder(a.Principal)
	to = dot{account: account, id: a.Principal}
	if level >= eachHolder && account != "" {
		to.id = account
	}
	return from, to
}

// holder is the account of a principal, or "" where it belongs to none.
func holder(principal string) string {
	id := strings.TrimSuffix(principal, ":IAMPrincipals")
	switch {
	case isAccount(id):
		return id
	case strings.Contains(principal, ":organizations:"):
		return ""
	}
	return fact.AccountOf(principal)
}

// tallyDots counts how many objects or principals each dot stands for.
func tallyDots(access []plan.Access, level int) map[dot]int {
	behind := map[dot]map[string]bool{}
	for _, a := range access {
		from, to := dotsOf(a, level)
		for d, what := range map[dot]string{from: a.Object.String(), to: a.Principal} {
			if behind[d] == nil {
				behind[d] = map[string]bool{}
			}
			behind[d][what] = true
		}
	}
	out := map[dot]int{}
	for d, of := range behind {
		out[d] = len(of)
	}
	return out
}

func objectLabel(a plan.Access, level, count int) string {
	o := a.Object
	switch {
	case level == eachAccount:
		return regular("object").count(count)
	case level >= eachBase && o.Database != "":
		if count == 1 {
			return o.Name()
		}
		return o.Database + ": " + regular("object").count(count)
	}
	return o.Name()
}

func (n names) principalLabel(a plan.Access, level, count int) string {
	if level >= eachHolder && holder(a.Principal) != "" && count > 1 {
		return regular("principal").count(count)
	}
	if isAccount(a.Principal) {
		return "the account"
	}
	who := n.principal(a.Principal)
	if last := len(who) - 2; last > 0 && who[last].voice == ours && who[last].text == " in " {
		who = who[:last] // the frame says where
	}
	return who.short(longestLabel).text()
}

// mermaid writes strokes as a flowchart with a frame for each account. Nothing
// in it but labels comes from files or AWS, and those hold letters, digits and
// entity codes only.
func (n names) mermaid(strokes []stroke) string {
	frames := map[string][]dot{}
	var order []string
	ids := map[string]string{} // by account and id of a dot
	for _, s := range strokes {
		for _, d := range []dot{s.from, s.to} {
			k := d.account + "\x00" + d.id
			if ids[k] != "" {
				continue
			}
			ids[k] = fmt.Sprintf("n%d", len(ids)+1)
			if frames[d.account] == nil {
				order = append(order, d.account)
			}
			frames[d.account] = append(frames[d.account], d)
		}
	}
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, account := range order {
		if account != "" {
			fmt.Fprintf(&b, "  subgraph a%d[\"%s\"]\n", i+1, label(n.account(account).text()))
		}
		for _, d := range frames[account] {
			fmt.Fprintf(&b, "  %s[\"%s\"]\n", ids[account+"\x00"+d.id], label(d.label))
		}
		if account != "" {
			b.WriteString("  end\n")
		}
	}
	for _, s := range strokes {
		from, to := ids[s.from.account+"\x00"+s.from.id], ids[s.to.account+"\x00"+s.to.id]
		line := "-->|gains|"
		if s.lost {
			line = "-.->|loses|"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", from, line, to)
	}
	return b.String()
}

// label is text for Mermaid: every mark is an entity code, so that nothing ends
// the label, opens a directive or becomes Markdown or HTML.
func label(s string) string {
	head, rest := cutRunes(s, longestLabel)
	head, end := cutRunes(clean(head), longestLabel-1)
	if end+rest != "" {
		head += "…"
	}
	var b strings.Builder
	for _, r := range cmp.Or(head, "?") {
		if r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}
