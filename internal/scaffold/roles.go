package scaffold

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Issuer is the host of GitHub's token issuer; Audience what AWS expects in a
// token's aud.
const (
	Issuer   = "token.actions.githubusercontent.com"
	Audience = "sts.amazonaws.com"
)

// crossAccount is AWS's own policy for what Lake Formation does in RAM and Glue
// in the name of whoever grants to other accounts [4.44].
const crossAccount = "policy/AWSLakeFormationCrossAccountManager"

// group is the aliases of one account that share their roles: they are one
// account in several regions, and their roles are written once.
type group struct {
	name      string // the first alias
	account   string
	partition string // aws, aws-cn, …
	members   []fact.Account
	databases []string // patterns of the scope, sorted
	links     []string // patterns of the databases of the scope that may be links or hold them
	roles     []role
	provider  bool // the first group of its account makes the OIDC provider
}

// role is one IAM role to write.
type role struct {
	Kind         string // plan or apply
	ARN          string
	Name, Path   string
	Environments []string
	Trust        string // JSON
	Policy       string // JSON
	Managed      string // ARN of a managed policy, or ""
}

// TrustOfStack is the trust policy in a CloudFormation template. Where the stack
// makes the provider it refers to it, and that makes the role wait for it.
func (r role) TrustOfStack() string {
	arn := strconv.Quote(Provider(r.ARN))
	return strings.Replace(r.Trust, `"Federated": `+arn,
		`"Federated": {"Fn::If": ["ProviderIsOurs", {"Ref": "GitHubProvider"}, `+arn+`]}`, 1)
}

// groups puts accounts together by their roles. Those without roles are reached
// with credentials from elsewhere, and there is nothing to write for them.
func groups(in Input) ([]group, error) {
	var out []group
	for _, a := range in.Accounts {
		if a.PlanRole == "" && a.ApplyRole == "" {
			continue
		}
		same := func(g group) bool {
			return g.members[0].PlanRole == a.PlanRole && g.members[0].ApplyRole == a.ApplyRole
		}
		at := slices.IndexFunc(out, same)
		if at < 0 {
			at = len(out)
			first := !slices.ContainsFunc(out, func(g group) bool { return g.account == a.Place.Account })
			out = append(out, group{name: a.Alias, account: a.Place.Account, partition: partition(a), provider: first})
		}
		out[at].members = append(out[at].members, a)
		for _, s := range in.Scope {
			if s.At == a.Place {
				out[at].databases = append(out[at].databases, s.Pattern)
			}
		}
	}
	for i := range out {
		slices.Sort(out[i].databases)
		out[i].databases = slices.Compact(out[i].databases)
		out[i].links = linkDatabases(out[i].members, in.Scope, in.Links)
		if err := out[i].write(in.Repository); err != nil {
			return nil, fmt.Errorf("account %s: %w", out[i].name, err)
		}
	}
	return out, nil
}

func partition(a fact.Account) string {
	for _, arn := range []string{a.PlanRole, a.ApplyRole} {
		if parts := strings.SplitN(arn, ":", 3); len(parts) == 3 {
			return parts[1]
		}
	}
	return "aws"
}

// write fills the roles in. One role for both phases trusts every environment.
func (g *group) write(r Repository) error {
	plan, apply := g.members[0].PlanRole, g.members[0].ApplyRole
	planning, applying := []string{PlanEnvironment}, []string{ApplyEnvironment, ScheduleEnvironment}
	if plan == apply {
		plan, applying = "", append(planning, applying...)
	}
	for _, one := range []struct {
		kind, arn    string
		environments []string
		policy       document
	}{
		{"plan", plan, planning, planPolicy(*g)},
		{"apply", apply, applying, applyPolicy(*g)},
	} {
		if one.arn == "" {
			continue
		}
		made := role{Kind: one.kind, ARN: one.arn, Environments: one.environments}
		made.Path, made.Name = splitRole(one.arn)
		if one.kind == "apply" {
			made.Managed = "arn:" + g.partition + ":iam::aws:" + crossAccount
		}
		var err error
		if made.Trust, err = TrustPolicy(r, one.arn, one.environments...); err != nil {
			return err
		}
		if made.Policy, err = one.policy.text(); err != nil {
			return err
		}
		g.roles = append(g.roles, made)
	}
	return nil
}

// splitRole takes path and name out of a role's ARN.
func splitRole(arn string) (path, name string) {
	_, full, _ := strings.Cut(arn, ":role")
	cut := strings.LastIndexByte(full, '/')
	return full[:cut+1], full[cut+1:]
}

// TrustPolicy is the trust policy of a role for jobs of a repository in one of
// the environments, as JSON. Its conditions are all exact: a pattern would let in
// what nobody thought of.
func TrustPolicy(r Repository, roleARN string, environments ...string) (string, error) {
	parts := strings.SplitN(roleARN, ":", 6)
	if len(parts) < 6 || !strings.HasPrefix(parts[5], "role/") {
		return "", fmt.Errorf("%q is no role ARN", roleARN)
	}
	conditions := map[string]values{Issuer + ":aud": {Audience}}
	for _, e := range environments {
		conditions[Issuer+":sub"] = append(conditions[Issuer+":sub"], r.Subject(e))
	}
	if r.ID != "" {
		conditions[Issuer+":repository_id"] = values{r.ID}
	}
	return document{Version: "2012-10-17", Statement: []statement{{
		Sid: "GitHub", Effect: "Allow",
		Principal: map[string]string{"Federated": Provider(roleARN)},
		Action:    values{"sts:AssumeRoleWithWebIdentity"},
		Condition: map[string]map[string]values{"StringEquals": conditions},
	}}}.text()
}

// Provider is the ARN of GitHub's OpenID Connect provider in the account of a role.
func Provider(roleARN string) string {
	parts := strings.SplitN(roleARN, ":", 6)
	if len(parts) < 6 {
		return Issuer
	}
	return "arn:" + parts[1] + ":iam::" + parts[4] + ":oidc-provider/" + Issuer
}

// Environments are those that init lets assume a role of an account.
func Environments(a fact.Account, roleARN string) []string {
	var out []string
	if roleARN == a.PlanRole {
		out = append(out, PlanEnvironment)
	}
	if roleARN == a.ApplyRole {
		out = append(out, ApplyEnvironment, ScheduleEnvironment)
	}
	return out
}
