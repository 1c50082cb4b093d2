package awssim

import (
	"regexp"
	"slices"
)

type wireColumn struct {
	Name string
	Type string `json:",omitempty"`
}

type wireStorage struct {
	Columns  []wireColumn `json:",omitempty"`
	Location string       `json:",omitempty"`
}

type tableInput struct {
	Name, Description, TableType string
	Parameters                   map[string]string
	PartitionKeys                []wireColumn
	StorageDescriptor            wireStorage
	TargetTable                  *wireTarget
}

type wireGlueTable struct {
	CatalogID                     string `json:"CatalogId"`
	DatabaseName, Name            string
	Description                   string            `json:",omitempty"`
	TableType                     string            `json:",omitempty"`
	Parameters                    map[string]string `json:",omitempty"`
	PartitionKeys                 []wireColumn      `json:",omitempty"`
	StorageDescriptor             *wireStorage      `json:",omitempty"`
	TargetTable                   *wireTarget       `json:",omitempty"`
	CreateTime                    *epoch            `json:",omitempty"`
	CreatedBy                     string            `json:",omitempty"`
	IsRegisteredWithLakeFormation bool
}

type tableRequest struct {
	CatalogID    string `json:"CatalogId"`
	DatabaseName string
	Name         string
	TableInput   tableInput
}

func columnsFrom(wire []wireColumn) Columns {
	var out Columns
	for _, w := range wire {
		if w.Type == "" {
			w.Type = "string"
		}
		out = append(out, Column{fold(w.Name), w.Type})
	}
	return out
}

func (c Columns) wire(seen []string) []wireColumn {
	var out []wireColumn
	for _, column := range c {
		if slices.Contains(seen, column.Name) {
			out = append(out, wireColumn(column))
		}
	}
	return out
}

func (t *table) fill(in tableInput) {
	t.description, t.kind, t.parameters = in.Description, in.TableType, in.Parameters
	t.columns, t.keys, t.location = columnsFrom(in.StorageDescriptor.Columns), columnsFrom(in.PartitionKeys), in.StorageDescriptor.Location
}

// createTable through a database link makes the table in the owner's database.
func createTable(c *call) (any, *apiError) {
	var in tableRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	p, err := c.place(in.CatalogID, in.DatabaseName, true)
	if err != nil {
		return nil, err
	}
	name := c.fold(in.TableInput.Name)
	if name == "" || len(name) > 255 {
		return nil, invalidInput("Table name must have 1 to 255 characters.")
	}
	if err := c.need(p, p.resource(), permCreateTable, p.database.name); err != nil {
		return nil, err
	}
	if p.database.tables[name] != nil {
		return nil, alreadyExists("Table already exists.")
	}
	target := c.target(in.TableInput.TargetTable)
	if p.link != nil && target != nil { // [5.5]
		return nil, invalidInput("A resource link cannot be created in a database link.")
	}
	if target == nil && p.catalog == c.who.account {
		if err := c.checkDataLocation(in.TableInput.StorageDescriptor.Location, p.database); err != nil {
			return nil, err
		}
	}
	made := &table{name: name, target: target, createdBy: c.who.principal, created: c.now}
	made.fill(in.TableInput)
	p.database.tables[name] = made
	if p.catalog == c.who.account {
		c.created(p.home, p.table(name), target != nil, p.database.tableDefault)
	}
	return nil, nil
}

// findTable finds a table and the columns that the caller may see of it.
func (c *call) findTable(catalogID, databaseName, name string) (place, *table, []string, *apiError) {
	p, err := c.place(catalogID, databaseName, true)
	if err != nil {
		if p.catalog != c.who.account {
			err = c.unsharedGet("Table " + name)
		}
		return p, nil, nil, err
	}
	t := p.database.tables[c.fold(name)]
	if p.catalog != c.who.account || p.link != nil {
		// Both a database link and a table link is one hop too many [5.5].
		if t == nil || t.target != nil {
			return p, nil, nil, c.unsharedGet("Table " + name)
		}
	}
	if t == nil {
		return p, nil, nil, notFound("Table %s not found.", name)
	}
	seen, ok := c.columnsOf(p, t)
	switch {
	case ok:
		return p, t, seen, nil
	case p.catalog != c.who.account:
		return p, nil, nil, c.unsharedGet("Table " + name)
	}
	return p, nil, nil, c.insufficient(permDescribe, t.name)
}

func getTable(c *call) (any, *apiError) {
	var in tableRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	p, t, seen, err := c.findTable(in.CatalogID, in.DatabaseName, in.Name)
	if err != nil {
		return nil, err
	}
	if t.target != nil && c.options.Switches.DanglingNotFound && !c.leads(t.target) {
		return nil, notFound("Table %s not found: the target of the resource link does not exist.", t.target.Table)
	}
	return map[string]any{"Table": c.wireTable(p, t, seen)}, nil
}

// leads says whether a link's target exists and the caller may see it.
func (c *call) leads(link *Target) bool {
	to, ok := c.follow(&Target{Account: link.Account, Database: link.Database, Region: link.Region})
	if !ok || to.database.tables[link.Table] == nil {
		return false
	}
	_, ok = c.columnsOf(to, to.database.tables[link.Table])
	return ok
}

