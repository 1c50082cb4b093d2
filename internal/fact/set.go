package fact

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Set is a set of facts: what is wanted, declared or live.
type Set map[Key]Body

// Keys returns the keys in their order.
func (s Set) Keys() []Key { return SortedKeys(s) }

// SortedKeys returns the keys of any map of facts in their order. Nothing that
// leaves a function may depend on the order of a map.
func SortedKeys[V any](m map[Key]V) []Key {
	return slices.SortedFunc(maps.Keys(m), Key.Compare)
}

// Row is a live fact with what AWS tells about its origin.
type Row struct {
	Body      Body
	Writer    string    // ARN of the last writer, "" if AWS does not say [2.35]
	UpdatedAt time.Time // zero if AWS does not say
	// Implicit marks rows that Lake Formation or lakeshare's own roles made for
	// themselves: creators, services, our own roles. They count as live where a
	// share wants them and are never strays.
	Implicit bool
}

// Query asks for the live state of facts.
type Query struct {
	Keys []Key
	// Wanted gives the facts that the tip wants, for bodies that reading has to
	// compare with (a storage path, for instance, is found when it is read).
	Wanted Set
	// Sweep names places whose whole catalog is to be listed, for the drift check:
	// every grant and filter, and every link in the databases of the scope.
	// A place that could not be listed to its end has an entry in Live.Unread
	// under a key that is nothing but the place.
	Sweep []Place
	// Scope says which databases a sweep looks into for table links.
	Scope []Scope
}

// Live is what reading found out. It is never guessed: a key is live (in Rows),
// proven not to be (in neither map), or unread with the reason.
type Live struct {
	Rows   map[Key]Row   // everything seen on the objects that were read, asked for or not
	Unread map[Key]error // keys whose state could not be proven
	// Absent lists catalog objects and principals that a key names and that do
	// not exist where lakeshare can look.
	Absent []Absence
	// Tables holds the tables of each database that had to be listed.
	Tables map[Object][]string
	// Paths tells which registered entry a Storage or StoragePath fact comes down to.
	Paths map[Key]string
	// Waits is what others have to do before facts take effect.
	Waits []Wait
	// Warnings are states of AWS that will make a fact fail or mean something else.
	Warnings []Warning
	// Lapsed lists grants to accounts outside lakeshare.yaml whose invitation has
	// ended, or is about to: one for each RAM share.
	Lapsed []Lapse
	// Taken lists names of links and containers that something else has already.
	Taken map[Key]string
}

// NewLive returns a Live with its maps made.
func NewLive() Live {
	return Live{
		Rows: map[Key]Row{}, Unread: map[Key]error{}, Tables: map[Object][]string{},
		Paths: map[Key]string{}, Taken: map[Key]string{},
	}
}

// Absence is a database, table, column or principal that a fact names and AWS does not have.
type Absence struct {
	Key  Key
	What string   // "table", "database", "column", "principal"
	Name string   // as written
	Near []string // what is there instead, for the nearest name
}

// Warning is a state of AWS that a plan has to tell about one fact.
type Warning struct {
	Key     Key
	Rule    string // stable name of the rule, e.g. iam-allowed-principals
	Message string
	Hint    string
	Fatal   bool // the fact cannot be made while this holds
}

// Lapse is an invitation that nobody has accepted.
type Lapse struct {
	Key   Key
	Since time.Time // when the grant was made; zero if AWS does not say
}

// Wait is something that only others can do.
type Wait struct {
	Key      Key
	Who      string    // account id
	What     string    // one sentence
	Until    time.Time // zero if there is no deadline
	Commands []string  // exact commands for the other side
}

// Verb says what is to be done about a fact.
type Verb uint8

// The verbs.
const (
	Make   Verb = iota + 1 // create or grant
	Change                 // bring the body to the wanted one
	Drop                   // delete or revoke
	Renew                  // send the invitation behind a grant to another account again
)

func (v Verb) String() string {
	switch v {
	case Make:
		return "make"
	case Change:
		return "change"
	case Drop:
		return "drop"
	case Renew:
		return "renew"
	}
	return "unknown"
}

// Op is one thing to do. It is data: it can be printed, hashed and compared.
type Op struct {
	Verb Verb
	Key  Key
	Body Body // wanted body; for Drop the live one
	Old  Body // live body, for Change
	// Needs lists facts that must hold before this one can be made. When making
	// one of them fails in the same run, this op is skipped, and nothing else is.
	Needs []Key
}

// Outcome is what became of one Op.
type Outcome struct {
	Op  Op
	Err error // nil: done
	// Skipped is set when Err is the failure of something this op depends on.
	Skipped bool
}

func canonical(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.ToLower(n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
