package awssim

import "time"

type wireShare struct {
	ARN                     string `json:"resourceShareArn"`
	Name                    string `json:"name"`
	Owner                   string `json:"owningAccountId"`
	AllowExternalPrincipals bool   `json:"allowExternalPrincipals"`
	Status                  string `json:"status"`
	Created                 *epoch `json:"creationTime,omitempty"`
	Updated                 *epoch `json:"lastUpdatedTime,omitempty"`
	FeatureSet              string `json:"featureSet"`
}

type wireAssociation struct {
	ARN      string `json:"resourceShareArn"`
	Name     string `json:"resourceShareName"`
	Entity   string `json:"associatedEntity"`
	Type     string `json:"associationType"`
	Status   string `json:"status"`
	Message  string `json:"statusMessage,omitempty"`
	Created  *epoch `json:"creationTime,omitempty"`
	Updated  *epoch `json:"lastUpdatedTime,omitempty"`
	External bool   `json:"external"`
}

func (r *region) wireShare(s *share) wireShare {
	return wireShare{r.shareARN(s), s.name, r.account, true, s.status, when(s.created), when(s.updated), "STANDARD"}
}

// sharedEntity is one ARN in a share: objects and their containers [4.13].
type sharedEntity struct {
	on      resource
	status  string
	message string
	created time.Time
}

// entities are a share's objects with their containers. Version 5 writes
// patterns instead of one association per object [4.1]; how these look is not
// documented [U12].
func (s *Server) entities(r *region, sh *share) []sharedEntity {
	var out []sharedEntity
	seen := map[string]bool{}
	add := func(on resource, from *sharedResource) {
		if arn := r.glueARN(on); !seen[arn] {
			seen[arn] = true
			out = append(out, sharedEntity{on, from.status, from.message, from.created})
		}
	}
	for _, entry := range sh.resources {
		add(entry.on, entry)
	}
	if !s.rule("R50") {
		return out
	}
	for _, entry := range sh.resources {
		if entry.on.kind == kindTable {
			add(resource{kind: kindDatabase, catalog: entry.on.catalog, database: entry.on.database}, entry)
		}
		add(resource{kind: kindCatalog, catalog: entry.on.catalog}, entry)
	}
	return out
}

// entityARN is the ARN of an object in a share.
func (r *region) entityARN(sh *share, on resource) string {
	pattern := len(sh.name) > len("LakeFormation-V5") && sh.name[:len("LakeFormation-V5")] == "LakeFormation-V5"
	if pattern && on.kind == kindTable && on.table != allTables {
		on.table = "*"
		return "arn:aws:glue:" + r.name + ":" + r.account + ":table/" + on.database + "/*"
	}
	return r.glueARN(on)
}

func (r *region) principalAssociation(s *Server, sh *share, a *associate) wireAssociation {
	external := parsePrincipal(a.entity).account != "" && !s.trusted(r.account, parsePrincipal(a.entity).account)
	return wireAssociation{
		r.shareARN(sh), sh.name, a.entity, "PRINCIPAL", a.status, a.message, when(a.created), when(a.updated), external,
	}
}

func (r *region) resourceAssociation(sh *share, e sharedEntity) wireAssociation {
	return wireAssociation{
		ARN: r.shareARN(sh), Name: sh.name, Entity: r.entityARN(sh, e.on), Type: "RESOURCE", Status: e.status, Message: e.message,
		Created: when(e.created), Updated: when(e.created),
	}
}

// reaches says whether an account receives a share, and in which state.
func (s *Server) reaches(sh *share, account string) (string, bool) {
	names := s.recipients(account)
	for _, a := range sh.principals {
		if names[a.entity] || parsePrincipal(a.entity).account == account {
			return a.status, true
		}
	}
	return "", false
}

func (c *call) ramPage(key string, items []any, size int, token, filter string) (any, *apiError) {
	page, next, err := paged(c, items, size, 500, token, filter)
	if err != nil {
		return nil, fail("InvalidParameterException", "%s", err.message)
	}
	out := map[string]any{key: page}
	if next != "" {
		out["nextToken"] = next
	}
	return out, nil
}

type sharesInput struct {
	Owner   string   `json:"resourceOwner"`
	Name    string   `json:"name"`
	ARNs    []string `json:"resourceShareArns"`
	Status  string   `json:"resourceShareStatus"`
	Size    int      `json:"maxResults"`
	Token   string   `json:"nextToken"`
	Type    string   `json:"resourceType"`
	Objects []string `json:"resourceArns"`
}

