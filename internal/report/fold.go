package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// entry is one fact in a section, whatever list of a plan or run it comes from.
type entry struct {
	remarks
	key     fact.Key
	body    fact.Body
	old     *fact.Body // the body before, where that says something
	share   string
	origins []fact.Origin
	path    string    // what a storage fact comes down to
	when    time.Time // of the last write, where writer is of interest
	falls   []fact.Key
}

// remarks are what every fact of one line has in common.
type remarks struct {
	sign     sign
	row      string // adopted, missing, …
	why      string
	commit   string
	writer   string
	live     bool // writer is of interest, even if AWS does not say
	exchange bool
	grant    bool   // with grant option
	fault    string // what AWS said, shown below the line
}

// foldKey says which facts share a line. Coarser levels blank more of it.
type foldKey struct {
	remarks
	share       string
	at          fact.Place
	kind        fact.Kind
	owner       string
	noun        noun
	principal   string
	permissions string
}

// The levels of detail. A section takes the finest that fits.
const (
	byGrant  = iota // exactly what each line says: permissions × objects of one principal
	byKind          // one line for each kind in each account
	byPlace         // one line for each account
	byShare         // one line for each share and direction
	coarsest = byShare
)

func (e entry) keyAt(level int, permissions string) foldKey {
	k := foldKey{remarks: e.remarks, share: e.share}
	if level <= byPlace {
		k.at = e.key.At
	} else {
		k.grant = false
	}
	if level <= byKind {
		k.kind = e.key.Kind
	}
	if level <= byGrant {
		k.owner, k.noun, k.principal, k.permissions = e.key.Object.Catalog, objectNoun(e.key.Object.Type), e.key.Principal, permissions
	}
	return k
}

// bundle is the facts of one line.
type bundle struct {
	foldKey
	entries []entry
}

// fold groups entries at a level, in the order in which they first occur.
func fold(entries []entry, level int) []bundle {
	permissions := map[foldKey]map[fact.Object][]string{}
	for _, e := range entries {
		k := e.keyAt(byGrant, "")
		if permissions[k] == nil {
			permissions[k] = map[fact.Object][]string{}
		}
		permissions[k][e.key.Object] = append(permissions[k][e.key.Object], e.key.Permission)
	}
	at := map[foldKey]int{}
	var out []bundle
	for _, e := range entries {
		of := unique(permissions[e.keyAt(byGrant, "")][e.key.Object])
		k := e.keyAt(level, strings.Join(of, ","))
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, bundle{foldKey: k})
		}
		out[i].entries = append(out[i].entries, e)
	}
	return out
}

// sortEntries puts shares in order, then what is made before what is taken
// away, then kinds in the order in which they are made.
func sortEntries(entries []entry) {
	rank := func(s sign) int { return slices.Index([]sign{plus, tilde, equals, query, bang, minus}, s) }
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.share, b.share), cmp.Compare(rank(a.sign), rank(b.sign)), a.key.Compare(b.key))
	})
}

// budget is how many lines of text a section may have: detail is what decides
// how fine its lines are, most where it is cut off.
type budget struct{ detail, most int }

// fill folds entries into a section at the finest level that fits the budget,
// with one group for each share if heads is set. What does not fit even then is
// counted.
func (n names) fill(s section, entries []entry, b budget, heads bool) section {
	sortEntries(entries)
	switch {
	case n.verbose && n.dense:
		s.groups = n.groups(fold(entries, byGrant), heads)
		return s
	case n.verbose:
		s.groups = n.groups(singles(entries), heads)
		return s
	}
	for level := byGrant; level <= coarsest; level++ {
		s.groups = n.groups(fold(entries, level), heads && level < coarsest)
		if s.height() <= b.detail {
			return s
		}
	}
	if n.whole {
		return s
	}
	if left := s.cut(b.most); left > 0 {
		s.more = wordsf("… and %s (--verbose shows all)", noun{"more line", "more lines"}.count(left))
	}
	return s
}

// singles puts every fact on a line of its own.
func singles(entries []entry) []bundle {
	out := make([]bundle, len(entries))
	for i, e := range entries {
		out[i] = bundle{foldKey: e.keyAt(byGrant, e.key.Permission), entries: []entry{e}}
	}
	return out
}

func (n names) groups(bundles []bundle, heads bool) []group {
	var out []group
	last := ""
	for i, b := range bundles {
		switch {
		case !heads:
			out = append(out, group{})
		case i == 0 || b.share != last:
			out = append(out, group{head: shareName(b.share)})
		}
		last = b.share
		g := &out[len(out)-1]
		g.items = append(g.items, n.bundle(b, !heads))
	}
	return out
}

func shareName(share string) phrase {
	if share == "" {
		return words("without a share")
	}
	return name(share)
}

func firstShare(origins []fact.Origin) string {
	if len(origins) == 0 {
		return ""
	}
	return origins[0].Share
}

// entryOf is the entry of a change. What a plan leaves alone comes from notes.
func entryOf(c plan.Change, paths map[fact.Key]string) entry {
	e := entry{
		key: c.Op.Key, body: c.Op.Body, share: firstShare(c.Origins), origins: c.Origins,
		path: paths[c.Op.Key], falls: c.Falls,
	}
	e.sign, e.why, e.commit, e.exchange, e.grant = signOf(c.Op.Verb), c.Why, c.Commit, c.Exchange, c.Op.Body.Grantable
	switch c.Op.Verb {
	case fact.Change:
		e.old = &c.Op.Old
	case fact.Renew:
		e.row = "invitation again for"
	}
	return e
}

func signOf(v fact.Verb) sign {
	switch v {
	case fact.Drop:
		return minus
	case fact.Change, fact.Renew:
		return tilde
	}
	return plus
}
