package manifest

import (
	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// The permission that every consumer needs on what it only has to see.
const describe = "DESCRIBE"

// The permission on a location.
const locationAccess = "DATA_LOCATION_ACCESS"

// recipient adds what one entry of to asks for.
func (x *expansion) recipient(r *Recipient) {
	switch {
	case r.Organization.Set():
		x.organization(r, r.Organization)
	case r.OU.Set():
		x.organization(r, r.OU)
	default:
		x.account(r)
	}
}

// account sorts out which of the three forms an account recipient has.
func (x *expansion) account(r *Recipient) {
	consumer, known := x.c.tree.Config.Account(r.Account.Value)
	if !known {
		if !isAccountID(r.Account.Value) {
			x.c.unknownAccount(r.Account)
			return
		}
		consumer = Account{Alias: r.Account, ID: r.Account, Region: x.producer.Region}
		if byID, ok := x.c.accountByID(r.Account.Value); ok {
			consumer, known = byID, true
		}
	}
	principals, ok := x.c.principals(r, consumer)
	if !ok || !x.checkRecipient(r, consumer, principals) {
		return
	}
	for _, p := range principals {
		x.c.name(fact.Name{What: "principal", Text: p.arn}, origin(x.share, p.pos))
	}
	to := target{Recipient: r, account: consumer, known: known, principals: principals}
	switch {
	case consumer.ID.Value == x.producer.ID.Value:
		x.own(to)
	case r.Direct:
		x.direct(to)
	default:
		x.shared(to)
	}
}

// target is an account recipient with its names resolved.
type target struct {
	*Recipient
	account    Account
	known      bool // lakeshare can act there
	principals []principal
}

// principal is a grantee with the place that names it.
type principal struct {
	arn string
	pos diag.Pos
}

// own grants to principals of the producer's own account.
func (x *expansion) own(to target) {
	for _, p := range to.principals {
		x.ownGrants(to, p)
	}
}

func (x *expansion) ownGrants(to target, p principal) {
	body := fact.Body{Grantable: to.Grantable}
	grant := func(kind fact.Kind, o fact.Object, permission string, needs ...fact.Key) {
		k := fact.Key{Kind: kind, At: x.producer.place(), Object: o, Principal: p.arn, Permission: permission}
		x.leaves[x.add(k, body, origin(x.share, p.pos), needs...)] = true
	}
	for _, it := range x.items {
		for _, permission := range to.permissions(it) {
			grant(fact.OwnGrant, it.object, permission, it.need...)
			x.storage(it)
			x.enforced(it.at)
		}
	}
	for _, permission := range to.Database {
		grant(fact.OwnGrant, x.database(), permission.Value)
		x.enforced(origin(x.share, permission.Pos))
	}
	for _, l := range to.Locations {
		o := x.location(l)
		grant(fact.LocationGrant, o, locationAccess, x.registered(o, origin(x.share, l.Pos)))
	}
}

func (x *expansion) location(l Text) fact.Object {
	return fact.Object{Type: fact.Location, Catalog: x.producer.ID.Value, Path: l.Value}
}

// outward adds the producer's grants to somebody outside: an account, a
// principal of one, an organization or a unit. DESCRIBE on the database comes
// with every grant on it or its tables, since nothing implies it [2.31].
func (x *expansion) outward(r *Recipient, to string, at diag.Pos, grantable, leaf bool) {
	from := origin(x.share, at)
	body := fact.Body{Grantable: grantable}
	grant := func(kind fact.Kind, o fact.Object, permission string, needs ...fact.Key) {
		k := fact.Key{Kind: kind, At: x.producer.place(), Object: o, Principal: to, Permission: permission}
		k = x.add(k, body, from, needs...)
		if leaf {
			x.leaves[k] = true
		}
	}
	for _, it := range x.items {
		for _, permission := range r.permissions(it) {
			x.storage(it)
			grant(fact.AccountGrant, it.object, permission, append(x.enforced(it.at), it.need...)...)
		}
	}
	for _, permission := range r.Database {
		grant(fact.AccountGrant, x.database(), permission.Value, x.enforced(from)...)
	}
	for _, l := range r.Locations {
		o := x.location(l)
		grant(fact.LocationGrant, o, locationAccess, x.registered(o, origin(x.share, l.Pos)))
	}
	if x.granted(r) {
		k := fact.Key{Kind: fact.AccountGrant, At: x.producer.place(), Object: x.database(), Principal: to, Permission: describe}
		x.add(k, body, from, x.enforced(from)...)
	}
}

// organization grants to an organization or a unit; each account's admins go on.
func (x *expansion) organization(r *Recipient, id Text) {
	if x.checkOrganization(r, id) {
		x.outward(r, id.Value, id.Pos, r.Grantable || !r.GrantableSet, true)
	}
}

// direct grants straight to principals of another account; nobody there can
// grant it on [1.14], so only links and DESCRIBE are left to do there.
func (x *expansion) direct(to target) {
	for _, p := range to.principals {
		x.outward(to.Recipient, p.arn, p.pos, false, true)
		if !to.known {
			continue
		}
		at := origin(x.share, p.pos)
		x.accepted(to, p.arn, at)
		x.linksFor(to, p)
	}
	if !to.known {
		x.acceptOnly(to)
	}
}

// shared grants to another account, accepts there and grants on.
func (x *expansion) shared(to target) {
	id := to.account.ID.Value
	x.outward(to.Recipient, id, to.Account.Pos, to.Grantable || !to.GrantableSet, len(to.principals) == 0)
	if !to.known {
		x.grantOn(to)
		return
	}
	accepted := x.accepted(to, id, origin(x.share, to.Account.Pos))
	if len(to.principals) == 0 && to.Link.Pos != (diag.Pos{}) {
		x.links(to, origin(x.share, to.Link.Pos))
	}
	for _, p := range to.principals {
		x.linksFor(to, p)
		x.secondHop(to, p, accepted)
	}
}

// accepted wants the recipient's shares accepted: one for each type of object
// that is granted [4.7]. A filter travels in the share of its table.
func (x *expansion) accepted(to target, recipient string, at fact.Origin) map[fact.ObjectType]fact.Key {
	out := map[fact.ObjectType]fact.Key{}
	add := func(t fact.ObjectType) {
		out[t] = x.add(fact.Key{
			Kind: fact.Accepted, At: to.account.place(), Principal: recipient,
			Object: fact.Object{Type: t, Catalog: x.producer.ID.Value},
		}, fact.Body{}, at)
	}
	if x.granted(to.Recipient) {
		add(fact.Database)
	}
	if x.hasTables(to.Recipient) {
		for _, it := range x.items {
			add(it.object.TableObject().Type)
		}
	}
	return out
}

// secondHop grants on to a principal of the consumer: on the producer's objects,
// never on the link [5.20], and never more than the account has [4.61].
func (x *expansion) secondHop(to target, p principal, accepted map[fact.ObjectType]fact.Key) {
	at := origin(x.share, p.pos)
	first := fact.Key{Kind: fact.AccountGrant, At: x.producer.place(), Principal: to.account.ID.Value}
	grant := func(o fact.Object, permission string, grantable, leaf bool) {
		above := first
		above.Object, above.Permission = o, permission
		k := fact.Key{Kind: fact.ConsumerGrant, At: to.account.place(), Object: o, Principal: p.arn, Permission: permission}
		k = x.add(k, fact.Body{Grantable: grantable}, at, above, accepted[o.TableObject().Type])
		if leaf {
			x.leaves[k] = true
		}
	}
	for _, it := range x.items {
		for _, permission := range to.permissions(it) {
			grant(it.object, permission, to.Grantable, true)
		}
	}
	for _, permission := range to.Database {
		grant(x.database(), permission.Value, to.Grantable, true)
	}
	if x.granted(to.Recipient) {
		grant(x.database(), describe, false, false)
	}
	for _, l := range to.Locations {
		k := fact.Key{Kind: fact.LocationGrant, At: x.producer.place(), Object: x.location(l), Principal: to.account.ID.Value, Permission: locationAccess}
		above := k
		k.At, k.Principal = to.account.place(), p.arn
		x.leaves[x.add(k, fact.Body{Grantable: to.Grantable}, at, above)] = true
	}
}
