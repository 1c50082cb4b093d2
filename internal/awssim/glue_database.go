package awssim

import "slices"

type wireTarget struct {
	CatalogID    string `json:"CatalogId,omitempty"`
	DatabaseName string
	Name         string `json:",omitempty"`
	Region       string `json:",omitempty"`
}

func (c *call) target(w *wireTarget) *Target {
	if w == nil {
		return nil
	}
	t := &Target{Account: w.CatalogID, Database: fold(w.DatabaseName), Table: fold(w.Name), Region: w.Region}
	if t.Account == "" {
		t.Account = c.who.account
	}
	return t
}

func (t *Target) wire() *wireTarget {
	if t == nil {
		return nil
	}
	return &wireTarget{CatalogID: t.Account, DatabaseName: t.Database, Name: t.Table, Region: t.Region}
}

type databaseInput struct {
	Name, Description             string
	LocationURI                   string `json:"LocationUri"`
	Parameters                    map[string]string
	CreateTableDefaultPermissions *[]wireDefault
	TargetDatabase                *wireTarget
}

type wireGlueDatabase struct {
	CatalogID                     string `json:"CatalogId"`
	Name                          string
	Description                   string            `json:",omitempty"`
	LocationURI                   string            `json:"LocationUri,omitempty"`
	Parameters                    map[string]string `json:",omitempty"`
	CreateTime                    *epoch            `json:",omitempty"`
	CreateTableDefaultPermissions []wireDefault
	TargetDatabase                *wireTarget `json:",omitempty"`
}

type databaseRequest struct {
	CatalogID     string `json:"CatalogId"`
	Name          string
	DatabaseInput databaseInput
}

// createDatabase makes a database, or a link whose target nobody checks (R68)
// [5.4].
func createDatabase(c *call) (any, *apiError) {
	var in databaseRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if c.catalog(in.CatalogID) != c.who.account {
		return nil, c.unauthorized()
	}
	d, r := in.DatabaseInput, c.home()
	name := c.fold(d.Name)
	if name == "" || len(name) > 255 {
		return nil, invalidInput("Database name must have 1 to 255 characters.")
	}
	catalog := resource{kind: kindCatalog, catalog: c.who.account}
	may := c.isAdmin(c.who, r) || r.settings.databaseDefault
	if !may && !c.holds(c.who.principal, c.who.account, c.region, catalog, permCreateDB) {
		return nil, c.insufficient(permCreateDB, "Catalog")
	}
	if r.databases[name] != nil {
		return nil, alreadyExists("Database already exists.")
	}
	if d.TargetDatabase == nil {
		if err := c.checkDataLocation(d.LocationURI, nil); err != nil {
			return nil, err
		}
	}
	made := &database{
		name: name, location: d.LocationURI, description: d.Description, createdBy: c.who.principal, created: c.now,
		parameters: d.Parameters, target: c.target(d.TargetDatabase), tables: map[string]*table{},
		tableDefault: r.settings.tableDefault,
	}
	if d.CreateTableDefaultPermissions != nil { // empty means none, absent the account's [5.28]
		made.tableDefault = len(*d.CreateTableDefaultPermissions) > 0
	}
	r.databases[name] = made
	on := resource{kind: kindDatabase, catalog: c.who.account, database: name}
	c.created(r, on, made.target != nil, r.settings.databaseDefault)
	return nil, nil
}

func getDatabase(c *call) (any, *apiError) {
	var in databaseRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	p, err := c.place(in.CatalogID, in.Name, false)
	if p.catalog != c.who.account && (err != nil || !c.describesDatabase(p)) {
		return nil, c.unsharedGet("Database " + in.Name)
	}
	if err != nil {
		return nil, err
	}
	if !c.describesDatabase(p) {
		return nil, c.insufficient(permDescribe, p.database.name)
	}
	return map[string]any{"Database": c.wireDatabase(p)}, nil
}

func (c *call) unsharedGet(what string) *apiError {
	if c.options.Switches.UnsharedGet == UnsharedDenied {
		return c.unauthorized()
	}
	return notFound("%s not found.", what)
}

