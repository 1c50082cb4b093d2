package awssim_test

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	lf "github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	ramtypes "github.com/aws/aws-sdk-go-v2/service/ram/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

const (
	producer = "111122223333"
	consumer = "444455556666"
	region   = "eu-west-1"
)

const smokeWorld = `
accounts:
  "111122223333":
    name: sales
    roles: {Apply: {trust: ["444455556666"]}}
    policies: {Data: {document: {Version: "2012-10-17", Statement: []}}}
    regions:
      eu-west-1:
        settings: {admins: [role/Apply]}
        registered: [{path: s3://acme-sales/tables, service_linked: true}]
        databases:
          sales:
            tables:
              orders:
                columns: [id, country]
                location: s3://acme-sales/tables/orders
                rows: [[1, DE], [2, FR]]
  "444455556666":
    name: analytics
    roles: {Apply: {}, Analyst: {}}
    regions:
      eu-west-1:
        settings: {admins: [role/Apply]}
        databases: {lake: {}}
        grants: [{principal: role/Apply, on: lake, permissions: [CREATE_TABLE]}]
`

// sdk is one account as the real SDK sees it.
type sdk struct {
	lf  *lakeformation.Client
	gl  *glue.Client
	ram *ram.Client
	sts *sts.Client
	iam *iam.Client
	org *organizations.Client
}

func connect(t *testing.T, url, account, role string) sdk {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(t.Context(),
		config.WithRegion(region), config.WithBaseEndpoint(url), config.WithRetryMaxAttempts(1),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(account, "x", "")))
	if err != nil {
		t.Fatal(err)
	}
	if role != "" {
		provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), "arn:aws:iam::"+account+":role/"+role)
		cfg.Credentials = aws.NewCredentialsCache(provider)
	}
	return sdk{
		lakeformation.NewFromConfig(cfg), glue.NewFromConfig(cfg), ram.NewFromConfig(cfg), sts.NewFromConfig(cfg),
		iam.NewFromConfig(cfg), organizations.NewFromConfig(cfg),
	}
}

