package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/ram/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// invitationLife is how long a recipient may accept: Glue objects are not on the
// list of types whose invitations live seven days [4.23].
const invitationLife = 12 * time.Hour

// association is one principal of a RAM share, as the share's owner sees it.
type association struct {
	principal string
	status    types.ResourceShareAssociationStatus
	message   string
	created   time.Time
	updated   time.Time
}

// invited is when its invitation was sent: a principal that is put on a share
// again may keep the time of its first association.
func (a association) invited() time.Time {
	if a.updated.After(a.created) {
		return a.updated
	}
	return a.created
}

// settled reports whether the share has reached its recipient.
func (a association) settled() bool {
	return a.status == types.ResourceShareAssociationStatusAssociated
}

// gone reports whether the principal is no member any more, as after an expired invitation.
func (a association) gone() bool {
	return a.status == types.ResourceShareAssociationStatusDisassociated ||
		a.status == types.ResourceShareAssociationStatusDisassociating
}

// memberOf finds a principal among a share's associations. A principal that was
// taken off and put on again is there twice; the one that counts is the living one.
func memberOf(all []association, principal string) (association, bool) {
	best, found := association{}, false
	for _, a := range all {
		if a.principal != principal {
			continue
		}
		if !found || (best.gone() && !a.gone()) || (best.gone() == a.gone() && a.created.After(best.created)) {
			best, found = a, true
		}
	}
	return best, found
}

// memberships looks shares up in their owner's account. Pages may be empty while
// there is a token [4.40].
func (s *site) memberships(ctx context.Context, arns []string) (map[string][]association, error) {
	found := map[string][]association{}
	slices.Sort(arns)
	for chunk := range slices.Chunk(slices.Compact(arns), 100) {
		in := &ram.GetResourceShareAssociationsInput{
			AssociationType:   types.ResourceShareAssociationTypePrincipal,
			ResourceShareArns: chunk,
		}
		for {
			out, err := call(ctx, s, "ram:GetResourceShareAssociations", s.ram.GetResourceShareAssociations, in)
			if code(err) == "UnknownResourceException" {
				if len(chunk) == 1 {
					break // somebody deleted it, and the rows still name it
				}
				if err := s.membershipsOneByOne(ctx, chunk, found); err != nil {
					return nil, err
				}
				break
			}
			if err != nil {
				return nil, err
			}
			for _, a := range out.ResourceShareAssociations {
				arn := awssdk.ToString(a.ResourceShareArn)
				found[arn] = append(found[arn], association{
					principal: normalPrincipal(awssdk.ToString(a.AssociatedEntity)),
					status:    a.Status,
					message:   awssdk.ToString(a.StatusMessage),
					created:   awssdk.ToTime(a.CreationTime),
					updated:   awssdk.ToTime(a.LastUpdatedTime),
				})
			}
			if awssdk.ToString(out.NextToken) == "" {
				break
			}
			in.NextToken = out.NextToken
		}
	}
	return found, nil
}

// membershipsOneByOne looks up shares of which one does not exist.
func (s *site) membershipsOneByOne(ctx context.Context, arns []string, found map[string][]association) error {
	for _, arn := range arns {
		one, err := s.memberships(ctx, []string{arn})
		if err != nil {
			return err
		}
		found[arn] = one[arn]
	}
	return nil
}