// getResourceShares shows own shares, or those accepted from others (R60) [4.33].
func getResourceShares(c *call) (any, *apiError) {
	var in sharesInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	items := []any{}
	err := c.eachShare(in.Owner, func(r *region, sh *share) {
		arn := r.shareARN(sh)
		if (len(in.ARNs) == 0 || contains(in.ARNs, arn)) && (in.Name == "" || in.Name == sh.name) && (in.Status == "" || in.Status == sh.status) {
			items = append(items, r.wireShare(sh))
		}
	})
	if err != nil {
		return nil, err
	}
	return c.ramPage("resourceShares", items, in.Size, in.Token, in.Owner+in.Name+in.Status)
}

// eachShare visits the shares that an account owns or receives.
func (c *call) eachShare(owner string, visit func(*region, *share)) *apiError {
	switch owner {
	case "SELF":
		for _, sh := range c.home().shares {
			visit(c.home(), sh)
		}
		return nil
	case "OTHER-ACCOUNTS":
	default:
		return fail("InvalidParameterException", "resourceOwner must be SELF or OTHER-ACCOUNTS")
	}
	for _, id := range sortedKeys(c.state.accounts) {
		r := c.state.accounts[id].regions[c.regionKey()]
		if r == nil || id == c.who.account {
			continue
		}
		for _, sh := range r.shares {
			status, ok := c.reaches(sh, c.who.account)
			open := status == associated || status == associating && c.options.Switches.PendingShares || !c.rule("R60")
			if ok && open {
				visit(r, sh)
			}
		}
	}
	return nil
}

func (c *call) regionKey() string {
	if !c.rule("R1") {
		return "everywhere"
	}
	return c.region
}

// getAssociations answers the owner only (R60) [4.34].
func getAssociations(c *call) (any, *apiError) {
	var in struct {
		Type      string   `json:"associationType"`
		ARNs      []string `json:"resourceShareArns"`
		Resource  string   `json:"resourceArn"`
		Principal string   `json:"principal"`
		Status    string   `json:"associationStatus"`
		Size      int      `json:"maxResults"`
		Token     string   `json:"nextToken"`
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	wrong := in.Type == "RESOURCE" && in.Principal != "" || in.Type == "PRINCIPAL" && in.Resource != ""
	if in.Type != "RESOURCE" && in.Type != "PRINCIPAL" || wrong && c.rule("R60") {
		return nil, fail("InvalidParameterException", "principal is for PRINCIPAL associations, resourceArn for RESOURCE associations")
	}
	r, items := c.home(), []any{}
	for _, arn := range in.ARNs {
		if r.share(arn) == nil {
			return nil, fail("UnknownResourceException", "ResourceShare %s could not be found.", arn)
		}
	}
	keep := func(w wireAssociation) {
		if (in.Resource == "" || w.Entity == in.Resource) && (in.Principal == "" || w.Entity == in.Principal) &&
			(in.Status == "" || w.Status == in.Status) {
			items = append(items, w)
		}
	}
	for _, sh := range r.shares {
		if len(in.ARNs) > 0 && !contains(in.ARNs, r.shareARN(sh)) {
			continue
		}
		if in.Type == "PRINCIPAL" {
			for _, a := range sh.principals {
				keep(r.principalAssociation(c.Server, sh, a))
			}
			continue
		}
		for _, e := range c.entities(r, sh) {
			keep(r.resourceAssociation(sh, e))
		}
	}
	return c.ramPage("resourceShareAssociations", items, in.Size, in.Token, in.Type+in.Resource+in.Principal+in.Status)
}

type wireShared struct {
	ARN     string `json:"arn"`
	Type    string `json:"type"`
	Share   string `json:"resourceShareArn"`
	Status  string `json:"status"`
	Created *epoch `json:"creationTime,omitempty"`
	Scope   string `json:"resourceRegionScope"`
}

func (c *call) sharedObjects(r *region, sh *share, status string) []wireShared {
	var out []wireShared
	for _, e := range c.entities(r, sh) {
		kind := map[resourceKind]string{kindCatalog: "glue:Catalog", kindDatabase: "glue:Database", kindTable: "glue:Table"}[e.on.kind]
		if e.on.table == allTables {
			kind = "glue:Database"
		}
		out = append(out, wireShared{r.entityARN(sh, e.on), kind, r.shareARN(sh), status, when(e.created), "REGIONAL"})
	}
	return out
}

func listRAMResources(c *call) (any, *apiError) {
	var in sharesInput
	if err := c.input(&in); err != nil {
		return nil, err
	}
	items := []any{}
	err := c.eachShare(in.Owner, func(r *region, sh *share) {
		if sh.status != shareActive || len(in.ARNs) > 0 && !contains(in.ARNs, r.shareARN(sh)) {
			return
		}
		for _, o := range c.sharedObjects(r, sh, "AVAILABLE") {
			if (in.Type == "" || in.Type == o.Type) && (len(in.Objects) == 0 || contains(in.Objects, o.ARN)) {
				items = append(items, o)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return c.ramPage("resources", items, in.Size, in.Token, in.Owner+in.Type)
}
