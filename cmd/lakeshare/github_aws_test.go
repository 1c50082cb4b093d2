package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

const (
	salesAccount = "111122223333"
	salesRegion  = "eu-west-1"
)

// principal finds the account and the ARN of a role by its name alone.
func (h *hub) principal(name string) (account, arn string, err error) {
	for id, a := range h.aws.Snapshot().Accounts {
		for path := range a.Roles {
			if path == name || strings.HasSuffix(path, "/"+name) {
				return id, "arn:aws:iam::" + id + ":role/" + path, nil
			}
		}
	}
	return "", "", fmt.Errorf("no account has a role %s", name)
}

// reads asks AWS, not lakeshare, who reads what.
func reads(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: [!] reads ROLE DATABASE.TABLE [COLUMN,COLUMN...]")
	}
	h := hubOf(ts)
	_, arn, err := h.principal(args[0])
	ts.Check(err)
	database, table, _ := strings.Cut(args[1], ".")
	got, answer := h.aws.Read(arn, salesRegion, "", database, table)
	yes := answer.Yes && len(got.Rows) > 0
	switch {
	case yes == neg:
		ts.Fatalf("%s reads %s: %v %s", args[0], args[1], yes, answer.Why)
	case yes && len(args) == 3 && strings.Join(got.Columns, ",") != args[2]:
		ts.Fatalf("%s reads the columns %v of %s, want %s", args[0], got.Columns, args[1], args[2])
	}
}

// stepCalls are the calls of AWS that the last step has made.
func (h *hub) stepCalls(ts *testscript.TestScript) []awssim.Call {
	if h.last == nil {
		ts.Fatalf("no step has run yet")
	}
	return h.aws.Calls()[h.last.asked:]
}

func wrote(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, args, 0, "[!] wrote")
	var writes []string
	for _, c := range hubOf(ts).stepCalls(ts) {
		if c.Writes && c.Code == "" {
			writes = append(writes, c.Operation+" in "+c.Account)
		}
	}
	if (len(writes) > 0) == neg {
		ts.Fatalf("the step has written %d times: %v", len(writes), writes)
	}
}

// asked also counts tries to assume a role of the account.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, args, 1, "[!] asked ACCOUNT")
	about := func(c awssim.Call) bool {
		return c.Account == args[0] || c.Service == "sts" && strings.Contains(string(c.Input), args[0])
	}
	if slices.ContainsFunc(hubOf(ts).stepCalls(ts), about) == neg {
		ts.Fatalf("calls about account %s: %v", args[0], neg)
	}
}

// byHand changes a grant on a table of sales as the steward of the account in
// which the role is.
func (h *hub) byHand(args []string) error {
	if len(args) != 4 {
		return errors.New("usage: byhand grant|revoke ROLE PERMISSION DATABASE.TABLE")
	}
	account, arn, err := h.principal(args[1])
	if err != nil {
		return err
	}
	ctx := h.t.Context()
	client, err := h.steward(ctx, account)
	if err != nil {
		return err
	}
	database, table, _ := strings.Cut(args[3], ".")
	who := &types.DataLakePrincipal{DataLakePrincipalIdentifier: &arn}
	on := &types.Resource{Table: &types.TableResource{CatalogId: aws.String(salesAccount), DatabaseName: &database, Name: &table}}
	permissions := []types.Permission{types.Permission(args[2])}
	if args[0] == "revoke" {
		_, err = client.RevokePermissions(ctx, &lakeformation.RevokePermissionsInput{Principal: who, Resource: on, Permissions: permissions})
		return err
	}
	_, err = client.GrantPermissions(ctx, &lakeformation.GrantPermissionsInput{Principal: who, Resource: on, Permissions: permissions})
	return err
}

// steward is a Lake Formation administrator who is none of lakeshare's roles.
func (h *hub) steward(ctx context.Context, account string) (*lakeformation.Client, error) {
	config := aws.Config{Region: salesRegion, BaseEndpoint: &h.cloud, Credentials: credentials.NewStaticCredentialsProvider(account, "any", "")}
	out, err := sts.NewFromConfig(config).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + account + ":role/" + steward), RoleSessionName: aws.String("console"),
	})
	if err != nil {
		return nil, err
	}
	config.Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
	return lakeformation.NewFromConfig(config), nil
}
