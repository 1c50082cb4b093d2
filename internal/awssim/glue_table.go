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
