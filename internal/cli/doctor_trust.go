package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/scaffold"
	trustpolicy "github.com/lakeshare/lakeshare/internal/trust"
)

// codeRefused is STS's answer to a token that the trust policy does not let in,
// and to one for a role that does not exist.
const codeRefused = "AccessDenied"

// errNoRole says that IAM knows no such role.
var errNoRole = errors.New("there is no such role")

// refused says why a role could not be assumed, and what helps.
func (d *doctor) refused(ctx context.Context, t trial, a aws.Access) result {
	r := result{status: bad, what: t.what(), text: a.Refused.Error()}
	switch {
	case errors.Is(a.Refused, aws.ErrNoCredentials): // says what helps
	case d.token == "" && t.role != "":
		r.remedy = []string{"run doctor in a job of a workflow if the role trusts GitHub only; else let its trust policy name who you are:", "aws sts get-caller-identity"}
	case d.token == "":
	case strings.Contains(a.Refused.Error(), "No OpenIDConnect provider"):
		r.remedy = []string{
			"make the provider in account " + t.account.Place.Account + ", with " + d.roleFiles(t) + " or",
			"aws iam create-open-id-connect-provider --url https://" + trustpolicy.GitHub + " --client-id-list " + audience,
		}
	case strings.HasPrefix(a.Code, "ExpiredToken"):
		r.remedy = []string{"tokens live for minutes only: get a new one"}
	case a.Code == codeRefused:
		d.explain(ctx, t, &r)
	}
	return r
}

// explain finds the condition that fails, in the best policy that can be had.
func (d *doctor) explain(ctx context.Context, t trial, r *result) {
	policy, source, err := d.trustPolicy(ctx, t)
	if errors.Is(err, errNoRole) {
		r.why, r.remedy = []string{"there is no role " + t.role}, []string{"make it with " + d.roleFiles(t) + ", or correct " + t.key + " in lakeshare.yaml"}
		return
	}
	read := err == nil
	if !read {
		source = "Nobody here may read the role's trust policy, so this goes by the one that lakeshare init writes"
		if policy, err = d.written(t); err != nil {
			r.why = []string{err.Error()}
			return
		}
	}
	v, err := trustpolicy.Explain(policy, scaffold.Provider(t.role), d.claims)
	if err != nil {
		r.why, r.remedy = []string{source + ": " + err.Error()}, d.policyRemedy(t)
		return
	}
	r.why = append([]string{source + ":"}, v.Reasons()...)
	switch {
	case v.Allowed && read:
		r.why = append(r.why, "it lets this token in, so something else refuses it: a service control policy of the organization, or the",
			"provider "+scaffold.Provider(t.role)+", which has to exist and to list "+audience)
		r.remedy = []string{"aws iam get-open-id-connect-provider --open-id-connect-provider-arn " + scaffold.Provider(t.role)}
	case v.Allowed:
		r.why = append(r.why, "it would let this token in: the role does not exist, or has another policy")
		r.remedy = append([]string{"aws iam get-role --role-name " + path.Base(t.role) + " > role.json   (then lakeshare doctor --trust role.json)"}, d.policyRemedy(t)...)
	case d.wouldLetIn(policy, t):
		r.remedy = []string{"the policy is right, and the job is not: let it run in its environment:", "environment: " + strings.Join(scaffold.Environments(t.account, t.role), " or ")}
	default:
		r.remedy = d.policyRemedy(t)
	}
	for _, w := range v.Warnings {
		r.why = append(r.why, "beware: "+w)
	}
}

// wouldLetIn reports whether the environment of the job is all that is wrong.
func (d *doctor) wouldLetIn(policy []byte, t trial) bool {
	claims := maps.Clone(d.claims)
	for _, e := range scaffold.Environments(t.account, t.role) {
		claims["environment"], claims["sub"] = e, d.repository().Subject(e)
		if v, err := trustpolicy.Explain(policy, scaffold.Provider(t.role), claims); err == nil && v.Allowed {
			return true
		}
	}
	return false
}

