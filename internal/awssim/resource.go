package awssim

import (
	"encoding/json"
	"strings"
)

// The Resource union as JSON [2.1]. Pointers tell "not there" from "empty".

type wirePrincipal struct {
	ID string `json:"DataLakePrincipalIdentifier"`
}

type wireResource struct {
	Catalog          *wireCatalog     `json:",omitempty"`
	Database         *wireDatabase    `json:",omitempty"`
	Table            *wireTable       `json:",omitempty"`
	TableWithColumns *wireColumns     `json:",omitempty"`
	DataLocation     *wireLocation    `json:",omitempty"`
	DataCellsFilter  *wireCellsFilter `json:",omitempty"`
	LFTag            json.RawMessage  `json:",omitempty"`
	LFTagPolicy      json.RawMessage  `json:",omitempty"`
	LFTagExpression  json.RawMessage  `json:",omitempty"`
}

type wireCatalog struct {
	ID string `json:"Id,omitempty"`
}

type wireDatabase struct {
	CatalogID string `json:"CatalogId,omitempty"`
	Name      string
}

type wireTable struct {
	CatalogID     string `json:"CatalogId,omitempty"`
	DatabaseName  string
	Name          string    `json:",omitempty"`
	TableWildcard *struct{} `json:",omitempty"`
}

type wireColumns struct {
	CatalogID      string `json:"CatalogId,omitempty"`
	DatabaseName   string
	Name           string
	ColumnNames    []string        `json:",omitempty"`
	ColumnWildcard *columnWildcard `json:",omitempty"`
}

type columnWildcard struct {
	ExcludedColumnNames []string `json:",omitempty"`
}

type wireLocation struct {
	CatalogID   string `json:"CatalogId,omitempty"`
	ResourceArn string
}

type wireCellsFilter struct {
	TableCatalogID string `json:"TableCatalogId,omitempty"`
	DatabaseName   string
	TableName      string
	Name           string
}

func (w wireResource) members() int {
	n := 0
	for _, set := range []bool{
		w.Catalog != nil, w.Database != nil, w.Table != nil, w.TableWithColumns != nil, w.DataLocation != nil,
		w.DataCellsFilter != nil, w.LFTag != nil, w.LFTagPolicy != nil, w.LFTagExpression != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// canonical reads the union (R5): one spelling for each object (R10).
func (c *call) canonical(w wireResource) (resource, *apiError) {
	if n := w.members(); n != 1 && c.rule("R5") {
		return resource{}, invalidInput("Resource must have exactly one member, but has %d.", n)
	}
	switch {
	case w.Catalog != nil:
		return resource{kind: kindCatalog, catalog: c.catalog(w.Catalog.ID)}, nil
	case w.Database != nil:
		return resource{kind: kindDatabase, catalog: c.catalog(w.Database.CatalogID), database: fold(w.Database.Name)}, nil
	case w.Table != nil:
		return c.canonicalTable(w.Table)
	case w.TableWithColumns != nil:
		return c.canonicalColumns(w.TableWithColumns)
	case w.DataLocation != nil:
		arn, ok := normalARN(w.DataLocation.ResourceArn)
		if !ok {
			return resource{}, invalidInput("Invalid ResourceArn: %s", w.DataLocation.ResourceArn)
		}
		return resource{kind: kindLocation, catalog: c.catalog(w.DataLocation.CatalogID), detail: arn}, nil
	case w.DataCellsFilter != nil:
		f := w.DataCellsFilter
		return resource{
			kind: kindFilter, catalog: c.catalog(f.TableCatalogID),
			database: fold(f.DatabaseName), table: fold(f.TableName), detail: f.Name,
		}, nil
	}
	return resource{}, invalidInput("awssim does not simulate LF-Tags.")
}

func (c *call) canonicalTable(t *wireTable) (resource, *apiError) {
	if c.rule("R5") {
		if t.Name != "" && t.TableWildcard != nil {
			return resource{}, invalidInput("Table name and table wildcard cannot both be present.")
		}
		if t.Name == "" && t.TableWildcard == nil {
			return resource{}, invalidInput("Table name and table wildcard cannot both be empty.")
		}
	}
	name := fold(t.Name)
	if t.TableWildcard != nil {
		name = allTables
	}
	return resource{kind: kindTable, catalog: c.catalog(t.CatalogID), database: fold(t.DatabaseName), table: name}, nil
}

func (c *call) canonicalColumns(t *wireColumns) (resource, *apiError) {
	r := resource{kind: kindTable, catalog: c.catalog(t.CatalogID), database: fold(t.DatabaseName), table: fold(t.Name)}
	if c.rule("R5") && (len(t.ColumnNames) > 0) == (t.ColumnWildcard != nil) {
		return resource{}, invalidInput("Column names and column wildcard: exactly one of them must be present.")
	}
	switch {
	case len(t.ColumnNames) > 0:
		r.kind, r.detail = kindColumns, columnDetail(foldAll(t.ColumnNames))
	case t.ColumnWildcard != nil && len(t.ColumnWildcard.ExcludedColumnNames) > 0:
		r.kind, r.exceptColumns = kindColumns, true
		r.detail = columnDetail(foldAll(t.ColumnWildcard.ExcludedColumnNames))
	case !c.rule("R10"):
		r.kind, r.exceptColumns = kindColumns, true
	}
	return r, nil
}

// fold: Glue keeps names in lower case [5.3].
func fold(name string) string { return strings.ToLower(name) }

func foldAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fold(n)
	}
	return out
}

