package awssim_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// policyWorld has a role that trusts one environment of one repository, and
// roles that differ in what they ask about.
const policyWorld = `
accounts:
  "111122223333":
    oidc_providers: [token.actions.githubusercontent.com]
    roles:
      Plan:
        trust_policy:
          Statement:
            - Effect: Allow
              Principal: {Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
              Action: sts:AssumeRoleWithWebIdentity
              Condition:
                StringEquals:
                  token.actions.githubusercontent.com:aud: sts.amazonaws.com
                  token.actions.githubusercontent.com:sub: repo:acme/lake:environment:lakeshare-plan
                  token.actions.githubusercontent.com:repository_id: "42"
      Other:
        trust_policy:
          Statement: {Effect: Allow, Principal: {Federated: "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, Action: "*"}
      NotForked:
        trust_policy:
          Statement:
            - {Effect: Allow, Principal: "*", Action: "sts:*", Condition: {StringLike: {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}}
            - {Effect: Deny, Principal: "*", Action: "*", Condition: {StringEquals: {"token.actions.githubusercontent.com:actor": [eve, mallory]}}}
      NoOwner:
        trust_policy:
          Statement: {Effect: Allow, Principal: "*", Action: "*", Condition: {StringEquals: {"token.actions.githubusercontent.com:repository_owner": acme}}}
      AllOf:
        trust_policy:
          Statement: {Effect: Allow, Principal: "*", Action: "*", Condition: {"ForAllValues:StringEquals": {"token.actions.githubusercontent.com:ref": refs/heads/main}}}
      NotDev:
        trust_policy:
          Statement: {Effect: Allow, Principal: "*", Action: "*", Condition: {StringNotEquals: {"token.actions.githubusercontent.com:environment": dev}}}
      Odd:
        trust_policy:
          Statement: {Effect: Allow, Principal: "*", Action: "*", Condition: {IpAddress: {"aws:SourceIp": 192.0.2.1}}}
  "444455556666":
    oidc_providers: [gitlab.com]
    roles:
      Plan: {trust: [token.actions.githubusercontent.com]}
`

// claims are those of a job in an environment, with changes; nil takes one out.
func claims(changes map[string]any) map[string]any {
	all := map[string]any{
		"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "repository_id": "42", "actor": "ada",
		"sub": "repo:acme/lake:environment:lakeshare-plan", "repository_owner": "acme", "exp": start().Unix() + 300,
	}
	for name, v := range changes {
		if all[name] = v; v == nil {
			delete(all, name)
		}
	}
	return all
}

