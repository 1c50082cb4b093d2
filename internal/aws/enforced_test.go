package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

const openToIAM = "IAM_ALLOWED_PRINCIPALS"

// untouched makes the producer's database as open as AWS makes it by default.
func untouched(w *awssim.World) {
	sales := w.Accounts[producerID].Regions[region]
	sales.Databases["sales"].TableDefault = "iam"
	for _, on := range []awssim.Object{
		{Database: "sales"}, {Database: "sales", Table: "orders"}, {Database: "sales", Table: "customers"},
	} {
		sales.Grants = append(sales.Grants, awssim.Grant{Principal: openToIAM, On: on, Permissions: []string{"ALL"}})
	}
}

// onlyDefaults leaves the group in the defaults of the database alone, so that
// nothing lets us alter it.
func onlyDefaults(w *awssim.World) {
	w.Accounts[producerID].Regions[region].Databases["sales"].TableDefault = "iam"
}

func (l *lab) grantsOf(account, principal string) []string {
	var found []string
	for _, g := range l.server.Snapshot().Accounts[account].Regions[region].Grants {
		if strings.HasSuffix(g.Principal, principal) {
			found = append(found, g.On.Owner+":"+g.On.Database+"."+g.On.Table+" "+strings.Join(g.Permissions, ","))
		}
	}
	return found
}

func TestEnforcingTakesTheGroupOffEverything(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit     func(*awssim.World)
		switches awssim.Switches
	}{
		"everything is open":          {edit: untouched},
		"ALL is listed expanded":      {edit: untouched, switches: awssim.Switches{ExpandALL: true}},
		"only the defaults are open":  {edit: onlyDefaults},
		"partial revokes are refused": {edit: untouched, switches: awssim.Switches{PartialRevokeFails: true, ExpandALL: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, awssim.Options{Switches: test.switches}, test.edit)
			enforced := key(fact.Enforced, producerAt, db(producerID, "sales"))
			if live := mustProve(t, l.read(l.cloud(Planning), fact.Set{enforced: {}})); len(restrict(live, fact.Set{enforced: {}})) > 0 {
				t.Fatal("it counts as enforced before")
			}
			l.make(fact.Set{enforced: {}})
			if left := l.grantsOf(producerID, openToIAM); len(left) > 0 {
				t.Errorf("IAM_ALLOWED_PRINCIPALS still holds %v", left)
			}
			if own := l.grantsOf(producerID, "role/lakeshare-apply"); len(own) > 0 {
				t.Errorf("the role kept its own grants %v", own)
			}
			db := l.server.Snapshot().Accounts[producerID].Regions[region].Databases["sales"]
			if db.TableDefault == "iam" || db.Location != "s3://acme-sales/tables" {
				t.Errorf("database is now %+v", db)
			}
		})
	}
}

func TestSharingWhatIsOpenToIAMIsWarnedOf(t *testing.T) {
	t.Parallel()
	grants := fact.Set{
		key(fact.AccountGrant, producerAt, tbl(producerID, "sales", "orders"), consumerID, "SELECT"):    grantable,
		key(fact.AccountGrant, producerAt, db(producerID, "sales"), consumerID, "DESCRIBE"):             grantable,
		key(fact.AccountGrant, producerAt, everyTable(producerID, "sales"), consumerID, "SELECT"):       grantable,
		key(fact.AccountGrant, producerAt, tbl(producerID, "sales", "events"), consumerID, "SELECT"):    grantable,
		key(fact.OwnGrant, producerAt, tbl(producerID, "sales", "orders"), etl, "SELECT"):               {},
		key(fact.AccountGrant, producerAt, tbl(producerID, "sales", "customers"), consumerID, "INSERT"): grantable,
	}
	warned := func(live fact.Live) []string {
		var names []string
		for _, w := range live.Warnings {
			if w.Rule != "iam-allowed-principals" || !w.Fatal {
				t.Errorf("warning %+v", w)
			}
			names = append(names, w.Key.Object.Name())
		}
		return names
	}
	l := newLab(t, awssim.Options{}, untouched)
	got := warned(mustProve(t, l.read(l.cloud(Planning), grants)))
	if want := []string{"sales", "sales.*", "sales.customers", "sales.orders"}; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("warned of %v, want %v", got, want)
	}

	grants[key(fact.Enforced, producerAt, db(producerID, "sales"))] = fact.Body{}
	if got := warned(l.read(l.cloud(Planning), grants)); len(got) > 0 {
		t.Errorf("warned of %v although access is to be enforced", got)
	}
	delete(grants, key(fact.Enforced, producerAt, db(producerID, "sales")))

	hybrid := newLab(t, awssim.Options{}, untouched, func(w *awssim.World) {
		sales := w.Accounts[producerID].Regions[region]
		sales.Registered = append(sales.Registered, awssim.Registered{Path: "s3://acme-sales/tables", Role: register, Hybrid: true})
	})
	if got := warned(hybrid.read(hybrid.cloud(Planning), grants)); len(got) > 0 {
		t.Errorf("warned of %v although the location is hybrid", got)
	}
}
