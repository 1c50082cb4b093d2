package aws

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// site is one account in one region as one role sees it.
type site struct {
	cloud   *Cloud
	place   fact.Place
	account fact.Account
	role    string // "" for ambient credentials

	lf   *lakeformation.Client
	glue *glue.Client
	ram  *ram.Client
	iam  *iam.Client
	orgs *organizations.Client
	sts  *sts.Client

	settings      memo[struct{}, settings]
	registrations memo[struct{}, []registration]
	databases     memo[string, *database]
	tables        memo[tableName, *table]
	listed        memo[string, []*table]   // every table of a database
	organization  memo[struct{}, string]   // its ARN
	writable      memo[string, *container] // containers found safe to write into
}

// site returns the clients for a place. It makes no call beyond loading the
// default configuration.
func (c *Cloud) site(ctx context.Context, place fact.Place) (*site, error) {
	return c.sites.get(place, func() (*site, error) {
		account, ok := c.account(place)
		if !ok {
			return nil, fmt.Errorf("account %s is not in lakeshare.yaml", place.Account)
		}
		s := &site{cloud: c, place: place, account: account, role: account.PlanRole}
		if c.config.Phase == Applying {
			s.role = account.ApplyRole
		}
		cfg, err := c.baseConfig(ctx, place.Account)
		if err != nil {
			return nil, err
		}
		cfg = cfg.Copy()
		cfg.Region = place.Region
		// Retrying is done in one place, with one clock: see call.
		cfg.Retryer = func() awssdk.Retryer { return awssdk.NopRetryer{} }
		s.sts = sts.NewFromConfig(cfg)
		if s.role != "" {
			creds, err := c.credentials.get(s.role, func() (*roleCredentials, error) {
				return &roleCredentials{site: s}, nil
			})
			if err != nil {
				return nil, err
			}
			cfg.Credentials = creds
		}
		s.lf = lakeformation.NewFromConfig(cfg)
		s.glue = glue.NewFromConfig(cfg)
		s.ram = ram.NewFromConfig(cfg)
		s.iam = iam.NewFromConfig(cfg)
		s.orgs = organizations.NewFromConfig(cfg)
		return s, nil
	})
}

// baseConfig is the SDK's default chain, so that AWS_CA_BUNDLE, AWS_ENDPOINT_URL,
// proxies and profiles keep working, or the simulator's.
func (c *Cloud) baseConfig(ctx context.Context, account string) (awssdk.Config, error) {
	if c.config.Simulator != nil {
		return awssdk.Config{
			HTTPClient:  &http.Client{Transport: c.config.Simulator},
			Credentials: credentials.NewStaticCredentialsProvider(account, "simulated", ""),
		}, nil
	}
	return c.base.get("", func() (awssdk.Config, error) {
		cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(sdkLog(c.log)))
		if err != nil {
			return cfg, fmt.Errorf("load AWS configuration: %w", err)
		}
		remedy := ""
		if c.config.NoToken != "" {
			remedy = ". " + c.config.NoToken
		}
		cfg.Credentials = &ambient{chain: cfg.Credentials, remedy: remedy}
		return cfg, nil
	})
}

// roleCredentials assumes a role once and again shortly before it ends. The
// SDK's own cache would measure the end by a clock that cannot be injected.
type roleCredentials struct {
	site *site
	mu   sync.Mutex
	held awssdk.Credentials
	ends time.Time
}

// Retrieve implements the SDK's CredentialsProvider.
func (r *roleCredentials) Retrieve(ctx context.Context) (awssdk.Credentials, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.site.cloud
	if r.held.AccessKeyID != "" && c.config.Now().Add(5*time.Minute).Before(r.ends) {
		return r.held, nil
	}
	assume := r.assume
	if c.config.WebIdentity != nil {
		assume = r.assumeWithToken
	}
	got, err := assume(ctx)
	if err != nil {
		return awssdk.Credentials{}, err
	}
	r.held = awssdk.Credentials{
		AccessKeyID:     awssdk.ToString(got.AccessKeyId),
		SecretAccessKey: awssdk.ToString(got.SecretAccessKey),
		SessionToken:    awssdk.ToString(got.SessionToken),
		Source:          r.site.role,
	}
	r.ends = awssdk.ToTime(got.Expiration)
	return r.held, nil
}

// roleLife is the least maximum of any role, and of role chaining, in seconds.
const roleLife = 3600

func (r *roleCredentials) assume(ctx context.Context) (*types.Credentials, error) {
	out, err := call(ctx, r.site, "sts:AssumeRole", r.site.sts.AssumeRole, &sts.AssumeRoleInput{
		RoleArn: &r.site.role, RoleSessionName: &r.site.cloud.config.Session, DurationSeconds: awssdk.Int32(roleLife),
	})
	if err != nil {
		return nil, err
	}
	return out.Credentials, nil
}

// assumeWithToken needs no credentials: the token proves which run of which
// repository asks.
func (r *roleCredentials) assumeWithToken(ctx context.Context) (*types.Credentials, error) {
	token, err := r.site.cloud.config.WebIdentity(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for the identity token of this run: %w", err)
	}
	out, err := call(ctx, r.site, "sts:AssumeRoleWithWebIdentity", r.site.sts.AssumeRoleWithWebIdentity, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &r.site.role, RoleSessionName: &r.site.cloud.config.Session, DurationSeconds: awssdk.Int32(roleLife),
		WebIdentityToken: &token,
	})
	if err != nil {
		return nil, err
	}
	return out.Credentials, nil
}
