package awssim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func parse(t *testing.T, text string) *awssim.World {
	t.Helper()
	w, err := awssim.ParseWorld([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func encode(t *testing.T, w *awssim.World) string {
	t.Helper()
	text, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everything is a world that uses every key once.
const everything = `
clock: 2027-01-01T12:00:00Z
organization:
  id: o-abcdef1234
  management: "999900001111"
  ram_sharing: true
  units: {ou-ab12-11111111: ["444455556666", ou-ab12-22222222], ou-ab12-22222222: ["555566667777"]}
  accounts: ["111122223333"]
accounts:
  "111122223333":
    name: sales
    roles:
      Lake: {trust: ["444455556666", role/Other], allow: ["*"], deny: ["ram:*"], s3: true, external_id: x, created: 2026-01-01}
      team/Other: {trust_policy: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: "*", Action: "sts:*"}}}
    oidc_providers: [token.actions.githubusercontent.com]
    users: {bob: }
    policies: {Data: {document: {Version: "2012-10-17", Statement: []}}, More: {versions: [{id: v3, document: "{}", default: true}]}}
    regions:
      eu-west-1:
        settings: {admins: [role/Lake], read_only_admins: [user/bob], version: "5", create_database_default: none, create_table_default: iam}
        databases:
          sales:
            location: s3://acme
            description: what we sell
            table_default: none
            created_by: role/Lake
            parameters: {a: b}
            tables:
              orders:
                columns: {id: int, country: string}
                partition_keys: [day]
                location: s3://acme/orders
                rows: [[1, DE, mon], {id: 2, day: tue}, [3, null, "007"]]
              link: {target: 444455556666:d.t@us-east-1}
          "odd.name": {tables: {"t:1": {columns: [a]}}}
          door: {target: 444455556666:d}
        registered: [{path: s3://acme, role: role/Lake, hybrid: true}, {path: s3://more, service_linked: true}]
        filters:
          - {table: sales.orders, name: de, columns: [id], rows: "country = 'DE'"}
          - {table: sales.orders, name: no, except: [id]}
        grants:
          - {principal: role/Lake, on: sales, permissions: [DROP, ALTER], grantable: [DROP]}
          - {principal: "444455556666", on: sales.orders, columns: [id], permissions: [SELECT], grantable: [SELECT]}
          - {principal: o-abcdef1234, on: sales.*, permissions: [SELECT]}
          - {principal: IAMPrincipals, on: sales.orders, except: [id], permissions: [SELECT]}
          - {principal: iam_allowed_principals, on: {database: odd.name, table: "t:1"}, permissions: [ALL]}
          - {principal: role/team/Other, on: sales.orders, filter: de, permissions: [SELECT]}
          - {principal: role/team/Other, on: s3://acme, permissions: [DATA_LOCATION_ACCESS]}
          - {principal: role/team/Other, on: catalog, permissions: [CREATE_DATABASE], updated: 2026-02-03T04:05:06Z, by: role/Lake}
        opt_ins: [{principal: role/Lake, on: sales.orders}]
        shares:
          - name: LakeFormation-V4-AAAAAAAAAA
            resources: [{on: sales}]
            principals: [{principal: "777788889999"}]
            invitations: [{to: "777788889999", sent: 2027-01-01T11:00:00Z}]
        resource_policy: {document: {Statement: []}}
  "444455556666":
record: {applied: abc, started: [def]}
`

func TestWorldsSurviveEncoding(t *testing.T) {
	t.Parallel()
	w := parse(t, everything)
	text := encode(t, w)
	again := parse(t, text)
	if diff := cmp.Diff(w, again); diff != "" {
		t.Errorf("parse(encode(w)) is not w (-want +got):\n%s", diff)
	}
	if second := encode(t, again); second != text {
		t.Errorf("encoding changes:\n%s", cmp.Diff(text, second))
	}
}

func TestSnapshotsBehaveLikeTheirServer(t *testing.T) {
	t.Parallel()
	first := snapshot(t, parse(t, everything))
	second := snapshot(t, first)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("New(Snapshot()) differs (-first +second):\n%s", diff)
	}
	if first.Record == nil || first.Record.Applied != "abc" || !first.Clock.Equal(time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("record and clock are lost: %+v %v", first.Record, first.Clock)
	}
}

func snapshot(t *testing.T, w *awssim.World) *awssim.World {
	t.Helper()
	s, err := awssim.New(w, awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Snapshot()
}

func TestSnapshotsAfterCalls(t *testing.T) {
	t.Parallel()
	l := lab{T: t}
	s := l.sim(two)
	s.share("sales.orders", "SELECT,DESCRIBE/+")
	s.link("rl_orders", "sales", "orders")
	s.admin(consumer).grant("role/Analyst", "111122223333:sales.orders", "SELECT").ok()
	s.admin(consumer).grant("role/Analyst", "lake.rl_orders", "DESCRIBE").ok()
	text := encode(t, s.Snapshot())
	again := l.sim(text)
	if diff := cmp.Diff(text, encode(t, again.Snapshot())); diff != "" {
		t.Errorf("the second snapshot differs:\n%s", diff)
	}
	if a := again.CanRead(question("lake", "rl_orders", "id")); !a.Yes {
		t.Error(a.Why)
	}
	again.admin(producer).revoke(consumer, "sales.orders", "SELECT").ok()
	if a := again.CanRead(question("lake", "rl_orders", "id")); a.Yes {
		t.Errorf("still readable: %s", a.Why)
	}
}

func TestWorldErrorsHaveLines(t *testing.T) {
	t.Parallel()
	const head = "accounts:\n  \"111122223333\":\n    roles: {R: {}}\n    regions:\n      eu-west-1:\n        databases: {d: {tables: {t: {columns: [a]}}}}\n"
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":        {"clok: 1", `line 1: unknown key "clok"; known here: accounts, clock, organization, record`},
		"unknown nested key": {"accounts:\n  \"111122223333\":\n    roles:\n      R: {allows: []}", `line 4: unknown key "allows"`},
		"account":            {"accounts:\n  12345: {}", "line 2: account id"},
		"type":               {"accounts: []", "line 1: cannot unmarshal"},
		"region":             {"accounts:\n  \"111122223333\":\n    regions:\n      europe: {}", `line 4: "europe" is no region`},
		"principal":          {head + "        grants:\n          - {principal: Bob, on: d, permissions: [ALTER]}", `line 8: "Bob" is no principal`},
		"permission":         {head + "        grants:\n          - principal: role/R\n            on: d\n            permissions: [READ]", `line 10: "READ" is no permission`},
		"grantable":          {head + "        grants:\n          - {principal: role/R, on: d, permissions: [ALTER], grantable: [DROP]}", "grantable is a part of permissions"},
		"database":           {head + "        grants:\n          - {principal: role/R, on: e, permissions: [ALTER]}", `line 8: there is no database "e"`},
		"table":              {head + "        grants:\n          - {principal: role/R, on: d.u, permissions: [ALTER]}", `database "d" has no table "u"`},
		"column":             {head + "        grants:\n          - {principal: role/R, on: d.t, columns: [b], permissions: [SELECT]}", `no column "b"`},
		"object":             {head + "        grants:\n          - {principal: role/R, on: d.t.u, permissions: [ALTER]}", `line 8: "d.t.u" names no object`},
		"object key":         {head + "        grants:\n          - {principal: role/R, on: {db: d}, permissions: [ALTER]}", `line 8: unknown key "db"`},
		"rows":               {head + "        filters: [{table: d.t, name: f, rows: \"a ~ 1\"}]", "row filter: unexpected"},
		"cells":              {strings.Replace(head, "columns: [a]", "columns: [a], rows: [[1, 2]]", 1), `no column for the cell "1"`},
		"upper case":         {strings.Replace(head, "{d:", "{D:", 1), "upper-case letters"},
		"settings":           {head + "        settings: {version: \"7\"}", `version "7" is not 1 to 5`},
		"preset":             {head + "        settings: {preset: fresh, admins: [role/R]}", `line 7: preset stands alone`},
		"choice":             {head + "        settings: {create_table_default: all}", `"all" is not one of none, iam`},
		"target":             {strings.Replace(head, "{columns: [a]}", "{target: \"1:2\"}", 1), "is no target"},
		"path":               {head + "        registered: [{path: acme}]", "is no S3 path"},
		"json":               {"accounts: {\"111122223333\": {policies: {P: {document: \"{\"}}}}", "no JSON document"},
		"organization":       {"organization: {id: x, management: y}", "organization id"},
		"two documents":      {"accounts: {}\n---\naccounts: {}", "more than one document"},
		"no YAML":            {"a: [", "read world"},
	} {
		if _, err := awssim.ParseWorld([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestWorldReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := awssim.ParseWorld([]byte("accounts:\n  a: {}\n  b: {}"))
	if err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("got %v", err)
	}
}

func TestAnEmptyWorldIsAWorld(t *testing.T) {
	t.Parallel()
	for _, w := range []*awssim.World{nil, {}, parse(t, "")} {
		snapshot(t, w)
	}
}

// TestGrantsInAWorldAreShared: a grant to another account in a file works at
// once, and a share in a file waits to be accepted.
func TestGrantsInAWorldAreShared(t *testing.T) {
	t.Parallel()
	l := lab{T: t}
	grant := `        grants: [{principal: "444455556666", on: sales.orders, permissions: [SELECT], grantable: [SELECT]}]
        databases:
          sales:`
	s := l.sim(strings.Replace(two, "        databases:\n          sales:", grant, 1))
	s.admin(consumer).grant("role/Analyst", "111122223333:sales.orders", "SELECT").ok()
	if got := s.invitations(consumer); len(got) > 0 {
		t.Errorf("invitations: %v", got)
	}
}
