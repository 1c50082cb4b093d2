package main

import (
	"context"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	lftypes "github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/google/go-cmp/cmp"
)

const toStranger = `version: 1
owner: "@acme/sales-data"
reason: The partner bills by orders.
from: {account: sales, database: sales}
tables: {orders: {}}
to:
  - account: "777788889999"
    principals: [role/Billing]
  - account: analytics
    principals: [role/Analyst]
`

// TestAWSCLISeesWhatTheSDKSees asks the simulated AWS by two programs of AWS's
// own that parse the protocols differently, after an apply whose invitation is
// not accepted yet.
func TestAWSCLISeesWhatTheSDKSees(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Log("not run: there is no AWS CLI here")
		return
	}
	p := withInvitation(t)
	url, stop := p.serve()
	defer stop()
	p.talkTo(url)
	p.inherit()
	for name, one := range map[string]struct {
		cli []string
		sdk func(context.Context, aws.Config) ([]string, error)
		key string // access key id: the account that asks
	}{
		"permissions": {[]string{"lakeformation", "list-permissions"}, sdkPermissions, "111122223333"},
		"tables":      {[]string{"glue", "get-tables", "--database-name", "sales"}, sdkTables, "111122223333"},
		"invitations": {[]string{"ram", "get-resource-share-invitations"}, sdkInvitations, "777788889999"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := p.command(t.Context(), "aws", append(one.cli, "--output", "json")...)
			cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+one.key)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("aws %s: %v", strings.Join(one.cli, " "), err)
			}
			want, err := one.sdk(t.Context(), aws.Config{
				Region: "eu-west-1", BaseEndpoint: &url,
				Credentials: credentials.NewStaticCredentialsProvider(one.key, "any", ""),
			})
			if err != nil || len(want) == 0 {
				t.Fatalf("the SDK sees %v: %v", want, err)
			}
			got := cliLines(t, out)
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the two differ (-SDK +CLI):\n%s", diff)
			}
		})
	}
}

// withInvitation is a place whose share was applied, with an account that lakeshare.yaml does not have.
func withInvitation(t *testing.T) *place {
	t.Helper()
	p := newPlace(t, map[string]string{"shares/sales/orders.yaml": toStranger})
	p.replace("lakeshare.yaml", `  partner:
    id: "777788889999"
    plan_role: arn:aws:iam::777788889999:role/lakeshare-plan
    apply_role: arn:aws:iam::777788889999:role/lakeshare-apply
    databases: {"*_shared": {}, "rl_*": {}}
`, "")
	p.commit()
	p.lakeshare(0, "apply", "--simulate", "world.yaml", "--yes")
	return p
}

// cliLines says in one line each what the CLI answered.
func cliLines(t *testing.T, answer []byte) []string {
	t.Helper()
	var got struct {
		PrincipalResourcePermissions []struct {
			Principal struct{ DataLakePrincipalIdentifier string }
			Resource  map[string]struct {
				Name, TableName string
				DatabaseName    string
			}
			Permissions, PermissionsWithGrantOption []string
		}
		TableList                []struct{ Name, DatabaseName string }
		ResourceShareInvitations []struct{ ResourceShareInvitationArn, Status string }
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range got.PrincipalResourcePermissions {
		for kind, o := range r.Resource {
			out = append(out, permissionLine(r.Principal.DataLakePrincipalIdentifier, kind, o.DatabaseName, o.TableName+o.Name,
				r.Permissions, r.PermissionsWithGrantOption))
		}
	}
	for _, table := range got.TableList {
		out = append(out, table.DatabaseName+"."+table.Name)
	}
	for _, i := range got.ResourceShareInvitations {
		out = append(out, i.Status+" "+i.ResourceShareInvitationArn)
	}
	return out
}

func permissionLine(principal, kind, database, name string, permissions, grantable []string) string {
	return strings.Join([]string{principal, kind, database, name, strings.Join(permissions, ","), strings.Join(grantable, ",")}, " ")
}

func sdkPermissions(ctx context.Context, cfg aws.Config) ([]string, error) {
	var out []string
	pages := lakeformation.NewListPermissionsPaginator(lakeformation.NewFromConfig(cfg), &lakeformation.ListPermissionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.PrincipalResourcePermissions {
			kind, database, name := resource(r.Resource)
			out = append(out, permissionLine(aws.ToString(r.Principal.DataLakePrincipalIdentifier), kind, database, name,
				words(r.Permissions), words(r.PermissionsWithGrantOption)))
		}
	}
	return out, nil
}

func words(permissions []lftypes.Permission) []string {
	var out []string
	for _, p := range permissions {
		out = append(out, string(p))
	}
	return out
}

func resource(r *lftypes.Resource) (kind, database, name string) {
	switch {
	case r.Database != nil:
		return "Database", "", aws.ToString(r.Database.Name)
	case r.Table != nil:
		return "Table", aws.ToString(r.Table.DatabaseName), aws.ToString(r.Table.Name)
	case r.TableWithColumns != nil:
		return "TableWithColumns", aws.ToString(r.TableWithColumns.DatabaseName), aws.ToString(r.TableWithColumns.Name)
	case r.DataCellsFilter != nil:
		return "DataCellsFilter", aws.ToString(r.DataCellsFilter.DatabaseName), aws.ToString(r.DataCellsFilter.TableName) + aws.ToString(r.DataCellsFilter.Name)
	}
	return "other", "", ""
}

func sdkTables(ctx context.Context, cfg aws.Config) ([]string, error) {
	var out []string
	pages := glue.NewGetTablesPaginator(glue.NewFromConfig(cfg), &glue.GetTablesInput{DatabaseName: aws.String("sales")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, table := range page.TableList {
			out = append(out, aws.ToString(table.DatabaseName)+"."+aws.ToString(table.Name))
		}
	}
	return out, nil
}

func sdkInvitations(ctx context.Context, cfg aws.Config) ([]string, error) {
	page, err := ram.NewFromConfig(cfg).GetResourceShareInvitations(ctx, &ram.GetResourceShareInvitationsInput{})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, i := range page.ResourceShareInvitations {
		out = append(out, string(i.Status)+" "+aws.ToString(i.ResourceShareInvitationArn))
	}
	return out, nil
}
