package scaffold_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/scaffold"
	"github.com/lakeshare/lakeshare/internal/trust"
)

// written is a policy as it stands in a file for an account.
type written struct {
	Statement []struct {
		Sid       string
		Action    oneOrMore
		Resource  oneOrMore
		Condition map[string]map[string]any
	}
	text []byte
}

type oneOrMore []string

func (l *oneOrMore) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(l))
}

func (w written) actions() []string {
	var out []string
	for _, s := range w.Statement {
		out = append(out, s.Action...)
	}
	return out
}

// providerOfStack is what the template says for the provider's ARN.
var providerOfStack = regexp.MustCompile(`"Federated": \{"Fn::If": \["ProviderIsOurs", \{"Ref": "GitHubProvider"\}, ("[^"]+")\]\}`)

// policies takes the documents out of both files of an account: trust and policy
// of the plan role, then of the apply role. Both files have to say the same.
func policies(t *testing.T, in scaffold.Input, alias string) []written {
	t.Helper()
	var all [2][]written
	for i, f := range []struct{ name, opens string }{
		{"iam/" + alias + ".tf", "<<-JSON"},
		{"iam/" + alias + ".cloudformation.yaml", "PolicyDocument:"},
	} {
		content := providerOfStack.ReplaceAllString(file(t, in, f.name).Content, `"Federated": $1`)
		for _, text := range documents(content, f.opens) {
			w := written{text: []byte(text)}
			if err := json.Unmarshal(w.text, &w); err != nil {
				t.Fatalf("%s: %v\n%s", f.name, err, text)
			}
			all[i] = append(all[i], w)
		}
	}
	if len(all[0]) != 4 || len(all[1]) != 4 {
		t.Fatalf("%d and %d documents, want 4 each", len(all[0]), len(all[1]))
	}
	for i := range all[0] {
		if compact(t, all[0][i].text) != compact(t, all[1][i].text) {
			t.Errorf("document %d differs between Terraform and CloudFormation", i)
		}
	}
	return all[0]
}

// documents are the JSON documents that begin below a line with this end.
func documents(content, opens string) []string {
	var out []string
	end := ""
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\n")
		switch {
		case end == "" && strings.HasSuffix(line, opens):
			end = "next"
			out = append(out, "")
			continue
		case end == "next":
			end = strings.Replace(line, "{", "}", 1)
		case end == "":
			continue
		}
		out[len(out)-1] += line + "\n"
		if line == end {
			end = ""
		}
	}
	return out
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// regional is grown with roles of the usual names.
func regional() scaffold.Input {
	in := grown()
	in.Accounts = in.Accounts[:1]
	return in
}

// TestRolesTrustTheirEnvironmentsAndNothingElse evaluates what stands in the files.
func TestRolesTrustTheirEnvironmentsAndNothingElse(t *testing.T) {
	t.Parallel()
	in := regional()
	all := policies(t, in, "sales")
	provider := scaffold.Provider(in.Accounts[0].PlanRole)
	claims := func(sub string) map[string]any {
		return map[string]any{"aud": "sts.amazonaws.com", "sub": sub, "repository_id": "42"}
	}
	const here = "repo:acme@7/lake@42:environment:"
	lets := map[int][]string{
		0: {here + "lakeshare-plan"},
		2: {here + "lakeshare-apply", here + "lakeshare-schedule"},
	}
	tries := []string{
		here + "lakeshare-plan", here + "lakeshare-apply", here + "lakeshare-schedule", here + "production",
		"repo:acme/lake:environment:lakeshare-plan", "repo:acme@7/lake@43:environment:lakeshare-plan",
		"repo:acme@7/lake@42:ref:refs/heads/main", "repo:acme@7/lake@42:pull_request", here + "lakeshare-plan:x", "",
	}
	for at, want := range lets {
		var got []string
		for _, sub := range tries {
			v, err := trust.Explain(all[at].text, provider, claims(sub))
			if err != nil || len(v.Warnings) > 0 {
				t.Fatalf("%v %v", err, v.Warnings)
			}
			if v.Allowed {
				got = append(got, sub)
			}
			for _, change := range []string{"aud", "repository_id"} {
				wrong := claims(sub)
				wrong[change] = "other"
				if v, err := trust.Explain(all[at].text, provider, wrong); err != nil || v.Allowed {
					t.Errorf("document %d lets %s in with another %s: %v", at, sub, change, err)
				}
			}
			if v, err := trust.Explain(all[at].text, strings.Replace(provider, "1111", "2222", 1), claims(sub)); err != nil || v.Allowed {
				t.Errorf("document %d lets a provider of another account in: %v", at, err)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("document %d lets in %q, want %q", at, got, want)
		}
	}
}

var (
	calls = regexp.MustCompile(`"((?:glue|iam|lakeformation|organizations|ram):[A-Z][A-Za-z]+)"`)
	// Named in messages; Lake Formation calls it, and the managed policy allows it.
	notOurs = []string{"glue:PutResourcePolicy"}
	reading = regexp.MustCompile(`:(Get|List|Describe)`)
)

// TestEveryCallIsAllowed reads the calls off the adapter's source.
func TestEveryCallIsAllowed(t *testing.T) {
	t.Parallel()
	all := policies(t, regional(), "sales")
	plan, apply := all[1].actions(), all[3].actions()
	sources, err := filepath.Glob(filepath.Join("..", "aws", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range calls.FindAllStringSubmatch(string(text), -1) {
			switch {
			case m[1] == "glue:Create", m[1] == "glue:Delete": // of either kind
				made = append(made, m[1]+"Database", m[1]+"Table")
			case !slices.Contains(notOurs, m[1]):
				made = append(made, m[1])
			}
		}
	}
	slices.Sort(made)
	made = slices.Compact(made)
	if len(made) < 30 {
		t.Fatalf("only %d calls found", len(made))
	}
	for _, action := range made {
		if !slices.Contains(apply, action) {
			t.Errorf("the apply role may not call %s", action)
		}
		// The versions of the storage policy are listed to make room for one more.
		if reading.MatchString(action) && action != "iam:ListPolicyVersions" && !slices.Contains(plan, action) {
			t.Errorf("the plan role may not call %s", action)
		}
	}
	for _, action := range plan {
		if !reading.MatchString(action) {
			t.Errorf("the plan role may write: %s", action)
		}
	}
}

// TestWritesAreBoundToWhatTheyAreFor as far as IAM can bind them.
func TestWritesAreBoundToWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, s := range policies(t, regional(), "sales")[3].Statement {
		everywhere := slices.Contains(s.Resource, "*")
		for _, action := range s.Action {
			service, _, _ := strings.Cut(action, ":")
			if everywhere && !reading.MatchString(action) && service != "lakeformation" {
				t.Errorf("%s: %s on everything", s.Sid, action)
			}
			if action == "iam:PassRole" && (s.Condition["StringEquals"]["iam:PassedToService"] != "lakeformation.amazonaws.com" ||
				!slices.Equal(s.Resource, oneOrMore{"arn:aws:iam::111122223333:role/LakeFormationRegister"})) {
				t.Errorf("%s passes %v under %v", s.Sid, s.Resource, s.Condition)
			}
			if action == "iam:CreatePolicyVersion" && !slices.Equal(s.Resource, oneOrMore{"arn:aws:iam::111122223333:policy/LakeFormationData"}) {
				t.Errorf("%s changes %v", s.Sid, s.Resource)
			}
		}
	}
}