func serve(t *testing.T, world string, o awssim.Options) (*awssim.Server, string) {
	t.Helper()
	w, err := awssim.ParseWorld([]byte(world))
	if err != nil {
		t.Fatal(err)
	}
	s, err := awssim.New(w, o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestShareWithRealSDK is the main road: grant, accept, link, grant on, read,
// revoke.
func TestShareWithRealSDK(t *testing.T) {
	t.Parallel()
	s, url := serve(t, smokeWorld, awssim.Options{})
	from, to := connect(t, url, producer, "Apply"), connect(t, url, consumer, "Apply")
	ctx := t.Context()
	orders := &lf.Resource{Table: &lf.TableResource{CatalogId: aws.String(producer), DatabaseName: aws.String("sales"), Name: aws.String("orders")}}
	both := []lf.Permission{lf.PermissionSelect, lf.PermissionDescribe}
	account := &lf.DataLakePrincipal{DataLakePrincipalIdentifier: aws.String(consumer)}
	must[*lakeformation.GrantPermissionsOutput](t)(from.lf.GrantPermissions(ctx, &lakeformation.GrantPermissionsInput{
		Principal: account, Resource: orders, Permissions: both, PermissionsWithGrantOption: both,
	}))
	rows := must[*lakeformation.ListPermissionsOutput](t)(from.lf.ListPermissions(ctx, &lakeformation.ListPermissionsInput{Resource: orders}))
	if n := len(rows.PrincipalResourcePermissions); n != 2 {
		t.Fatalf("the producer lists %d entries, want DESCRIBE and SELECT apart", n)
	}
	first := rows.PrincipalResourcePermissions[0]
	if first.AdditionalDetails == nil || len(first.AdditionalDetails.ResourceShare) != 1 || first.LastUpdated == nil {
		t.Fatalf("no resource share in %+v", first)
	}
	accept(t, to, first.AdditionalDetails.ResourceShare)
	must[*glue.CreateTableOutput](t)(to.gl.CreateTable(ctx, &glue.CreateTableInput{
		DatabaseName: aws.String("lake"), TableInput: &gluetypes.TableInput{
			Name: aws.String("rl_orders"), TargetTable: &gluetypes.TableIdentifier{
				CatalogId: aws.String(producer), DatabaseName: aws.String("sales"), Name: aws.String("orders"),
			},
		},
	}))
	analyst := &lf.DataLakePrincipal{DataLakePrincipalIdentifier: aws.String("arn:aws:iam::444455556666:role/Analyst")}
	link := &lf.Resource{Table: &lf.TableResource{DatabaseName: aws.String("lake"), Name: aws.String("rl_orders")}}
	batch := must[*lakeformation.BatchGrantPermissionsOutput](t)(to.lf.BatchGrantPermissions(ctx, &lakeformation.BatchGrantPermissionsInput{
		Entries: []lf.BatchPermissionsRequestEntry{
			{Id: aws.String("1"), Principal: analyst, Resource: orders, Permissions: both},
			{Id: aws.String("2"), Principal: analyst, Resource: link, Permissions: []lf.Permission{lf.PermissionDescribe}},
		},
	}))
	if len(batch.Failures) > 0 {
		t.Fatalf("batch: %v", *batch.Failures[0].Error.ErrorMessage)
	}
	got := must[*glue.GetTableOutput](t)(to.gl.GetTable(ctx, &glue.GetTableInput{DatabaseName: aws.String("lake"), Name: aws.String("rl_orders")}))
	if got.Table.TargetTable == nil || len(got.Table.StorageDescriptor.Columns) != 2 {
		t.Fatalf("the link does not show its target: %+v", got.Table)
	}
	q := awssim.Question{Principal: *analyst.DataLakePrincipalIdentifier, Region: region, Database: "lake", Table: "rl_orders", Column: "country"}
	if a := s.CanRead(q); !a.Yes {
		t.Fatal(a.Why)
	}
	must[*lakeformation.RevokePermissionsOutput](t)(from.lf.RevokePermissions(ctx, &lakeformation.RevokePermissionsInput{
		Principal: account, Resource: orders, Permissions: both, PermissionsWithGrantOption: both,
	}))
	if a := s.CanRead(q); a.Yes {
		t.Fatalf("still readable: %s", a.Why)
	}
}

func accept(t *testing.T, to sdk, shares []string) {
	t.Helper()
	ctx := t.Context()
	open := must[*ram.GetResourceShareInvitationsOutput](t)(to.ram.GetResourceShareInvitations(ctx, &ram.GetResourceShareInvitationsInput{ResourceShareArns: shares}))
	if len(open.ResourceShareInvitations) != 1 {
		t.Fatalf("%d invitations", len(open.ResourceShareInvitations))
	}
	i := open.ResourceShareInvitations[0]
	if i.Status != ramtypes.ResourceShareInvitationStatusPending || *i.SenderAccountId != producer {
		t.Fatalf("invitation %+v", i)
	}
	must[*ram.AcceptResourceShareInvitationOutput](t)(to.ram.AcceptResourceShareInvitation(ctx, &ram.AcceptResourceShareInvitationInput{
		ResourceShareInvitationArn: i.ResourceShareInvitationArn,
	}))
}

// TestOtherServicesWithRealSDK goes once through the protocols that the main
// road does not use.
func TestOtherServicesWithRealSDK(t *testing.T) {
	t.Parallel()
	_, url := serve(t, smokeWorld+"organization: {id: o-abcdef1234, management: \"111122223333\"}\n", awssim.Options{})
	c := connect(t, url, producer, "Apply")
	ctx := t.Context()
	who := must[*sts.GetCallerIdentityOutput](t)(c.sts.GetCallerIdentity(ctx, nil))
	if *who.Account != producer {
		t.Fatalf("caller %v", *who.Arn)
	}
	role := must[*iam.GetRoleOutput](t)(c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("Apply")}))
	if *role.Role.Arn != "arn:aws:iam::111122223333:role/Apply" {
		t.Fatalf("role %v", *role.Role.Arn)
	}
	arn := aws.String("arn:aws:iam::111122223333:policy/Data")
	made := must[*iam.CreatePolicyVersionOutput](t)(c.iam.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
		PolicyArn: arn, PolicyDocument: aws.String(`{"Version":"2012-10-17"}`), SetAsDefault: true,
	}))
	if *made.PolicyVersion.VersionId != "v2" {
		t.Fatalf("version %v", *made.PolicyVersion.VersionId)
	}
	org := must[*organizations.DescribeOrganizationOutput](t)(c.org.DescribeOrganization(ctx, nil))
	if *org.Organization.Id != "o-abcdef1234" {
		t.Fatalf("organization %v", *org.Organization.Id)
	}
	settings := must[*lakeformation.GetDataLakeSettingsOutput](t)(c.lf.GetDataLakeSettings(ctx, nil))
	if settings.DataLakeSettings.Parameters["CROSS_ACCOUNT_VERSION"] != "4" {
		t.Fatalf("settings %+v", settings.DataLakeSettings)
	}
	_, err := c.gl.GetTable(ctx, &glue.GetTableInput{DatabaseName: aws.String("sales"), Name: aws.String("none")})
	var missing *gluetypes.EntityNotFoundException
	if !errorAs(err, &missing) {
		t.Fatalf("missing table: %v", err)
	}
	_, err = c.sts.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111122223333:role/None"), RoleSessionName: aws.String("xx")})
	if err == nil {
		t.Fatal("assumed a role that does not exist")
	}
}

