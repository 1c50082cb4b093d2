package awssim

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

type wireFilter struct {
	TableCatalogID string `json:"TableCatalogId"`
	DatabaseName   string
	TableName      string
	Name           string
	ColumnNames    []string        `json:",omitempty"`
	ColumnWildcard *columnWildcard `json:",omitempty"`
	RowFilter      *wireRowFilter  `json:",omitempty"`
	VersionID      string          `json:"VersionId,omitempty"`
}

type wireRowFilter struct {
	FilterExpression string    `json:",omitempty"`
	AllRowsWildcard  *struct{} `json:",omitempty"`
}

func (w wireFilter) resource() resource {
	return resource{
		kind: kindFilter, catalog: w.TableCatalogID, database: fold(w.DatabaseName), table: fold(w.TableName), detail: w.Name,
	}
}

// mayManageFilters: filters are made where the table is, by its admins or who
// may grant SELECT on all of it.
func (c *call) mayManageFilters(on resource) *apiError {
	if on.catalog != c.who.account {
		return c.unauthorized()
	}
	mine := c.own(c.who.principal, c.who.account, c.region, on.whole())
	if !c.isAdmin(c.who, c.home()) && !anyGrants(mine, on.whole(), permSelect, true) {
		return c.unauthorized()
	}
	return nil
}

// checkFilter: both parts are there, the columns exist and the rows can be
// evaluated (R76) [3.46, 3.47].
func (c *call) checkFilter(w wireFilter) (*filter, *apiError) {
	t := c.home().table(fold(w.DatabaseName), fold(w.TableName))
	if t == nil {
		return nil, notFound("Table not found.")
	}
	f := &filter{created: c.now}
	if !c.rule("R76") {
		return f, nil
	}
	if t.target != nil {
		return nil, invalidInput("Data cells filters cannot be created on resource links.")
	}
	if len(w.Name) == 0 || len(w.Name) > 255 {
		return nil, invalidInput("Name must have 1 to 255 characters.")
	}
	if (len(w.ColumnNames) > 0) == (w.ColumnWildcard != nil) {
		return nil, invalidInput("Exactly one of ColumnNames and ColumnWildcard must be present.")
	}
	if w.RowFilter == nil || (w.RowFilter.FilterExpression != "") == (w.RowFilter.AllRowsWildcard != nil) {
		return nil, invalidInput("RowFilter must have exactly one of FilterExpression and AllRowsWildcard.")
	}
	if len(w.ColumnNames) > 0 {
		f.columns = sortedSet(foldAll(w.ColumnNames))
	} else {
		f.except = sortedSet(foldAll(w.ColumnWildcard.ExcludedColumnNames))
	}
	if !subset(append(slices.Clone(f.columns), f.except...), t.columnNames()) {
		return nil, invalidInput("Column not found in table %s.", t.name)
	}
	f.rows = w.RowFilter.FilterExpression
	if f.rows == "" {
		return f, nil
	}
	parsed, err := parseRows(f.rows)
	if err != nil {
		return nil, invalidInput("Invalid filter expression: %v", err)
	}
	for _, name := range parsed.columns() {
		if !slices.Contains(t.columnNames(), name) {
			return nil, invalidInput("Invalid filter expression: column %s not found in table %s.", name, t.name)
		}
	}
	return f, nil
}

// filterVersion changes with the content, for optimistic locking [3.48].
func (f *filter) filterVersion() string {
	sum := sha256.Sum256([]byte(fmt.Sprint(f.version, f.columns, f.except, f.rows)))
	return fmt.Sprintf("%x", sum[:16])
}

func (c *call) tableData() (wireFilter, resource, *apiError) {
	var in struct{ TableData wireFilter }
	if err := c.input(&in); err != nil {
		return in.TableData, resource{}, err
	}
	in.TableData.TableCatalogID = c.catalog(in.TableData.TableCatalogID)
	on := in.TableData.resource()
	return in.TableData, on, c.mayManageFilters(on)
}

func createFilter(c *call) (any, *apiError) {
	w, on, err := c.tableData()
	if err != nil {
		return nil, err
	}
	f, err := c.checkFilter(w)
	if err != nil {
		return nil, err
	}
	if c.home().filters[on] != nil {
		return nil, alreadyExists("Data cells filter %s already exists.", w.Name)
	}
	f.version = f.filterVersion()
	c.home().filters[on] = f
	return nil, nil
}

