package aws

import (
	"context"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// database is a Glue database as the account sees it under a name.
type database struct {
	raw        types.Database
	target     fact.Object // set for a link
	region     string      // the target's, if it is another one
	foreign    bool        // it belongs to another catalog, so the name was followed somewhere
	openTables bool        // new tables get a grant to IAM_ALLOWED_PRINCIPALS
}

// isLink reports whether writing below the name reaches somebody else's tables [5.11].
func (d *database) isLink() bool { return d.target != fact.Object{} || d.foreign }

// table is a Glue table, or a link to one.
type table struct {
	name     string
	location string // normal form, "" for views and the like
	columns  []string
	target   fact.Object // set for a link
	region   string
	writer   string
	updated  time.Time
}

type tableName struct{ database, table string }

const gluePage = 100 // the most that GetTables gives [5.25]

// database returns a database by name, nil if there is none.
func (s *site) database(ctx context.Context, name string) (*database, error) {
	return s.databases.get(name, func() (*database, error) {
		out, err := call(ctx, s, "glue:GetDatabase", s.glue.GetDatabase,
			&glue.GetDatabaseInput{CatalogId: &s.place.Account, Name: &name})
		if code(err) == codeNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return s.databaseOf(name, *out.Database), nil
	})
}

func (s *site) databaseOf(name string, raw types.Database) *database {
	catalog := awssdk.ToString(raw.CatalogId)
	d := &database{
		raw:        raw,
		foreign:    catalog != "" && catalog != s.place.Account || lower(raw.Name) != name,
		openTables: len(raw.CreateTableDefaultPermissions) > 0,
	}
	if t := raw.TargetDatabase; t != nil {
		d.target = fact.Object{Type: fact.Database, Catalog: awssdk.ToString(t.CatalogId), Database: lower(t.DatabaseName)}
		d.region = otherRegion(t.Region, s.place.Region)
	}
	return d
}

// table returns a real table by name, nil if there is none. It does not find
// links whose target is gone [4.71]: for links there is find.
func (s *site) table(ctx context.Context, database, name string) (*table, error) {
	return s.tables.get(tableName{database, name}, func() (*table, error) {
		out, err := call(ctx, s, "glue:GetTable", s.glue.GetTable,
			&glue.GetTableInput{CatalogId: &s.place.Account, DatabaseName: &database, Name: &name})
		if code(err) == codeNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return s.tableOf(*out.Table), nil
	})
}

// tablesOf returns every table of a database, sorted by name; none if the database is missing.
func (s *site) tablesOf(ctx context.Context, database string) ([]*table, error) {
	return s.listed.get(database, func() ([]*table, error) {
		all, _, err := s.getTables(ctx, database, "", anyBudget)
		return all, err
	})
}

// someTables returns the real tables of these names that exist, by name:
// one by one, or out of a listing where that takes fewer calls.
func (s *site) someTables(ctx context.Context, database string, names []string) (map[string]*table, error) {
	found := map[string]*table{}
	if len(names) > fewCalls {
		all, err := s.tablesOf(ctx, database)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			if slices.Contains(names, t.name) {
				found[t.name] = t
			}
		}
		return found, nil
	}
	for _, name := range names {
		t, err := s.table(ctx, database, name)
		if err != nil {
			return nil, err
		}
		if t != nil {
			found[name] = t
		}
	}
	return found, nil
}

// find returns what has these names in a container, links with a lost target
// included: GetTable says "not found" about those, a listing shows them [4.71].
func (s *site) find(ctx context.Context, container string, names []string) (map[string]*table, error) {
	found := map[string]*table{}
	keep := func(tables []*table) {
		for _, t := range tables {
			if slices.Contains(names, t.name) {
				found[t.name] = t
			}
		}
	}
	if len(names) > fewCalls {
		all, done, err := s.getTables(ctx, container, "", len(names))
		if err != nil {
			return nil, err
		}
		if done {
			keep(all)
			return found, nil
		}
	}
	for _, name := range names {
		one, _, err := s.getTables(ctx, container, name, anyBudget)
		if err != nil {
			return nil, err
		}
		keep(one)
	}
	return found, nil
}

// getTables lists tables, at most so many pages. The expression is a pattern;
// a plain name matches at least itself however it is read.
func (s *site) getTables(ctx context.Context, database, expression string, budget int) ([]*table, bool, error) {
	in := &glue.GetTablesInput{CatalogId: &s.place.Account, DatabaseName: &database, MaxResults: awssdk.Int32(gluePage)}
	if plainName(expression) {
		in.Expression = &expression
	}
	var all []*table
	for n := 0; n != budget; n++ {
		out, err := call(ctx, s, "glue:GetTables", s.glue.GetTables, in)
		if code(err) == codeNotFound {
			return nil, true, nil
		}
		if err != nil {
			return nil, false, err
		}
		for _, t := range out.TableList {
			all = append(all, s.tableOf(t))
		}
		if awssdk.ToString(out.NextToken) == "" {
			slices.SortFunc(all, func(a, b *table) int { return strings.Compare(a.name, b.name) })
			return all, true, nil
		}
		in.NextToken = out.NextToken
	}
	return nil, false, nil
}

func (s *site) tableOf(raw types.Table) *table {
	t := &table{name: lower(raw.Name), writer: awssdk.ToString(raw.CreatedBy), updated: awssdk.ToTime(raw.UpdateTime)}
	if t.updated.IsZero() {
		t.updated = awssdk.ToTime(raw.CreateTime)
	}
	if raw.StorageDescriptor != nil {
		t.location = fact.NormalPath(awssdk.ToString(raw.StorageDescriptor.Location))
		t.columns = columnNames(raw.StorageDescriptor.Columns)
	}
	t.columns = append(t.columns, columnNames(raw.PartitionKeys)...)
	if l := raw.TargetTable; l != nil {
		t.target = fact.Object{
			Type: fact.Table, Catalog: awssdk.ToString(l.CatalogId),
			Database: lower(l.DatabaseName), Table: lower(l.Name),
		}
		t.region = otherRegion(l.Region, s.place.Region)
	}
	return t
}

func columnNames(columns []types.Column) []string {
	names := make([]string, 0, len(columns))
	for _, c := range columns {
		names = append(names, lower(c.Name))
	}
	return names
}

func otherRegion(region *string, own string) string {
	if r := awssdk.ToString(region); r != own {
		return r
	}
	return ""
}

// plainName reports whether a name means itself in any pattern language.
func plainName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
