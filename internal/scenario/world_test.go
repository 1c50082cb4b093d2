package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// baseWorld is a producer with two databases and consumers in and outside its organization.
const baseWorld = `
organization:
  id: o-abcdef1234
  management: "999900001111"
  ram_sharing: true
  accounts: ["111122223333", "444455556666"]
accounts:
  "999900001111": {name: management}
  "111122223333":
    name: sales
    roles:
      lakeshare-plan: {}
      lakeshare-apply: {}
      LakeFormationRegister: {trust: [lakeformation.amazonaws.com]}
      Reader: {}
      Other: {}
    policies:
      LakeFormationData:
        document: {Version: "2012-10-17", Statement: [{Sid: Logs, Effect: Allow, Action: "logs:PutLogEvents", Resource: "*"}]}
    regions:
      eu-west-1:
        settings: {admins: [role/lakeshare-apply], read_only_admins: [role/lakeshare-plan]}
        databases:
          sales:
            tables:
              orders: {columns: [id, country], location: s3://acme-sales/tables/orders, rows: [["1", DE], ["2", FR]]}
              customers: {columns: [id, email, country], location: s3://acme-sales/tables/customers, rows: [["10", a@example.com, DE], ["11", b@example.com, FR]]}
          mart:
            tables:
              revenue: {columns: [id, country], location: s3://acme-sales/mart/revenue, rows: [["7", DE], ["8", FR]]}
        registered: [{path: "s3://acme-sales/tables", role: role/LakeFormationRegister}, {path: "s3://acme-sales/mart", role: role/LakeFormationRegister}]
  "444455556666":
    name: inside
    roles: {lakeshare-plan: {}, lakeshare-apply: {}, Reader: {}, Other: {}}
    regions:
      eu-west-1:
        settings: {admins: [role/lakeshare-apply], read_only_admins: [role/lakeshare-plan]}
  "777788889999":
    name: outside
    roles: {lakeshare-plan: {}, lakeshare-apply: {}, Reader: {}, Other: {}}
    regions:
      eu-west-1:
        settings: {admins: [role/lakeshare-apply], read_only_admins: [role/lakeshare-plan]}
  "888899990000":
    name: stranger
    roles: {Reader: {}, Other: {}}
    regions:
      eu-west-1: {settings: {}}
`

// baseConfig is lakeshare.yaml of every scenario.
const baseConfig = `version: 1
region: eu-west-1
accounts:
  sales:
    id: "111122223333"
    plan_role: arn:aws:iam::111122223333:role/lakeshare-plan
    apply_role: arn:aws:iam::111122223333:role/lakeshare-apply
    databases: {sales: {access: lake_formation}, mart: {}}
    storage:
      paths: [s3://acme-sales/tables/, s3://acme-sales/landing/]
      role: arn:aws:iam::111122223333:role/LakeFormationRegister
      policy: arn:aws:iam::111122223333:policy/LakeFormationData
  inside:
    id: "444455556666"
    plan_role: arn:aws:iam::444455556666:role/lakeshare-plan
    apply_role: arn:aws:iam::444455556666:role/lakeshare-apply
    databases: {"*_shared": {}, "rl_*": {}}
  outside:
    id: "777788889999"
    plan_role: arn:aws:iam::777788889999:role/lakeshare-plan
    apply_role: arn:aws:iam::777788889999:role/lakeshare-apply
    databases: {"*_shared": {}, "rl_*": {}}
limits: {losses: 100}
`

const shareHead = `version: 1
owner: "@acme/sales-data"
reason: A reason.
`

// share is a share of the sales database.
func share(tables, to string) string {
	s := shareHead + "from: {account: sales, database: sales}\n"
	if tables != "" {
		s += "tables: " + tables + "\n"
	}
	return s + "to:\n" + to + "\n"
}

// everybody lists the principals whose access is watched.
func everybody() []string {
	var out []string
	for _, account := range []string{producer, inside, outside, stranger} {
		for _, name := range []string{"Reader", "Other"} {
			out = append(out, "arn:aws:iam::"+account+":role/"+name)
		}
	}
	return out
}

// tables lists the producer's tables with their columns and the rows by id.
func watched() map[string][]string {
	return map[string][]string{
		"sales.orders": {"id", "country"}, "sales.customers": {"id", "email", "country"}, "mart.revenue": {"id", "country"},
	}
}

// readable says who reads what: one line for each principal and table that it
// can read at all, with columns and the ids of rows.
func readable(s *awssim.Server) []string {
	var out []string
	for _, who := range everybody() {
		for table := range watched() {
			database, name, _ := strings.Cut(table, ".")
			r, answer := s.Read(who, region, producer, database, name)
			if !answer.Yes {
				continue
			}
			var ids []string
			for _, row := range r.Rows {
				ids = append(ids, row["id"])
			}
			columns := slices.Sorted(slices.Values(r.Columns))
			out = append(out, fmt.Sprintf("%s %s columns %s rows %s", who[len("arn:aws:iam::"):], table, strings.Join(columns, ","), strings.Join(ids, ",")))
		}
	}
	slices.Sort(out)
	return out
}

// grantsOf lists the grants of the world, one line each, for comparing before and after.
func grantsOf(s *awssim.Server) []string {
	var out []string
	w := s.Snapshot()
	for id, a := range w.Accounts {
		for name, r := range a.Regions {
			for _, g := range r.Grants {
				out = append(out, fmt.Sprintf("%s/%s %s on %+v filter %q columns %v except %v: %v grantable %v", id, name, g.Principal, g.On, g.Filter, g.Columns, g.Except, g.Permissions, g.Grantable))
			}
		}
	}
	slices.Sort(out)
	return out
}
