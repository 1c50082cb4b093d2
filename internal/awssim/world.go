package awssim

import "time"

// World is the complete state of the simulated AWS, as written in a world
// file. The zero value of everything is what a test usually wants: accounts
// without settings enforce Lake Formation, at cross-account version 4.
type World struct {
	// Clock, when set, is where simulated time stands still.
	Clock        *time.Time          `yaml:"clock,omitempty"`
	Organization *Organization       `yaml:"organization,omitempty"`
	Accounts     map[string]*Account `yaml:"accounts,omitempty"`
	// Record is kept for the tool; the simulator never looks at it.
	Record *Record `yaml:"record,omitempty"`
}

// Record is what a reconciler remembers between runs where it has nothing
// better to remember it in.
type Record struct {
	Applied string   `yaml:"applied,omitempty"`
	Started []string `yaml:"started,omitempty"`
}

// Organization is the one AWS organization of the world.
type Organization struct {
	ID         string `yaml:"id"`
	Management string `yaml:"management"`
	// RAMSharing says whether the management account has switched on resource
	// sharing within the organization: no invitations then [4.22].
	RAMSharing bool `yaml:"ram_sharing,omitempty"`
	// Units maps an organizational unit to its accounts and child units.
	Units map[string][]string `yaml:"units,omitempty"`
	// Accounts are the members directly under the root.
	Accounts []string `yaml:"accounts,omitempty,flow"`
}

// Account is one AWS account: IAM once, everything else by region.
type Account struct {
	Name string `yaml:"name,omitempty"`
	// Roles are keyed by name, with the path in front if there is one.
	Roles    map[string]*Role   `yaml:"roles,omitempty"`
	Users    map[string]*User   `yaml:"users,omitempty"`
	Policies map[string]*Policy `yaml:"policies,omitempty"`
	// OIDCProviders are the host names of the account's OpenID Connect
	// providers. Without any, every provider counts as there.
	OIDCProviders []string           `yaml:"oidc_providers,omitempty,flow"`
	Regions       map[string]*Region `yaml:"regions,omitempty"`
}

// Role is an IAM role. It may do everything in IAM unless it says otherwise.
type Role struct {
	// Trust lists who may assume the role, beside its own account: account
	// ids, ARNs, "*".
	Trust []string `yaml:"trust,omitempty,flow"`
	// TrustPolicy is the whole document, instead of Trust. The account's
	// administrator may assume the role even so.
	TrustPolicy JSONText `yaml:"trust_policy,omitempty"`
	ExternalID  string   `yaml:"external_id,omitempty"`
	// Allow and Deny are patterns of IAM actions, such as "glue:Get*".
	Allow []string `yaml:"allow,omitempty,flow"`
	Deny  []string `yaml:"deny,omitempty,flow"`
	// S3 says that IAM lets the role read the data itself, past Lake Formation.
	S3      bool      `yaml:"s3,omitempty"`
	Created time.Time `yaml:"created,omitempty"`
}

// User is an IAM user.
type User struct {
	Created time.Time `yaml:"created,omitempty"`
}

// Policy is a customer managed IAM policy: a document, or its versions.
type Policy struct {
	Document JSONText        `yaml:"document,omitempty"`
	Versions []PolicyVersion `yaml:"versions,omitempty"`
	// Last is the highest version number ever given out: they are never
	// used twice [6.16].
	Last int `yaml:"last,omitempty"`
}

// PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	ID       string    `yaml:"id"`
	Document JSONText  `yaml:"document"`
	Default  bool      `yaml:"default,omitempty"`
	Created  time.Time `yaml:"created,omitempty"`
}

// Region is what one account has in one region.
type Region struct {
	Settings       *Settings            `yaml:"settings,omitempty"`
	Databases      map[string]*Database `yaml:"databases,omitempty"`
	Registered     []Registered         `yaml:"registered,omitempty"`
	Filters        []Filter             `yaml:"filters,omitempty"`
	Grants         []Grant              `yaml:"grants,omitempty"`
	OptIns         []OptIn              `yaml:"opt_ins,omitempty"`
	Shares         []Share              `yaml:"shares,omitempty"`
	ResourcePolicy *ResourcePolicy      `yaml:"resource_policy,omitempty"`
}

// Settings are the data lake settings. Without them an account has the modern
// preset: version 4, no default permissions, no admin but its administrator.
type Settings struct {
	// Preset "fresh" is an account that nobody has touched [3.35].
	Preset                string   `yaml:"preset,omitempty"`
	Admins                []string `yaml:"admins,omitempty,flow"`
	ReadOnlyAdmins        []string `yaml:"read_only_admins,omitempty,flow"`
	Version               string   `yaml:"version,omitempty"`
	CreateDatabaseDefault string   `yaml:"create_database_default,omitempty"`
	CreateTableDefault    string   `yaml:"create_table_default,omitempty"`
}