// wireDatabase shows a link with its target's properties if the caller may see
// the target, otherwise with its own [5b].
func (c *call) wireDatabase(p place) wireGlueDatabase {
	d := p.database
	w := wireGlueDatabase{
		CatalogID: p.catalog, Name: d.name, Description: d.description, LocationURI: d.location, Parameters: d.parameters,
		CreateTime: when(d.created), CreateTableDefaultPermissions: openDefault(d.tableDefault), TargetDatabase: d.target.wire(),
	}
	if d.target == nil {
		return w
	}
	if to, ok := c.follow(d.target); ok && c.describesDatabase(to) && c.rule("R69") {
		w.Description, w.LocationURI, w.Parameters = to.database.description, to.database.location, to.database.parameters
	}
	return w
}

func getDatabases(c *call) (any, *apiError) {
	var in struct {
		CatalogID         string `json:"CatalogId"`
		ResourceShareType string
		MaxResults        int
		NextToken         string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	found := []wireGlueDatabase{}
	for _, catalog := range c.catalogs(c.catalog(in.CatalogID), in.ResourceShareType) {
		home := c.at(catalog, c.region)
		for _, name := range sortedKeys(home.databases) {
			p := place{catalog: catalog, region: c.region, home: home, database: home.databases[name]}
			if (catalog == c.who.account || p.database.target == nil) && c.describesDatabase(p) {
				found = append(found, c.wireDatabase(p))
			}
		}
	}
	page, token, err := paged(c, found, in.MaxResults, 100, in.NextToken, in.CatalogID+in.ResourceShareType)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"DatabaseList": page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}

// catalogs are where GetDatabases looks: at home, in other accounts, or both
// (R72) [5.23, 5.24].
func (c *call) catalogs(catalog, shareType string) []string {
	if shareType == "" || catalog != c.who.account || !c.rule("R72") {
		return slices.DeleteFunc([]string{catalog}, func(id string) bool { return c.state.account(id) == nil })
	}
	foreign := slices.DeleteFunc(sortedKeys(c.state.accounts), func(id string) bool { return id == catalog })
	switch shareType {
	case "FOREIGN":
		return foreign
	case "ALL":
		return append([]string{catalog}, foreign...)
	}
	return nil // FEDERATED: there are none
}

// updateDatabase edits the target of a link, or by the other reading replaces
// the link (R71) [5.10, 5.12].
func updateDatabase(c *call) (any, *apiError) {
	var in databaseRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	replaces := c.options.Switches.UpdateReplacesLink || !c.rule("R71")
	p, err := c.place(in.CatalogID, in.Name, !replaces)
	if err != nil {
		return nil, err
	}
	d := in.DatabaseInput
	if fold(d.Name) != fold(in.Name) { // [5.14]
		return nil, invalidInput("Database cannot be renamed.")
	}
	if err := c.need(p, p.resource(), permAlter, p.database.name); err != nil && !(replaces && p.database.target != nil) {
		return nil, err
	}
	if p.catalog == c.who.account && d.TargetDatabase == nil {
		if err := c.checkDataLocation(d.LocationURI, nil); err != nil {
			return nil, err
		}
	}
	changed := p.database
	if replaces {
		changed.target = c.target(d.TargetDatabase)
	}
	changed.description, changed.location, changed.parameters = d.Description, d.LocationURI, d.Parameters
	if d.CreateTableDefaultPermissions != nil {
		changed.tableDefault = len(*d.CreateTableDefaultPermissions) > 0
	}
	return nil, nil
}

// deleteDatabase deletes a link and never its target (R69).
func deleteDatabase(c *call) (any, *apiError) {
	var in databaseRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	p, err := c.place(in.CatalogID, in.Name, false)
	if err != nil {
		return nil, err
	}
	if err := c.needDrop(p, p.resource(), p.database.name); err != nil {
		return nil, err
	}
	delete(p.home.databases, p.database.name)
	c.dropped(p.home, p.resource())
	return nil, nil
}

// needDrop: also for an admin, on what others made (R73) [5.17].
func (c *call) needDrop(p place, on resource, name string) *apiError {
	if !c.rule("R73") && p.catalog == c.who.account {
		return nil
	}
	return c.need(p, on, permDrop, name)
}
