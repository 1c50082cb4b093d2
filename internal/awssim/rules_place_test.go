package awssim_test

import (
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func location(path string, more ...any) map[string]any {
	m := map[string]any{"ResourceArn": "arn:aws:s3:::" + path}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1] //nolint:errcheck // the test's own arguments
	}
	return m
}

const registrar = "arn:aws:iam::111122223333:role/Lake"

func TestR46_LocationsAreRegisteredOnce(t *testing.T) {
	rule(t, "R46", func(l lab) {
		a := l.sim(two).admin(producer)
		a.lf("RegisterResource", location("acme/tables/", "RoleArn", registrar)).fails("AlreadyExistsException", "already registered")
		a.lf("RegisterResource", location("acme/more")).fails(input, "RoleArn is required")
		a.lf("RegisterResource", location("acme/tables/orders", "RoleArn", registrar)).ok()
		a.lf("RegisterResource", location("acme/linked", "UseServiceLinkedRole", true)).ok()
		text := l.text(a.lf("DescribeResource", location("acme/linked")).ok().doc)
		if !strings.Contains(text, "AWSServiceRoleForLakeFormationDataAccess") {
			l.Fatalf("got %s", text)
		}
		a.lf("UpdateResource", location("acme/linked", "RoleArn", registrar, "HybridAccessEnabled", true)).fails(input, "hybrid access mode")
		a.lf("DeregisterResource", location("acme/linked")).fails(input, "Must manually delete service-linked role to deregister last S3 location")
		a.grant("role/Reader", "s3://acme/tables", "DATA_LOCATION_ACCESS").ok()
		a.lf("DeregisterResource", location("acme/tables")).ok()
		equal(l, counts(a.rows(map[string]any{"ResourceType": "DATA_LOCATION"})), []int{1})
		a.lf("DescribeResource", location("acme/tables")).fails(missing, "not registered")
		begins := map[string]any{"Field": "RESOURCE_ARN", "ComparisonOperator": "BEGINS_WITH", "StringValueList": []string{"arn:aws:s3:::acme/t"}}
		equal(l, a.lf("ListResources", map[string]any{"FilterConditionList": []any{begins}}).each("ResourceInfoList", "ResourceArn"),
			[]string{"arn:aws:s3:::acme/tables/orders"})
	})
}

func TestR46_ASwitchRefusesNestedLocations(t *testing.T) {
	always(t, func(l lab) {
		a := l.sim(two, awssim.Switches{NoNestedLocations: true}).admin(producer)
		a.lf("RegisterResource", location("acme/tables/orders", "RoleArn", registrar)).fails("AlreadyExistsException", "parent")
	})
}

func newTable(database, name, path string) map[string]any {
	return map[string]any{"DatabaseName": database, "TableInput": map[string]any{
		"Name": name, "StorageDescriptor": map[string]any{"Location": path, "Columns": []any{map[string]any{"Name": "ID", "Type": "int"}}},
	}}
}

func TestR47_RegisteredLocationsAreGuarded(t *testing.T) {
	rule(t, "R47", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.grant("role/Reader", "other", "CREATE_TABLE").ok()
		a.grant("role/Reader", "sales", "CREATE_TABLE").ok()
		r := s.role(producer, "Reader")
		r.glue("CreateTable", newTable("other", "a", "s3://acme/tables/a")).fails(refused, "Insufficient Lake Formation permission(s) on s3://acme/tables/a")
		r.glue("CreateTable", newTable("other", "b", "s3://elsewhere/b")).ok()
		r.glue("CreateTable", newTable("sales", "c", "s3://acme/tables/c")).ok() // below the database's own location
		a.grant("role/Reader", "s3://acme/tables", "DATA_LOCATION_ACCESS").ok()
		r.glue("CreateTable", newTable("other", "a", "s3://acme/tables/a")).ok()
	})
}

