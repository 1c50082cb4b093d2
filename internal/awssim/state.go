package awssim

import (
	"sort"
	"strings"
	"time"
)

// state is everything the simulated AWS knows. Lake Formation, Glue and RAM
// are kept per account and region, IAM per account [1.9] (R1).
type state struct {
	org      *Organization
	accounts map[string]*account
}

type account struct {
	id, name  string
	roles     map[string]*Role // by path and name
	providers []string         // host names of OpenID Connect providers
	users     map[string]*User
	policies  map[string]*Policy
	regions   map[string]*region
}

type region struct {
	account, name string
	settings      settings
	databases     map[string]*database
	locations     map[string]*location // by normalised ARN
	filters       map[resource]*filter
	atoms         map[atomKey]*atom
	order         []atomKey            // the keys of atoms, sorted
	objects       map[bucket][]atomKey // the same by object
	graves        []grave
	optIns        map[optInKey]*optIn
	shares        []*share
	policy        *ResourcePolicy
}

type settings struct {
	admins, readOnly []string
	version          string
	databaseDefault  bool // IAM_ALLOWED_PRINCIPALS gets ALL on new databases
	tableDefault     bool
	preset           bool // never written: the preset still stands
}

type database struct {
	name, location, description, createdBy string
	tableDefault                           bool
	target                                 *Target
	created                                time.Time
	parameters                             map[string]string
	tables                                 map[string]*table
}

type table struct {
	name, location, description, kind, createdBy string
	columns, keys                                Columns
	target                                       *Target
	created                                      time.Time
	parameters                                   map[string]string
	rows                                         []Row
}

type location struct {
	arn, role     string
	serviceLinked bool
	hybrid        bool
	updated       time.Time
}

type filter struct {
	columns []string // nil: all but except
	except  []string
	rows    string // "": all rows
	version string
	created time.Time
}

// resourceKind is a kind of object that permissions are held on.
type resourceKind string

const (
	kindCatalog  resourceKind = "catalog"
	kindDatabase resourceKind = "database"
	kindTable    resourceKind = "table"
	kindColumns  resourceKind = "columns"
	kindLocation resourceKind = "location"
	kindFilter   resourceKind = "filter"
)

// allTables stands for the table wildcard; no table can have this name.
const allTables = "*"

// columnSeparator keeps column lists comparable inside a resource.
const columnSeparator = "\x1f"

// resource is a canonical object: SELECT on a table and on all its columns are
// the same resource (R10).
type resource struct {
	kind          resourceKind
	catalog       string
	database      string
	table         string
	detail        string // columns, filter name, or S3 ARN
	exceptColumns bool   // detail lists the columns left out
}

func columnDetail(names []string) string {
	sorted := append([]string(nil), names...)
	sort.Strings(sorted)
	return strings.Join(sorted, columnSeparator)
}

func (r resource) columns() []string { return strings.Split(r.detail, columnSeparator) }

// whole is the table a resource is about, for columns and filters.
func (r resource) whole() resource {
	return resource{kind: kindTable, catalog: r.catalog, database: r.database, table: r.table}
}

// name is what error texts call the object.
func (r resource) name() string {
	switch r.kind {
	case kindCatalog:
		return "Catalog"
	case kindDatabase:
		return r.database
	case kindLocation:
		return "s3://" + strings.TrimPrefix(r.detail, s3Prefix)
	case kindFilter:
		return r.detail
	case kindTable, kindColumns:
	}
	if r.table == allTables {
		return r.database + ".ALL_TABLES"
	}
	return r.table
}

// atomKey identifies one permission of one principal on one resource: there is
// no reference count, and no grant id (R4) [2.13, 2.55].
type atomKey struct {
	principal  string
	on         resource
	permission string
}

type atom struct {
	grantable bool
	updated   time.Time
	by        string
	share     string // ARN of the RAM share, for grants to other accounts
}

// grave remembers a deleted atom for listings that lag behind (R42).
type grave struct {
	key  atomKey
	atom atom
	died time.Time
}

type optInKey struct {
	principal string
	on        resource
}

type optIn struct {
	updated time.Time
	by      string
}

func (s *state) account(id string) *account { return s.accounts[id] }

// at finds an account's region, making it when it is first used. It is nil for
// accounts that the world does not have.
func (s *Server) at(accountID, name string) *region {
	a := s.state.account(accountID)
	if a == nil {
		return nil
	}
	if !s.rule("R1") {
		name = "everywhere"
	}
	r := a.regions[name]
	if r == nil {
		r = newRegion(accountID, name)
		r.settings = s.presetSettings(accountID)
		a.regions[name] = r
	}
	return r
}

func newRegion(accountID, name string) *region {
	return &region{
		account: accountID, name: name,
		databases: map[string]*database{},
		locations: map[string]*location{},
		filters:   map[resource]*filter{},
		atoms:     map[atomKey]*atom{},
		objects:   map[bucket][]atomKey{},
		optIns:    map[optInKey]*optIn{},
	}
}

// presetSettings are the settings of an account that the world says nothing
// about: the modern preset, or a fresh account (R3) [3.32, 3.35].
func (s *Server) presetSettings(account string) settings {
	if s.options.Switches.FreshSettings {
		return s.freshSettings()
	}
	return settings{version: "4", admins: []string{administratorARN(account)}, preset: true}
}

func (s *Server) freshSettings() settings {
	if !s.rule("R3") {
		return settings{version: "4", preset: true}
	}
	return settings{version: "1", databaseDefault: true, tableDefault: true, preset: true}
}

// table finds a table, nil if the database or the table is missing.
func (r *region) table(database, name string) *table {
	if r == nil || r.databases[database] == nil {
		return nil
	}
	return r.databases[database].tables[name]
}

func (t *table) columnNames() []string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.Name)
	}
	for _, c := range t.keys {
		names = append(names, c.Name)
	}
	return names
}
