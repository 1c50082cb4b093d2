package awssim_test

import (
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func TestR5_AResourceHasOneMember(t *testing.T) {
	rule(t, "R5", func(l lab) {
		a := l.sim(two).admin(producer)
		grant := func(resource map[string]any) reply {
			in := a.entry("role/Reader", "sales", "DESCRIBE")
			in["Resource"] = resource
			return a.lf("GrantPermissions", in)
		}
		both := object("sales")
		both["Table"] = object("sales.orders")["Table"]
		grant(both).fails(input, "exactly one member")
		grant(map[string]any{}).fails(input, "exactly one member")
		grant(map[string]any{"Table": map[string]any{"DatabaseName": "sales", "Name": "orders", "TableWildcard": map[string]any{}}}).
			fails(input, "Table name and table wildcard cannot both be present.")
		grant(map[string]any{"Table": map[string]any{"DatabaseName": "sales"}}).
			fails(input, "Table name and table wildcard cannot both be empty.")
	})
}

func TestR6_TheCatalogIsTheCallers(t *testing.T) {
	rule(t, "R6", func(l lab) {
		s := l.sim(two)
		s.admin(producer).grant("role/Reader", "sales", "DESCRIBE").ok()
		s.admin(consumer).grant("role/Analyst", "sales", "DESCRIBE").fails(refused, notThere)
	})
}

func TestR7_PermissionsAreAnEnum(t *testing.T) {
	rule(t, "R7", func(l lab) {
		l.sim(two).admin(producer).grant("role/Reader", "sales", "READ").
			fails(input, "Please grant only valid Lake Formation permissions. [READ] are not all valid Lake Formation permissions.")
	})
}

func TestR8_EachKindTakesItsPermissions(t *testing.T) {
	rule(t, "R8", func(l lab) {
		s := l.sim(two)
		a, c := s.admin(producer), s.admin(consumer)
		s.link("rl_orders", "sales", "orders")
		c.glue("CreateDatabase", map[string]any{"DatabaseInput": map[string]any{
			"Name": "rl_sales", "TargetDatabase": map[string]any{"CatalogId": producer, "DatabaseName": "sales"},
		}}).ok()
		for _, wrong := range []struct{ spec, permission string }{
			{"sales", "SELECT"},
			{"s3://acme/tables", "ALL"},
			{"sales.*", "CREATE_TABLE"},
			{"sales.orders(id)", "INSERT"},
			{"catalog", "ALTER"},
			{"sales.orders", "DATA_LOCATION_ACCESS"},
		} {
			a.grant("role/Reader", wrong.spec, wrong.permission).fails(input, invalid)
		}
		c.grant("role/Analyst", "lake.rl_orders", "SELECT").fails(input, invalid)
		c.grant("role/Analyst", "rl_sales", "ALL").fails(input, invalid)
		c.grant("role/Analyst", "rl_sales", "DESCRIBE,DROP").ok()
		for _, right := range []struct{ spec, permission string }{
			{"sales", "ALL,ALTER,CREATE_TABLE,DESCRIBE,DROP"},
			{"sales.*", "ALL,ALTER,DELETE,DESCRIBE,DROP,INSERT,SELECT"},
			{"s3://acme/tables", "DATA_LOCATION_ACCESS"},
			{"catalog", "CREATE_DATABASE"},
			{"sales.orders()", "DESCRIBE,SELECT,INSERT"},
		} {
			a.grant("role/Reader", right.spec, right.permission).ok()
		}
	})
}

func TestR9_TheOptionIsForWhatIsGranted(t *testing.T) {
	rule(t, "R9", func(l lab) {
		l.sim(two).admin(producer).grant("role/Reader", "sales.orders", "DESCRIBE/SELECT").fails(input, "must be a subset of Permissions")
	})
}

func TestR10_SelectOnATableIsSelectOnAllItsColumns(t *testing.T) {
	rule(t, "R10", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders", "SELECT").ok()
		a.revoke("role/Reader", "sales.orders()", "SELECT").ok()
		equal(l, a.on("sales.orders"), nil)
	})
}

func TestR11_WholeOrColumnsNotBoth(t *testing.T) {
	rule(t, "R11", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders(id)", "SELECT").ok()
		a.grant("role/Reader", "sales.orders", "DESCRIBE").fails(input, invalid)
		a.grant("role/Analyst", "sales.orders", "DESCRIBE").ok()
		a.grant("role/Analyst", "sales.orders(-id)", "SELECT").fails(input, invalid)
		a.grant("role/Analyst", "sales.orders()", "SELECT").ok()
	})
}

func TestR11_ASwitchLetsThemCoexist(t *testing.T) {
	always(t, func(l lab) {
		a := l.sim(two, awssim.Switches{ColumnsCoexist: true}).admin(producer)
		a.grant("role/Reader", "sales.orders(id)", "SELECT").ok()
		a.grant("role/Reader", "sales.orders", "INSERT").ok()
		a.grant("role/Reader", "sales.orders", "SELECT").fails(input, invalid)
	})
}

func TestR12_ColumnsExist(t *testing.T) {
	rule(t, "R12", func(l lab) {
		l.sim(two).admin(producer).grant("role/Reader", "sales.orders(nope)", "SELECT").
			fails(input, "cannot grant/revoke permission on non-existent column.")
	})
}

