package manifest

import (
	"encoding/json"
	"fmt"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// grantOn tells what the owner of an account where lakeshare cannot act has to
// do: accept, if invited, and grant on to each principal that the share names.
func (x *expansion) grantOn(to target) {
	id := to.account.ID.Value
	for _, it := range x.items {
		permissions := to.permissions(it)
		if len(permissions) == 0 {
			continue
		}
		k := fact.Key{Kind: fact.AccountGrant, At: x.producer.place(), Object: it.object, Principal: id, Permission: permissions[0]}
		w := fact.Wait{Key: k, Who: id, What: "accept the invitation, if there is one, and let principals read " + it.object.Name()}
		for _, p := range to.principals {
			w.Commands = append(w.Commands,
				grantCommand(k.At, p.arn, it.object, permissions),
				grantCommand(k.At, p.arn, x.database(), []string{describe}))
		}
		x.onward = append(x.onward, w)
	}
}

// acceptOnly tells the owner's part of a direct share: nothing but to accept.
func (x *expansion) acceptOnly(to target) {
	for _, p := range to.principals {
		for _, it := range x.items {
			if permissions := to.permissions(it); len(permissions) > 0 {
				k := fact.Key{Kind: fact.AccountGrant, At: x.producer.place(), Object: it.object, Principal: p.arn, Permission: permissions[0]}
				x.onward = append(x.onward, fact.Wait{
					Key: k, Who: to.account.ID.Value,
					What: "accept the invitation, if there is one, for " + it.object.Name(),
				})
			}
		}
	}
}

// grantCommand is the exact command for the second hop; the resource carries the producer's id [4.61].
func grantCommand(at fact.Place, principal string, o fact.Object, permissions []string) string {
	resource, err := json.Marshal(wireResource(o))
	if err != nil {
		return ""
	}
	grants, err := json.Marshal(permissions)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("aws lakeformation grant-permissions --region %s --principal %s --resource %s --permissions %s",
		fact.ShellWord(at.Region), fact.ShellWord("DataLakePrincipalIdentifier="+principal), fact.ShellWord(string(resource)), fact.ShellWord(string(grants)))
}

func wireResource(o fact.Object) map[string]any {
	switch o.Type {
	case fact.Database:
		return map[string]any{"Database": map[string]any{"CatalogId": o.Catalog, "Name": o.Database}}
	case fact.Tables:
		return map[string]any{"Table": map[string]any{"CatalogId": o.Catalog, "DatabaseName": o.Database, "TableWildcard": map[string]any{}}}
	case fact.FilteredRows:
		return map[string]any{"DataCellsFilter": map[string]any{
			"TableCatalogId": o.Catalog, "DatabaseName": o.Database, "TableName": o.Table, "Name": o.Filter,
		}}
	}
	return map[string]any{"Table": map[string]any{"CatalogId": o.Catalog, "DatabaseName": o.Database, "Name": o.Table}}
}
