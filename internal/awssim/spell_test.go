package awssim_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

// object spells a Resource: "sales", "sales.orders", "sales.*",
// "sales.orders(id,country)", "sales.orders(-email)", "sales.orders()" for all
// columns, "sales.orders#filter", "s3://b/p", "catalog"; "1111…:sales" for
// another account's.
func object(spec string) map[string]any {
	owner, rest, ok := strings.Cut(spec, ":")
	if !ok || len(owner) != 12 {
		owner, rest = "", spec
	}
	with := func(key string, m map[string]any) map[string]any {
		if owner != "" {
			m[key] = owner
		}
		return m
	}
	switch {
	case rest == "catalog":
		return map[string]any{"Catalog": map[string]any{}}
	case strings.HasPrefix(rest, "s3://"):
		arn := "arn:aws:s3:::" + strings.TrimPrefix(rest, "s3://")
		return map[string]any{"DataLocation": with("CatalogId", map[string]any{"ResourceArn": arn})}
	}
	database, name, isTable := strings.Cut(rest, ".")
	if !isTable {
		return map[string]any{"Database": with("CatalogId", map[string]any{"Name": database})}
	}
	if table, filter, ok := strings.Cut(name, "#"); ok {
		m := map[string]any{"DatabaseName": database, "TableName": table, "Name": filter}
		return map[string]any{"DataCellsFilter": with("TableCatalogId", m)}
	}
	if table, columns, ok := strings.Cut(strings.TrimSuffix(name, ")"), "("); ok {
		m := map[string]any{"DatabaseName": database, "Name": table}
		switch {
		case columns == "":
			m["ColumnWildcard"] = map[string]any{}
		case columns[0] == '-':
			m["ColumnWildcard"] = map[string]any{"ExcludedColumnNames": strings.Split(columns[1:], ",")}
		default:
			m["ColumnNames"] = strings.Split(columns, ",")
		}
		return map[string]any{"TableWithColumns": with("CatalogId", m)}
	}
	m := map[string]any{"DatabaseName": database, "Name": name}
	if name == "*" {
		m = map[string]any{"DatabaseName": database, "TableWildcard": map[string]any{}}
	}
	return map[string]any{"Table": with("CatalogId", m)}
}

// who spells a principal: role/Name is of the caller's account.
func (a actor) who(name string) map[string]any {
	if strings.HasPrefix(name, "role/") {
		name = "arn:aws:iam::" + a.account + ":" + name
	}
	return map[string]any{"DataLakePrincipalIdentifier": name}
}

func words(list string) []string {
	if list == "" {
		return []string{}
	}
	return strings.Split(list, ",")
}

// entry is the input of a grant or revoke; permissions may end in "/" and the
// grantable ones: "SELECT,DESCRIBE/SELECT". A lone "+" repeats them all.
func (a actor) entry(principal, spec, permissions string) map[string]any {
	held, options, _ := strings.Cut(permissions, "/")
	if options == "+" {
		options = held
	}
	return map[string]any{
		"Principal": a.who(principal), "Resource": object(spec), "Permissions": words(held),
		"PermissionsWithGrantOption": words(options),
	}
}

func (a actor) grant(principal, spec, permissions string) reply {
	a.Helper()
	return a.lf("GrantPermissions", a.entry(principal, spec, permissions))
}

func (a actor) revoke(principal, spec, permissions string) reply {
	a.Helper()
	return a.lf("RevokePermissions", a.entry(principal, spec, permissions))
}

// rows is a listing, one line for each entry: principal, object, permissions.
func (a actor) rows(in map[string]any) []string {
	a.Helper()
	var out []string
	for {
		r := a.lf("ListPermissions", in)
		for _, e := range r.list("PrincipalResourcePermissions") {
			out = append(out, line(e))
		}
		token, ok := r.doc["NextToken"]
		if !ok {
			return out
		}
		in["NextToken"] = token
	}
}

func (a actor) on(spec string) []string {
	a.Helper()
	return a.rows(map[string]any{"Resource": object(spec)})
}

