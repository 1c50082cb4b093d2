package manifest

import (
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// Share is one file below shares/.
type Share struct {
	File    string // slash path, shares/sales/orders.yaml
	Name    string // path below shares/ without extension: sales/orders
	Owner   Text
	Reason  Text
	Ticket  Text
	Expires Text      // as written
	Ends    time.Time // 00:00 UTC of Expires; zero for never
	State   Text      // "", absent or released
	From    From
	// AllTables is tables: "*"; otherwise Tables lists the named ones, and both
	// may be empty when only databases or locations are granted.
	AllTables bool
	TablesPos diag.Pos
	Tables    []Table // by name
	To        []Recipient
}

// States of a share.
const (
	StatePresent  = ""
	StateAbsent   = "absent"
	StateReleased = "released"
)

// Expired reports whether the share wants nothing any more at the given time.
func (s *Share) Expired(now time.Time) bool { return !s.Ends.IsZero() && !now.Before(s.Ends) }

// From is what is shared.
type From struct {
	Pos      diag.Pos
	Account  Text // alias
	Database Text // lower case; may be left out when only locations are granted
}

// Table is one entry of tables. Columns, Except and Rows make it a data cells filter.
type Table struct {
	Name    Text // lower case
	Columns []Text
	Except  []Text
	Rows    Text
	Filter  Text
}

// Filtered reports whether the entry is shared through a data cells filter.
func (t Table) Filtered() bool {
	return len(t.Columns) > 0 || len(t.Except) > 0 || t.Rows.Set() || t.Filter.Set()
}

// Recipient is one entry of to.
type Recipient struct {
	Pos            diag.Pos
	Account        Text // alias or 12 digits
	Organization   Text // o-…
	OU             Text // ou-…
	Principals     []Text
	Direct         bool
	DirectPos      diag.Pos
	Permissions    []Text // on tables; nil with PermissionsSet for []
	PermissionsSet bool
	Database       []Text // permissions on the database
	Locations      []Text // normal form, s3://bucket/prefix
	Grantable      bool
	GrantableSet   bool
	GrantablePos   diag.Pos
	Link           LinkChoice
}

// LinkChoice is link of a recipient.
type LinkChoice struct {
	Pos       diag.Pos // zero: not written
	None      bool     // link: none
	Container Text
	Table     Text
	Database  Text
}

// Tree is what one commit holds: lakeshare.yaml and all shares, parsed.
type Tree struct {
	Config *Config // nil if it could not be read
	Shares []Share // by file
	// Broken lists the files that could not be read; findings say why.
	Broken []string
}
