package awssim

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
