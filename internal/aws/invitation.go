package aws

import (
	"context"
	"fmt"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/ram/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// latest returns the last invitation to a share for a recipient.
func latest(all []types.ResourceShareInvitation, share, principal string) *types.ResourceShareInvitation {
	var last *types.ResourceShareInvitation
	for _, i := range all {
		if awssdk.ToString(i.ResourceShareArn) != share || !addressed(i, principal) {
			continue
		}
		if last == nil || awssdk.ToTime(i.InvitationTimestamp).After(awssdk.ToTime(last.InvitationTimestamp)) {
			last = &i
		}
	}
	return last
}

// addressed reports whether an invitation is for this recipient. One share may
// have several; an account's invitation has no receiver ARN [4.31].
func addressed(i types.ResourceShareInvitation, principal string) bool {
	arn := awssdk.ToString(i.ReceiverArn)
	return arn == "" || arn == principal || accountOfPrincipal(arn) != accountOfPrincipal(principal) || fact.AccountOf(principal) == ""
}

// advance brings one share a step further, and reports whether it did.
func (a *acceptance) advance(ctx context.Context, principal string, o open) (bool, error) {
	status := types.ResourceShareInvitationStatus("")
	if o.invited != nil {
		status = o.invited.Status
	}
	switch {
	case o.member.status == types.ResourceShareAssociationStatusFailed:
		return false, fmt.Errorf("resource share %s did not reach %s: %s. %s", o.arn, principal, o.member.message, failedHint)
	case status == types.ResourceShareInvitationStatusPending:
		return true, a.consumer.acceptInvitation(ctx, awssdk.ToString(o.invited.ResourceShareInvitationArn))
	case status == types.ResourceShareInvitationStatusRejected:
		return false, fmt.Errorf("account %s rejected the invitation to resource share %s of account %s: "+
			"ask there why, then take the principal off the share and put it on again", a.consumer.place.Account, o.arn, a.sender)
	case a.renewed[o.arn]:
		return false, nil // the new invitation is on its way
	case status == types.ResourceShareInvitationStatusExpired, o.member.gone():
		a.renewed[o.arn] = true
		return true, a.producer.renewInvitation(ctx, principal, o)
	}
	return false, nil
}

// acceptInvitation accepts one invitation. It is not idempotent: who comes
// second is told so [4.29].
func (s *site) acceptInvitation(ctx context.Context, arn string) error {
	_, err := call(ctx, s, "ram:AcceptResourceShareInvitation", s.ram.AcceptResourceShareInvitation,
		&ram.AcceptResourceShareInvitationInput{ResourceShareInvitationArn: &arn})
	switch code(err) {
	case "ResourceShareInvitationAlreadyAcceptedException", "ResourceShareInvitationExpiredException",
		"ResourceShareInvitationArnNotFoundException":
		return nil // looking again tells what to do
	}
	return err
}

// renewInvitation takes the recipient off the share and puts it on again, which
// sends a new invitation; granting again does not [4.24].
func (s *site) renewInvitation(ctx context.Context, principal string, o open) error {
	principals := []string{principal}
	if o.member.principal != "" && !o.member.gone() {
		_, err := call(ctx, s, "ram:DisassociateResourceShare", s.ram.DisassociateResourceShare,
			&ram.DisassociateResourceShareInput{ResourceShareArn: &o.arn, Principals: principals})
		if err != nil && code(err) != "UnknownResourceException" {
			return err
		}
	}
	_, err := call(ctx, s, "ram:AssociateResourceShare", s.ram.AssociateResourceShare,
		&ram.AssociateResourceShareInput{ResourceShareArn: &o.arn, Principals: principals})
	if code(err) == "UnknownResourceException" {
		return nil // the share is gone with its last grant, which a listing may name for a while [4.16, 7.3]
	}
	return err
}

// stepBlind accepts what a producer outside lakeshare.yaml has sent: its id in
// git is the consent.
func (a *acceptance) stepBlind(ctx context.Context) (acted bool, err error) {
	invitations, err := a.consumer.invitations(ctx, a.sender, nil)
	if err != nil {
		return false, err
	}
	for _, i := range invitations {
		if i.Status != types.ResourceShareInvitationStatusPending {
			continue
		}
		if err := a.consumer.acceptInvitation(ctx, awssdk.ToString(i.ResourceShareInvitationArn)); err != nil {
			return acted, err
		}
		acted = true
	}
	shares, err := a.consumer.sharesFrom(ctx, a.sender)
	if err != nil {
		return acted, err
	}
	for _, p := range a.pending {
		p.listed = len(shares) > 0
		p.reason = fmt.Errorf("account %s has shared nothing with account %s", a.sender, a.consumer.place.Account)
	}
	return a.act(ctx) || acted, nil
}
