package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// waitingBudget is larger than that of notes, since somebody has to act on it.
const waitingBudget = 16

// owed is what one account has to do by one time.
type owed struct {
	who   string
	until time.Time
}

// waitingSection tells who has to do what until when, with the commands. Each
// thing and each command is told once, however many facts wait for it.
func (n names) waitingSection(waits []fact.Wait) section {
	s := section{title: "Waiting for others"}
	waits = slices.Clone(waits)
	slices.SortStableFunc(waits, func(a, b fact.Wait) int {
		return cmp.Or(cmp.Compare(a.Who, b.Who), deadline(a.Until).Compare(deadline(b.Until)), a.Key.Compare(b.Key), cmp.Compare(a.What, b.What))
	})
	var order []owed
	by := map[owed][]fact.Wait{}
	for _, w := range waits {
		k := owed{w.Who, w.Until.UTC()}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], w)
	}
	for _, k := range order {
		head := n.principal(k.who)
		if !k.until.IsZero() {
			head = cat(head, words(", until "+moment(k.until)))
		}
		s.groups = append(s.groups, group{head: head, items: n.tasks(by[k])})
	}
	return s
}

// deadline puts what has none behind what has one.
func deadline(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(1<<40, 0)
	}
	return t
}

func (n names) tasks(waits []fact.Wait) []item {
	var out []item
	seen := map[string]bool{}
	told, height := map[string]bool{}, 0
	left := 0
	for _, w := range waits {
		i := item{sign: bang, line: quote(w.What)}
		for _, c := range w.Commands {
			if !seen[c] {
				seen[c] = true
				i.block = append(i.block, clean(c))
			}
		}
		if told[w.What] && len(i.block) == 0 {
			continue
		}
		told[w.What] = true
		height += 1 + len(i.block)
		if !n.verbose && !n.whole && len(out) > 0 && height > waitingBudget {
			left++
			continue
		}
		out = append(out, i)
	}
	if left > 0 {
		out = append(out, item{sign: bang, line: wordsf("… and %d more (--verbose shows all)", left)})
	}
	return out
}
