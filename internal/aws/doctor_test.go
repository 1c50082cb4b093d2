package aws

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestCheckTellsHowFarARoleGets(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Accounts[consumerID].Roles["lakeshare-apply"].Deny = []string{"lakeformation:GetDataLakeSettings"}
		w.Accounts[consumerID].Regions[region].Settings.ReadOnlyAdmins = nil
	})
	check := func(phase Phase, account fact.Account) Access {
		t.Helper()
		a, err := l.cloud(phase).Check(t.Context(), account)
		if err != nil || a.Refused != nil {
			t.Fatalf("%s: %v %v", account.Alias, err, a.Refused)
		}
		return a
	}
	all := accounts()
	plan, apply := check(Planning, all[0]), check(Applying, all[0])
	if plan.Admin != ReadOnlyAdmin || !strings.Contains(plan.Caller, "assumed-role/lakeshare-plan/lakeshare-1-abc") {
		t.Errorf("plan: %+v", plan)
	}
	if apply.Admin != FullAdmin || apply.Role != all[0].ApplyRole {
		t.Errorf("apply: %+v", apply)
	}
	if a := check(Planning, all[1]); a.Admin != NoAdmin || a.Unread != nil {
		t.Errorf("no administrator: %+v", a)
	}
	if a := check(Applying, all[1]); a.Unread == nil {
		t.Errorf("settings that cannot be read: %+v", a)
	}
	if w := l.writes(); len(w) > 0 {
		t.Errorf("checking wrote: %v", w)
	}
}

func TestCheckTellsWhyARoleIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Accounts[producerID].Roles["lakeshare-plan"].TrustPolicy = `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*",
			"Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:acme/lake:environment:x"}}}}`
	})
	for sub, wantCode := range map[string]string{"repo:acme/lake:environment:x": "", "repo:acme/lake:pull_request": "AccessDenied"} {
		token := "x." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss": "https://token.actions.githubusercontent.com", "sub": "`+sub+`"}`)) + ".x"
		c := New(Config{
			Accounts: accounts(), Session: "doctor", Simulator: l.server, Now: l.clock.Now, Sleep: l.clock.Sleep,
			WebIdentity: func(context.Context) (string, error) { return token, nil },
		})
		a, err := c.Check(t.Context(), accounts()[0])
		if err != nil || a.Code != wantCode || (a.Refused != nil) != (wantCode != "") {
			t.Errorf("%s: %+v %v", sub, a, err)
		}
		if a.Refused != nil && strings.Contains(a.Refused.Error(), token) {
			t.Errorf("the error holds the token: %v", a.Refused)
		}
	}
}

func TestTrustPolicyIsReadAsItIs(t *testing.T) {
	t.Parallel()
	const policy = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"a:b":"x y+z%"}}}}`
	l := newLab(t, awssim.Options{}, func(w *awssim.World) { w.Accounts[producerID].Roles["lakeshare-plan"].TrustPolicy = policy })
	account := accounts()[0]
	got, err := l.cloud(Applying).TrustPolicy(t.Context(), account, account.PlanRole)
	if err != nil || string(got) != policy {
		t.Errorf("got %s %v", got, err)
	}
	elsewhere := strings.Replace(account.PlanRole, producerID, consumerID, 1)
	if _, err := l.cloud(Applying).TrustPolicy(t.Context(), account, elsewhere); err == nil {
		t.Error("the policy of another account's role is taken for it")
	}
}
