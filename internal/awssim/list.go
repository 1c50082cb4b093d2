package awssim

import (
	"encoding/json"
	"strings"
)

type listInput struct {
	CatalogID      string `json:"CatalogId"`
	Principal      *wirePrincipal
	Resource       *wireResource
	ResourceType   string
	IncludeRelated string
	MaxResults     int
	NextToken      string
}

// listEntry is one entry of the listing. There is no id [2.35, 2.55].
type listEntry struct {
	Principal                  wirePrincipal
	Resource                   wireResource
	Permissions                []string
	PermissionsWithGrantOption []string
	AdditionalDetails          *shareDetails `json:",omitempty"`
	LastUpdated                *epoch        `json:",omitempty"`
	LastUpdatedBy              string        `json:",omitempty"`
}

type shareDetails struct{ ResourceShare []string }

// listed is an atom on its way into the listing.
type listed struct {
	key  atomKey
	atom atom
}

func listPermissions(c *call) (any, *apiError) {
	var in listInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if err := c.checkList(in); err != nil {
		return nil, err
	}
	q, err := c.listQuery(in)
	if err != nil {
		return nil, err
	}
	var entries []listEntry
	switch {
	case q.hidden:
	case q.effective():
		entries = c.effective(q)
	default:
		entries = c.entries(c.visible(q))
	}
	filter, marshalErr := json.Marshal([]any{in.Principal, in.Resource, in.ResourceType, in.CatalogID})
	if marshalErr != nil {
		return nil, fail("InternalServiceException", "cannot make a token")
	}
	page, token, err := paged(c, entries, in.MaxResults, 1000, in.NextToken, string(filter))
	if err != nil {
		return nil, err
	}
	out := map[string]any{"PrincipalResourcePermissions": page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}

// checkList refuses what Lake Formation refuses (R36) [2.46, 2.49].
func (c *call) checkList(in listInput) *apiError {
	if !c.rule("R36") {
		return nil
	}
	if in.Principal != nil && in.Resource == nil {
		return invalidInput("Resource is mandatory if Principal is set in the input.")
	}
	if in.Resource != nil && in.Resource.members() == 0 {
		return invalidInput("Resource must have either the catalog, table or database field populated.")
	}
	if in.Resource != nil && in.Resource.TableWithColumns != nil {
		return invalidInput("Cannot list permissions on a TableWithColumns Resource")
	}
	switch in.ResourceType {
	case "", "CATALOG", "DATABASE", "TABLE", "DATA_LOCATION", "LF_TAG", "LF_TAG_POLICY", "LF_TAG_POLICY_DATABASE",
		"LF_TAG_POLICY_TABLE", "LF_NAMED_TAG_EXPRESSION":
		return nil
	}
	return invalidInput("Unknown ResourceType: %s", in.ResourceType)
}

// listQuery is a checked listInput.
type listQuery struct {
	catalog   string // "" for all
	principal string
	on        *resource
	kind      string
	related   bool
	hidden    bool // the object is not shared: answer nothing
}

// effective: both a principal and a resource turn the listing into a
// computation (R37) [2.44].
func (q listQuery) effective() bool { return q.principal != "" && q.on != nil }

func (c *call) listQuery(in listInput) (listQuery, *apiError) {
	q := listQuery{kind: in.ResourceType, related: strings.EqualFold(in.IncludeRelated, "TRUE")}
	if in.CatalogID != c.who.account {
		q.catalog = in.CatalogID
	}
	if in.Principal != nil {
		q.principal = parsePrincipal(in.Principal.ID).id
	}
	if in.Resource == nil {
		return q, nil
	}
	on, err := c.canonical(*in.Resource)
	if err != nil {
		return q, err
	}
	q.on = &on
	if on.catalog != c.who.account {
		if !c.rule("R43") {
			q.hidden = true
			return q, nil
		}
		if !c.sees(on) {
			q.hidden = true
			return q, c.unshared(c.options.Switches.UnsharedList, on)
		}
		return q, nil
	}
	if _, err := c.look(on); err != nil && c.isAdmin(c.who, c.home()) {
		return q, notFound("%s not found.", on.name())
	}
	return q, nil
}

// unshared answers about an object of another account that is not shared.
func (c *call) unshared(how Unshared, on resource) *apiError {
	switch how {
	case UnsharedDenied:
		return c.unauthorized()
	case UnsharedEmpty:
		return nil
	case UnsharedNotFound:
	}
	return notFound("%s not found.", on.name())
}

// visible picks the atoms that a caller sees (R38, R39) [2.52].
func (c *call) visible(q listQuery) []listed {
	r := c.home()
	var out []listed
	for _, l := range c.lagging(r) {
		if c.matches(q, l.key) && c.maySee(l.key) {
			out = append(out, l)
		}
	}
	if c.options.Switches.ShowIncoming {
		out = append(out, c.incomingRows(q)...)
	}
	return out
}

// lagging is the region as it was some time ago (R42) [7.3].
func (c *call) lagging(r *region) []listed {
	lag := c.options.Switches.ListLag
	if !c.rule("R42") {
		lag = 0
	}
	var out []listed
	for _, k := range r.sortedAtoms() {
		if a := r.atoms[k]; lag == 0 || c.now.Sub(a.updated) >= lag {
			out = append(out, listed{k, *a})
		}
	}
	for _, g := range r.graves {
		again := r.atoms[g.key] != nil && c.now.Sub(r.atoms[g.key].updated) >= lag
		if lag > 0 && !again && c.now.Sub(g.died) < lag && g.died.Sub(g.atom.updated) >= 0 && c.now.Sub(g.atom.updated) >= lag {
			out = append(out, listed{g.key, g.atom})
		}
	}
	return out
}

func (c *call) matches(q listQuery, k atomKey) bool {
	if q.catalog != "" && k.on.catalog != q.catalog {
		return false
	}
	if q.on == nil {
		foreign := k.on.catalog != c.who.account
		return !(foreign && c.options.Switches.SweepHidesForeign) && c.ofType(q.kind, k.on)
	}
	if !c.ofType(q.kind, k.on) && k.on.kind != kindFilter {
		return false
	}
	switch {
	case k.on == *q.on:
		return true
	case q.on.kind != kindTable || k.on.whole() != q.on.whole():
		return false
	case k.on.kind == kindFilter:
		return q.related || !c.rule("R38")
	}
	return k.on.kind == kindColumns
}

// ofType is the ResourceType filter: TABLE covers tables and columns, and
// nothing covers filters (R38) [2.48, 2.50].
func (c *call) ofType(kind string, on resource) bool {
	if !c.rule("R38") {
		return true
	}
	switch kind {
	case "":
		return on.kind != kindFilter
	case "CATALOG":
		return on.kind == kindCatalog
	case "DATABASE":
		return on.kind == kindDatabase
	case "TABLE":
		return on.kind == kindTable || on.kind == kindColumns
	case "DATA_LOCATION":
		return on.kind == kindLocation
	}
	return false
}

// maySee: admins see everything, others their own and what they can grant on;
// nobody gets an error (R39) [2.52].
func (c *call) maySee(k atomKey) bool {
	if c.seesAll(c.who, c.home()) || selves(c.who.principal, c.who.account)[k.principal] || !c.rule("R39") {
		return true
	}
	for _, other := range c.home().near(k.on) {
		a := c.home().atoms[other]
		if other.principal == c.who.principal && a.grantable && other.on == k.on &&
			(other.permission == k.permission || other.permission == permAll) {
			return true
		}
	}
	return false
}
