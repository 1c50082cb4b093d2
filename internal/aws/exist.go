package aws

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// lookForObjects tells which catalog objects do not exist, for facts that are
// wanted and not live. What is live exists.
func (v *visit) lookForObjects(ctx context.Context) {
	tables := map[string][]string{}
	for _, k := range v.keys {
		if v.looksFor(k) && k.Object.TableObject().Type == fact.Table {
			tables[k.Object.Database] = append(tables[k.Object.Database], k.Object.Table)
		}
	}
	exists := map[fact.Object]bool{}
	for _, k := range v.keys {
		if !v.looksFor(k) {
			continue
		}
		var err error
		switch o := k.Object.TableObject(); o.Type {
		case fact.Table:
			err = v.lookForTable(ctx, k, sortedUnique(tables[o.Database]), exists)
		case fact.Database, fact.Tables:
			if d := o.DatabaseObject(); !exists[d] {
				err = v.lookForDatabase(ctx, k, len(tables[o.Database]) > 0)
			}
		}
		if err != nil {
			v.cloud.log.Info("existence not checked", "fact", k.String(), "error", err)
		}
	}
}

// looksFor reports whether a fact needs an object that others made.
func (v *visit) looksFor(k fact.Key) bool {
	switch k.Kind {
	case fact.Filter, fact.OwnGrant, fact.AccountGrant, fact.Storage, fact.StoragePath, fact.Enforced:
	default:
		return false
	}
	if k.Object.Catalog != v.place.Account || k.Object.Type == fact.Location || k.Object.Database == "" || !v.isWanted(k) {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	row, live := v.live.Rows[k]
	_, unread := v.live.Unread[k]
	// A filter that is to change may name columns that do not exist.
	return !unread && (!live || (k.Kind == fact.Filter && row.Body != v.query.Wanted[k]))
}

func (v *visit) lookForTable(ctx context.Context, k fact.Key, names []string, exists map[fact.Object]bool) error {
	o := k.Object.TableObject()
	found, err := v.site.someTables(ctx, o.Database, names)
	if err != nil {
		return err
	}
	t := found[o.Table]
	if t == nil {
		return v.absentTable(ctx, k, exists)
	}
	exists[o.DatabaseObject()] = true
	if k.Kind != fact.Filter {
		return nil
	}
	include, except := fact.ParseColumns(v.query.Wanted[k].Columns)
	for _, column := range append(include, except...) {
		if !slices.Contains(t.columns, column) {
			v.absent(fact.Absence{Key: k, What: "column", Name: column, Near: t.columns})
		}
	}
	return nil
}

func (v *visit) absentTable(ctx context.Context, k fact.Key, exists map[fact.Object]bool) error {
	database := k.Object.DatabaseObject()
	all, err := v.site.tablesOf(ctx, database.Database)
	if err != nil {
		return err
	}
	if len(all) == 0 && !exists[database] {
		d, err := v.site.database(ctx, database.Database)
		if err != nil {
			return err
		}
		if d == nil {
			return v.lookForDatabase(ctx, k, false)
		}
	}
	exists[database] = true
	v.noteTables(database, all)
	near := make([]string, 0, len(all))
	for _, t := range all {
		near = append(near, t.name)
	}
	v.absent(fact.Absence{Key: k, What: "table", Name: k.Object.Table, Near: near})
	return nil
}

// lookForDatabase tells about a missing database. Where tables of it are looked
// for as well, finding one of them says enough.
func (v *visit) lookForDatabase(ctx context.Context, k fact.Key, tablesTell bool) error {
	if tablesTell {
		return nil
	}
	d, err := v.site.database(ctx, k.Object.Database)
	if err != nil || d != nil {
		return err
	}
	near, err := v.site.databaseNames(ctx)
	if err != nil {
		return err
	}
	v.absent(fact.Absence{Key: k, What: "database", Name: k.Object.Database, Near: near})
	return nil
}

func (s *site) databaseNames(ctx context.Context) ([]string, error) {
	all, err := s.allDatabases(ctx)
	names := make([]string, 0, len(all))
	for _, d := range all {
		names = append(names, lower(d.raw.Name))
	}
	return sortedUnique(names), err
}

// allDatabases lists the account's own databases and database links.
func (s *site) allDatabases(ctx context.Context) ([]*database, error) {
	var all []*database
	in := &glue.GetDatabasesInput{CatalogId: &s.place.Account, MaxResults: awssdk.Int32(gluePage)}
	for {
		out, err := call(ctx, s, "glue:GetDatabases", s.glue.GetDatabases, in)
		if err != nil {
			return nil, err
		}
		for _, d := range out.DatabaseList {
			all = append(all, s.databaseOf(lower(d.Name), d))
		}
		if awssdk.ToString(out.NextToken) == "" {
			return all, nil
		}
		in.NextToken = out.NextToken
	}
}

func (r *reading) absent(a fact.Absence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live.Absent = append(r.live.Absent, a)
}

// principalState is what IAM says about a principal.
type principalState uint8

const (
	principalUnknown principalState = iota // IAM did not let us look
	principalExists
	principalMissing
)

// lookForPrincipals tells which roles and users do not exist, for grants that
// are wanted and not live, in accounts where lakeshare can look.
func (v *visit) lookForPrincipals(ctx context.Context) {
	for _, k := range v.keys {
		account := fact.AccountOf(k.Principal)
		if !k.Kind.IsGrant() || account == "" || !v.cloud.knows(account) || !v.missed(k) {
			continue
		}
		home, err := v.cloud.site(ctx, fact.Place{Account: account, Region: v.place.Region})
		if err != nil {
			continue
		}
		state, err := v.cloud.principals.get(k.Principal, func() (principalState, error) {
			return home.lookUp(ctx, k.Principal)
		})
		if err != nil {
			v.cloud.log.Info("principal not checked", "principal", k.Principal, "error", err)
			continue
		}
		if state == principalMissing {
			near, err := v.cloud.roles.get(account, func() ([]string, error) { return home.roleARNs(ctx) })
			if err != nil {
				v.cloud.log.Info("roles not listed", "account", account, "error", err)
			}
			v.absent(fact.Absence{Key: k, What: "principal", Name: k.Principal, Near: near})
		}
	}
}

// lookUp asks IAM for a role or a user. IAM finds them by name alone; the path
// is part of the ARN and must agree.
func (s *site) lookUp(ctx context.Context, arn string) (principalState, error) {
	resource := arn[strings.LastIndexByte(arn, ':')+1:]
	kind, _, _ := strings.Cut(resource, "/")
	name := resource[strings.LastIndexByte(resource, '/')+1:]
	var found string
	var err error
	switch kind {
	case "role":
		var out *iam.GetRoleOutput
		if out, err = call(ctx, s, "iam:GetRole", s.iam.GetRole, &iam.GetRoleInput{RoleName: &name}); err == nil {
			found = awssdk.ToString(out.Role.Arn)
		}
	case "user":
		var out *iam.GetUserOutput
		if out, err = call(ctx, s, "iam:GetUser", s.iam.GetUser, &iam.GetUserInput{UserName: &name}); err == nil {
			found = awssdk.ToString(out.User.Arn)
		}
	default:
		return principalUnknown, nil
	}
	switch {
	case code(err) == "NoSuchEntity", code(err) == "NoSuchEntityException":
		return principalMissing, nil
	case code(err) == "AccessDenied", code(err) == codeDenied:
		s.cloud.log.Info("principal not checked", "principal", arn, "error", err)
		return principalUnknown, nil
	case err != nil:
		return principalUnknown, err
	case found != arn:
		return principalMissing, nil
	}
	return principalExists, nil
}

func (s *site) roleARNs(ctx context.Context) ([]string, error) {
	var arns []string
	in := &iam.ListRolesInput{MaxItems: awssdk.Int32(pageSize)}
	for {
		out, err := call(ctx, s, "iam:ListRoles", s.iam.ListRoles, in)
		if err != nil {
			return nil, err
		}
		for _, r := range out.Roles {
			arns = append(arns, awssdk.ToString(r.Arn))
		}
		if !out.IsTruncated {
			slices.Sort(arns)
			return arns, nil
		}
		in.Marker = out.Marker
	}
}