// trustPolicy gets the role's trust policy: from --trust, with the other role of
// the account, or with the credentials that are there.
func (d *doctor) trustPolicy(ctx context.Context, t trial) (policy []byte, source string, err error) {
	if d.policy != nil && (d.of == "" || d.of == t.role) {
		return d.policy, "By the trust policy in " + d.trustFile, nil
	}
	other, phase := t.account.ApplyRole, aws.Applying
	if t.phase == aws.Applying {
		other, phase = t.account.PlanRole, aws.Planning
	}
	if other != "" && other != t.role {
		policy, err = d.cloud(phase, []fact.Account{t.account}).TrustPolicy(ctx, t.account, t.role)
		if err == nil {
			return policy, "By the role's trust policy, as " + other + " reads it", nil
		}
		if strings.Contains(err.Error(), "NoSuchEntity") {
			return nil, "", errNoRole
		}
	}
	if d.world == nil && d.env.Getenv("AWS_ACCESS_KEY_ID") == "" && d.env.Getenv("AWS_PROFILE") == "" {
		return nil, "", errors.New("no credentials")
	}
	plain := t.account
	plain.PlanRole, plain.ApplyRole = "", ""
	policy, err = d.cloud(aws.Planning, []fact.Account{plain}).TrustPolicy(ctx, plain, t.role)
	if err != nil && strings.Contains(err.Error(), "NoSuchEntity") {
		err = errNoRole
	}
	return policy, "By the role's trust policy", err
}

// written is the policy that init writes for the token's repository.
func (d *doctor) written(t trial) ([]byte, error) {
	policy, err := scaffold.TrustPolicy(d.repository(), t.role, scaffold.Environments(t.account, t.role)...)
	return []byte(policy), err
}

// repository is the one of the token.
func (d *doctor) repository() scaffold.Repository {
	owner, name, _ := strings.Cut(text(d.claims["repository"]), "/")
	_, immutable := trustpolicy.Subject(d.claims)
	return scaffold.Repository{
		Owner: owner, Name: name, OwnerID: text(d.claims["repository_owner_id"]), ID: text(d.claims["repository_id"]),
		Immutable: immutable != "" && immutable == text(d.claims["sub"]),
	}
}

// policyRemedy is the condition to write, and where it is kept.
func (d *doctor) policyRemedy(t trial) []string {
	lets := scaffold.Environments(t.account, t.role)
	var subjects []string
	for _, e := range lets {
		subjects = append(subjects, fmt.Sprintf("%q", d.repository().Subject(e)))
	}
	wanted := strings.Join(subjects, ", ")
	if len(subjects) > 1 {
		wanted = "[" + wanted + "]"
	}
	lines := []string{
		"let the trust policy say, and keep it in " + d.roleFiles(t) + ":",
		fmt.Sprintf("\"%s:aud\": %q", trustpolicy.GitHub, audience),
		fmt.Sprintf("\"%s:sub\": %s", trustpolicy.GitHub, wanted),
	}
	if id := text(d.claims["repository_id"]); id != "" {
		lines = append(lines, fmt.Sprintf("\"%s:repository_id\": %q", trustpolicy.GitHub, id))
	}
	if here := d.environment(); !ownEnvironment(here) {
		lines = append(lines, "and let the job run in it: environment: "+strings.Join(lets, " or "))
	}
	return lines
}

// roleFiles are where init keeps the roles: under the first alias that uses them.
func (d *doctor) roleFiles(t trial) string {
	alias := t.account.Alias
	for _, a := range d.tree.Accounts {
		if a.PlanRole == t.account.PlanRole && a.ApplyRole == t.account.ApplyRole {
			alias = a.Alias
			break
		}
	}
	return "iam/" + alias + ".cloudformation.yaml or .tf"
}
