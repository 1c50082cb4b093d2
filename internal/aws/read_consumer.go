package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// readConsumer reads the rows that this account made on other accounts' objects.
func (v *visit) readConsumer(ctx context.Context) {
	byType := map[types.DataLakeResourceType][]fact.Object{}
	objects, related := map[fact.Object]bool{}, map[fact.Object]bool{}
	asked := map[fact.Object][]fact.Key{} // what is asked about each listed object
	for _, k := range v.keys {
		if k.Object.Catalog == v.place.Account || !k.Kind.IsGrant() {
			continue
		}
		o := k.Object.TableObject()
		asked[o] = append(asked[o], k)
		if k.Object.Type == fact.FilteredRows {
			related[o] = true
		}
	}
	for _, o := range slices.SortedFunc(maps.Keys(asked), fact.Object.Compare) {
		if !slices.ContainsFunc(asked[o], func(k fact.Key) bool { return !v.proveUnshared(k) }) {
			continue // the producer shows that nothing of it is shared with this account
		}
		objects[o] = true
		byType[resourceType(o.Type)] = append(byType[resourceType(o.Type)], o)
	}
	for _, kind := range slices.Sorted(maps.Keys(byType)) {
		v.listForeign(ctx, kind, byType[kind], related)
	}
	v.rowsOf(ctx, objects)
	v.judgeForeign(ctx, objects)
}

// listForeign lists rows on foreign objects. It is not documented whether a
// listing without a resource shows them: what it shows counts, and what it does
// not show is asked for one by one.
func (v *visit) listForeign(ctx context.Context, kind types.DataLakeResourceType, objects []fact.Object, related map[fact.Object]bool) {
	if len(objects) > fewCalls {
		if _, err := v.list.sweep(ctx, kind, len(objects)); err != nil {
			v.cloud.log.Warn("sweep failed", "place", v.place.String(), "error", err)
		}
	}
	var rest []fact.Object
	seen := v.list.objects()
	for _, o := range objects {
		if related[o] || !v.list.complete(kind) || !seen[o] {
			rest = append(rest, o)
		}
	}
	v.list.each(ctx, rest, related)
}

// judgeForeign decides what a failed listing of a foreign object means. "Not
// found" means that nothing is there only where the producer proves it.
func (v *visit) judgeForeign(ctx context.Context, objects map[fact.Object]bool) {
	for _, k := range v.keys {
		o := k.Object.TableObject()
		err := v.list.failed[o]
		if err == nil || !objects[o] || !k.Kind.IsGrant() || k.Object.Catalog == v.place.Account {
			continue
		}
		switch {
		case !unseen(err):
			v.unread(k, err)
		case !v.cloud.knows(k.Object.Catalog):
			// What an account outside lakeshare.yaml has to grant is waited for.
			v.wait(fact.Wait{
				Key: k, Who: k.Object.Catalog,
				What: fmt.Sprintf("Account %s shares %s with account %s, with the grant option.",
					k.Object.Catalog, k.Object.Name(), v.place.Account),
			})
		case v.proveUnshared(k) || v.proveUnaccepted(ctx, k.Object):
			// Nothing is there yet.
		default:
			v.unread(k, err)
		}
	}
}

func (r *reading) wait(w fact.Wait) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live.Waits = append(r.live.Waits, w)
}

// proveUnshared reports whether the producer's own listing, read in the same
// read, has no grant on the object for this account. Organizations count as
// this account, because nobody here knows their members. A grant on every table
// of the database counts too. Where nobody listed those, they are left out of
// account for a fact that is wanted: to grant it again would do no harm, but a
// fact that is to go must not be overlooked.
func (v *visit) proveUnshared(k fact.Key) bool {
	o, producer := k.Object, v.producer(k.Object)
	if producer == nil || !producer.list.isProven(o) || len(producer.sharedWith(o, v.place.Account)) > 0 {
		return false
	}
	if o.TableObject().Type != fact.Table {
		return true
	}
	if _, wanted := v.query.Wanted[k]; wanted {
		return true
	}
	everyTable := producer.list.isProven(wildcardOf(o)) || producer.list.complete(resourceType(fact.Table))
	return everyTable && producer.list.hasFilters(o.TableObject())
}