func line(e map[string]any) string {
	principal, _ := e["Principal"].(map[string]any)
	resource, err := json.Marshal(e["Resource"])
	if err != nil {
		return err.Error()
	}
	name := fmt.Sprint(principal["DataLakePrincipalIdentifier"])
	if i := strings.LastIndex(name, ":role/"); i >= 0 {
		name = name[i+1:]
	}
	return fmt.Sprintf("%s %s %v %v", name, resource, e["Permissions"], e["PermissionsWithGrantOption"])
}

// share grants in the producer and accepts in the consumer.
func (s *sim) share(spec, permissions string) {
	s.Helper()
	s.admin(producer).grant(consumer, spec, permissions).ok()
	s.accept(consumer)
}

// accept accepts whatever is open.
func (s *sim) accept(account string) {
	s.Helper()
	a := s.admin(account)
	for _, i := range a.ram("GetResourceShareInvitations", nil).list("resourceShareInvitations") {
		if i["status"] == "PENDING" {
			a.ram("AcceptResourceShareInvitation", map[string]any{"resourceShareInvitationArn": i["resourceShareInvitationArn"]}).ok()
		}
	}
}

func (s *sim) link(name, database, table string) {
	s.Helper()
	s.admin(consumer).glue("CreateTable", map[string]any{"DatabaseName": "lake", "TableInput": map[string]any{
		"Name": name, "TargetTable": map[string]any{"CatalogId": producer, "DatabaseName": database, "Name": table},
	}}).ok()
}

func table(database, name string) map[string]any {
	return map[string]any{"DatabaseName": database, "Name": name}
}

func foreign(m map[string]any) map[string]any {
	m["CatalogId"] = producer
	return m
}

// two is the world of most rules: a producer and a consumer that do not belong
// to one organization.
const two = `
accounts:
  "111122223333":
    name: sales
    roles:
      Lake: {}
      Reader: {}
      Analyst: {}
      Limited: {allow: ["glue:*", "lakeformation:ListPermissions"]}
    policies: {Data: {document: {Version: "2012-10-17", Statement: []}}}
    regions:
      eu-west-1:
        settings: {admins: [role/Lake]}
        registered: [{path: s3://acme/tables, role: role/Lake}]
        databases:
          sales:
            location: s3://acme/tables
            tables:
              orders:
                columns: [id, country, email]
                partition_keys: [day]
                location: s3://acme/tables/orders
                rows: [[1, DE, a@x, mon], [2, FR, b@x, mon], [3, DE, c@x, tue]]
              events: {columns: [id], location: s3://acme/tables/events, rows: [[7]]}
          other: {tables: {things: {columns: [id], location: s3://acme/tables/things}}}
  "444455556666":
    name: analytics
    roles: {Lake: {}, Analyst: {}, Other: {}}
    regions:
      eu-west-1:
        settings: {admins: [role/Lake]}
        databases: {lake: {}}
        grants: [{principal: role/Lake, on: lake, permissions: [CREATE_TABLE]}]
  "777788889999": {name: stranger}
`

// organized puts the two accounts into one organization that shares freely.
const organized = two + `
organization:
  id: o-abcdef1234
  management: "999900001111"
  ram_sharing: true
  units: {ou-ab12-11111111: ["444455556666"]}
  accounts: ["111122223333"]
`

const (
	orgARN   = "arn:aws:organizations::999900001111:organization/o-abcdef1234"
	unitARN  = "arn:aws:organizations::999900001111:ou/o-abcdef1234/ou-ab12-11111111"
	analyst  = "arn:aws:iam::444455556666:role/Analyst"
	notThere = "Resource does not exist or requester is not authorized to access requested permissions."
	invalid  = "Permissions modification is invalid."
	input    = "InvalidInputException"
	refused  = "AccessDeniedException"
	missing  = "EntityNotFoundException"
)

// text is a part of an answer as JSON.
func (l lab) text(v any) string {
	l.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		l.Fatalf("marshal: %v", err)
	}
	return string(out)
}
