package awssim_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

func TestR1_StateIsKeptByRegion(t *testing.T) {
	rule(t, "R1", func(l lab) {
		s := l.sim(two)
		s.admin(producer).in("us-east-1").glue("GetDatabase", map[string]any{"Name": "sales"}).fails(missing, "not found")
	})
}

func TestR2_TheAnswerDependsOnTheCaller(t *testing.T) {
	rule(t, "R2", func(l lab) {
		s := l.sim(two)
		s.role(producer, "Lake").glue("GetTable", table("sales", "orders")).ok()
		s.role(producer, "Reader").glue("GetTable", table("sales", "orders")).fails(refused, "Required Describe on orders")
	})
}

func TestR3_AFreshAccountIsOpenToIAM(t *testing.T) {
	rule(t, "R3", func(l lab) {
		s := l.sim(`accounts: {"111122223333": {regions: {eu-west-1: {settings: {preset: fresh}}}}, "444455556666": {}}`)
		settings := func(account string) string {
			return l.text(s.admin(account).lf("GetDataLakeSettings", nil).ok().doc["DataLakeSettings"])
		}
		for _, part := range []string{`"CROSS_ACCOUNT_VERSION":"1"`, `"DataLakeAdmins":[]`, `"IAM_ALLOWED_PRINCIPALS"`} {
			if !strings.Contains(settings(producer), part) {
				l.Fatalf("fresh: no %s in %s", part, settings(producer))
			}
		}
		if text := settings(consumer); !strings.Contains(text, `"CROSS_ACCOUNT_VERSION":"4"`) || strings.Contains(text, "IAM_ALLOWED") {
			l.Fatalf("preset: %s", text)
		}
	})
}

func TestR4_PermissionsAreNotCounted(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		a := s.admin(producer)
		a.grant("role/Reader", "sales.orders", "SELECT").ok()
		a.grant("role/Reader", "sales.orders", "SELECT").ok()
		a.revoke("role/Reader", "sales.orders", "SELECT").ok()
		equal(l, a.on("sales.orders"), nil)
	})
}

func TestR21_IAMIsAskedFirst(t *testing.T) {
	rule(t, "R21", func(l lab) {
		s := l.sim(two)
		s.role(producer, "Limited").grant("role/Reader", "nowhere", "DESCRIBE").fails(refused, "is not authorized to perform: lakeformation:GrantPermissions")
	})
}

func TestR78_PoliciesHaveQuotas(t *testing.T) {
	rule(t, "R78", func(l lab) {
		a := l.sim(two).admin(producer)
		create := func(document string) (int, string) {
			return a.query("iam", "CreatePolicyVersion", map[string]string{
				"PolicyArn": "arn:aws:iam::111122223333:policy/Data", "PolicyDocument": document, "SetAsDefault": "true",
			})
		}
		for range 4 {
			if status, body := create(`{}`); status != 200 {
				l.Fatalf("create: %s", body)
			}
		}
		if status, body := create(`{}`); status != 409 || !strings.Contains(body, "LimitExceeded") {
			l.Fatalf("sixth version: %d %s", status, body)
		}
		remove := func(id string) (int, string) {
			return a.query("iam", "DeletePolicyVersion", map[string]string{"PolicyArn": "arn:aws:iam::111122223333:policy/Data", "VersionId": id})
		}
		if status, body := remove("v5"); status != 409 || !strings.Contains(body, "DeleteConflict") {
			l.Fatalf("default version: %d %s", status, body)
		}
		if status, body := remove("v1"); status != 200 {
			l.Fatalf("oldest version: %d %s", status, body)
		}
		if status, body := create(`{"x":"` + strings.Repeat("y", 6144) + `"}`); status != 409 || !strings.Contains(body, "PolicySize") {
			l.Fatalf("large document: %d %s", status, body)
		}
		if _, body := create(`{"x":"` + strings.Repeat(" ", 6144) + `"}`); !strings.Contains(body, "<VersionId>v6</VersionId>") {
			l.Fatalf("white space counts, or a number was used again: %s", body)
		}
	})
}