// federate tries to assume a role with a token. The answer is its status and the code in it.
func (s *sim) federate(role string, claims map[string]any) (int, string) {
	s.Helper()
	text, err := json.Marshal(claims)
	if err != nil {
		s.Fatalf("claims: %v", err)
	}
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "RoleSessionName": {"run"}, "RoleArn": {role},
		"WebIdentityToken": {"x." + base64.RawURLEncoding.EncodeToString(text) + ".x"},
	}
	r, err := http.NewRequest(http.MethodPost, "http://awssim/", strings.NewReader(form.Encode()))
	if err != nil {
		s.Fatalf("request: %v", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.RoundTrip(r)
	if err != nil {
		s.Fatalf("round trip: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatalf("read: %v", err)
	}
	_, code, _ := strings.Cut(string(body), "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return resp.StatusCode, code
}

func TestR79_TrustPoliciesDecideByTheClaims(t *testing.T) {
	rule(t, "R79", func(l lab) {
		for _, c := range []struct {
			role    string
			changes map[string]any
			code    string // "" for assumed
		}{
			{"Plan", nil, ""},
			{"Plan", map[string]any{"aud": "https://github.com/acme"}, "AccessDenied"},
			{"Plan", map[string]any{"sub": "repo:acme/lake:environment:lakeshare-apply"}, "AccessDenied"},
			{"Plan", map[string]any{"sub": "repo:ACME/lake:environment:lakeshare-plan"}, "AccessDenied"},
			{"Plan", map[string]any{"repository_id": "43"}, "AccessDenied"},
			{"Plan", map[string]any{"repository_id": nil}, "AccessDenied"},
			{"Plan", map[string]any{"exp": start().Unix()}, "ExpiredTokenException"},
			{"Plan", map[string]any{"iss": "https://gitlab.com"}, "InvalidIdentityToken"},
			{"Other", nil, "AccessDenied"},
			{"NotForked", nil, ""},
			{"NotForked", map[string]any{"actor": "mallory"}, "AccessDenied"},
			{"NotForked", map[string]any{"sub": "repo:acme-evil/lake"}, "AccessDenied"},
			{"NoOwner", nil, "AccessDenied"}, // STS does not know this claim
			{"AllOf", nil, ""},               // nothing is all of anything
			{"AllOf", map[string]any{"ref": "refs/heads/dev"}, "AccessDenied"},
			{"NotDev", nil, ""},
			{"NotDev", map[string]any{"environment": "dev"}, "AccessDenied"},
			{"Odd", nil, "AccessDenied"},
		} {
			s := l.sim(policyWorld)
			status, code := s.federate("arn:aws:iam::111122223333:role/"+c.role, claims(c.changes))
			if code != c.code || (status == http.StatusOK) != (c.code == "") {
				l.Errorf("%s with %v: %d %q, want %q", c.role, c.changes, status, code, c.code)
			}
		}
	})
}

func TestR79_AnAccountKnowsItsProviders(t *testing.T) {
	rule(t, "R79", func(l lab) {
		if status, code := l.sim(policyWorld).federate("arn:aws:iam::444455556666:role/Plan", claims(nil)); status != 400 || code != "InvalidIdentityToken" {
			l.Errorf("%d %s", status, code)
		}
	})
}

func TestR79_TrustPoliciesDecideAboutCallers(t *testing.T) {
	rule(t, "R79", func(l lab) {
		s := l.sim(`
accounts:
  "111122223333":
    roles:
      Open: {trust_policy: {Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::444455556666:root"}, Action: "sts:AssumeRole"}}}
      Secret: {trust_policy: {Statement: {Effect: Allow, Principal: {AWS: "444455556666"}, Action: "sts:AssumeRole", Condition: {StringEquals: {"sts:ExternalId": x}}}}}
      Own: {}
  "444455556666": {}
`)
		if s.admin("444455556666").assume("arn:aws:iam::111122223333:role/Open").token == "" {
			l.Errorf("a trusted account is refused")
		}
		if s.admin("111122223333").assume("arn:aws:iam::111122223333:role/Open").token == "" {
			l.Errorf("the administrator is refused")
		}
		if s.admin("444455556666").assume("arn:aws:iam::111122223333:role/Secret").token != "" {
			l.Errorf("the external id is not asked for")
		}
		if s.role("111122223333", "Own").assume("arn:aws:iam::111122223333:role/Open").token != "" {
			l.Errorf("a role of the same account that the policy does not name is let in")
		}
	})
}

func TestGetRoleShowsTheTrustPolicy(t *testing.T) {
	always(t, func(l lab) {
		s := l.sim(policyWorld)
		_, body := s.admin("111122223333").query("iam", "GetRole", map[string]string{"RoleName": "Plan"})
		if !strings.Contains(body, "repo%3Aacme%2Flake%3Aenvironment%3Alakeshare-plan") {
			l.Errorf("the document is not URL-encoded, or another one: %s", body)
		}
	})
}

func TestWorldsRefuseBrokenTrustPolicies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{trust_policy: {Version: "2012-10-17"}}`:                                              "has a Statement",
		`{trust_policy: {Statement: {Effect: Maybe}}}`:                                         "Allow or Deny",
		`{trust_policy: nonsense}`:                                                             "no JSON document",
		`{trust: ["*"], trust_policy: {Statement: {Effect: Allow, Principal: "*"}}}`:           "either trust or trust_policy",
		`{trust_policy: {Statement: {Effect: Allow, Condition: {StringLike: {a: [{b: c}]}}}}}`: "a condition's value is a string",
	} {
		_, err := awssim.ParseWorld([]byte(`accounts: {"111122223333": {roles: {R: ` + text + `}}}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
