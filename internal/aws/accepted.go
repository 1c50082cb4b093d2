package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/ram/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// producerOf is where the share of an acceptance lies: shares are regional, so
// it is the producer's account in the same region [4.43].
func producerOf(k fact.Key) fact.Place {
	return fact.Place{Account: k.Object.Catalog, Region: k.At.Region}
}

// carries reports whether a grant lies in the share that an acceptance is about:
// same recipient, same type of object. Filters are shared with their tables.
func carries(accepted, grant fact.Key) bool {
	return grant.Kind == fact.AccountGrant && grant.At == producerOf(accepted) &&
		grant.Principal == accepted.Principal && grant.Object.TableObject().Type == accepted.Object.Type
}

// planAccepted makes the producer's listing cover the objects behind an acceptance.
func (r *reading) planAccepted(k fact.Key) {
	if !r.cloud.knows(k.Object.Catalog) {
		return
	}
	v, carried := r.visit(producerOf(k)), r.carried(k)
	for _, o := range carried {
		r.cloud.remember(k, o)
	}
	if len(carried) == 0 {
		v.sweeps[k.Object.Type] = true // the share is known only by the rows that carry it [2.53]
	}
}

// carried returns the objects of the grants, asked for in this read, that lie in the share.
func (r *reading) carried(accepted fact.Key) []fact.Object {
	var objects []fact.Object
	for _, g := range r.query.Keys {
		if carries(accepted, g) {
			objects = append(objects, g.Object)
		}
	}
	return objects
}

// readAccepted finds out which shares have reached this account.
func (v *visit) readAccepted(ctx context.Context) {
	for _, k := range v.keys {
		if k.Kind != fact.Accepted {
			continue
		}
		if !v.cloud.knows(k.Object.Catalog) {
			v.readForeignShare(ctx, k)
			continue
		}
		producer := v.places[producerOf(k)]
		if producer == nil || producer.list == nil {
			v.unread(k, fmt.Errorf("account %s could not be read, which owns the share", k.Object.Catalog))
			continue
		}
		live, err := v.isAccepted(ctx, producer, k)
		switch {
		case err != nil:
			v.unread(k, err)
		case live:
			v.row(k, fact.Row{})
		}
	}
}

// isAccepted reports whether every share behind the grants is associated. A
// grant without a share needs no acceptance; no grant at all is not accepted.
func (v *visit) isAccepted(ctx context.Context, producer *visit, k fact.Key) (bool, error) {
	objects := v.carried(k)
	if kind := resourceType(k.Object.Type); len(objects) == 0 && !producer.list.complete(kind) {
		return false, fmt.Errorf("the grants of account %s could not be listed, which name the share", k.Object.Catalog)
	}
	for _, o := range objects {
		if err := producer.list.failed[o.TableObject()]; err != nil {
			return false, err
		}
	}
	granted, arns := producer.list.sharesOf(k, objects)
	if !granted {
		var err error
		if granted, arns, err = v.witness(ctx, producer, k); err != nil {
			return false, err
		}
	}
	if !granted || len(arns) == 0 {
		return granted, nil
	}
	known, err := v.associations(ctx, producer.site, arns)
	if err != nil {
		return false, err
	}
	for _, arn := range arns {
		if a, ok := memberOf(known[arn], k.Principal); !ok || !a.settled() {
			return false, nil
		}
	}
	return true, nil
}

// witness finds a grant of the tip that lies in the share and that was not asked
// for: where only new grants are asked for, an older one tells about the share
// that they will go into.
func (v *visit) witness(ctx context.Context, producer *visit, k fact.Key) (granted bool, arns []string, err error) {
	v.witnessMu.Lock()
	defer v.witnessMu.Unlock()
	tried := 0
	for _, g := range v.query.Wanted.Keys() {
		if !carries(k, g) || v.asked[g] {
			continue
		}
		if tried++; tried > fewCalls {
			_, err = producer.list.sweep(ctx, resourceType(k.Object.Type), longCatalog)
			granted, arns = producer.list.sharesOf(k, nil)
			return granted, arns, err
		}
		if !producer.list.isProven(g.Object) {
			if err := producer.list.ask(ctx, g.Object.TableObject(), g.Object.Type == fact.FilteredRows); err != nil {
				v.cloud.log.Info("witness not listed", "fact", g.String(), "error", err)
				continue
			}
		}
		if granted, arns = producer.list.sharesOf(k, []fact.Object{g.Object}); granted {
			return true, arns, nil
		}
	}
	return false, nil, nil
}

// sharesOf returns the shares behind the listed grants that an acceptance is
// about, on these objects or on any, and whether there is such a grant.
func (l *listings) sharesOf(accepted fact.Key, objects []fact.Object) (granted bool, arns []string) {
	for who, h := range l.all() {
		if who.principal != accepted.Principal || who.object.TableObject().Type != accepted.Object.Type {
			continue
		}
		if len(objects) == 0 || slices.Contains(objects, who.object) {
			granted, arns = true, append(arns, h.shares...)
		}
	}
	return granted, sortedUnique(arns)
}

// readForeignShare looks from this side alone: the producer is not ours to read.
// Its id in git is the consent to accept what its Lake Formation shares.
func (v *visit) readForeignShare(ctx context.Context, k fact.Key) {
	open, err := v.site.invitations(ctx, k.Object.Catalog, nil)
	if err != nil {
		v.unread(k, err)
		return
	}
	for _, i := range open {
		if i.Status == types.ResourceShareInvitationStatusPending {
			return // there is something to accept
		}
	}
	shares, err := v.site.sharesFrom(ctx, k.Object.Catalog)
	switch {
	case err != nil:
		v.unread(k, err)
	case len(shares) > 0:
		v.row(k, fact.Row{})
	default:
		v.wait(fact.Wait{
			Key: k, Who: k.Object.Catalog,
			What: fmt.Sprintf("Account %s shares its %s with account %s.", k.Object.Catalog, k.Object.Type, v.place.Account),
		})
	}
}

// sharesFrom lists the Lake Formation shares that have reached this account from another one.
func (s *site) sharesFrom(ctx context.Context, owner string) ([]string, error) {
	found := map[string]bool{}
	in := &ram.GetResourceSharesInput{ResourceOwner: types.ResourceOwnerOtherAccounts}
	for {
		out, err := call(ctx, s, "ram:GetResourceShares", s.ram.GetResourceShares, in)
		if err != nil {
			return nil, err
		}
		for _, share := range out.ResourceShares {
			if awssdk.ToString(share.OwningAccountId) == owner && share.Status == types.ResourceShareStatusActive {
				found[awssdk.ToString(share.ResourceShareArn)] = true
			}
		}
		if awssdk.ToString(out.NextToken) == "" {
			return slices.Sorted(maps.Keys(found)), nil
		}
		in.NextToken = out.NextToken
	}
}
