package scaffold

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// document is an IAM policy.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    values
	Resource  values                       `json:",omitempty"`
	Condition map[string]map[string]values `json:",omitempty"`
}

// values are written without brackets where there is one, as people do.
type values []string

// MarshalJSON writes one value or a list.
func (v values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return json.Marshal(v[0])
	}
	return json.Marshal([]string(v))
}

func (d document) text() (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}

func allow(sid string, actions []string, resources ...string) statement {
	return statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

func (s statement) when(operator, key string, wanted ...string) statement {
	s.Condition = map[string]map[string]values{operator: {key: wanted}}
	return s
}

// What a plan calls. Lake Formation and RAM do not scope their lists to a
// resource, and what a share names may lie in another account's catalog.
var (
	catalogReads = []string{
		"glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables",
		"lakeformation:GetDataCellsFilter", "lakeformation:GetDataLakeSettings", "lakeformation:ListDataCellsFilter",
		"lakeformation:ListPermissions", "lakeformation:ListResources",
		"organizations:DescribeOrganization",
		"ram:GetResourceShareAssociations", "ram:GetResourceShareInvitations", "ram:GetResourceShares",
	}
	principalReads = []string{"iam:GetRole", "iam:GetUser"}
	policyReads    = []string{"iam:GetPolicy", "iam:GetPolicyVersion"}
)

// What an apply calls beside that.
var (
	// A batch is checked by the actions of its entries too.
	grantWrites = []string{
		"lakeformation:BatchGrantPermissions", "lakeformation:BatchRevokePermissions",
		"lakeformation:GrantPermissions", "lakeformation:RevokePermissions",
		"lakeformation:CreateDataCellsFilter", "lakeformation:DeleteDataCellsFilter", "lakeformation:UpdateDataCellsFilter",
	}
	linkWrites   = []string{"glue:CreateDatabase", "glue:CreateTable", "glue:DeleteDatabase", "glue:DeleteTable"}
	shareWrites  = []string{"ram:AssociateResourceShare", "ram:DisassociateResourceShare"}
	policyWrites = []string{"iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:ListPolicyVersions"}
)

// maxPatterns bounds what the databases of a scope, and those of links, add to a
// policy: the inline policies of a role have 10,240 characters together [6.16].
const maxPatterns = 25

func planPolicy(g group) document {
	p := g.partition
	d := document{Version: "2012-10-17", Statement: []statement{
		allow("ReadCatalogAndShares", catalogReads, "*"),
		allow("LookUpPrincipals", principalReads, "arn:"+p+":iam::"+g.account+":role/*", "arn:"+p+":iam::"+g.account+":user/*"),
		allow("ListPrincipals", []string{"iam:ListRoles"}, "*"),
	}}
	if policies := g.storage(func(s fact.StorageRules) string { return s.Policy }); len(policies) > 0 {
		d.Statement = append(d.Statement, allow("ReadStoragePolicy", policyReads, policies...))
	}
	return d
}

func applyPolicy(g group) document {
	d := planPolicy(g)
	d.Statement = append(
		d.Statement,
		allow("Grant", grantWrites, "*"),
	)
	if len(g.databases) > 0 {
		// Only access: lake_formation needs it, for what new tables get.
		d.Statement = append(d.Statement, allow("ChangeDatabases", []string{"glue:UpdateDatabase"}, g.catalog(g.databases, "database/%")...))
	}
	if len(g.links) > 0 {
		d.Statement = append(d.Statement, allow("MakeAndDropLinks", linkWrites,
			g.catalog(g.links, "database/%", "table/%/*", "userDefinedFunction/%/*")...))
	}
	d.Statement = append(
		d.Statement,
		allow("AcceptShares", []string{"ram:AcceptResourceShareInvitation"}, "arn:"+g.partition+":ram:*:*:resource-share-invitation/*"),
		// Lake Formation names its shares; no other is ours to touch [4.10].
		allow("RenewShares", shareWrites, "arn:"+g.partition+":ram:*:"+g.account+":resource-share/*").
			when("StringLike", "ram:ResourceShareName", "LakeFormation*"),
	)
	if policies := g.storage(func(s fact.StorageRules) string { return s.Policy }); len(policies) > 0 {
		d.Statement = append(d.Statement, allow("KeepStoragePolicy", policyWrites, policies...))
	}
	if !slices.ContainsFunc(g.members, func(a fact.Account) bool { return len(a.Storage.Paths) > 0 }) {
		return d
	}
	d.Statement = append(d.Statement, allow("RegisterStorage", []string{"lakeformation:RegisterResource"}, "*"))
	if roles := g.storage(func(s fact.StorageRules) string { return s.Role }); len(roles) > 0 {
		d.Statement = append(d.Statement, allow("PassStorageRole", []string{"iam:PassRole"}, roles...).
			when("StringEquals", "iam:PassedToService", "lakeformation.amazonaws.com"))
	}
	if slices.ContainsFunc(g.members, func(a fact.Account) bool { return a.Storage.ServiceLinked }) {
		own := "arn:" + g.partition + ":iam::" + g.account +
			":role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
		d.Statement = append(d.Statement,
			allow("MakeServiceLinkedRole", []string{"iam:CreateServiceLinkedRole"}, own).
				when("StringEquals", "iam:AWSServiceName", "lakeformation.amazonaws.com"),
			// Lake Formation adds each path to the role as whoever registers it [6.4].
			allow("ExtendServiceLinkedRole", []string{"iam:PutRolePolicy"}, own))
	}
	return d
}

// catalog is what Glue checks for a call on databases of these names: the catalog
// itself, and each form with the name for its %.
func (g group) catalog(databases []string, forms ...string) []string {
	head := "arn:" + g.partition + ":glue:*:" + g.account + ":"
	if len(databases) > maxPatterns {
		databases = []string{"*"}
	}
	out := []string{head + "catalog"}
	for _, name := range databases {
		for _, form := range forms {
			out = append(out, head+strings.Replace(form, "%", name, 1))
		}
	}
	return out
}

// storage collects one thing of the storage rules of every member.
func (g group) storage(of func(fact.StorageRules) string) []string {
	var out []string
	for _, a := range g.members {
		if s := of(a.Storage); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