// Database is a Glue database, or a link to one if it has a target.
type Database struct {
	Location     string            `yaml:"location,omitempty"`
	Description  string            `yaml:"description,omitempty"`
	TableDefault string            `yaml:"table_default,omitempty"`
	Target       *Target           `yaml:"target,omitempty"`
	CreatedBy    string            `yaml:"created_by,omitempty"`
	Created      time.Time         `yaml:"created,omitempty"`
	Parameters   map[string]string `yaml:"parameters,omitempty"`
	Tables       map[string]*Table `yaml:"tables,omitempty"`
}

// Table is a Glue table, or a link to one if it has a target.
type Table struct {
	Columns       Columns           `yaml:"columns,omitempty"`
	PartitionKeys Columns           `yaml:"partition_keys,omitempty"`
	Location      string            `yaml:"location,omitempty"`
	Description   string            `yaml:"description,omitempty"`
	Type          string            `yaml:"type,omitempty"`
	Parameters    map[string]string `yaml:"parameters,omitempty"`
	Target        *Target           `yaml:"target,omitempty"`
	CreatedBy     string            `yaml:"created_by,omitempty"`
	Created       time.Time         `yaml:"created,omitempty"`
	// Rows are what Read and CanRead look at; a missing cell is NULL.
	Rows []Row `yaml:"rows,omitempty"`
}

// Registered is an S3 path that is registered with Lake Formation.
type Registered struct {
	Path          string    `yaml:"path"`
	Role          string    `yaml:"role,omitempty"`
	ServiceLinked bool      `yaml:"service_linked,omitempty"`
	Hybrid        bool      `yaml:"hybrid,omitempty"`
	Updated       time.Time `yaml:"updated,omitempty"`
}

// Filter is a data cells filter.
type Filter struct {
	Table   Object   `yaml:"table"`
	Name    string   `yaml:"name"`
	Columns []string `yaml:"columns,omitempty,flow"`
	Except  []string `yaml:"except,omitempty,flow"`
	Rows    string   `yaml:"rows,omitempty"`
	Version string   `yaml:"version,omitempty"`
}

// Grant is what one principal holds on one object.
type Grant struct {
	Principal   string    `yaml:"principal"`
	On          Object    `yaml:"on"`
	Columns     []string  `yaml:"columns,omitempty,flow"`
	Except      []string  `yaml:"except,omitempty,flow"`
	Filter      string    `yaml:"filter,omitempty"`
	Permissions []string  `yaml:"permissions,flow"`
	Grantable   []string  `yaml:"grantable,omitempty,flow"`
	Updated     time.Time `yaml:"updated,omitempty"`
	By          string    `yaml:"by,omitempty"`
	// Share is the RAM share behind a grant to another account. Left out, it
	// is found or made, accepted.
	Share string `yaml:"share,omitempty"`
}

// OptIn makes Lake Formation's permissions count for one principal on data in
// a location that is registered in hybrid access mode [4.75].
type OptIn struct {
	Principal string    `yaml:"principal"`
	On        Object    `yaml:"on"`
	Updated   time.Time `yaml:"updated,omitempty"`
	By        string    `yaml:"by,omitempty"`
}

// Share is a RAM resource share of this account.
type Share struct {
	ID          string       `yaml:"id,omitempty"`
	Name        string       `yaml:"name"`
	Kind        string       `yaml:"kind,omitempty"`
	Status      string       `yaml:"status,omitempty"`
	Resources   []Shared     `yaml:"resources,omitempty"`
	Principals  []Associate  `yaml:"principals,omitempty"`
	Invitations []Invitation `yaml:"invitations,omitempty"`
	Created     time.Time    `yaml:"created,omitempty"`
	Updated     time.Time    `yaml:"updated,omitempty"`
}

// Shared is one object in a RAM share.
type Shared struct {
	On      Object    `yaml:"on"`
	Status  string    `yaml:"status,omitempty"`
	Created time.Time `yaml:"created,omitempty"`
}

// Associate is one principal of a RAM share.
type Associate struct {
	Principal string    `yaml:"principal"`
	Status    string    `yaml:"status,omitempty"`
	Message   string    `yaml:"message,omitempty"`
	Created   time.Time `yaml:"created,omitempty"`
	Updated   time.Time `yaml:"updated,omitempty"`
}

// Invitation asks another account to accept a RAM share.
type Invitation struct {
	ID        string    `yaml:"id,omitempty"`
	To        string    `yaml:"to"`
	Principal string    `yaml:"principal,omitempty"`
	Status    string    `yaml:"status,omitempty"`
	Sent      time.Time `yaml:"sent,omitempty"`
}

// ResourcePolicy is the Glue resource policy that the account wrote itself.
type ResourcePolicy struct {
	Document JSONText  `yaml:"document"`
	Created  time.Time `yaml:"created,omitempty"`
	Updated  time.Time `yaml:"updated,omitempty"`
}
