package awssim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// TestR34_ListingsShowTheirOwnForm is table 2.39.
func TestR34_ListingsShowTheirOwnForm(t *testing.T) {
	const at = `"CatalogId":"111122223333","DatabaseName":"sales","Name":"orders"`
	const all = `"CatalogId":"111122223333","ColumnWildcard":{},"DatabaseName":"sales","Name":"orders"`
	rule(t, "R34", func(l lab) {
		for _, c := range []struct {
			name, principal, spec, permissions string
			want                               []string
		}{
			{"a", "role/Reader", "sales", "ALTER,CREATE_TABLE,DROP/CREATE_TABLE", []string{`role/Reader {"Database":{"CatalogId":"111122223333","Name":"sales"}} [ALTER CREATE_TABLE DROP] [CREATE_TABLE]`}},
			{"b", "iam_allowed_principals", "sales", "ALL", []string{`IAM_ALLOWED_PRINCIPALS {"Database":{"CatalogId":"111122223333","Name":"sales"}} [ALL] []`}},
			{"c", "role/Reader", "sales.orders", "DESCRIBE", []string{`role/Reader {"Table":{` + at + `}} [DESCRIBE] []`}},
			{"d", "role/Reader", "sales.orders", "SELECT", []string{`role/Reader {"TableWithColumns":{` + all + `}} [SELECT] []`}},
			{"e", "role/Reader", "sales.orders", "SELECT,DESCRIBE,INSERT", []string{
				`role/Reader {"Table":{` + at + `}} [DESCRIBE INSERT] []`, `role/Reader {"TableWithColumns":{` + all + `}} [SELECT] []`,
			}},
			{"f", "role/Reader", "sales.orders", "ALL,ALTER,DELETE,DESCRIBE,DROP,INSERT,SELECT", []string{
				`role/Reader {"Table":{` + at + `}} [ALL ALTER DELETE DESCRIBE DROP INSERT] []`, `role/Reader {"TableWithColumns":{` + all + `}} [SELECT] []`,
			}},
			{"g", "role/Reader", "sales.*", "DESCRIBE,SELECT", []string{
				`role/Reader {"Table":{"CatalogId":"111122223333","DatabaseName":"sales","Name":"ALL_TABLES","TableWildcard":{}}} [DESCRIBE] []`,
				`role/Reader {"TableWithColumns":{"CatalogId":"111122223333","ColumnWildcard":{},"DatabaseName":"sales","Name":"ALL_TABLES"}} [SELECT] []`,
			}},
			{"h", "role/Reader", "sales.orders()", "DESCRIBE,SELECT", []string{
				`role/Reader {"Table":{` + at + `}} [DESCRIBE] []`, `role/Reader {"TableWithColumns":{` + all + `}} [SELECT] []`,
			}},
			{"i", "role/Reader", "sales.orders(id,country)", "SELECT", []string{`role/Reader {"TableWithColumns":{"CatalogId":"111122223333","ColumnNames":["country","id"],"DatabaseName":"sales","Name":"orders"}} [SELECT] []`}},
			{"j", "role/Reader", "sales.orders(-email)", "SELECT", []string{`role/Reader {"TableWithColumns":{"CatalogId":"111122223333","ColumnWildcard":{"ExcludedColumnNames":["email"]},"DatabaseName":"sales","Name":"orders"}} [SELECT] []`}},
			{"k", "role/Reader", "s3://acme/tables/", "DATA_LOCATION_ACCESS", []string{`role/Reader {"DataLocation":{"CatalogId":"111122223333","ResourceArn":"arn:aws:s3:::acme/tables"}} [DATA_LOCATION_ACCESS] []`}},
			{"o", "role/Reader", "catalog", "CREATE_DATABASE", []string{`role/Reader {"Catalog":{"Id":"111122223333"}} [CREATE_DATABASE] []`}},
		} {
			a := l.sim(two).admin(producer)
			a.grant(c.principal, c.spec, c.permissions).ok()
			equal(l, a.rows(map[string]any{}), c.want)
		}
	})
}

func TestR35_AllIsRawOrExpanded(t *testing.T) {
	rule(t, "R35", func(l lab) {
		raw := l.sim(two).admin(producer)
		raw.grant("role/Reader", "sales.orders", "ALL").ok()
		if got := raw.on("sales.orders"); len(got) != 1 || !strings.HasSuffix(got[0], "[ALL] []") {
			l.Fatalf("raw: %v", got)
		}
		expanded := l.sim(two, awssim.Switches{ExpandALL: true}).admin(producer)
		expanded.grant("role/Reader", "sales.orders", "ALL").ok()
		expanded.grant("IAM_ALLOWED_PRINCIPALS", "sales.orders", "ALL").ok()
		got := strings.Join(expanded.on("sales.orders"), "\n")
		for _, want := range []string{"[ALL ALTER DELETE DESCRIBE DROP INSERT]", "[SELECT]", "PRINCIPALS {\"Table\":{\"CatalogId\":\"111122223333\",\"DatabaseName\":\"sales\",\"Name\":\"orders\"}} [ALL] []"} {
			if !strings.Contains(got, want) {
				l.Fatalf("no %s in %s", want, got)
			}
		}
	})
}

