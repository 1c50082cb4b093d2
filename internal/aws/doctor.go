package aws

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Admin says what somebody may see and grant in Lake Formation.
type Admin uint8

// The kinds of administrator.
const (
	NoAdmin       Admin = iota
	ReadOnlyAdmin       // sees every row, grants nothing
	FullAdmin           // sees and grants
)

// Access is how far one role of an account gets.
type Access struct {
	Role   string // ARN; "" for the ambient credentials
	Caller string // ARN of the session, "" if there is none
	Admin  Admin
	// Refused is why there is no session. Its code is that of STS.
	Refused error
	Code    string
	// Unread is why the data lake settings could not be read with the session.
	Unread error
}

// Check tries the role of this Cloud's phase in one account: whether it can be
// assumed, who that is, and whether Lake Formation shows it everything. It writes
// nothing. The error is one of this machine, not of the account.
func (c *Cloud) Check(ctx context.Context, account fact.Account) (Access, error) {
	s, err := c.site(ctx, account.Place)
	if err != nil {
		return Access{}, err
	}
	a := Access{Role: s.role}
	if c.config.Simulator != nil && s.role == "" {
		a.Admin = FullAdmin // the simulator's administrator is one without being listed
	}
	if a.Caller, err = s.whoAmI(ctx); err != nil {
		if ctx.Err() != nil {
			return a, ctx.Err()
		}
		a.Refused, a.Code = err, code(err)
		return a, nil
	}
	out, err := call(ctx, s, "lakeformation:GetDataLakeSettings", s.lf.GetDataLakeSettings,
		&lakeformation.GetDataLakeSettingsInput{CatalogId: &s.place.Account})
	if err != nil {
		a.Unread = err
		return a, ctx.Err()
	}
	if d := out.DataLakeSettings; d != nil {
		switch {
		case listed(d.DataLakeAdmins, a):
			a.Admin = FullAdmin
		case listed(d.ReadOnlyAdmins, a):
			a.Admin = ReadOnlyAdmin
		}
	}
	return a, nil
}

func listed(admins []types.DataLakePrincipal, a Access) bool {
	for _, one := range admins {
		id := awssdk.ToString(one.DataLakePrincipalIdentifier)
		// A role is known by its ARN; of other callers only the session's is.
		if a.Role != "" && id == a.Role || a.Role == "" && samePrincipal(a.Caller, id) {
			return true
		}
	}
	return false
}

// whoAmI asks with the credentials of the role: the site's own STS client has
// those that assume it.
func (s *site) whoAmI(ctx context.Context) (string, error) {
	credentials := s.lf.Options().Credentials
	ask := func(ctx context.Context, in *sts.GetCallerIdentityInput, _ ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error) {
		return s.sts.GetCallerIdentity(ctx, in, func(o *sts.Options) { o.Credentials = credentials })
	}
	out, err := call(ctx, s, "sts:GetCallerIdentity", ask, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.Arn), nil
}

// TrustPolicy reads the trust policy of a role, as JSON, with the role of this
// Cloud's phase in the account. Real IAM answers about roles of the caller's own
// account only; the answer is compared by ARN, since IAM finds roles by name.
func (c *Cloud) TrustPolicy(ctx context.Context, account fact.Account, roleARN string) ([]byte, error) {
	s, err := c.site(ctx, account.Place)
	if err != nil {
		return nil, err
	}
	name := roleARN[strings.LastIndexByte(roleARN, '/')+1:]
	out, err := call(ctx, s, "iam:GetRole", s.iam.GetRole, &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		return nil, err
	}
	if out.Role == nil || awssdk.ToString(out.Role.Arn) != roleARN {
		return nil, errors.New("these credentials see another role of this name")
	}
	text, err := url.QueryUnescape(awssdk.ToString(out.Role.AssumeRolePolicyDocument))
	if err != nil {
		return nil, fmt.Errorf("decode the trust policy of %s: %w", roleARN, err)
	}
	return []byte(text), nil
}
