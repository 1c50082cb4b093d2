package aws

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// settings is what the data lake settings of one account and region mean to us.
type settings struct {
	self          string // ARN of our own role, as Lake Formation knows it
	proven        error  // nil if we see every row there
	version       int    // CROSS_ACCOUNT_VERSION
	openDatabases bool   // new databases get a grant to IAM_ALLOWED_PRINCIPALS
}

// knownSettings reads the settings once a site.
func (s *site) knownSettings(ctx context.Context) (settings, error) {
	return s.settings.get(struct{}{}, func() (settings, error) {
		out, err := call(ctx, s, "lakeformation:GetDataLakeSettings", s.lf.GetDataLakeSettings,
			&lakeformation.GetDataLakeSettingsInput{CatalogId: &s.place.Account})
		if err != nil {
			return settings{}, err
		}
		known := settings{version: 1} // what an account reports until somebody raises it [3.32]
		if out.DataLakeSettings == nil {
			out.DataLakeSettings = &types.DataLakeSettings{}
		}
		if v, err := strconv.Atoi(out.DataLakeSettings.Parameters["CROSS_ACCOUNT_VERSION"]); err == nil {
			known.version = v
		}
		known.openDatabases = len(out.DataLakeSettings.CreateDatabaseDefaultPermissions) > 0
		known.self, known.proven, err = s.administrator(ctx, out.DataLakeSettings)
		return known, err
	})
}

// prove tells whether listings of this account show everything. To others than
// administrators Lake Formation shows less, with status 200 [2.52].
func (s *site) prove(ctx context.Context) error {
	known, err := s.knownSettings(ctx)
	if err != nil {
		return err
	}
	return known.proven
}

// administrator finds the caller among the administrators. The second result
// is the reason why the caller is none.
func (s *site) administrator(ctx context.Context, d *types.DataLakeSettings) (self string, reason, err error) {
	caller, err := s.caller(ctx)
	if err != nil {
		return "", nil, err
	}
	if owner := fact.AccountOf(caller); owner != s.place.Account {
		return "", fmt.Errorf("%s belongs to account %s: give account %s a plan_role and an apply_role of its own",
			caller, owner, s.place.Account), nil
	}
	for _, admins := range [][]types.DataLakePrincipal{d.DataLakeAdmins, d.ReadOnlyAdmins} {
		for _, admin := range admins {
			if id := awssdk.ToString(admin.DataLakePrincipalIdentifier); samePrincipal(caller, id) {
				return id, nil, nil
			}
		}
	}
	if s.cloud.config.Simulator != nil && s.role == "" {
		return caller, nil, nil // the simulator's administrator is one without being listed
	}
	return caller, fmt.Errorf("%s is no Lake Formation administrator of %s, so what it is shown may be incomplete: "+
		"add it to the data lake administrators there, or for planning to the read-only administrators", caller, s.place), nil
}

// caller returns who we are. A role that we assume needs no call.
func (s *site) caller(ctx context.Context) (string, error) {
	if s.role != "" {
		return s.role, nil
	}
	out, err := call(ctx, s, "sts:GetCallerIdentity", s.sts.GetCallerIdentity, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.Arn), nil
}

// samePrincipal compares a caller with an IAM ARN. The ARN of a role session
// has lost the role's path, so only account and name can be compared.
func samePrincipal(caller, principal string) bool {
	if caller == principal {
		return true
	}
	_, session, ok := strings.Cut(caller, ":assumed-role/")
	if !ok || fact.AccountOf(caller) != fact.AccountOf(principal) || !strings.Contains(principal, ":role/") {
		return false
	}
	name, _, _ := strings.Cut(session, "/")
	return principal[strings.LastIndexByte(principal, '/')+1:] == name
}