// wire writes a resource as the listing shows it (2.39): SELECT on a whole table is
// shown on all its columns, and the table wildcard has the name ALL_TABLES.
func (r resource) wire(permission string) wireResource {
	name := r.table
	if name == allTables {
		name = "ALL_TABLES"
	}
	switch r.kind {
	case kindCatalog:
		return wireResource{Catalog: &wireCatalog{ID: r.catalog}}
	case kindDatabase:
		return wireResource{Database: &wireDatabase{CatalogID: r.catalog, Name: r.database}}
	case kindLocation:
		return wireResource{DataLocation: &wireLocation{CatalogID: r.catalog, ResourceArn: r.detail}}
	case kindFilter:
		return wireResource{DataCellsFilter: &wireCellsFilter{r.catalog, r.database, r.table, r.detail}}
	case kindColumns:
		w := &wireColumns{CatalogID: r.catalog, DatabaseName: r.database, Name: name}
		if r.exceptColumns {
			w.ColumnWildcard = &columnWildcard{ExcludedColumnNames: r.columns()}
		} else {
			w.ColumnNames = r.columns()
		}
		return wireResource{TableWithColumns: w}
	case kindTable:
	}
	if permission == permSelect {
		return wireResource{TableWithColumns: &wireColumns{
			CatalogID: r.catalog, DatabaseName: r.database, Name: name, ColumnWildcard: &columnWildcard{},
		}}
	}
	t := &wireTable{CatalogID: r.catalog, DatabaseName: r.database, Name: name}
	if r.table == allTables {
		t.TableWildcard = &struct{}{}
	}
	return wireResource{Table: t}
}

const s3Prefix = "arn:aws:s3:::"

// normalARN brings s3://, s3a:// and trailing slashes to one form [6.2].
func normalARN(text string) (string, bool) {
	for _, prefix := range []string{s3Prefix, "s3://", "s3a://"} {
		rest, found := strings.CutPrefix(text, prefix)
		rest = strings.TrimRight(rest, "/")
		if found && rest != "" && !strings.HasPrefix(rest, "/") {
			return s3Prefix + rest, true
		}
	}
	return "", false
}

// covers says whether an S3 ARN lies at or below another.
func covers(parent, child string) bool {
	return parent == child || strings.HasPrefix(child, parent+"/")
}
