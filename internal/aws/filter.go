package aws

import (
	"context"
	"maps"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// readFilters reads every filter on the tables that filters are asked about.
func (v *visit) readFilters(ctx context.Context) {
	byTable := map[fact.Object][]fact.Key{}
	for _, k := range v.keys {
		if k.Kind == fact.Filter {
			byTable[k.Object.TableObject()] = append(byTable[k.Object.TableObject()], k)
		}
	}
	tables := slices.SortedFunc(maps.Keys(byTable), fact.Object.Compare)
	var all []types.DataCellsFilter
	swept := false
	if len(tables) > fewCalls {
		var err error
		if all, swept, err = v.site.filters(ctx, nil, len(tables)); err != nil {
			v.cloud.log.Warn("filters not swept", "place", v.place.String(), "error", err)
		}
	}
	for _, t := range tables {
		on := all
		if !swept {
			var err error
			if on, _, err = v.site.filters(ctx, &t, anyBudget); err != nil && !v.site.missing(ctx, t, err) {
				for _, k := range byTable[t] {
					v.unread(k, err)
				}
				continue
			}
		}
		for _, f := range on {
			if o := filterObject(f); o.TableObject() == t {
				v.row(fact.Key{Kind: fact.Filter, At: v.place, Object: o}, fact.Row{Body: filterBody(f)})
			}
		}
	}
}

// filters lists filters of one table, or of the whole account, at most so many pages.
func (s *site) filters(ctx context.Context, table *fact.Object, budget int) ([]types.DataCellsFilter, bool, error) {
	in := &lakeformation.ListDataCellsFilterInput{MaxResults: awssdk.Int32(pageSize)}
	if table != nil {
		in.Table = resourceOf(*table).Table
	}
	var all []types.DataCellsFilter
	for n := 0; n != budget; n++ {
		out, err := call(ctx, s, "lakeformation:ListDataCellsFilter", s.lf.ListDataCellsFilter, in)
		if err != nil {
			return nil, false, err
		}
		all = append(all, out.DataCellsFilters...)
		if awssdk.ToString(out.NextToken) == "" {
			return all, true, nil
		}
		in.NextToken = out.NextToken
	}
	return nil, false, nil
}

func filterObject(f types.DataCellsFilter) fact.Object {
	return fact.Object{
		Type: fact.FilteredRows, Catalog: awssdk.ToString(f.TableCatalogId),
		Database: lower(f.DatabaseName), Table: lower(f.TableName), Filter: awssdk.ToString(f.Name),
	}
}

func filterBody(f types.DataCellsFilter) fact.Body {
	var except []string
	if f.ColumnWildcard != nil {
		except = f.ColumnWildcard.ExcludedColumnNames
	}
	body := fact.Body{Columns: fact.Columns(f.ColumnNames, except)}
	if f.RowFilter != nil && f.RowFilter.AllRowsWildcard == nil {
		body.Rows = awssdk.ToString(f.RowFilter.FilterExpression)
	}
	return body
}

// filterOf is the inverse. Both parts are always given: a filter that lacks one
// is refused [3.46].
func filterOf(o fact.Object, b fact.Body) *types.DataCellsFilter {
	f := &types.DataCellsFilter{TableCatalogId: &o.Catalog, DatabaseName: &o.Database, TableName: &o.Table, Name: &o.Filter}
	include, except := fact.ParseColumns(b.Columns)
	if len(include) > 0 {
		f.ColumnNames = include
	} else {
		f.ColumnWildcard = &types.ColumnWildcard{ExcludedColumnNames: append([]string{}, except...)}
	}
	f.RowFilter = &types.RowFilter{AllRowsWildcard: &types.AllRowsWildcard{}}
	if b.Rows != "" {
		f.RowFilter = &types.RowFilter{FilterExpression: &b.Rows}
	}
	return f
}
