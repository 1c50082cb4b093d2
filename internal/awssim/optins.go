package awssim

import "slices"

type wireOptIn struct {
	Principal     wirePrincipal
	Resource      wireResource
	LastModified  *epoch `json:",omitempty"`
	LastUpdatedBy string `json:",omitempty"`
}

// optInRequest reads and checks a request about one opt-in: admins opt
// principals in, for databases and tables (R77) [3.62].
func (c *call) optInRequest() (optInKey, *apiError) {
	var in struct {
		Principal wirePrincipal
		Resource  wireResource
	}
	if err := c.input(&in); err != nil {
		return optInKey{}, err
	}
	on, err := c.canonical(in.Resource)
	if err != nil {
		return optInKey{}, err
	}
	k := optInKey{parsePrincipal(in.Principal.ID).id, on}
	if !c.rule("R77") {
		return k, nil
	}
	if !c.isAdmin(c.who, c.home()) {
		return k, c.denied("Insufficient Lake Formation permission(s) on Catalog")
	}
	if on.kind != kindDatabase && on.kind != kindTable {
		return k, invalidInput("Only databases and tables can be opted in.")
	}
	if _, err := c.look(on); err != nil {
		return k, err
	}
	if on.catalog != c.who.account && !c.sees(on) {
		return k, c.unauthorized()
	}
	return k, c.checkPrincipal(parsePrincipal(in.Principal.ID), c.who.account)
}

// createOptIn is silent about what is there already; what Lake Formation says
// is not documented.
func createOptIn(c *call) (any, *apiError) {
	k, err := c.optInRequest()
	if err != nil {
		return nil, err
	}
	c.home().optIns[k] = &optIn{updated: c.now, by: c.who.principal}
	return nil, nil
}

func deleteOptIn(c *call) (any, *apiError) {
	k, err := c.optInRequest()
	if err != nil {
		return nil, err
	}
	if c.home().optIns[k] == nil {
		return nil, notFound("The principal is not opted in for the resource.")
	}
	delete(c.home().optIns, k)
	return nil, nil
}

func listOptIns(c *call) (any, *apiError) {
	var in struct {
		Principal  *wirePrincipal
		Resource   *wireResource
		MaxResults int
		NextToken  string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if in.Principal != nil && parsePrincipal(in.Principal.ID).outside(c.who.account) && c.rule("R77") { // [3.63]
		return nil, invalidInput("Invalid principal, %s", in.Principal.ID)
	}
	r := c.home()
	var keys []optInKey
	for k := range r.optIns {
		keep := c.seesAll(c.who, r) || k.principal == c.who.principal
		if in.Principal != nil {
			keep = keep && k.principal == parsePrincipal(in.Principal.ID).id
		}
		if in.Resource != nil {
			on, err := c.canonical(*in.Resource)
			if err != nil {
				return nil, err
			}
			keep = keep && k.on == on
		}
		if keep {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b optInKey) int {
		return atomKey{principal: a.principal, on: a.on}.compare(atomKey{principal: b.principal, on: b.on})
	})
	infos := []wireOptIn{}
	for _, k := range keys {
		o := r.optIns[k]
		infos = append(infos, wireOptIn{wirePrincipal{k.principal}, k.on.wire(""), when(o.updated), o.by})
	}
	page, token, err := paged(c, infos, in.MaxResults, 1000, in.NextToken, "")
	if err != nil {
		return nil, err
	}
	out := map[string]any{"LakeFormationOptInsInfoList": page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}
