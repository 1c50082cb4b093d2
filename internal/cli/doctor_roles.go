package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// trial is one role of one account, tried from where doctor runs.
type trial struct {
	account fact.Account
	phase   aws.Phase
	role    string // ARN; "" for the ambient credentials
	key     string // plan_role or apply_role
}

func (t trial) what() string {
	if t.role == "" {
		return fmt.Sprintf("%s (%s)", t.account.Alias, t.account.Place)
	}
	return fmt.Sprintf("%s (%s) %s", t.account.Alias, t.account.Place, t.key)
}

// checkRoles tries both roles of every account.
func (d *doctor) checkRoles(ctx context.Context) ([]result, error) {
	var out []result
	for _, a := range d.tree.Accounts {
		trials := []trial{{a, aws.Planning, a.PlanRole, "plan_role"}, {a, aws.Applying, a.ApplyRole, "apply_role"}}
		if a.PlanRole == a.ApplyRole {
			trials = trials[1:] // one role for both has to be able to do both
		}
		for _, t := range trials {
			r, err := d.try(ctx, t)
			if err != nil {
				return out, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// try assumes one role and judges what came of it by where the job runs.
func (d *doctor) try(ctx context.Context, t trial) (result, error) {
	r := result{what: t.what()}
	lets := scaffold.Environments(t.account, t.role)
	if here := d.environment(); ownEnvironment(here) && t.role != "" && !slices.Contains(lets, here) {
		if t.phase == aws.Planning {
			r.status, r.text = skipped, "it is used from environment "+strings.Join(lets, " or ")+", and this is "+here
			return r, nil
		}
		return d.mustRefuse(ctx, t, here)
	}
	access, err := d.cloud(t.phase, []fact.Account{t.account}).Check(ctx, t.account)
	if err != nil {
		return r, err
	}
	if access.Refused != nil {
		return d.refused(ctx, t, access), nil
	}
	return admin(t, access), nil
}

// environment is where the job runs, as its token says.
func (d *doctor) environment() string { return text(d.claims["environment"]) }

func ownEnvironment(name string) bool {
	return slices.Contains([]string{scaffold.PlanEnvironment, scaffold.ApplyEnvironment, scaffold.ScheduleEnvironment}, name)
}

// mustRefuse: what runs for pull requests must not get at a role that writes.
func (d *doctor) mustRefuse(ctx context.Context, t trial, here string) (result, error) {
	r := result{what: t.what(), text: "it refuses environment " + here + ", as it should"}
	access, err := d.cloud(t.phase, []fact.Account{t.account}).Check(ctx, t.account)
	switch {
	case err != nil:
		return r, err
	case access.Refused == nil:
		r.status, r.text = bad, "it lets environment "+here+" in, so a pull request could carry out changes"
		r.remedy = d.policyRemedy(t)
	case access.Code != codeRefused:
		r.status, r.text = skipped, "not tried to the end: "+access.Refused.Error()
	}
	return r, nil
}

// admin judges a role that could be assumed.
func admin(t trial, a aws.Access) result {
	r := result{what: t.what()}
	switch {
	case a.Unread != nil:
		r.status, r.text = bad, "the data lake settings cannot be read: "+a.Unread.Error()
		r.remedy = []string{"give the role the policy that lakeshare init writes for it"}
	case a.Admin == aws.FullAdmin && t.phase == aws.Planning && t.role != "":
		r.text, r.why = "assumed; a Lake Formation administrator", []string{"a read-only administrator is enough for it"}
	case a.Admin == aws.FullAdmin:
		r.text = "assumed; a Lake Formation administrator"
	case a.Admin == aws.ReadOnlyAdmin && t.phase == aws.Planning:
		r.text = "assumed; a read-only Lake Formation administrator"
	case a.Admin == aws.ReadOnlyAdmin:
		r.status, r.text = bad, "assumed, but only a read-only Lake Formation administrator, so it cannot grant"
		r.remedy = adminRemedy(t, a)
	default:
		r.status, r.text = bad, "assumed, but no Lake Formation administrator, so what it is shown is not everything"
		r.remedy = adminRemedy(t, a)
	}
	return r
}

// adminRemedy keeps everybody else: putting the settings replaces all of them [3.28].
func adminRemedy(t trial, a aws.Access) []string {
	list := "DataLakeAdmins"
	if t.phase == aws.Planning {
		list = "ReadOnlyAdmins"
	}
	who := t.role
	if who == "" {
		who = a.Caller
	}
	return []string{
		"aws lakeformation get-data-lake-settings --region " + t.account.Place.Region + " --query DataLakeSettings > before.json",
		fmt.Sprintf(`jq '.%s += [{DataLakePrincipalIdentifier: "%s"}]' before.json > after.json`, list, who),
		"aws lakeformation put-data-lake-settings --region " + t.account.Place.Region + " --data-lake-settings file://after.json",
	}
}
