package trust_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/trust"
)

const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"

// good is a policy that trusts one environment of one repository.
const good = `{"Version": "2012-10-17", "Statement": [{"Sid": "GitHub", "Effect": "Allow",
	"Principal": {"Federated": "` + provider + `"}, "Action": "sts:AssumeRoleWithWebIdentity",
	"Condition": {"StringEquals": {
		"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
		"token.actions.githubusercontent.com:repository_id": "42",
		"token.actions.githubusercontent.com:sub": "repo:acme/lake:environment:lakeshare-plan"}}}]}`

// job are the claims of a job in an environment, with changes; nil takes one out.
func job(changes map[string]any) map[string]any {
	claims := map[string]any{
		"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com",
		"sub":        "repo:acme/lake:environment:lakeshare-plan",
		"repository": "acme/lake", "repository_id": "42", "repository_owner": "acme", "repository_owner_id": "7",
	}
	for name, v := range changes {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	return claims
}

func explain(t *testing.T, policy string, claims map[string]any) trust.Verdict {
	t.Helper()
	v, err := trust.Explain([]byte(policy), provider, claims)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheRightTokenIsLetIn(t *testing.T) {
	t.Parallel()
	v := explain(t, good, job(nil))
	if !v.Allowed || len(v.Reasons()) > 0 || len(v.Warnings) > 0 {
		t.Errorf("got %+v", v)
	}
}

// TestEveryWrongTokenHasItsReason changes the policy or the token, and reads what
// a person would be told.
func TestEveryWrongTokenHasItsReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string // in the policy
		changes  map[string]any
		want     []string
	}{
		"audience": {
			changes: map[string]any{"aud": "https://github.com/acme"},
			want:    []string{"statement GitHub", ":aud", `"sts.amazonaws.com"`, `the token says "https://github.com/acme"`},
		},
		"another environment": {
			changes: map[string]any{"sub": "repo:acme/lake:environment:lakeshare-apply"},
			want:    []string{`"repo:acme/lake:environment:lakeshare-plan"`, `"repo:acme/lake:environment:lakeshare-apply"`},
		},
		"no environment": {
			changes: map[string]any{"sub": "repo:acme/lake:ref:refs/heads/main"},
			want:    []string{"the job names no environment"},
		},
		"a branch in the policy": {
			old: "environment:lakeshare-plan", new: "ref:refs/heads/main",
			want: []string{"the job runs in an environment"},
		},
		"ids in the token": {
			changes: map[string]any{"sub": "repo:acme@7/lake@42:environment:lakeshare-plan"},
			want:    []string{"the form without ids; write repo:acme@7/lake@42:environment:lakeshare-plan"},
		},
		"ids in the policy": {
			old: "repo:acme/lake", new: "repo:acme@7/lake@42",
			want: []string{"the form with ids", "write repo:acme/lake:environment:lakeshare-plan"},
		},
		"case":                {old: "repo:acme", new: "repo:Acme", want: []string{"only upper and lower case differ"}},
		"a star, literally":   {old: "lake:environment", new: "lake:*", want: []string{"StringEquals takes * literally"}},
		"another repository":  {changes: map[string]any{"repository_id": "43"}, want: []string{":repository_id", `"42"`, `"43"`}},
		"no such claim":       {changes: map[string]any{"repository_id": nil}, want: []string{"the token does not have it"}},
		"a claim of no use":   {old: ":repository_id\": \"42\"", new: ":repository_owner\": \"acme\"", want: []string{"STS does not evaluate the claim repository_owner"}},
		"a key of others":     {old: "token.actions.githubusercontent.com:repository_id", new: "gitlab.com:repository_id", want: []string{"no key of tokens from token.actions.githubusercontent.com"}},
		"an unknown operator": {old: "StringEquals", new: "IpAddress", want: []string{"not explained here"}},
		"another account":     {old: "111122223333", new: "444455556666", want: []string{"its Principal is", "444455556666", "comes from " + provider}},
		"another principal":   {old: `"Federated"`, new: `"Service"`, want: []string{"not Federated"}},
		"another action":      {old: "AssumeRoleWithWebIdentity", new: "AssumeRole", want: []string{`"sts:AssumeRole"`, "not sts:AssumeRoleWithWebIdentity"}},
		"denied":              {old: "Allow", new: "Deny", want: []string{"statement GitHub denies it"}},
	} {
		if c.old != "" && !strings.Contains(good, c.old) {
			t.Fatalf("%s: the policy has no %s", name, c.old)
		}
		v := explain(t, strings.Replace(good, c.old, c.new, 1), job(c.changes))
		if v.Allowed {
			t.Errorf("%s: allowed", name)
		}
		text := strings.Join(v.Reasons(), "\n")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q lacks %q", name, text, want)
			}
		}
	}
}