func TestR79_RolesTrustAndSessionsEnd(t *testing.T) {
	rule(t, "R79", func(l lab) {
		s := l.sim(`
accounts:
  "111122223333": {roles: {Open: {trust: ["444455556666"]}, Keyed: {external_id: secret}, Closed: {}}}
  "444455556666": {}
`)
		other := s.admin(consumer)
		if a := other.assume("arn:aws:iam::111122223333:role/Closed"); a.token != "" {
			l.Fatalf("assumed a role that does not trust the account")
		}
		if a := s.admin(producer).assume("arn:aws:iam::111122223333:role/Keyed"); a.token != "" {
			l.Fatalf("assumed a role without its external id")
		}
		s.admin(producer).assume("arn:aws:iam::111122223333:role/Keyed", "ExternalId", "secret").lf("GetDataLakeSettings", nil).ok()
		a := other.assume("arn:aws:iam::111122223333:role/Open")
		a.lf("GetDataLakeSettings", nil).ok()
		s.pass(time.Hour)
		a.lf("GetDataLakeSettings", nil).fails("ExpiredTokenException", "expired")
	})
}

func TestR79_TokensAreChecked(t *testing.T) {
	always(t, func(l lab) {
		a := l.sim(two).role(producer, "Lake")
		a.token += "x"
		a.lf("GetDataLakeSettings", nil).fails("UnrecognizedClientException", "security token")
		a.key, a.token = "AKIAUNKNOWN", ""
		a.lf("GetDataLakeSettings", nil).fails("UnrecognizedClientException", "security token")
	})
}

func TestR80_NewRolesAreNotKnownAtOnce(t *testing.T) {
	rule(t, "R80", func(l lab) {
		world := strings.Replace(two, "Reader: {}", "Reader: {created: 2027-01-01T12:00:00Z}", 1)
		s := l.sim(world, awssim.Switches{IAMPropagation: 10 * time.Second})
		a := s.admin(producer)
		s.pass(5 * time.Second)
		a.grant("role/Reader", "sales", "DESCRIBE").fails(input, "Invalid principal")
		s.pass(5 * time.Second)
		a.grant("role/Reader", "sales", "DESCRIBE").ok()
	})
}

func TestR82_UnknownOperationsAreNamed(t *testing.T) {
	always(t, func(l lab) {
		a := l.sim(two).admin(producer)
		a.lf("CreateLFTag", nil).fails("UnknownOperationException", "lakeformation POST CreateLFTag")
		a.json("s3", "/", "", nil).fails("UnknownOperationException", `"s3"`)
	})
}

func TestR83_CallsAreLogged(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(two)
		a := s.role(producer, "Lake")
		s.ResetCalls()
		a.grant("role/Reader", "sales", "SELECT").fails(input, invalid)
		a.on("sales")
		calls := s.Calls()
		if len(calls) != 2 {
			l.Fatalf("%d calls", len(calls))
		}
		got := calls[0]
		got.Input = nil
		want := awssim.Call{
			Service: "lakeformation", Operation: "GrantPermissions", Account: producer, Region: region,
			Caller: "arn:aws:sts::111122223333:assumed-role/Lake/test", Writes: true, Code: input,
		}
		if got.Service != want.Service || got.Operation != want.Operation || got.Caller != want.Caller || !got.Writes || got.Code != want.Code {
			l.Fatalf("got %+v, want %+v", got, want)
		}
		if calls[1].Writes || calls[1].Code != "" {
			l.Fatalf("the listing: %+v", calls[1])
		}
	})
}

func TestR79_WebIdentitiesAreTrustedByIssuer(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(`accounts: {"111122223333": {roles: {Open: {trust: [token.actions.githubusercontent.com]}, Closed: {}}}}`)
		token := "x." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"https://token.actions.githubusercontent.com"}`)) + ".x"
		ask := func(role, token string) (int, string) {
			form := "Action=AssumeRoleWithWebIdentity&RoleSessionName=run&RoleArn=arn:aws:iam::111122223333:role/" + role + "&WebIdentityToken=" + token
			r, err := http.NewRequest(http.MethodPost, "http://awssim/", strings.NewReader(form))
			if err != nil {
				l.Fatalf("request: %v", err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := s.RoundTrip(r)
			if err != nil {
				l.Fatalf("round trip: %v", err)
			}
			text, err := io.ReadAll(resp.Body)
			if err != nil {
				l.Fatalf("read: %v", err)
			}
			return resp.StatusCode, string(text)
		}
		if status, body := ask("Open", token); status != 200 || !strings.Contains(body, "<SessionToken>") {
			l.Errorf("trusted: %d %s", status, body)
		}
		if status, body := ask("Closed", token); status != 403 || !strings.Contains(body, "AccessDenied") {
			l.Errorf("not trusted: %d %s", status, body)
		}
		if status, body := ask("Open", "nonsense"); status != 400 || !strings.Contains(body, "InvalidIdentityToken") {
			l.Errorf("no token: %d %s", status, body)
		}
	})
}
