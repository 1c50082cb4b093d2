package aws

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ram/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// Invitations live half a day [4.23]. One that is past its half is sent again, for
// a week, so a job that runs every six hours keeps it open. What has ended is never
// sent again: how it ended cannot be told, and somebody may have taken the account
// off the share, or refused.
const (
	renewBefore = invitationLife / 2
	renewFor    = 7 * 24 * time.Hour
)

// lapse notes an invitation that will soon end, once for each share.
func (v *visit) lapse(k fact.Key, arn string, members []association) {
	a, ok := memberOf(members, k.Principal)
	ends := a.invited().Add(invitationLife)
	open := a.status == types.ResourceShareAssociationStatusAssociating && v.cloud.config.Now().Add(renewBefore).After(ends)
	if !ok || !open {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	since := v.live.Rows[k].UpdatedAt
	if v.lapsed[arn+" "+k.Principal] || v.cloud.config.Now().After(since.Add(renewFor)) {
		return
	}
	v.lapsed[arn+" "+k.Principal] = true
	v.live.Lapsed = append(v.live.Lapsed, fact.Lapse{Key: k, Since: since})
}

// renewTasks sends the invitations behind grants again. The shares are found in
// the grants' own rows [2.53].
func (s *site) renewTasks(ctx context.Context, tasks []task) {
	l := newListings(s)
	for _, t := range tasks {
		k := t.op.Key
		if err := l.readAll(ctx, []fact.Object{k.Object}); err != nil {
			t.done(err)
			continue
		}
		h := l.holds(k.Principal, k.Object)
		if h == nil || len(h.shares) == 0 {
			t.done(errors.New("no resource share is behind the grant any more"))
			continue
		}
		t.done(s.renewAll(ctx, k.Principal, sortedUnique(h.shares)))
	}
}

func (s *site) renewAll(ctx context.Context, principal string, arns []string) error {
	members, err := s.memberships(ctx, slices.Clone(arns))
	if err != nil {
		return err
	}
	for _, arn := range arns {
		a, ok := memberOf(members[arn], principal)
		if ok && a.settled() {
			continue // accepted meanwhile
		}
		if err := s.renewInvitation(ctx, principal, open{arn: arn, member: a}); err != nil {
			return err
		}
	}
	return nil
}