// withoutEffect reports whether a row stands on what this account does not hold
// any more. Unlike proveUnshared it asks the producer for what is not known yet.
func (v *visit) withoutEffect(ctx context.Context, k fact.Key) bool {
	o, producer := k.Object, v.producer(k.Object)
	if v.proveUnshared(k) {
		return true
	}
	if producer == nil || o.TableObject().Type != fact.Table || len(producer.sharedWith(o, v.place.Account)) > 0 {
		return false
	}
	if producer.list.ask(ctx, wildcardOf(o), false) != nil || producer.list.ask(ctx, o.TableObject(), true) != nil {
		return false
	}
	return v.proveUnshared(k)
}

// wildcardOf is every table of the database that an object lies in.
func wildcardOf(o fact.Object) fact.Object {
	return fact.Object{Type: fact.Tables, Catalog: o.Catalog, Database: o.Database}
}

// proveUnaccepted reports the same where the producer has granted, but no share
// has been accepted. Where the producer was not asked in this read, it is now.
func (v *visit) proveUnaccepted(ctx context.Context, o fact.Object) bool {
	producer := v.producer(o)
	if producer == nil {
		producer = v.enterProducer(ctx, o)
	}
	if producer == nil {
		return false
	}
	if !producer.list.isProven(o) && producer.list.ask(ctx, o.TableObject(), o.Type == fact.FilteredRows) != nil {
		return false
	}
	shares := producer.sharedWith(o, v.place.Account)
	known, err := v.associations(ctx, producer.site, slices.Collect(maps.Keys(shares)))
	if err != nil {
		return false
	}
	for arn, principal := range shares {
		if isOrganization(principal) {
			continue // its members see the object without accepting anything: this account is none
		}
		if arn == "" {
			return false // no share, so nothing had to be accepted
		}
		if a, ok := memberOf(known[arn], principal); ok && a.settled() {
			return false
		}
	}
	return true
}

// producer returns the visit of the object's owner, nil if it was not entered.
func (v *visit) producer(o fact.Object) *visit {
	p := v.places[fact.Place{Account: o.Catalog, Region: v.place.Region}]
	if p == nil || p.list == nil {
		return nil
	}
	return p
}

// enterProducer goes into the owner's account, which nothing else asked about.
func (v *visit) enterProducer(ctx context.Context, o fact.Object) *visit {
	place := fact.Place{Account: o.Catalog, Region: v.place.Region}
	site, err := v.cloud.site(ctx, place)
	if err != nil || site.prove(ctx) != nil {
		return nil
	}
	return &visit{reading: v.reading, place: place, site: site, list: newListings(site)}
}

// sharedWith returns the shares behind the grants on an object that reach an
// account, by ARN, with the principal. A grant on every table of the database
// reaches each of them. "" stands for a grant without a share.
func (v *visit) sharedWith(o fact.Object, account string) map[string]string {
	all := wildcardOf(o)
	shares := map[string]string{}
	for who, h := range v.list.all() {
		// What an account holds on a table or any filter of it carries what it
		// granted on the table or another filter: the intersection is seen [4.64].
		if who.object.TableObject() != o.TableObject() && (who.object != all || o.Type == fact.Database || o.Type == fact.Location) {
			continue
		}
		// What a principal got directly is invisible to its account's admins,
		// who cannot grant it on either [1.14, 1.15].
		if who.principal != account && !isOrganization(who.principal) {
			continue
		}
		if len(h.shares) == 0 {
			shares[""] = who.principal
		}
		for _, arn := range h.shares {
			shares[arn] = who.principal
		}
	}
	return shares
}
