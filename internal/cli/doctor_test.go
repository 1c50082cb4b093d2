package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
)

const doctorConfig = `version: 1
region: eu-west-1
accounts:
  sales:
    id: "111122223333"
    plan_role: arn:aws:iam::111122223333:role/lakeshare
    apply_role: arn:aws:iam::111122223333:role/lakeshare
    databases: {sales: {}}
`

const doctorWorld = `
clock: 2026-12-01T12:00:00Z
accounts:
  "111122223333":
    roles: {lakeshare: {trust: [token.actions.githubusercontent.com]}}
    regions: {eu-west-1: {settings: {admins: [role/lakeshare]}}}
`

func jwt(t *testing.T, claims map[string]any) string {
	t.Helper()
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(text) + ".secret"
}

// examine runs doctor with an environment in a folder of its own.
func examine(t *testing.T, env map[string]string) (out string, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"lakeshare.yaml": doctorConfig, "world.yaml": doctorWorld} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	c := &common{dir: ".", simulate: "world.yaml", env: Env{
		Stdout: &b, Stderr: &b, Dir: dir, Now: time.Now, Getenv: func(name string) string { return env[name] },
	}}
	cmd := newDoctor(c)
	cmd.SetArgs(nil)
	err = cmd.ExecuteContext(t.Context())
	return b.String(), err
}

// TestDoctorAsksForTheTokenOfTheRun talks to what stands for GitHub's token service.
func TestDoctorAsksForTheTokenOfTheRun(t *testing.T) {
	t.Parallel()
	token := jwt(t, map[string]any{
		"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "environment": "lakeshare-apply",
		"sub": "repo:acme/lake:environment:lakeshare-apply",
	})
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("audience") != "sts.amazonaws.com" || r.Header.Get("Authorization") != "Bearer request" {
			http.Error(w, "who are you", http.StatusForbidden)
			return
		}
		if err := json.NewEncoder(w).Encode(map[string]string{"value": token}); err != nil {
			t.Error(err)
		}
	}))
	defer service.Close()
	env := map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": service.URL + "/?x=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request"}
	out, err := examine(t, env)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range []string{`it says "repo:acme/lake:environment:lakeshare-apply"`, "ok       sales (111122223333/eu-west-1) apply_role: assumed; a Lake Formation administrator"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "plan_role") {
		t.Errorf("one role for both is tried twice:\n%s", out)
	}
	env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "another"
	out, err = examine(t, env)
	if err == nil || !strings.Contains(out, "failed   identity token: ") || !strings.Contains(out, "id-token: write") {
		t.Errorf("a refused token: %v\n%s", err, out)
	}
	if strings.Contains(out, token) || strings.Contains(out, "secret") {
		t.Errorf("the token is shown:\n%s", out)
	}
}

// TestDoctorGoesByWhatInitWrites where nobody may read the role's own policy.
func TestDoctorGoesByWhatInitWrites(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::111122223333:role/lakeshare"
	a := fact.Account{Alias: "sales", Place: fact.Place{Account: "111122223333", Region: "eu-west-1"}, PlanRole: arn, ApplyRole: arn}
	refused := aws.Access{Role: arn, Code: codeRefused, Refused: errors.New("AccessDenied: Not authorized")}
	for sub, want := range map[string]string{
		"repo:acme/lake:environment:lakeshare-plan":       "it would let this token in: the role does not exist, or has another policy",
		"repo:acme@7/lake@42:environment:lakeshare-apply": "it would let this token in",
		"repo:acme/lake:pull_request":                     "the job names no environment",
	} {
		d := &doctor{
			doctorOptions: &doctorOptions{common: &common{env: Env{Getenv: func(string) string { return "" }}}},
			tree:          &fact.Tree{Accounts: []fact.Account{a}}, token: "x",
			claims: map[string]any{
				"aud": "sts.amazonaws.com", "sub": sub, "repository": "acme/lake", "repository_id": "42", "repository_owner_id": "7",
			},
		}
		r := d.refused(t.Context(), trial{a, aws.Applying, arn, "apply_role"}, refused)
		text := strings.Join(append(r.why, r.remedy...), "\n")
		if r.status != bad || !strings.Contains(text, "goes by the one that lakeshare init writes") || !strings.Contains(text, want) {
			t.Errorf("%s: %s", sub, text)
		}
	}
}
