// Package fact is the vocabulary of lakeshare: what can be true in an AWS
// account, as small comparable values. It knows no AWS, no git and no clock.
//
// A fact has a [Key], by which AWS identifies it, and a [Body], which can change
// under the key. What git wants, what earlier trees declared and what is live
// are all maps from Key to something, so comparing them needs no code of its own.
package fact

import (
	"cmp"
	"strings"
)

// Kind says what sort of thing a fact is. The order of the constants is the
// order in which facts are made; withdrawals go the other way.
type Kind uint8

// The kinds, in the order in which they are made.
const (
	Filter        Kind = iota + 1 // data cells filter on a table
	OwnGrant                      // grant on a catalog object to a principal of the own account
	Storage                       // the object's location is registered with Lake Formation
	StoragePath                   // the object's location is in the storage policy
	LocationGrant                 // DATA_LOCATION_ACCESS on a path, in the producer or a consumer
	Enforced                      // IAM_ALLOWED_PRINCIPALS holds nothing on a database, its tables and its defaults
	AccountGrant                  // grant to another account, a principal of one, an organization or a unit
	Accepted                      // the recipient's RAM share is accepted
	Container                     // database that holds table links in a consumer
	Link                          // resource link in a consumer
	ConsumerGrant                 // grant in a consumer: on container, link or the producer's object
)

var kindNames = [...]string{
	Filter: "filter", OwnGrant: "grant", Storage: "storage", StoragePath: "storage-policy",
	LocationGrant: "location-grant", Enforced: "enforced", AccountGrant: "account-grant",
	Accepted: "accepted", Container: "container", Link: "link", ConsumerGrant: "consumer-grant",
}

// Kinds lists every kind in the order in which facts are made.
func Kinds() []Kind {
	return []Kind{
		Filter, OwnGrant, Storage, StoragePath, LocationGrant, Enforced,
		AccountGrant, Accepted, Container, Link, ConsumerGrant,
	}
}

func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// IsGrant reports whether facts of this kind are permissions of a principal.
func (k Kind) IsGrant() bool {
	switch k {
	case OwnGrant, LocationGrant, AccountGrant, ConsumerGrant:
		return true
	}
	return false
}

// Stays reports whether a withdrawn fact of this kind is left in place:
// registrations, policies, enforcement, acceptances and containers may carry
// what other people rely on.
func (k Kind) Stays() bool {
	switch k {
	case Storage, StoragePath, Enforced, Accepted, Container:
		return true
	}
	return false
}

// Place is one account in one region: the scope of a Lake Formation catalog [1.9].
type Place struct {
	Account string // 12 digits
	Region  string
}

func (p Place) String() string { return p.Account + "/" + p.Region }

// ObjectType says which fields of an [Object] carry meaning.
type ObjectType uint8

// The types of object that facts are about.
const (
	Database     ObjectType = iota + 1 // Catalog, Database
	Table                              // Catalog, Database, Table; a table link too
	Tables                             // Catalog, Database: every table, present and future
	FilteredRows                       // Catalog, Database, Table, Filter: a data cells filter
	Location                           // Catalog, Path
)

var objectNames = [...]string{
	Database: "database", Table: "table", Tables: "tables", FilteredRows: "filter", Location: "location",
}

func (t ObjectType) String() string {
	if t == 0 || int(t) >= len(objectNames) {
		return "unknown"
	}
	return objectNames[t]
}

// Object is a catalog object or a storage path, owned by the account Catalog.
// Catalog names are lower case.
type Object struct {
	Type     ObjectType
	Catalog  string // owner's account id
	Database string
	Table    string
	Filter   string
	Path     string // s3://bucket/prefix, without a slash at the end
}

// DatabaseObject returns the database that the object lies in, or is.
func (o Object) DatabaseObject() Object {
	return Object{Type: Database, Catalog: o.Catalog, Database: o.Database}
}

// TableObject returns the table that a filter restricts; other objects are returned as they are.
func (o Object) TableObject() Object {
	if o.Type == FilteredRows {
		return Object{Type: Table, Catalog: o.Catalog, Database: o.Database, Table: o.Table}
	}
	return o
}

// Name is the object without its account: sales.orders, sales.*, s3://bucket/prefix.
func (o Object) Name() string {
	switch {
	case o.Type == Location:
		return o.Path
	case o.Database == "":
		return o.Type.String() + " share" // of Accepted, which is about a type
	}
	switch o.Type {
	case Database:
		return o.Database
	case Tables:
		return o.Database + ".*"
	case FilteredRows:
		return o.Database + "." + o.Table + "[" + o.Filter + "]"
	}
	return o.Database + "." + o.Table
}

func (o Object) String() string { return o.Catalog + ":" + o.Name() }

// Key identifies a fact.
type Key struct {
	Kind Kind
	At   Place // the account and region whose API holds the fact
	// Object is what the fact is about. For Accepted it is only the type of the
	// shared objects (Database, Table or Tables) and the producer as Catalog,
	// since RAM keeps one share for each pair and type [4.7].
	Object     Object
	Principal  string // grantee; for Accepted the recipient of the share
	Permission string // as Lake Formation spells it
}

func (k Key) String() string {
	var b strings.Builder
	b.WriteString(k.Kind.String() + " " + k.At.String() + " " + k.Object.String())
	if k.Principal != "" {
		b.WriteString(" " + k.Principal)
	}
	if k.Permission != "" {
		b.WriteString(" " + k.Permission)
	}
	return b.String()
}

// Compare orders keys by kind first, which is the order of making.
func (k Key) Compare(o Key) int {
	return cmp.Or(
		cmp.Compare(k.Kind, o.Kind),
		cmp.Compare(k.At.Account, o.At.Account),
		cmp.Compare(k.At.Region, o.At.Region),
		k.Object.Compare(o.Object),
		cmp.Compare(k.Principal, o.Principal),
		cmp.Compare(k.Permission, o.Permission),
	)
}

// Compare orders objects by owner, then by name, so that what belongs to one table stands together.
func (o Object) Compare(p Object) int {
	return cmp.Or(
		cmp.Compare(o.Catalog, p.Catalog),
		cmp.Compare(o.Database, p.Database),
		cmp.Compare(o.Table, p.Table),
		cmp.Compare(o.Type, p.Type),
		cmp.Compare(o.Filter, p.Filter),
		cmp.Compare(o.Path, p.Path),
	)
}

// Body is what can change under a key. Most kinds use one field or none.
type Body struct {
	Grantable bool   // grants: the grantee may grant on
	Columns   string // Filter: see [Columns]
	Rows      string // Filter: the expression; "" is every row
	Target    Object // Link: what it points at
	Region    string // Link: the target's region, if it is another one
}

// Columns is the canonical text of a filter's column part: "*" for every column,
// "id,country" for a list, "-email" for every column but these. Lists are sorted.
func Columns(include, except []string) string {
	switch {
	case len(include) > 0:
		return strings.Join(canonical(include), ",")
	case len(except) > 0:
		return "-" + strings.Join(canonical(except), ",")
	}
	return "*"
}

// ParseColumns is the inverse of [Columns].
func ParseColumns(s string) (include, except []string) {
	switch {
	case s == "" || s == "*":
		return nil, nil
	case s[0] == '-':
		return nil, strings.Split(s[1:], ",")
	}
	return strings.Split(s, ","), nil
}