func TestPitfallsAreWarnedAbout(t *testing.T) {
	t.Parallel()
	const key = `"token.actions.githubusercontent.com:`
	for condition, want := range map[string]string{
		`{}`: "does not ask for the subject, so every repository",
		`{"StringEquals": {` + key + `aud": "sts.amazonaws.com"}}`:                                                                 "does not ask for the subject, so every repository",
		`{"StringEquals": {` + key + `repository_id": "42"}}`:                                                                      "every workflow of the repository",
		`{"StringEquals": {` + key + `sub": "repo:acme/lake:environment:lakeshare-plan"}}`:                                         "does not ask for the audience",
		`{"StringLike": {` + key + `sub": "repo:acme/*"}}`:                                                                         "lets more than one repository in with repo:acme/*",
		`{"StringLike": {` + key + `sub": "repo:acme/lake*"}}`:                                                                     "lets more than one repository in",
		`{"StringLike": {` + key + `sub": "repo:*/lake:environment:x"}}`:                                                           "repositories of other owners",
		`{"StringLike": {` + key + `sub": "repo:acme/lake:*"}}`:                                                                    "lets every branch and pull request in",
		`{"StringLike": {` + key + `sub": "repo:acme/lake:environment:*"}}`:                                                        "more than one environment",
		`{"StringEquals": {` + key + `sub": "repo:acme/lake:ref:refs/heads/main"}}`:                                                "names no environment",
		`{"ForAllValues:StringEquals": {` + key + `environment": "x"}}`:                                                            "ForAllValues of nothing is true",
		`{"StringEqualsIfExists": {` + key + `sub": "repo:acme/lake:environment:x"}}`:                                              "does not ask for the subject",
		`{"StringNotEquals": {` + key + `sub": "repo:evil/lake:environment:x", ` + key + `aud": "x"}}`:                             "does not ask for the audience",
		`{"ForAllValues:StringLike": {` + key + `sub": ["repo:acme/lake:environment:x"], ` + key + `aud": ["sts.amazonaws.com"]}}`: "does not ask for the audience",
	} {
		policy := `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": ["sts:TagSession", "sts:Assume*"], "Condition": ` + condition + `}}`
		if v := explain(t, policy, job(nil)); !strings.Contains(strings.Join(v.Warnings, "\n"), want) {
			t.Errorf("%s: %q lacks %q", condition, v.Warnings, want)
		}
	}
}

func TestForAllValuesOfNothingHolds(t *testing.T) {
	t.Parallel()
	policy := strings.Replace(good, "StringEquals", "ForAllValues:StringEquals", 1)
	v := explain(t, policy, map[string]any{"iss": "https://token.actions.githubusercontent.com"})
	if !v.Allowed {
		t.Fatalf("IAM lets it in, so must this: %+v", v)
	}
	if note := v.Statements[0].Conditions[0].Note; !strings.Contains(note, "ForAllValues of nothing is true") {
		t.Errorf("note %q", note)
	}
}

func TestDocumentsAreTakenFromWhatPeopleHave(t *testing.T) {
	t.Parallel()
	encoded := strings.NewReplacer("{", "%7B", "}", "%7D", `"`, "%22", " ", "%20", "\n", "", "\t", "").Replace(good)
	const arn = "arn:aws:iam::111122223333:role/lakeshare-plan"
	for name, c := range map[string]struct{ input, role string }{
		"the document":         {good, ""},
		"percent-encoded":      {encoded, ""},
		"aws iam get-role":     {`{"Role": {"Arn": "` + arn + `", "AssumeRolePolicyDocument": ` + good + `}}`, arn},
		"get-role as it comes": {`{"Role": {"Arn": "` + arn + `", "AssumeRolePolicyDocument": "` + encoded + `"}}`, arn},
	} {
		document, role, err := trust.Document([]byte(c.input))
		if err != nil || role != c.role {
			t.Errorf("%s: role %q, %v", name, role, err)
			continue
		}
		if v := explain(t, string(document), job(nil)); !v.Allowed {
			t.Errorf("%s: %v", name, v.Reasons())
		}
	}
}

func TestWhatIsNoTrustPolicyIsRefused(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"":                       "no JSON",
		"nonsense":               "no JSON",
		"%7Bx":                   "read the trust policy",
		"{}":                     "no trust policy",
		`{"Role": {"Arn": "x"}}`: "no trust policy",
		`{"Statement": []}`:      "no Statement",
		`{"Statement": {"Effect": "Allow", "Action": "*"}}`:                                                                   "names no Principal",
		`{"Statement": {"Effect": "Allow", "Principal": "arn", "Action": "*"}}`:                                               "a principal is",
		`{"Statement": {"Effect": "Allow", "NotPrincipal": "*", "Action": "*"}}`:                                              "NotPrincipal",
		`{"Statement": {"Effect": "Allow", "Principal": "*"}}`:                                                                "names no Action",
		`{"Statement": {"Effect": "allow", "Principal": "*", "Action": "*"}}`:                                                 "not Allow or Deny",
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {"StringEquals": {"a": {"b": 1}}}}}`: "a condition is a string or a list",
	} {
		document, _, err := trust.Document([]byte(input))
		if err == nil {
			_, err = trust.Explain(document, provider, job(nil))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", input, err, want)
		}
	}
}

func TestSubjectHasTwoForms(t *testing.T) {
	t.Parallel()
	want := []string{"repo:acme/lake:environment:x", "repo:acme@7/lake@42:environment:x"}
	for _, sub := range want {
		legacy, immutable := trust.Subject(job(map[string]any{"sub": sub}))
		if got := []string{legacy, immutable}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q", sub, got)
		}
	}
	if legacy, immutable := trust.Subject(job(map[string]any{"sub": "custom"})); legacy+immutable != "" {
		t.Errorf("a custom subject has two forms: %q %q", legacy, immutable)
	}
}

func ExampleExplain() {
	policy := `{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
		"Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
			"token.actions.githubusercontent.com:sub": "repo:acme/lake:environment:lakeshare-plan"}}}}`
	verdict, err := trust.Explain([]byte(policy), trust.GitHub, map[string]any{
		"aud": "sts.amazonaws.com", "sub": "repo:acme/lake:pull_request",
	})
	fmt.Println(verdict.Allowed, err)
	for _, line := range verdict.Reasons() {
		fmt.Println(line)
	}
	// Output:
	// false <nil>
	// statement 1: StringEquals token.actions.githubusercontent.com:sub "repo:acme/lake:environment:lakeshare-plan", but the token says "repo:acme/lake:pull_request": the job names no environment: add "environment:" to the job
}
