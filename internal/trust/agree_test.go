package trust_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/trust"
)

// TestVerdictsAreWhatSTSDecides compares verdicts about random policies and
// tokens with what the simulated STS answers, which has an evaluator of its own.
func TestVerdictsAreWhatSTSDecides(t *testing.T) {
	t.Parallel()
	allowed := 0
	rapid.Check(t, func(t *rapid.T) {
		policy, err := json.Marshal(map[string]any{"Statement": rapid.SliceOfN(rapid.Custom(drawStatement), 1, 3).Draw(t, "statements")})
		if err != nil {
			t.Fatal(err)
		}
		claims := drawClaims(t)
		verdict, err := trust.Explain(policy, provider, claims)
		if err != nil {
			t.Fatal(err)
		}
		if got := assumed(t, policy, claims); got != verdict.Allowed {
			t.Fatalf("STS says %v, the verdict is %v: %v\npolicy %s\nclaims %v", got, verdict.Allowed, verdict.Reasons(), policy, claims)
		}
		if verdict.Allowed {
			allowed++
		} else if len(verdict.Reasons()) == 0 {
			t.Fatalf("refused without a reason\npolicy %s\nclaims %v", policy, claims)
		}
	})
	if allowed == 0 {
		t.Error("no token was ever let in: the cases tell nothing")
	}
}

func drawStatement(t *rapid.T) map[string]any {
	s := map[string]any{
		"Effect":    rapid.SampledFrom([]string{"Allow", "Allow", "Allow", "Deny"}).Draw(t, "effect"),
		"Principal": rapid.SampledFrom([]any{"*", map[string]any{"Federated": provider}, map[string]any{"Federated": []string{"x", provider}}, map[string]any{"AWS": "111122223333"}}).Draw(t, "principal"),
		"Action":    rapid.SampledFrom([]any{"*", "sts:AssumeRoleWithWebIdentity", []string{"sts:TagSession", "sts:assumerolewith*"}, "sts:AssumeRole"}).Draw(t, "action"),
	}
	conditions := map[string]map[string]any{}
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		operator := rapid.SampledFrom([]string{"", "ForAllValues:", "ForAnyValue:"}).Draw(t, "set") +
			rapid.SampledFrom([]string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"}).Draw(t, "operator") +
			rapid.SampledFrom([]string{"", "IfExists"}).Draw(t, "exists")
		key := "token.actions.githubusercontent.com:" + rapid.SampledFrom([]string{"sub", "aud", "ref", "repository_owner"}).Draw(t, "key")
		wanted := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "a/b", "a*", "*b", "?", "*", "b"}), 1, 2).Draw(t, "wanted")
		conditions[operator] = map[string]any{key: wanted}
	}
	s["Condition"] = conditions
	return s
}

func drawClaims(t *rapid.T) map[string]any {
	claims := map[string]any{"iss": "https://token.actions.githubusercontent.com"}
	for _, name := range []string{"sub", "aud", "ref", "repository_owner"} {
		if v := rapid.SampledFrom([]string{"", "a", "b", "a/b", "c"}).Draw(t, name); v != "" {
			claims[name] = v
		}
	}
	return claims
}

func assumed(t *rapid.T, policy []byte, claims map[string]any) bool {
	w := &awssim.World{Accounts: map[string]*awssim.Account{"111122223333": {Roles: map[string]*awssim.Role{
		"R": {TrustPolicy: awssim.JSONText(policy)},
	}}}}
	server, err := awssim.New(w, awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "RoleSessionName": {"run"}, "RoleArn": {"arn:aws:iam::111122223333:role/R"},
		"WebIdentityToken": {"x." + base64.RawURLEncoding.EncodeToString(text) + ".x"},
	}
	r, err := http.NewRequest(http.MethodPost, "http://awssim/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := server.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusForbidden {
		t.Fatalf("status %d", answer.StatusCode)
	}
	return answer.StatusCode == http.StatusOK
}