func TestR36_ListingsRefuseSomeQuestions(t *testing.T) {
	rule(t, "R36", func(l lab) {
		a := l.sim(two).admin(producer)
		a.lf("ListPermissions", map[string]any{"Principal": a.who("role/Reader")}).fails(input, "Resource is mandatory if Principal is set in the input.")
		a.lf("ListPermissions", map[string]any{"Resource": map[string]any{}}).
			fails(input, "Resource must have either the catalog, table or database field populated.")
		a.lf("ListPermissions", map[string]any{"Resource": object("sales.orders()")}).fails(input, "Cannot list permissions on a TableWithColumns Resource")
	})
}

func TestR37_PrincipalAndResourceComputeEffectiveRights(t *testing.T) {
	rule(t, "R37", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("IAM_ALLOWED_PRINCIPALS", "other", "ALL").ok()
		ask := func(principal, spec string) []string {
			return a.rows(map[string]any{"Principal": a.who(principal), "Resource": object(spec)})
		}
		if got := ask("role/Reader", "other"); len(got) != 1 || !strings.Contains(got[0], "[ALL ALTER CREATE_TABLE DESCRIBE DROP] []") {
			l.Fatalf("IAM_ALLOWED_PRINCIPALS does not leak: %v", got)
		}
		if got := ask("role/Lake", "sales"); len(got) != 1 || !strings.HasSuffix(got[0], "[ALL ALTER CREATE_TABLE DESCRIBE DROP]") {
			l.Fatalf("the admin's rights do not show: %v", got)
		}
		a.grant("arn:aws:identitystore:::group/1", "sales", "DESCRIBE").ok()
		equal(l, ask("arn:aws:identitystore:::group/1", "sales"), nil)
	})
}

func (a actor) filter(table, name, columns, rows string) reply {
	a.Helper()
	database, table, _ := strings.Cut(table, ".")
	data := map[string]any{"TableCatalogId": a.account, "DatabaseName": database, "TableName": table, "Name": name}
	switch {
	case columns == "":
		data["ColumnWildcard"] = map[string]any{}
	case columns[0] == '-':
		data["ColumnWildcard"] = map[string]any{"ExcludedColumnNames": strings.Split(columns[1:], ",")}
	default:
		data["ColumnNames"] = strings.Split(columns, ",")
	}
	data["RowFilter"] = map[string]any{"AllRowsWildcard": map[string]any{}}
	if rows != "" {
		data["RowFilter"] = map[string]any{"FilterExpression": rows}
	}
	return a.lf("CreateDataCellsFilter", map[string]any{"TableData": data})
}

func TestR38_FiltersAreListedOnlyWhenAskedFor(t *testing.T) {
	rule(t, "R38", func(l lab) {
		a := l.sim(two).admin(producer)
		a.filter("sales.orders", "de", "id", "country = 'DE'").ok()
		a.grant("role/Reader", "sales.orders#de", "SELECT").ok()
		a.grant("role/Reader", "sales.orders", "DESCRIBE").ok()
		a.grant("role/Reader", "sales", "DESCRIBE").ok()
		count := func(in map[string]any, want int) {
			l.Helper()
			if got := a.rows(in); len(got) != want {
				l.Fatalf("%v: got %v, want %d", in, got, want)
			}
		}
		count(map[string]any{}, 2)
		count(map[string]any{"ResourceType": "TABLE"}, 1)
		count(map[string]any{"ResourceType": "DATABASE"}, 1)
		count(map[string]any{"Resource": object("sales.orders")}, 1)
		count(map[string]any{"Resource": object("sales.orders"), "IncludeRelated": "TRUE"}, 2)
		count(map[string]any{"Resource": object("sales.orders#de")}, 1)
	})
}

func TestR39_CallersSeeTheirOwn(t *testing.T) {
	rule(t, "R39", func(l lab) {
		world := strings.Replace(two, "{admins: [role/Lake]}", "{admins: [role/Lake], read_only_admins: [role/Limited]}", 1)
		s := l.sim(world)
		a := s.admin(producer)
		a.grant("role/Reader", "sales.orders", "INSERT/INSERT").ok()
		a.grant("role/Analyst", "sales.orders", "INSERT").ok()
		a.grant("role/Analyst", "sales.orders", "ALTER").ok()
		sweep := map[string]any{"ResourceType": "TABLE"}
		equal(l, counts(s.role(producer, "Lake").rows(sweep)), []int{2})
		equal(l, counts(s.role(producer, "Limited").rows(sweep)), []int{2})
		got := strings.Join(s.role(producer, "Reader").rows(sweep), "\n")
		if !strings.Contains(got, "role/Analyst") || strings.Contains(got, "ALTER") {
			l.Fatalf("the grantor sees %s", got)
		}
		other := s.role(producer, "Analyst").rows(sweep)
		if len(other) != 1 || !strings.HasPrefix(other[0], "role/Analyst") {
			l.Fatalf("others see %v", other)
		}
	})
}

func counts(rows []string) []int { return []int{len(rows)} }

