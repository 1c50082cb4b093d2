package aws

import (
	"context"
	"fmt"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// readEnforced finds out whether Lake Formation alone decides about a database:
// IAM_ALLOWED_PRINCIPALS holds nothing on it, on any of its tables, nor by
// default on a new one [4.51].
func (v *visit) readEnforced(ctx context.Context) {
	for _, k := range v.keys {
		if k.Kind != fact.Enforced || v.settled(k) {
			continue
		}
		d, err := v.site.database(ctx, k.Object.Database)
		if err != nil {
			v.unread(k, err)
			continue
		}
		if d == nil || d.openTables || len(v.openObjects(k.Object.Database)) > 0 {
			continue
		}
		v.row(k, fact.Row{})
	}
}

// openObjects returns the objects of a database that IAM_ALLOWED_PRINCIPALS
// holds permissions on, as far as they have been listed.
func (v *visit) openObjects(database string) []fact.Object {
	open := map[fact.Object]bool{}
	for who := range v.list.all() {
		if who.principal == iap && who.object.Catalog == v.place.Account && who.object.Database == database {
			open[who.object] = true
		}
	}
	return sortedObjects(open)
}

// mindsIAM reports whether a grant would be refused for IAM_ALLOWED_PRINCIPALS:
// it is wanted, goes to another account, and nothing takes the group away.
func (v *visit) mindsIAM(k fact.Key) bool {
	enforced := fact.Key{Kind: fact.Enforced, At: k.At, Object: k.Object.DatabaseObject()}
	_, coming := v.query.Wanted[enforced]
	return k.Kind == fact.AccountGrant && v.isWanted(k) && !coming && !(len(v.query.Wanted) == 0 && v.asked[enforced])
}

// warnGrants tells about states of the producer under which AWS refuses a grant
// to another account, and about rows that no fact can express.
func (v *visit) warnGrants(ctx context.Context) {
	known, err := v.site.knownSettings(ctx)
	if err != nil {
		return // nothing could be read here at all
	}
	for _, k := range v.keys {
		if !k.Kind.IsGrant() || k.Object.Catalog != v.place.Account {
			continue
		}
		v.warnColumns(k)
		if k.Kind != fact.AccountGrant || !v.missed(k) {
			continue
		}
		if isDirect(k.Principal, v.place.Account) && known.version < 3 {
			v.warn(fact.Warning{
				Key: k, Rule: "cross-account-version", Fatal: true,
				Message: fmt.Sprintf("Account %s is at cross-account version %d, which cannot grant to a principal of another account.",
					v.place.Account, known.version),
				Hint: "Raise CROSS_ACCOUNT_VERSION in its data lake settings to 3 or above, or share with the account.",
			})
		}
		v.warnOpen(ctx, k, known.version)
	}
}

// warnColumns tells about a grant on some columns beside a grant that is asked
// for: AWS does not have both for one principal [2.15].
func (v *visit) warnColumns(k fact.Key) {
	who := grantee{k.Principal, k.Object.TableObject()}
	if v.isWanted(k) && v.list.onColumns(who) {
		v.warn(fact.Warning{
			Key: k, Rule: "column-grant",
			Message: fmt.Sprintf("%s has a grant on some columns of %s, which excludes grants on the whole table.", k.Principal, who.object.Name()),
			Hint:    "Revoke it by hand, or share the columns with a filter.",
			Fatal:   k.Object.Type == fact.Table, // whether a filter goes beside one is not known
		})
	}
}

func (l *listings) onColumns(who grantee) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen.columns[who]
}

// warnOpen tells about IAM_ALLOWED_PRINCIPALS on what is to be shared. AWS
// refuses such a grant unless the location is in hybrid access mode, from
// version 4 on [3.15, 4.76].
func (v *visit) warnOpen(ctx context.Context, k fact.Key, version int) {
	if !v.mindsIAM(k) {
		return
	}
	for _, o := range v.openObjects(k.Object.Database) {
		counts := o == k.Object.TableObject() || (k.Object.Type == fact.Tables && o.Type == fact.Table)
		if !counts || (version >= 4 && v.isHybrid(ctx, o)) {
			continue
		}
		v.warn(fact.Warning{
			Key: k, Rule: "iam-allowed-principals", Fatal: true,
			Message: fmt.Sprintf("IAM_ALLOWED_PRINCIPALS holds permissions on %s, so AWS refuses to share it with other accounts.", o.Name()),
			Hint:    "Set access: lake_formation for the database, or register its location in hybrid access mode and opt its readers in, both by hand.",
		})
		return
	}
}

// isHybrid reports whether an object's data is registered in hybrid access mode.
// A database without a location of its own counts as its account does.
func (v *visit) isHybrid(ctx context.Context, o fact.Object) bool {
	all, err := v.site.registered(ctx)
	if err != nil {
		return false
	}
	if o.Type == fact.Database {
		d, err := v.site.database(ctx, o.Database)
		if err != nil || d == nil {
			return false
		}
		if d.raw.LocationUri == nil {
			for _, r := range all {
				if r.hybrid {
					return true
				}
			}
			return false
		}
		r, ok := covering(all, fact.NormalPath(*d.raw.LocationUri))
		return ok && r.hybrid
	}
	paths, _, err := v.site.locations(ctx, o)
	for _, path := range paths {
		if r, ok := covering(all, path); !ok || !r.hybrid {
			return false
		}
	}
	return err == nil && len(paths) > 0
}
