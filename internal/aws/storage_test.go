package aws

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func storage(o fact.Object) fact.Key     { return key(fact.Storage, producerAt, o) }
func storagePath(o fact.Object) fact.Key { return key(fact.StoragePath, producerAt, o) }

func (l *lab) policy() []awssim.PolicyVersion {
	return l.server.Snapshot().Accounts[producerID].Policies["LakeFormationData"].Versions
}

func TestLongestEntryThatCoversALocationIsRegistered(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		sales := w.Accounts[producerID].Regions[region]
		sales.Databases["sales"].Tables["landed"] = &awssim.Table{Location: "s3a://acme-sales/landing/x/"}
		sales.Databases["sales"].Tables["view"] = &awssim.Table{}
	})
	wanted := fact.Set{
		storage(source): {}, storagePath(source): {},
		storage(everyTable(producerID, "sales")): {}, storagePath(everyTable(producerID, "sales")): {},
		storage(path(producerID, "s3://acme-sales/landing/in")): {},
		storage(tbl(producerID, "sales", "view")):               {},
	}
	live := l.make(wanted)
	want := map[fact.Key]string{
		storage(source): "s3://acme-sales/tables", storagePath(source): "s3://acme-sales/tables",
		storage(everyTable(producerID, "sales")):                "s3://acme-sales/landing, s3://acme-sales/tables",
		storagePath(everyTable(producerID, "sales")):            "s3://acme-sales/landing, s3://acme-sales/tables",
		storage(path(producerID, "s3://acme-sales/landing/in")): "s3://acme-sales/landing",
	}
	if diff := cmp.Diff(want, live.Paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	if n := l.count("RegisterResource"); n != 1 {
		t.Errorf("%d registrations were made, want one", n)
	}
	tables := live.Tables[db(producerID, "sales")]
	if strings.Join(tables, " ") != "customers events landed orders view" {
		t.Errorf("tables: %v", tables)
	}
}

func TestPolicyKeepsWhatOthersWrote(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Accounts[producerID].Policies["LakeFormationData"].Versions[0].Document = `{"Version": "2012-10-17",
			"Statement": {"Sid": "Old", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::old/<x>&* + 1"}}`
	})
	l.make(fact.Set{storagePath(source): {}})
	l.make(fact.Set{storagePath(path(producerID, "s3://acme-sales/landing/in")): {}})
	versions := l.policy()
	var document struct {
		Version   string
		Statement []json.RawMessage
	}
	if err := json.Unmarshal([]byte(versions[len(versions)-1].Document), &document); err != nil {
		t.Fatal(err)
	}
	if len(versions) != 3 || len(document.Statement) != 2 || document.Version != "2012-10-17" {
		t.Fatalf("%d versions, document %+v", len(versions), document)
	}
	for _, part := range []string{`"Old"`, `arn:aws:s3:::old/<x>&* + 1`} {
		if !strings.Contains(string(document.Statement[0]), part) {
			t.Errorf("the old statement is now %s", document.Statement[0])
		}
	}
	want := `{"Sid":"Lakeshare","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:ListBucket"],` +
		`"Resource":["arn:aws:s3:::acme-sales","arn:aws:s3:::acme-sales/landing/*","arn:aws:s3:::acme-sales/tables/*"]}`
	if got := string(document.Statement[1]); got != want {
		t.Errorf("statement (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func TestOldestVersionMakesRoomForANewOne(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		p := w.Accounts[producerID].Policies["LakeFormationData"]
		for i := 2; i <= 5; i++ {
			p.Versions = append(p.Versions, awssim.PolicyVersion{ID: fmt.Sprintf("v%d", i), Document: p.Versions[0].Document})
		}
		p.Last = 5
	})
	l.make(fact.Set{storagePath(source): {}})
	var ids []string
	for _, v := range l.policy() {
		ids = append(ids, v.ID)
	}
	if got := strings.Join(ids, " "); len(ids) != 5 || !strings.Contains(got, "v1") || !strings.Contains(got, "v6") {
		t.Errorf("versions: %s", got)
	}
}

func TestPolicyThatWouldBeTooLongIsNotWritten(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		p := w.Accounts[producerID].Policies["LakeFormationData"]
		long := strings.Replace(string(p.Versions[0].Document), "s3:Get*", "s3:"+strings.Repeat("G", 6000), 1)
		p.Versions[0].Document = awssim.JSONText(long)
	})
	wantError(t, l.applyOne(fact.Op{Verb: fact.Make, Key: storagePath(source)}), "IAM takes 6144", "fewer and shorter paths")
	if w := l.writes(); len(w) > 0 {
		t.Errorf("wrote %v", w)
	}
}

func TestLocationOutsideTheRulesCannotBeRegistered(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Accounts[producerID].Regions[region].Databases["sales"].Tables["far"] = &awssim.Table{Location: "s3://elsewhere/far"}
	})
	far := tbl(producerID, "sales", "far")
	live := mustProve(t, l.read(l.cloud(Planning), fact.Set{storage(far): {}, storagePath(far): {}}))
	if len(live.Rows) != 0 || len(live.Warnings) != 2 || live.Warnings[0].Rule != "storage-path" || !live.Warnings[0].Fatal {
		t.Errorf("rows %v, warnings %+v", live.Rows, live.Warnings)
	}
	wantError(t, l.applyOne(fact.Op{Verb: fact.Make, Key: storage(far)}), "s3://elsewhere/far", "storage.paths")
	wantError(t, l.applyOne(fact.Op{Verb: fact.Make, Key: storagePath(far)}), "s3://elsewhere/far", "storage.paths")
}

func TestRegistrationOfAnotherKindIsLeftAndToldOf(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		sales := w.Accounts[producerID].Regions[region]
		sales.Registered = append(sales.Registered, awssim.Registered{Path: "s3://acme-sales", Role: etl, Hybrid: true})
	})
	live := l.make(fact.Set{storage(source): {}})
	if len(live.Warnings) != 2 || live.Warnings[0].Rule != "storage-role" || live.Warnings[0].Fatal {
		t.Errorf("warnings: %+v", live.Warnings)
	}
	if w := l.writes(); len(w) > 0 {
		t.Errorf("wrote %v", w)
	}
}

func TestServiceLinkedRoleRegisters(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	list := accounts()
	list[0].Storage.Role, list[0].Storage.ServiceLinked = "", true
	c := New(Config{Accounts: list, Phase: Applying, Simulator: l.server, Now: l.clock.Now, Sleep: l.clock.Sleep})
	l.apply(c, []fact.Op{{Verb: fact.Make, Key: storage(source)}})
	live := mustProve(t, l.read(c, fact.Set{storage(source): {}}))
	if len(live.Rows) != 1 || len(live.Warnings) != 0 {
		t.Errorf("rows %v, warnings %+v", live.Rows, live.Warnings)
	}
}

func TestLocationIsGrantedInBothAccounts(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	landing := path(producerID, "s3://acme-sales/landing")
	wanted := fact.Set{
		key(fact.LocationGrant, producerAt, landing, consumerID, "DATA_LOCATION_ACCESS"): grantable,
		key(fact.LocationGrant, producerAt, landing, etl, "DATA_LOCATION_ACCESS"):        {},
		key(fact.LocationGrant, consumerAt, landing, analyst, "DATA_LOCATION_ACCESS"):    {},
	}
	l.make(wanted)
	l.withdraw(wanted)
}
