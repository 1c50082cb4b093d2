package manifest

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// Text is a scalar with its place. The zero value means "not written".
type Text struct {
	Value string
	Pos   diag.Pos
}

// Set reports whether the scalar was written.
func (t Text) Set() bool { return t.Pos != diag.Pos{} }

// Config is lakeshare.yaml: accounts, scope and what affects everybody.
type Config struct {
	File       string
	Region     Text      // default region of every account
	Accounts   []Account // by alias
	Principals []Group   // by name
	Links      LinkNames
	Ignore     []Text // writer: or grantee: patterns of rows that are known and not ours
	Repair     bool   // drift: repair
	Losses     int    // limits.losses: principals × tables that may lose access in one run; -1 for no limit
	LossesPos  diag.Pos
}

// DefaultLosses is limits.losses where lakeshare.yaml does not say.
const DefaultLosses = 25

// Account is one account in one region.
type Account struct {
	Alias     Text
	ID        Text // 12 digits
	Region    Text // as written, or the default
	PlanRole  Text
	ApplyRole Text
	Databases []DatabaseScope // in the order of the file
	Storage   Storage
}

// HasRoles reports whether lakeshare can act in the account. An account that
// names no role is reached with the ambient credentials.
func (a Account) HasRoles() bool { return a.ID.Set() }

// DatabaseScope is one entry of an account's databases: a name or a pattern.
type DatabaseScope struct {
	Pattern   Text   // lower case; * stands for any run of characters
	Access    string // as_is, lake_formation or iam
	AccessPos diag.Pos
	Manifests Text // only files below this path may name the database
	Ignore    []Text
	Drift     Text // report or repair; the whole file's where it is not written
}

// Storage is what may be registered and granted as a location.
type Storage struct {
	Paths         []Text // normal form, s3://bucket/prefix
	Role          Text
	ServiceLinked bool
	Policy        Text
	Manifests     Text
}

// Group is a name for principals.
type Group struct {
	Name    Text
	Members []Text // ARNs
}

// LinkNames are the patterns for names of containers and links; {database} and
// {table} stand for the source's names.
type LinkNames struct {
	Container Text
	Table     Text
	Database  Text
}

// The names of containers and links where nothing else is said.
const (
	DefaultContainer    = "{database}_shared"
	DefaultTableLink    = "rl_{table}"
	DefaultDatabaseLink = "rl_{database}"
)

// Account returns the account with the alias.
func (c *Config) Account(alias string) (Account, bool) {
	for _, a := range c.Accounts {
		if a.Alias.Value == alias {
			return a, true
		}
	}
	return Account{}, false
}

// What lakeshare does about IAM_ALLOWED_PRINCIPALS on a database.
const (
	AccessAsIs          = "as_is"          // check, explain, change nothing
	AccessLakeFormation = "lake_formation" // storage registered, IAM_ALLOWED_PRINCIPALS off
	AccessIAM           = "iam"            // left to IAM
)

// driftRepair lets the scheduled job put back what is missing or altered.
const driftRepair = "repair"

// scope lists where lakeshare may look and change, with what each entry takes over from the whole file.
func (c *Config) scope() []fact.Scope {
	var out []fact.Scope
	for _, a := range c.Accounts {
		for _, d := range a.Databases {
			s := fact.Scope{At: a.place(), Pattern: d.Pattern.Value, Repair: c.Repair}
			if d.Drift.Set() {
				s.Repair = d.Drift.Value == driftRepair
			}
			for _, i := range slices.Concat(c.Ignore, d.Ignore) {
				s.Ignore = append(s.Ignore, i.Value)
			}
			out = append(out, s)
		}
	}
	return out
}
