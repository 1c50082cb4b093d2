package aws

import (
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// iap is the virtual group that leaves access to IAM.
const iap = "IAM_ALLOWED_PRINCIPALS"

// grants is what listings show, in normal form: SELECT on a table and on all its
// columns are one [2.39], ALL_TABLES is the wildcard, and whoever holds ALL
// holds just ALL, with or without its members listed [2.40].
type grants struct {
	held    map[grantee]*holding
	columns map[grantee]bool // SELECT on some columns only, which no fact expresses
}

type grantee struct {
	principal string
	object    fact.Object
}

type holding struct {
	atoms  map[string]atom // by permission
	shares []string        // ARNs of the RAM shares behind them [2.53]
}

type atom struct {
	grantable bool
	writer    string
	updated   time.Time
}

func newGrants() *grants {
	return &grants{held: map[grantee]*holding{}, columns: map[grantee]bool{}}
}

// add takes one listed row in. Rows with a condition and rows on what lakeshare
// does not know are left out.
func (g *grants) add(row types.PrincipalResourcePermissions) {
	if row.Principal == nil || row.Resource == nil || row.Condition != nil {
		return
	}
	object, partial, ok := objectOf(row.Resource)
	if !ok {
		return
	}
	who := grantee{normalPrincipal(awssdk.ToString(row.Principal.DataLakePrincipalIdentifier)), object}
	if partial {
		g.columns[who] = true
		return
	}
	h := g.held[who]
	if h == nil {
		h = &holding{atoms: map[string]atom{}}
		g.held[who] = h
	}
	for _, p := range row.Permissions {
		a := h.atoms[string(p)]
		a.writer, a.updated = awssdk.ToString(row.LastUpdatedBy), awssdk.ToTime(row.LastUpdated)
		h.atoms[string(p)] = a
	}
	for _, p := range row.PermissionsWithGrantOption {
		a := h.atoms[string(p)]
		a.grantable = true
		a.writer, a.updated = awssdk.ToString(row.LastUpdatedBy), awssdk.ToTime(row.LastUpdated)
		h.atoms[string(p)] = a
	}
	if row.AdditionalDetails != nil {
		h.shares = append(h.shares, row.AdditionalDetails.ResourceShare...)
	}
}

// permissions returns what is held, ALL standing for everything.
func (h *holding) permissions() map[string]atom {
	if h == nil {
		return nil
	}
	if all, ok := h.atoms[string(types.PermissionAll)]; ok {
		return map[string]atom{string(types.PermissionAll): all}
	}
	return h.atoms
}

// objectOf brings a listed resource into normal form. Partial is a grant on some columns.
func objectOf(r *types.Resource) (o fact.Object, partial, ok bool) {
	switch {
	case r.Database != nil:
		return fact.Object{
			Type: fact.Database, Catalog: awssdk.ToString(r.Database.CatalogId), Database: lower(r.Database.Name),
		}, false, true
	case r.Table != nil:
		return tableObject(r.Table.CatalogId, r.Table.DatabaseName, r.Table.Name, r.Table.TableWildcard != nil), false, true
	case r.TableWithColumns != nil:
		t := r.TableWithColumns
		partial = len(t.ColumnNames) > 0 || (t.ColumnWildcard != nil && len(t.ColumnWildcard.ExcludedColumnNames) > 0)
		return tableObject(t.CatalogId, t.DatabaseName, t.Name, false), partial, true
	case r.DataCellsFilter != nil:
		f := r.DataCellsFilter
		return fact.Object{
			Type: fact.FilteredRows, Catalog: awssdk.ToString(f.TableCatalogId), Database: lower(f.DatabaseName),
			Table: lower(f.TableName), Filter: awssdk.ToString(f.Name),
		}, false, true
	case r.DataLocation != nil:
		return fact.Object{
			Type: fact.Location, Catalog: awssdk.ToString(r.DataLocation.CatalogId),
			Path: fact.NormalPath(awssdk.ToString(r.DataLocation.ResourceArn)),
		}, false, true
	}
	return fact.Object{}, false, false
}

// tableObject tells the wildcard by its flag or by the name it is listed under;
// no table can have that name, since Glue folds names to lower case [2.41, 2.42].
func tableObject(catalog, database, name *string, wildcard bool) fact.Object {
	o := fact.Object{Type: fact.Table, Catalog: awssdk.ToString(catalog), Database: lower(database)}
	if wildcard || awssdk.ToString(name) == "ALL_TABLES" {
		o.Type = fact.Tables
		return o
	}
	o.Table = lower(name)
	return o
}

// resourceOf is the inverse of objectOf, in the form that grants take.
func resourceOf(o fact.Object) *types.Resource {
	switch o.Type {
	case fact.Database:
		return &types.Resource{Database: &types.DatabaseResource{CatalogId: &o.Catalog, Name: &o.Database}}
	case fact.Tables:
		return &types.Resource{Table: &types.TableResource{
			CatalogId: &o.Catalog, DatabaseName: &o.Database, TableWildcard: &types.TableWildcard{},
		}}
	case fact.FilteredRows:
		return &types.Resource{DataCellsFilter: &types.DataCellsFilterResource{
			TableCatalogId: &o.Catalog, DatabaseName: &o.Database, TableName: &o.Table, Name: &o.Filter,
		}}
	case fact.Location:
		return &types.Resource{DataLocation: &types.DataLocationResource{
			CatalogId: &o.Catalog, ResourceArn: awssdk.String(pathARN(o.Path)),
		}}
	}
	return &types.Resource{Table: &types.TableResource{CatalogId: &o.Catalog, DatabaseName: &o.Database, Name: &o.Table}}
}

// pathARN writes s3://bucket/prefix as arn:aws:s3:::bucket/prefix.
func pathARN(path string) string { return "arn:aws:s3:::" + strings.TrimPrefix(path, "s3://") }

// normalPrincipal brings a listed grantee into the form that facts use: the
// legacy group in upper case [1.5, 1.6], organizations and units by id, since
// their ARNs name the management account, which no manifest knows.
func normalPrincipal(id string) string {
	if strings.EqualFold(id, iap) || strings.EqualFold(id, "EVERYONE") {
		return iap
	}
	if strings.HasPrefix(id, "arn:") && strings.Contains(id, ":organizations:") {
		return id[strings.LastIndexByte(id, '/')+1:]
	}
	return id
}

// isOrganization reports whether the principal is an organization or a unit.
func isOrganization(principal string) bool {
	return strings.HasPrefix(principal, "o-") || strings.HasPrefix(principal, "ou-")
}

// accountOfPrincipal returns the account that a grantee is, or lies in; "" for
// organizations, groups and Identity Center.
func accountOfPrincipal(principal string) string {
	if strings.HasPrefix(principal, "arn:") {
		return fact.AccountOf(principal)
	}
	id, _, _ := strings.Cut(principal, ":") // 123456789012:IAMPrincipals
	if len(id) == 12 && strings.Trim(id, "0123456789") == "" {
		return id
	}
	return ""
}

// isDirect reports whether the principal is an IAM principal of another account.
func isDirect(principal, own string) bool {
	account := fact.AccountOf(principal)
	return account != "" && account != own
}

func lower(s *string) string { return strings.ToLower(awssdk.ToString(s)) }
