package aws

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lakeformation"

	"github.com/lakeshare/lakeshare/internal/fact"
)

func (s *site) makeFilters(ctx context.Context, tasks []task) {
	for _, t := range tasks {
		if t.op.Verb == fact.Change {
			t.done(s.changeFilter(ctx, t.op))
			continue
		}
		t.done(s.makeFilter(ctx, t.op))
	}
}

func (s *site) makeFilter(ctx context.Context, op fact.Op) error {
	_, err := call(ctx, s, "lakeformation:CreateDataCellsFilter", s.lf.CreateDataCellsFilter,
		&lakeformation.CreateDataCellsFilterInput{TableData: filterOf(op.Key.Object, op.Body)})
	if code(err) != codeExists {
		return err
	}
	live, _, getErr := s.filter(ctx, op.Key.Object)
	if getErr != nil {
		return getErr
	}
	if live != op.Body {
		return fmt.Errorf("the name is taken: filter %s exists with columns %s and rows %q: %w",
			op.Key.Object, live.Columns, live.Rows, err)
	}
	return nil
}

// changeFilter replaces the filter in place, provided that nobody else has
// changed it since it was read here [3.48].
func (s *site) changeFilter(ctx context.Context, op fact.Op) error {
	_, version, err := s.filter(ctx, op.Key.Object)
	if err != nil {
		return err
	}
	data := filterOf(op.Key.Object, op.Body)
	data.VersionId = version
	_, err = call(ctx, s, "lakeformation:UpdateDataCellsFilter", s.lf.UpdateDataCellsFilter,
		&lakeformation.UpdateDataCellsFilterInput{TableData: data})
	return err
}

// filter reads one filter and its version.
func (s *site) filter(ctx context.Context, o fact.Object) (fact.Body, *string, error) {
	out, err := call(ctx, s, "lakeformation:GetDataCellsFilter", s.lf.GetDataCellsFilter,
		&lakeformation.GetDataCellsFilterInput{
			TableCatalogId: &o.Catalog, DatabaseName: &o.Database, TableName: &o.Table, Name: &o.Filter,
		})
	if err != nil {
		return fact.Body{}, nil, err
	}
	return filterBody(*out.DataCellsFilter), out.DataCellsFilter.VersionId, nil
}

// dropFilters deletes filters, and with each of them the grants on it [3.50].
func (s *site) dropFilters(ctx context.Context, tasks []task) {
	for _, t := range tasks {
		o := t.op.Key.Object
		_, err := call(ctx, s, "lakeformation:DeleteDataCellsFilter", s.lf.DeleteDataCellsFilter,
			&lakeformation.DeleteDataCellsFilterInput{
				TableCatalogId: &o.Catalog, DatabaseName: &o.Database, TableName: &o.Table, Name: &o.Filter,
			})
		if code(err) == codeNotFound || says(err, "Cell Filter not found") {
			err = nil
		}
		t.done(err)
	}
}
