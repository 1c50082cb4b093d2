package fact

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Origin is the place in a share that asks for a fact.
type Origin struct {
	Share string // name of the share
	File  string
	Line  int
	Col   int
}

func (o Origin) String() string { return fmt.Sprintf("%s:%d:%d", o.File, o.Line, o.Col) }

// Compare orders origins by place.
func (o Origin) Compare(p Origin) int {
	return cmp.Or(cmp.Compare(o.File, p.File), cmp.Compare(o.Line, p.Line), cmp.Compare(o.Col, p.Col))
}

// Want is a fact that a tree asks for, or describes.
type Want struct {
	Body    Body
	Origins []Origin // every place that asks for it, sorted
	Needs   []Key    // facts without which it cannot be made
}

// Name is a name that a share writes and only AWS can know.
type Name struct {
	What   string // database, table, column or principal
	Object Object // the database or table; a column's table
	Text   string // the column or principal
}

// Tree is what one commit means on one day: lakeshare.yaml and all shares, compiled.
type Tree struct {
	Commit string // "" for the working tree
	// Wanted is what must be true: the union of all shares that are present and in force.
	Wanted map[Key]Want
	// Ended is what shares past their date describe and nobody else wants: declared, but not wanted.
	Ended map[Key]Want
	// Narrowed are wanted grants whose option only an ended share asked for.
	Narrowed map[Key]bool
	// Absent is what shares with state: absent describe and no present share wants.
	Absent map[Key]Want
	// Released is what shares with state: released describe and no present share
	// wants: somebody else keeps these facts now.
	Released map[Key]Want
	// Accounts are the accounts that lakeshare acts in.
	Accounts []Account
	// Onward is what owners of other accounts have to do for each grant.
	Onward []Wait
	// Named says where names are written that only AWS can know.
	Named map[Name]Origin
	// Losses is the limit on losses of access in one run; negative for none.
	Losses int
	// Scope is where lakeshare may look and change, for the drift check.
	Scope []Scope
	// Ignore is what the whole file ignores, for what lies in no database; Repair
	// is what it says of drift, likewise.
	Ignore []string
	Repair bool
	// Expires lists the shares that are in force and end on a date, by that date.
	Expires []Expiry
}

// Expiry is a share that ends at 00:00 UTC of a day.
type Expiry struct {
	Origin Origin // of the date
	Owner  string // as the share names it
	Ends   time.Time
}

// Set returns the wanted facts without their origins.
func (t *Tree) Set() Set {
	s := make(Set, len(t.Wanted))
	for k, w := range t.Wanted {
		s[k] = w.Body
	}
	return s
}

// Declares reports whether the tree accounts for the fact: a live fact that it
// declares is not a stray.
func (t *Tree) Declares(k Key) bool {
	if _, ok := t.Wanted[k]; ok {
		return true
	}
	_, ok := t.Ended[k]
	return ok
}

// Merge adds another origin of the same fact. For grants the option wins.
func (w Want) Merge(o Want) Want {
	w.Body.Grantable = w.Body.Grantable || o.Body.Grantable
	w.Origins = union(w.Origins, o.Origins, Origin.Compare)
	w.Needs = union(w.Needs, o.Needs, Key.Compare)
	return w
}

func union[T comparable](a, b []T, compare func(T, T) int) []T {
	out := slices.Concat(a, b)
	slices.SortFunc(out, compare)
	return slices.Compact(out)
}
