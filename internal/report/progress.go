package report

import (
	"fmt"
	"io"
	"sync"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// doing is what one line of progress is about: one object, and what is done to it.
type doing struct {
	verb    fact.Verb
	kind    fact.Kind
	at      fact.Place
	object  fact.Object
	skipped bool
}

// progress folds outcomes as they come. It holds the lines of one object back
// until another one begins, so that a table with ten grants takes one line.
type progress struct {
	w       io.Writer
	names   names
	mu      sync.Mutex
	pending []fact.Outcome
	told    map[doing]bool
}

// Progress returns a function that writes a line of text, whatever the format,
// for each object that outcomes are about, and one for each failure at once. The
// zero Outcome ends it: what is still held back is written. It may be called
// from several goroutines; a writer that fails loses lines and nothing else.
func Progress(w io.Writer, o Options) func(fact.Outcome) {
	p := &progress{w: w, names: o.names(), told: map[doing]bool{}}
	return p.tell
}

func (p *progress) tell(o fact.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case o.Op.Verb == 0:
		p.flush()
	case o.Err != nil && !o.Skipped:
		fmt.Fprintln(p.w, p.names.failure(o).text())
	case p.names.verbose:
		p.pending = append(p.pending, o)
		p.flush()
	default:
		if len(p.pending) > 0 && doingOf(p.pending[0]) != doingOf(o) {
			p.flush()
		}
		if !p.told[doingOf(o)] {
			p.pending = append(p.pending, o)
		}
	}
}

func (p *progress) flush() {
	if len(p.pending) == 0 {
		return
	}
	d := doingOf(p.pending[0])
	p.told[d] = true
	entries := make([]entry, len(p.pending))
	for i, o := range p.pending {
		entries[i] = entry{key: o.Op.Key, body: o.Op.Body}
	}
	fmt.Fprintln(p.w, p.names.deed(d, entries).text())
	p.pending = nil
}

func doingOf(o fact.Outcome) doing {
	k := o.Op.Key
	return doing{o.Op.Verb, k.Kind, k.At, k.Object, o.Skipped}
}

// deed is one line about what was done: granted SELECT on sales.orders to account analytics.
func (n names) deed(d doing, entries []entry) phrase {
	switch {
	case d.skipped:
		return cat(words("skipped "), n.kindLine(bundle{foldKey: foldKey{at: d.at}, entries: entries}, d.kind))
	case d.verb == fact.Drop && d.kind.IsGrant():
		return cat(words("revoked "), n.taken(entries))
	case d.verb == fact.Make && d.kind.IsGrant():
		return cat(words("granted "), n.facts(entries))
	}
	return cat(words(deedWord(d)+" "), n.kindLine(bundle{foldKey: foldKey{at: d.at}, entries: entries}, d.kind))
}

// taken is like facts, but taken from somebody.
func (n names) taken(entries []entry) phrase {
	var permissions, principals []string
	for _, e := range entries {
		permissions = append(permissions, e.key.Permission)
		principals = append(principals, e.key.Principal)
	}
	k := entries[0].key
	return cat(join(", ", namesOf(uniquePermissions(permissions))...), words(" on "), n.object(k.Object, ""),
		words(" from "), n.principals(unique(principals)))
}

// failure is one line; the whole error comes with the outcome at the end.
func (n names) failure(o fact.Outcome) phrase {
	b := bundle{foldKey: foldKey{at: o.Op.Key.At}, entries: []entry{{key: o.Op.Key, body: o.Op.Body}}}
	return cat(wordsf("failed to %s ", o.Op.Verb), n.kindLine(b, o.Op.Key.Kind), words(": "), quote(cleanLines(o.Err.Error())[0]))
}

// deedWord says that something was done, as it is called for what it was done to.
func deedWord(d doing) string {
	switch {
	case d.verb == fact.Change:
		return "changed"
	case d.verb == fact.Renew:
		return "sent the invitation again for"
	case d.verb == fact.Drop:
		return "deleted"
	case d.kind == fact.Filter, d.kind == fact.Container, d.kind == fact.Link:
		return "created"
	}
	return "made"
}
