package awssim

import "net/http"

// member finds the organization that the caller's account belongs to.
func (c *call) member() (*Organization, *apiError) {
	if org := c.state.org; org.has(c.who.account) {
		return org, nil
	}
	e := fail("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	e.status = http.StatusNotFound
	return nil, e
}

// manager is for what only the management account may ask.
func (c *call) manager() (*Organization, *apiError) {
	org, err := c.member()
	if err == nil && org.Management != c.who.account {
		err = fail("AccessDeniedException", "You don't have permissions to access this resource.")
	}
	return org, err
}

func describeOrganization(c *call) (any, *apiError) {
	org, err := c.member()
	if err != nil {
		return nil, err
	}
	return map[string]any{"Organization": map[string]any{
		"Id": org.ID, "Arn": org.arn(), "FeatureSet": "ALL", "MasterAccountId": org.Management,
		"MasterAccountArn": "arn:aws:organizations::" + org.Management + ":account/" + org.ID + "/" + org.Management,
	}}, nil
}

func wireUnit(org *Organization, id string) map[string]any {
	return map[string]any{"Id": id, "Arn": org.unitARN(id), "Name": id}
}

func describeUnit(c *call) (any, *apiError) {
	org, err := c.manager()
	if err != nil {
		return nil, err
	}
	var in struct {
		OrganizationalUnitID string `json:"OrganizationalUnitId"`
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if _, ok := org.Units[in.OrganizationalUnitID]; !ok {
		return nil, fail("OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")
	}
	return map[string]any{"OrganizationalUnit": wireUnit(org, in.OrganizationalUnitID)}, nil
}

func listRoots(c *call) (any, *apiError) {
	org, err := c.manager()
	if err != nil {
		return nil, err
	}
	root := map[string]any{
		"Id": org.root(), "Name": "Root", "Arn": "arn:aws:organizations::" + org.Management + ":root/" + org.ID + "/" + org.root(),
	}
	return map[string]any{"Roots": []any{root}}, nil
}

type organizationInput struct {
	ParentID   string `json:"ParentId"`
	ChildID    string `json:"ChildId"`
	MaxResults int
	NextToken  string
}

func (c *call) organizationPage(in organizationInput, key string, items []any) (any, *apiError) {
	page, token, err := paged(c, items, in.MaxResults, 20, in.NextToken, in.ParentID)
	if err != nil {
		return nil, err
	}
	out := map[string]any{key: page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}

func (c *call) wireAccount(org *Organization, id string) map[string]any {
	name := id
	if a := c.state.account(id); a != nil && a.name != "" {
		name = a.name
	}
	return map[string]any{
		"Id": id, "Name": name, "Status": "ACTIVE", "State": "ACTIVE", "JoinedMethod": "CREATED", "Email": name + "@example.com",
		"Arn": "arn:aws:organizations::" + org.Management + ":account/" + org.ID + "/" + id,
	}
}

func listAccounts(c *call) (any, *apiError) {
	org, err := c.manager()
	if err != nil {
		return nil, err
	}
	var in organizationInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	items := []any{}
	for _, id := range org.members() {
		items = append(items, c.wireAccount(org, id))
	}
	return c.organizationPage(in, "Accounts", items)
}

func listParents(c *call) (any, *apiError) {
	org, err := c.manager()
	if err != nil {
		return nil, err
	}
	var in organizationInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if _, unit := org.Units[in.ChildID]; !unit && !org.has(in.ChildID) {
		return nil, fail("ChildNotFoundException", "You specified a child that doesn't exist.")
	}
	parent := map[string]string{"Id": org.root(), "Type": "ROOT"}
	if id := org.parent(in.ChildID); id != "" {
		parent = map[string]string{"Id": id, "Type": "ORGANIZATIONAL_UNIT"}
	}
	return map[string]any{"Parents": []any{parent}}, nil
}

func (c *call) children(units bool) (*Organization, organizationInput, []string, *apiError) {
	org, err := c.manager()
	if err != nil {
		return nil, organizationInput{}, nil, err
	}
	var in organizationInput
	if err := c.input(&in); err != nil {
		return nil, in, nil, err
	}
	if _, unit := org.Units[in.ParentID]; !unit && in.ParentID != org.root() {
		return nil, in, nil, fail("ParentNotFoundException", "You specified a parent that doesn't exist.")
	}
	return org, in, org.children(in.ParentID, units), nil
}

func listUnitsForParent(c *call) (any, *apiError) {
	org, in, ids, err := c.children(true)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, id := range ids {
		items = append(items, wireUnit(org, id))
	}
	return c.organizationPage(in, "OrganizationalUnits", items)
}

func listAccountsForParent(c *call) (any, *apiError) {
	org, in, ids, err := c.children(false)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, id := range ids {
		items = append(items, c.wireAccount(org, id))
	}
	return c.organizationPage(in, "Accounts", items)
}