// updateFilter replaces the whole filter [3.48].
func updateFilter(c *call) (any, *apiError) {
	w, on, err := c.tableData()
	if err != nil {
		return nil, err
	}
	old := c.home().filters[on]
	if old == nil {
		return nil, notFound("Data cells filter %s not found.", w.Name)
	}
	f, err := c.checkFilter(w)
	if err != nil {
		return nil, err
	}
	if w.VersionID != "" && w.VersionID != old.version && c.rule("R76") {
		return nil, fail("ConcurrentModificationException", "Data cells filter %s was changed since version %s.", w.Name, w.VersionID)
	}
	f.created, f.version = old.created, old.version
	f.version = f.filterVersion()
	c.home().filters[on] = f
	return nil, nil
}

// mentions reads a request that names one filter.
func (c *call) filterNamed() (resource, *apiError) {
	var in wireFilter
	if err := c.input(&in); err != nil {
		return resource{}, err
	}
	in.TableCatalogID = c.catalog(in.TableCatalogID)
	return in.resource(), nil
}

func getFilter(c *call) (any, *apiError) {
	on, err := c.filterNamed()
	if err != nil {
		return nil, err
	}
	r := c.at(on.catalog, c.region)
	if r == nil || r.filters[on] == nil || !c.seesFilter(on) {
		return nil, notFound("Data cells filter %s not found.", on.detail)
	}
	return map[string]any{"DataCellsFilter": wireOf(on, r.filters[on])}, nil
}

// seesFilter: admins see all of their account's, others those that they hold.
func (c *call) seesFilter(on resource) bool {
	if on.catalog == c.who.account && c.seesAll(c.who, c.home()) {
		return true
	}
	list := c.own(c.who.principal, c.who.account, c.region, on)
	if on.catalog != c.who.account {
		list = append(c.direct(c.who.principal, c.who.account, c.region, on), c.incoming(c.who.account, c.region, on, true)...)
	}
	return slices.ContainsFunc(list, func(h held) bool { return h.key.on == on })
}

func wireOf(on resource, f *filter) wireFilter {
	w := wireFilter{
		TableCatalogID: on.catalog, DatabaseName: on.database, TableName: on.table, Name: on.detail,
		ColumnNames: f.columns, RowFilter: &wireRowFilter{FilterExpression: f.rows}, VersionID: f.version,
	}
	if f.columns == nil {
		w.ColumnWildcard = &columnWildcard{ExcludedColumnNames: f.except}
	}
	if f.rows == "" {
		w.RowFilter.AllRowsWildcard = &struct{}{}
	}
	return w
}

// deleteFilter deletes the grants on the filter too (R76) [3.50].
func deleteFilter(c *call) (any, *apiError) {
	on, err := c.filterNamed()
	if err == nil {
		err = c.mayManageFilters(on)
	}
	if err != nil {
		return nil, err
	}
	r := c.home()
	if r.filters[on] == nil {
		return nil, notFound("Data cells filter %s not found.", on.detail)
	}
	delete(r.filters, on)
	for _, k := range r.near(on) {
		if k.on == on && c.rule("R76") {
			c.kill(r, k)
		}
	}
	c.cascade(r, on)
	return nil, nil
}

func listFilters(c *call) (any, *apiError) {
	var in struct {
		Table      *wireTable
		MaxResults int
		NextToken  string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	catalog, filterOn := c.who.account, ""
	if in.Table != nil {
		catalog, filterOn = c.catalog(in.Table.CatalogID), fold(in.Table.DatabaseName)+"\x00"+fold(in.Table.Name)
	}
	r := c.at(catalog, c.region)
	var found []resource
	if r != nil {
		for on := range r.filters {
			if (in.Table == nil || on.database+"\x00"+on.table == filterOn) && c.seesFilter(on) {
				found = append(found, on)
			}
		}
	}
	slices.SortFunc(found, resource.compare)
	out := []wireFilter{}
	for _, on := range found {
		out = append(out, wireOf(on, r.filters[on]))
	}
	page, token, err := paged(c, out, in.MaxResults, 1000, in.NextToken, catalog+filterOn)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{"DataCellsFilters": page}
	if token != "" {
		answer["NextToken"] = token
	}
	return answer, nil
}
