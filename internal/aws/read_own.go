package aws

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// collect decides which objects of the own catalog have to be listed.
func (v *visit) collect() {
	for _, k := range v.keys {
		if k.Object.Catalog != v.place.Account {
			continue
		}
		switch k.Kind {
		case fact.OwnGrant, fact.AccountGrant, fact.LocationGrant:
			v.want(k.Object)
			if k.Kind == fact.AccountGrant && k.Object.Type == fact.Tables && v.mindsIAM(k) {
				v.wide[k.Object.Database] = true // each table must be free of IAM_ALLOWED_PRINCIPALS [4.51]
			}
		case fact.ConsumerGrant:
			v.consumer[k.Object] = true
			if !v.missing[k.Object] && !v.missing[k.Object.DatabaseObject()] {
				v.want(k.Object)
			}
		case fact.Enforced:
			v.want(k.Object)
			v.wide[k.Object.Database] = true
		}
	}
}

func (v *visit) want(o fact.Object) {
	v.wanted[o.TableObject()] = true
	if o.Type == fact.FilteredRows {
		v.related[o.TableObject()] = true
	}
}

// listOwn lists the rows on the wanted objects, type by type.
func (v *visit) listOwn(ctx context.Context) {
	v.listWide(ctx)
	byType := map[types.DataLakeResourceType][]fact.Object{}
	for _, o := range sortedObjects(v.wanted) {
		kind := resourceType(o.Type)
		byType[kind] = append(byType[kind], o)
	}
	for _, kind := range slices.Sorted(maps.Keys(byType)) {
		v.list.read(ctx, kind, byType[kind], v.related)
	}
	for o := range maps.Clone(v.list.failed) {
		if v.site.missing(ctx, o, v.list.failed[o]) {
			delete(v.list.failed, o)
			v.list.proven[o] = true
		}
	}
	for _, k := range v.keys {
		err := v.list.failed[k.Object.TableObject()]
		if k.Kind == fact.Enforced {
			err = v.failedIn(k.Object.Database) // every table counts
		}
		if err != nil && (k.Kind.IsGrant() || k.Kind == fact.Enforced) {
			v.unread(k, err)
		}
	}
}

// failedIn returns why something of a database could not be listed.
func (v *visit) failedIn(database string) error {
	for _, o := range slices.SortedFunc(maps.Keys(v.list.failed), fact.Object.Compare) {
		if o.Catalog == v.place.Account && o.Database == database {
			return v.list.failed[o]
		}
	}
	return nil
}

// listWide lists every table of the databases that need it, by a sweep or, in a
// catalog where that is long, table by table.
func (v *visit) listWide(ctx context.Context) {
	for t := range v.sweeps {
		if _, err := v.list.sweep(ctx, resourceType(t), anyBudget); err != nil {
			v.cloud.log.Warn("sweep failed", "place", v.place.String(), "error", err)
		}
	}
	if len(v.wide) == 0 {
		return
	}
	tables := 0
	for o := range v.wanted {
		if resourceType(o.Type) == types.DataLakeResourceTypeTable {
			tables++
		}
	}
	done, err := v.list.sweep(ctx, types.DataLakeResourceTypeTable, max(tables, longCatalog))
	for _, database := range slices.Sorted(maps.Keys(v.wide)) {
		o := fact.Object{Type: fact.Tables, Catalog: v.place.Account, Database: database}
		v.wanted[o] = true
		if done && err == nil {
			for seen := range v.list.objects() {
				if seen.Database == database && seen.Catalog == v.place.Account && seen.Type == fact.Table {
					v.wanted[seen] = true
				}
			}
			continue
		}
		all, err := v.site.tablesOf(ctx, database)
		if err != nil {
			v.list.failed[o] = err
		}
		for _, t := range all {
			v.wanted[fact.Object{Type: fact.Table, Catalog: v.place.Account, Database: database, Table: t.name}] = true
		}
	}
}

