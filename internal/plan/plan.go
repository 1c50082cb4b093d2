// Package plan compares what git wants at the tip, what earlier trees declared
// and what is live, and says what a merge carries out. It is a pure function of
// values: no context, clock, logger or file system.
package plan

import (
	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// Row is a row of the table that decides about every fact:
//
//	row        live        before                                     tip  a merge
//	new        no          some tree lacks it, or has another body    yes  creates it
//	adopted    yes         in none                                    yes  leaves it, says who made it
//	changed    other body  some tree lacks it, or has another body    yes  updates it
//	withdrawn  yes         in at least one                            no   deletes it
//	done       same body   -                                          yes  nothing
//	missing    no          same body in all                           yes  nothing: drift
//	altered    other body  same body in all                           yes  nothing: drift
//	stray      yes         in none                                    no   nothing: drift
//
// Before are the trees that may have been carried out: the last one that was
// carried out completely, and every one at which an apply has started since.
type Row uint8

// The rows, and Gone for facts that nobody wants and that are not live.
const (
	Gone Row = iota
	New
	Adopted
	Changed
	Withdrawn
	Done
	Missing
	Altered
	Stray
)

var rowNames = [...]string{"gone", "new", "adopted", "changed", "withdrawn", "done", "missing", "altered", "stray"}

func (r Row) String() string {
	if int(r) >= len(rowNames) {
		return "unknown"
	}
	return rowNames[r]
}

// Rows lists the eight rows of the table.
func Rows() []Row { return []Row{New, Adopted, Changed, Withdrawn, Done, Missing, Altered, Stray} }

// Input is all that a plan depends on.
type Input struct {
	Only   Only
	Tip    *fact.Tree
	Before []*fact.Tree // the last complete one, if there is one, then the started ones in their order
	Live   fact.Live
}

// Only says which changes a run is about. What git brought, what a date ended and
// what somebody changed by hand are carried out by runs of their own.
type Only uint8

// What a run is about.
const (
	Merges      Only = iota // what changed in git
	Endings                 // what a date ended, and invitations that lapsed
	Repairs                 // what is missing or altered
	AutoRepairs             // the same, where lakeshare.yaml says drift: repair
)

// Change is one thing that a merge carries out, with the reason.
type Change struct {
	Op      fact.Op
	Row     Row
	Origins []fact.Origin // lines that ask for it; for a withdrawal the lines that asked
	Commit  string        // for a withdrawal: the commit that declared it
	Why     string        // one clause: "made again", "the share ended on 2027-06-30", …
	// Falls lists what others granted on in a consumer and lose with this
	// withdrawal [4.70], or what a deleted link takes with it.
	Falls []fact.Key
	// Exchange is set when AWS knows no way without an instant in between.
	Exchange bool
}

// Note is a fact that a plan tells about and leaves alone.
type Note struct {
	Row     Row // Adopted, Missing, Altered, Stray, or Withdrawn for what is left in place
	Key     fact.Key
	Body    fact.Body // wanted
	Live    fact.Row
	Origins []fact.Origin
	Why     string
}

// Blocked is a change that cannot be carried out, and why.
type Blocked struct {
	Change Change
	Need   fact.Key // the fact that it needs and that does not hold; zero if it is blocked by itself
	Why    string   // the cause, of the need if there is one: "missing", "table ordres does not exist"
	Held   bool     // a fact that it needs is missing: drift
	Unread bool     // its state, or that of a fact it needs, could not be read
}

// Plan is what a merge carries out, and all there is to know before it does.
type Plan struct {
	Tip     string // commit; "" for the working tree
	Only    Only   // what the run is about
	Base    string // commit carried out last; "" for none
	Started []string

	Changes []Change
	Blocked []Blocked
	Adopted []Note
	Left    []Note // withdrawn, or wanted otherwise, and left in place
	Drift   []Note // missing, altered and stray facts on what the plan touches
	Waiting []fact.Wait
	Gains   []Access
	Losses  []Access

	Findings diag.List
	// Counts says how many facts the plan looked at fell into each row.
	Counts map[Row]int
	// Paths tells what a storage fact comes down to.
	Paths map[fact.Key]string
}

// Empty reports whether nothing is left to do: neither changes nor changes that are blocked.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 && len(p.Blocked) == 0 }

// Unread reports whether something could not be read, so that the plan does not know all it should.
func (p *Plan) Unread() bool {
	for _, b := range p.Blocked {
		if b.Unread {
			return true
		}
	}
	return false
}