func TestR13_PartitionKeysAreNoColumns(t *testing.T) {
	rule(t, "R13", func(l lab) {
		l.sim(two).admin(producer).grant("role/Reader", "sales.orders(id,day)", "SELECT").fails(input, "partition key day")
	})
}

func TestR14_OthersGetListsOnly(t *testing.T) {
	rule(t, "R14", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant(consumer, "sales.orders(id)", "SELECT/SELECT").ok()
		a.grant(consumer, "sales.events(-id)", "SELECT").fails(input, "Excluded columns")
	})
}

func TestR15_GrantsAddUp(t *testing.T) {
	rule(t, "R15", func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.grant("role/Reader", "sales.orders", "INSERT,DESCRIBE/INSERT").ok()
		a.grant("role/Reader", "sales.orders", "INSERT,ALTER").ok()
		equal(l, a.on("sales.orders"), []string{
			`role/Reader {"Table":{"CatalogId":"111122223333","DatabaseName":"sales","Name":"orders"}} [ALTER DESCRIBE INSERT] [INSERT]`,
		})
	})
}

func TestR16_NothingToRevokeIsAnError(t *testing.T) {
	rule(t, "R16", func(l lab) {
		a := l.sim(two).admin(producer)
		a.revoke("role/Reader", "sales.orders", "SELECT").
			fails(input, "No permissions revoked. Grantee has no permissions and no grantable permissions on resource.")
	})
}

func TestR16_PartialRevokesGoThrough(t *testing.T) {
	always(t, func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders", "INSERT").ok()
		a.revoke("role/Reader", "sales.orders", "INSERT,DESCRIBE").ok()
		b := l.sim(two, awssim.Switches{PartialRevokeFails: true}).admin(producer)
		b.grant("role/Reader", "sales.orders", "INSERT").ok()
		b.revoke("role/Reader", "sales.orders", "INSERT,DESCRIBE").fails(input, "No permissions revoked")
	})
}

func TestR17_AllIsAnAtomOfItsOwn(t *testing.T) {
	rule(t, "R17", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders", "ALTER").ok()
		a.revoke("role/Reader", "sales.orders", "ALL").fails(input, invalid)
		a.grant("role/Reader", "sales.orders", "ALL").ok()
		a.revoke("role/Reader", "sales.orders", "ALL").ok()
		if got := a.on("sales.orders"); len(got) != 1 || !strings.Contains(got[0], "[ALTER]") {
			l.Fatalf("got %v", got)
		}
	})
}

func TestR18_RevokesNameTheShapeThatIsHeld(t *testing.T) {
	rule(t, "R18", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders", "SELECT").ok()
		a.revoke("role/Reader", "sales.orders(id)", "SELECT").fails(input, invalid)
		a.grant("role/Analyst", "sales.orders(id)", "SELECT").ok()
		a.revoke("role/Analyst", "sales.orders", "SELECT").fails(input, invalid)
	})
}

func TestR19_TheOptionCanGoAlone(t *testing.T) {
	rule(t, "R19", func(l lab) {
		a := l.sim(two).admin(producer)
		a.grant("role/Reader", "sales.orders", "INSERT/INSERT").ok()
		a.revoke("role/Reader", "sales.orders", "/INSERT").ok()
		if got := a.on("sales.orders"); len(got) != 1 || !strings.HasSuffix(got[0], "[INSERT] []") {
			l.Fatalf("got %v", got)
		}
	})
}

func TestR19_BothListsTakeEverything(t *testing.T) {
	always(t, func(l lab) {
		for repeat, want := range map[bool]int{false: 0, true: 1} {
			a := l.sim(two, awssim.Switches{RepeatRevokesOption: repeat}).admin(producer)
			a.grant("role/Reader", "sales.orders", "INSERT/INSERT").ok()
			a.revoke("role/Reader", "sales.orders", "INSERT/INSERT").ok()
			if got := a.on("sales.orders"); len(got) != want {
				l.Fatalf("repeat %v: %v", repeat, got)
			}
		}
		b := l.sim(two, awssim.Switches{OptionNeedsPermission: true}).admin(producer)
		b.grant("role/Reader", "sales.orders", "INSERT/INSERT").ok()
		b.revoke("role/Reader", "sales.orders", "/INSERT").fails(input, "Permissions cannot be empty")
	})
}

func TestR20_MissingAndForbiddenLookAlike(t *testing.T) {
	rule(t, "R20", func(l lab) {
		s := l.sim(two)
		s.role(producer, "Lake").grant("role/Reader", "sales.none", "SELECT").fails(refused, notThere)
		s.role(producer, "Analyst").grant("role/Reader", "sales.orders", "SELECT").fails(refused, notThere)
		s.admin(producer).grant("role/Analyst", "sales.orders", "SELECT/SELECT").ok()
		s.role(producer, "Analyst").grant("role/Reader", "sales.orders", "SELECT").ok()
		s.role(producer, "Analyst").grant("role/Reader", "sales.orders", "INSERT").fails(refused, notThere)
		in := l.sim(two, awssim.Switches{NotAuthorizedCode: input, DeniedStatus: 403})
		in.admin(producer).grant("role/Reader", "none", "DESCRIBE").fails(input, notThere)
	})
}