// invitations lists the open and closed invitations of shares in the recipient's
// account. Without shares it lists those that the sender's Lake Formation made.
func (s *site) invitations(ctx context.Context, sender string, shares []string) ([]types.ResourceShareInvitation, error) {
	in := &ram.GetResourceShareInvitationsInput{}
	if len(shares) > 0 {
		in.ResourceShareArns = shares
	}
	var found []types.ResourceShareInvitation
	for {
		out, err := call(ctx, s, "ram:GetResourceShareInvitations", s.ram.GetResourceShareInvitations, in)
		if code(err) == "UnknownResourceException" || code(err) == "ResourceShareInvitationArnNotFoundException" {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, i := range out.ResourceShareInvitations {
			// Anybody can send an invitation named like Lake Formation's; only the
			// producer's own shares count [F3].
			if awssdk.ToString(i.SenderAccountId) != sender {
				continue
			}
			if len(shares) > 0 && !slices.Contains(shares, awssdk.ToString(i.ResourceShareArn)) {
				continue
			}
			if len(shares) == 0 && !strings.HasPrefix(awssdk.ToString(i.ResourceShareName), "LakeFormation") {
				continue
			}
			found = append(found, i)
		}
		if awssdk.ToString(out.NextToken) == "" {
			return found, nil
		}
		in.NextToken = out.NextToken
	}
}

// associations looks up shares once a read. The first question about a producer
// fetches every share that the query can ask about, in one call.
func (r *reading) associations(ctx context.Context, producer *site, arns []string) (map[string][]association, error) {
	r.ramMu.Lock()
	defer r.ramMu.Unlock()
	known := r.members[producer.place]
	if known == nil {
		known = map[string][]association{}
		r.members[producer.place] = known
		arns = append(arns, r.sharesAsked(producer.place)...)
	}
	var fresh []string
	for _, arn := range arns {
		if _, ok := known[arn]; !ok && arn != "" {
			fresh = append(fresh, arn)
		}
	}
	if len(fresh) == 0 {
		return maps.Clone(known), nil
	}
	found, err := producer.memberships(ctx, fresh)
	if err != nil {
		return nil, err
	}
	for _, arn := range fresh {
		known[arn] = found[arn]
	}
	return maps.Clone(known), nil // other accounts add to it while this one reads
}

// sharesAsked collects the shares of every grantee that the query names.
func (r *reading) sharesAsked(producer fact.Place) []string {
	v := r.places[producer]
	if v == nil || v.list == nil {
		return nil
	}
	principals := map[string]bool{}
	for k := range r.asked {
		if k.Kind == fact.AccountGrant || k.Kind == fact.Accepted {
			principals[k.Principal] = true
		}
	}
	var arns []string
	for who, h := range v.list.all() {
		if principals[who.principal] {
			arns = append(arns, h.shares...)
		}
	}
	return arns
}

// readWaits tells what recipients outside lakeshare.yaml still have to accept.
func (v *visit) readWaits(ctx context.Context) {
	for _, k := range v.keys {
		account := accountOfPrincipal(k.Principal)
		if k.Kind != fact.AccountGrant || account == "" || v.cloud.knows(account) || k.Object.Catalog != v.place.Account {
			continue
		}
		h := v.list.holds(k.Principal, k.Object)
		if h == nil || len(h.shares) == 0 {
			continue
		}
		known, err := v.associations(ctx, v.site, slices.Clone(h.shares))
		if err != nil {
			v.cloud.log.Warn("shares not looked up", "place", v.place.String(), "error", err)
			return
		}
		for _, arn := range sortedUnique(h.shares) {
			v.waitFor(k, account, arn, known[arn])
			v.lapse(k, arn, known[arn])
		}
	}
}

func (v *visit) waitFor(k fact.Key, account, arn string, members []association) {
	a, ok := memberOf(members, k.Principal)
	find := fmt.Sprintf("aws ram get-resource-share-invitations --region %s --resource-share-arns %s"+
		" --query 'resourceShareInvitations[?status==`PENDING`].resourceShareInvitationArn' --output text",
		fact.ShellWord(v.place.Region), fact.ShellWord(arn))
	switch {
	case ok && a.status == types.ResourceShareAssociationStatusAssociating:
		v.wait(fact.Wait{
			Key: k, Who: account, Until: a.invited().Add(invitationLife),
			What: fmt.Sprintf("Account %s accepts the resource share of account %s.", account, v.place.Account),
			Commands: []string{
				find,
				fmt.Sprintf(`aws ram accept-resource-share-invitation --region %s --resource-share-invitation-arn "$(%s)"`, fact.ShellWord(v.place.Region), find),
			},
		})
	case ok && a.status == types.ResourceShareAssociationStatusFailed:
		v.warn(fact.Warning{Key: k, Rule: "share-failed", Message: "The resource share did not reach account " + account + ": " + a.message, Hint: failedHint})
	case ok && a.gone():
		v.warn(fact.Warning{
			Key: k, Rule: "invitation-expired",
			Message: "The invitation of account " + account + " ended unanswered; it is no member of the resource share.",
			Hint: "Ask its owner. lakeshare apply --expired, every six hours, keeps an invitation open for a week, and sends none again that has ended: " +
				"associate the principal on " + arn + " in RAM, and have it accepted within 12 hours.",
		})
	}
}

// failedHint names the likely causes of a failed association [4.19, 4.46].
const failedHint = "Give the apply role glue:PutResourcePolicy; and if the catalog has a resource policy of its own, " +
	"let it allow ram.amazonaws.com the action glue:ShareResource"

func sortedUnique(s []string) []string { return slices.Compact(slices.Sorted(slices.Values(s))) }