func TestR76_FiltersAreChecked(t *testing.T) {
	rule(t, "R76", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.filter("sales.orders", "bad", "nope", "").fails(input, "Column not found")
		a.filter("sales.orders", "bad", "id", "nope = 1").fails(input, "column nope not found")
		a.filter("sales.orders", "bad", "id", "lower(country) = 'de'").fails(input, "Invalid filter expression")
		a.filter("sales.none", "bad", "id", "").fails(missing, "Table not found")
		a.filter("sales.orders", "de", "id", "country = 'DE'").ok()
		a.filter("sales.orders", "de", "id", "").fails("AlreadyExistsException", "already exists")
		s.role(producer, "Reader").filter("sales.orders", "mine", "id", "").fails(refused, notThere)
		a.grant("role/Reader", "sales.orders#de", "SELECT").ok()
		update := map[string]any{
			"TableCatalogId": producer, "DatabaseName": "sales", "TableName": "orders", "Name": "de", "ColumnNames": []string{"id"},
			"RowFilter": map[string]any{"AllRowsWildcard": map[string]any{}}, "VersionId": "stale",
		}
		a.lf("UpdateDataCellsFilter", map[string]any{"TableData": update}).fails("ConcurrentModificationException", "de")
		name := map[string]any{"TableCatalogId": producer, "DatabaseName": "sales", "TableName": "orders", "Name": "de"}
		got := l.text(a.lf("GetDataCellsFilter", name).ok().doc)
		if !strings.Contains(got, `"FilterExpression":"country = 'DE'"`) {
			l.Fatalf("got %s", got)
		}
		equal(l, a.lf("ListDataCellsFilter", map[string]any{}).each("DataCellsFilters", "Name"), []string{"de"})
		equal(l, s.role(producer, "Reader").lf("ListDataCellsFilter", map[string]any{}).each("DataCellsFilters", "Name"), []string{"de"})
		equal(l, counts(s.role(producer, "Analyst").lf("ListDataCellsFilter", map[string]any{}).each("DataCellsFilters", "Name")), []int{0})
		a.lf("DeleteDataCellsFilter", name).ok()
		a.filter("sales.orders", "de", "id", "").ok()
		equal(l, counts(a.on("sales.orders#de")), []int{0})
		a.lf("DeleteDataCellsFilter", name).ok()
		a.revoke("role/Reader", "sales.orders#de", "SELECT").fails(missing, "Cell Filter not found")
	})
}

func TestR76_AHundredFilters(t *testing.T) {
	rule(t, "R76", func(l lab) {
		a := l.sim(two).admin(producer)
		for i := range 101 {
			name := "f" + strings.Repeat("x", i)
			a.filter("sales.orders", name, "id", "").ok()
			r := a.grant("role/Reader", "sales.orders#"+name, "SELECT")
			if i < 100 {
				r.ok()
				continue
			}
			r.fails("ResourceNumberLimitExceededException", "at most 100")
		}
	})
}

func TestR77_OptInsAreForAdmins(t *testing.T) {
	rule(t, "R77", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		in := func(principal, spec string) map[string]any {
			return map[string]any{"Principal": a.who(principal), "Resource": object(spec)}
		}
		s.role(producer, "Reader").lf("CreateLakeFormationOptIn", in("role/Reader", "sales.orders")).fails(refused, "on Catalog")
		a.lf("CreateLakeFormationOptIn", in("role/Reader", "sales.orders(id)")).fails(input, "Only databases and tables")
		a.lf("CreateLakeFormationOptIn", in("role/Reader", "sales.orders")).ok()
		a.lf("ListLakeFormationOptIns", map[string]any{"Principal": a.who(analyst)}).fails(input, "Invalid principal")
		equal(l, counts(a.lf("ListLakeFormationOptIns", map[string]any{}).each("LakeFormationOptInsInfoList", "Principal")), []int{1})
		a.lf("DeleteLakeFormationOptIn", in("role/Reader", "sales.orders")).ok()
		a.lf("DeleteLakeFormationOptIn", in("role/Reader", "sales.orders")).fails(missing, "not opted in")
	})
}