// wireTable shows a link as itself, with the storage of its target if the
// caller may see that (R70) [5.13, 5.22].
func (c *call) wireTable(p place, t *table, seen []string) wireGlueTable {
	w := wireGlueTable{
		CatalogID: p.catalog, DatabaseName: p.database.name, Name: t.name, TargetTable: t.target.wire(),
		CreateTime: when(t.created), CreatedBy: t.createdBy, Description: t.description, TableType: t.kind, Parameters: t.parameters,
	}
	if t.target != nil {
		to, ok := c.follow(&Target{Account: t.target.Account, Database: t.target.Database, Region: t.target.Region})
		if !ok || !c.rule("R70") {
			return w
		}
		real := to.database.tables[t.target.Table]
		if real == nil || real.target != nil {
			return w
		}
		if seen, ok = c.columnsOf(to, real); !ok {
			return w
		}
		t, p = real, to
		w.Description, w.TableType, w.Parameters = t.description, t.kind, t.parameters
	}
	w.StorageDescriptor = &wireStorage{Columns: t.columns.wire(seen), Location: t.location}
	w.PartitionKeys = t.keys.wire(seen)
	w.IsRegisteredWithLakeFormation = c.name == "GetTable" && p.home.locationOf(t.location) != nil // only there [5.15]
	return w
}

func getTables(c *call) (any, *apiError) {
	var in struct {
		CatalogID         string `json:"CatalogId"`
		DatabaseName      string
		Expression        string
		ResourceShareType string
		MaxResults        int
		NextToken         string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	p, err := c.place(in.CatalogID, in.DatabaseName, true)
	if err != nil {
		return nil, err
	}
	pattern, compileErr := regexp.Compile(`^(?:` + in.Expression + `)$`)
	if compileErr != nil {
		return nil, invalidInput("Invalid expression: %s", in.Expression)
	}
	found := []wireGlueTable{}
	for _, name := range sortedKeys(p.database.tables) {
		t := p.database.tables[name]
		seen, ok := c.columnsOf(p, t)
		reachable := t.target == nil || p.link == nil && p.catalog == c.who.account
		if ok && reachable && (in.Expression == "" || pattern.MatchString(name)) {
			found = append(found, c.wireTable(p, t, seen))
		}
	}
	if len(found) == 0 && !c.describesDatabase(p) {
		if p.catalog != c.who.account {
			return nil, c.unsharedGet("Database " + in.DatabaseName)
		}
		return nil, c.insufficient(permDescribe, p.database.name)
	}
	page, token, err := paged(c, found, in.MaxResults, 100, in.NextToken, in.CatalogID+in.DatabaseName+in.Expression)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"TableList": page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}

// updateTable edits the target of a link [5b].
func updateTable(c *call) (any, *apiError) {
	var in tableRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	p, t, _, err := c.findTable(in.CatalogID, in.DatabaseName, in.TableInput.Name)
	if err != nil {
		return nil, err
	}
	if t.target != nil && c.rule("R69") {
		to, ok := c.follow(&Target{Account: t.target.Account, Database: t.target.Database, Region: t.target.Region})
		if !ok || to.database.tables[t.target.Table] == nil {
			return nil, c.unsharedGet("Table " + t.target.Table)
		}
		p, t = to, to.database.tables[t.target.Table]
	}
	if err := c.need(p, p.table(t.name), permAlter, t.name); err != nil {
		return nil, err
	}
	if p.catalog == c.who.account {
		if err := c.checkDataLocation(in.TableInput.StorageDescriptor.Location, p.database); err != nil {
			return nil, err
		}
	}
	t.fill(in.TableInput)
	return nil, nil
}

func deleteTable(c *call) (any, *apiError) {
	var in tableRequest
	if err := c.input(&in); err != nil {
		return nil, err
	}
	return nil, c.deleteTable(in.CatalogID, in.DatabaseName, in.Name)
}

// deleteTable deletes only the link if it is one, and the owner's table if the
// database is a link (R69) [5.11].
func (c *call) deleteTable(catalogID, databaseName, name string) *apiError {
	p, t, _, err := c.findTable(catalogID, databaseName, name)
	if err != nil {
		return err
	}
	if err := c.needDrop(p, p.table(t.name), t.name); err != nil {
		return err
	}
	delete(p.database.tables, t.name)
	c.dropped(p.home, p.table(t.name))
	return nil
}

func batchDeleteTable(c *call) (any, *apiError) {
	var in struct {
		CatalogID      string `json:"CatalogId"`
		DatabaseName   string
		TablesToDelete []string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	failures := []map[string]any{}
	for _, name := range in.TablesToDelete {
		if err := c.deleteTable(in.CatalogID, in.DatabaseName, name); err != nil {
			failures = append(failures, map[string]any{
				"TableName": name, "ErrorDetail": batchError{err.code, err.message},
			})
		}
	}
	return map[string]any{"Errors": failures}, nil
}