func TestR40_RowsForOthersNameTheirShare(t *testing.T) {
	rule(t, "R40", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT,DESCRIBE/+")
		s.admin(producer).grant(consumer, "s3://acme/tables", "DATA_LOCATION_ACCESS/+").ok()
		r := s.role(producer, "Lake").lf("ListPermissions", map[string]any{})
		for _, e := range r.list("PrincipalResourcePermissions") {
			text := l.text(e)
			shared := strings.Contains(text, `"AdditionalDetails":{"ResourceShare":["arn:aws:ram:eu-west-1:111122223333:resource-share/`)
			if shared == strings.Contains(text, "DataLocation") {
				l.Fatalf("share of %s", text)
			}
			if e["LastUpdated"] != float64(start().Unix()) || e["LastUpdatedBy"] != "arn:aws:iam::111122223333:user/administrator" {
				l.Fatalf("who and when: %s", text)
			}
		}
	})
}

func TestR41_PagesAreCutAndMayBeEmpty(t *testing.T) {
	rule(t, "R41", func(l lab) {
		s := l.sim(two, awssim.Switches{EmptyPages: true, PageSize: 2})
		a := s.admin(producer)
		for _, spec := range []string{"sales", "other", "sales.orders", "sales.events", "other.things"} {
			a.grant("role/Reader", spec, "DESCRIBE").ok()
		}
		var sizes []int
		in := map[string]any{}
		for {
			r := a.lf("ListPermissions", in)
			sizes = append(sizes, len(r.list("PrincipalResourcePermissions")))
			token, ok := r.doc["NextToken"]
			if !ok {
				break
			}
			in["NextToken"] = token
		}
		equal(l, sizes, []int{0, 2, 2, 1})
		other := map[string]any{"ResourceType": "TABLE", "NextToken": in["NextToken"]}
		a.lf("ListPermissions", other).fails(input, "pagination token")
		a.lf("ListPermissions", map[string]any{"MaxResults": 1001}).fails(input, "MaxResults")
	})
}

func TestR42_ListingsLag(t *testing.T) {
	rule(t, "R42", func(l lab) {
		s := l.sim(two, awssim.Switches{ListLag: 30 * time.Second})
		a := s.admin(producer)
		a.grant("role/Reader", "sales", "DESCRIBE").ok()
		equal(l, counts(a.on("sales")), []int{0})
		s.pass(30 * time.Second)
		equal(l, counts(a.on("sales")), []int{1})
		a.revoke("role/Reader", "sales", "DESCRIBE").ok()
		equal(l, counts(a.on("sales")), []int{1})
		s.pass(30 * time.Second)
		equal(l, counts(a.on("sales")), []int{0})
	})
}

func TestR43_TheConsumerListsWhatItGrantedOn(t *testing.T) {
	rule(t, "R43", func(l lab) {
		s := l.sim(two)
		s.share("sales.orders", "SELECT,DESCRIBE/+")
		s.link("rl_orders", "sales", "orders")
		c := s.admin(consumer)
		c.grant("role/Analyst", "111122223333:sales.orders", "SELECT,DESCRIBE").ok()
		c.grant("role/Analyst", "lake.rl_orders", "DESCRIBE").ok()
		equal(l, c.on("111122223333:sales.orders"), []string{
			`role/Analyst {"Table":{"CatalogId":"111122223333","DatabaseName":"sales","Name":"orders"}} [DESCRIBE] []`,
			`role/Analyst {"TableWithColumns":{"CatalogId":"111122223333","ColumnWildcard":{},"DatabaseName":"sales","Name":"orders"}} [SELECT] []`,
		})
		link := strings.Join(c.on("lake.rl_orders"), "\n")
		if !strings.Contains(link, "role/Analyst") || strings.Contains(link, producer) {
			l.Fatalf("the link: %s", link)
		}
		equal(l, counts(c.rows(map[string]any{"ResourceType": "TABLE"})), []int{4})
	})
}

func TestR43_SwitchesOfTheListing(t *testing.T) {
	always(t, func(l lab) {
		for name, c := range map[string]struct {
			switches awssim.Switches
			sweep    int
		}{
			"hides foreign":  {awssim.Switches{SweepHidesForeign: true}, 0},
			"shows incoming": {awssim.Switches{ShowIncoming: true}, 2},
		} {
			s := l.sim(two, c.switches)
			s.share("sales.orders", "SELECT/+")
			s.admin(consumer).grant("role/Analyst", "111122223333:sales.orders", "SELECT").ok()
			if got := s.admin(consumer).rows(map[string]any{"ResourceType": "TABLE"}); len(got) != c.sweep {
				l.Fatalf("%s: %v", name, got)
			}
		}
		for how, code := range map[awssim.Unshared]string{
			awssim.UnsharedNotFound: missing, awssim.UnsharedDenied: refused, awssim.UnsharedEmpty: "",
		} {
			s := l.sim(two, awssim.Switches{UnsharedList: how})
			r := s.admin(consumer).lf("ListPermissions", map[string]any{"Resource": object("111122223333:sales.orders")})
			if r.code != code {
				l.Fatalf("unshared: %v gives %q", how, r.code)
			}
		}
	})
}