// missing reports whether a failed listing of an own object means that there is
// no such object. To an administrator of the catalog "not found or not
// authorised" can only mean not found, and Glue says so clearly.
func (s *site) missing(ctx context.Context, o fact.Object, err error) bool {
	if o.Catalog != s.place.Account || !unseen(err) {
		return false
	}
	switch o.Type {
	case fact.Location:
		return code(err) == codeNotFound
	case fact.Table, fact.FilteredRows:
		found, err := s.find(ctx, o.Database, []string{o.Table})
		return err == nil && found[o.Table] == nil
	}
	d, err := s.database(ctx, o.Database)
	return err == nil && d == nil
}

// rowsOf turns the listed rows on the objects, and on their filters, into facts.
func (v *visit) rowsOf(ctx context.Context, objects map[fact.Object]bool) {
	for who, h := range v.list.all() {
		if !objects[who.object.TableObject()] {
			continue
		}
		kind, ok := v.kindOf(who)
		if !ok {
			continue
		}
		for permission, a := range h.permissions() {
			k := fact.Key{Kind: kind, At: v.place, Object: who.object, Principal: who.principal, Permission: permission}
			if kind == fact.ConsumerGrant && who.object.Catalog != v.place.Account && v.withoutEffect(ctx, k) {
				continue // a row without effect, on what this account does not hold any more [4.72]
			}
			v.row(k, fact.Row{
				Body: fact.Body{Grantable: a.grantable}, Writer: a.writer, UpdatedAt: a.updated,
				Implicit: v.implicit(ctx, who.principal, a.writer),
			})
		}
	}
}

// kindOf says which kind of fact a row is. What an account holds on another
// one's object by itself is that account's grant, told by the producer.
func (v *visit) kindOf(who grantee) (fact.Kind, bool) {
	account := accountOfPrincipal(who.principal)
	switch {
	case who.object.Type == fact.Location:
		return fact.LocationGrant, who.object.Catalog == v.place.Account || who.principal != v.place.Account
	case who.object.Catalog != v.place.Account:
		return fact.ConsumerGrant, who.principal != v.place.Account && !isOrganization(who.principal)
	case isOrganization(who.principal), account != "" && account != v.place.Account:
		return fact.AccountGrant, true
	case v.consumer[who.object]:
		return fact.ConsumerGrant, true
	}
	return fact.OwnGrant, true
}

// implicit reports whether a row came about without anybody sharing something:
// the legacy group, services, our own roles, and creators, who write their own rows.
func (v *visit) implicit(ctx context.Context, principal, writer string) bool {
	known, err := v.site.knownSettings(ctx)
	return principal == iap || v.cloud.own[principal] || (err == nil && principal == known.self) || strings.Contains(principal, ":role/aws-service-role/") ||
		(writer != "" && samePrincipal(writer, principal))
}

// readTableNames lists the tables behind a wildcard, which say how much is shared.
func (v *visit) readTableNames(ctx context.Context) {
	for _, k := range v.keys {
		if k.Object.Type != fact.Tables || k.Object.Catalog != v.place.Account || k.Object.Database == "" {
			continue
		}
		if k.Kind == fact.ConsumerGrant || k.Kind == fact.Accepted {
			continue
		}
		all, err := v.site.tablesOf(ctx, k.Object.Database)
		if err != nil {
			v.cloud.log.Warn("tables not listed", "database", k.Object.Database, "error", err)
			continue
		}
		v.noteTables(k.Object.DatabaseObject(), all)
	}
}

func (v *visit) noteTables(database fact.Object, all []*table) {
	names := make([]string, 0, len(all))
	for _, t := range all {
		names = append(names, t.name)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.live.Tables[database] = names
}

func sortedObjects(set map[fact.Object]bool) []fact.Object {
	return slices.SortedFunc(maps.Keys(set), fact.Object.Compare)
}