func TestOrganizationWithRealSDK(t *testing.T) {
	t.Parallel()
	w := parse(t, organized)
	w.Accounts["999900001111"] = &awssim.Account{Name: "root"}
	w.Organization.RAMSharing = false
	_, url := serve(t, encode(t, w), awssim.Options{})
	c, ctx := connect(t, url, "999900001111", ""), t.Context()
	accounts := must[*organizations.ListAccountsOutput](t)(c.org.ListAccounts(ctx, nil))
	if len(accounts.Accounts) != 3 {
		t.Errorf("accounts: %+v", accounts.Accounts)
	}
	roots := must[*organizations.ListRootsOutput](t)(c.org.ListRoots(ctx, nil))
	root := roots.Roots[0].Id
	units := must[*organizations.ListOrganizationalUnitsForParentOutput](t)(c.org.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{ParentId: root}))
	if len(units.OrganizationalUnits) != 1 {
		t.Fatalf("units: %+v", units.OrganizationalUnits)
	}
	unit := units.OrganizationalUnits[0].Id
	inside := must[*organizations.ListAccountsForParentOutput](t)(c.org.ListAccountsForParent(ctx, &organizations.ListAccountsForParentInput{ParentId: unit}))
	parents := must[*organizations.ListParentsOutput](t)(c.org.ListParents(ctx, &organizations.ListParentsInput{ChildId: aws.String(consumer)}))
	if *inside.Accounts[0].Id != consumer || *parents.Parents[0].Id != *unit {
		t.Errorf("%v in %v", *inside.Accounts[0].Id, *parents.Parents[0].Id)
	}
	must[*organizations.DescribeOrganizationalUnitOutput](t)(c.org.DescribeOrganizationalUnit(ctx, &organizations.DescribeOrganizationalUnitInput{OrganizationalUnitId: unit}))
	must[*ram.EnableSharingWithAwsOrganizationOutput](t)(c.ram.EnableSharingWithAwsOrganization(ctx, nil))
	if _, err := connect(t, url, producer, "").ram.EnableSharingWithAwsOrganization(ctx, nil); err == nil {
		t.Error("a member switched sharing on")
	}
}
