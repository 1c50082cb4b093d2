package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ram/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// How long accepted shares are waited for: invitations show up within two
// minutes, and acceptance settles within five [4.28].
const (
	acceptWithin = 5 * time.Minute
	acceptTries  = 60 // bounds the same where a clock stands still
)

// accept accepts the producers' resource shares, and nothing else.
func (s *site) accept(ctx context.Context, tasks []task) {
	byProducer := map[fact.Place][]*sharing{}
	for _, t := range tasks {
		p := producerOf(t.op.Key)
		byProducer[p] = append(byProducer[p], &sharing{task: t, key: t.op.Key})
	}
	for _, place := range slices.SortedFunc(maps.Keys(byProducer), comparePlaces) {
		a := &acceptance{consumer: s, pending: byProducer[place], sender: place.Account, renewed: map[string]bool{}}
		var err error
		if s.cloud.knows(place.Account) {
			if a.producer, err = s.cloud.site(ctx, place); err == nil {
				err = a.producer.prove(ctx)
			}
		}
		if err == nil {
			err = a.wait(ctx)
		}
		for _, p := range a.pending {
			p.task.done(cmp.Or(err, p.reason))
		}
	}
}

// acceptance is the wait for the shares of one producer. Without a producer site
// only this side can be looked at.
type acceptance struct {
	consumer *site
	producer *site
	sender   string
	pending  []*sharing
	renewed  map[string]bool // shares whose invitation was sent again
}

// sharing is one acceptance that is waited for.
type sharing struct {
	task   task
	key    fact.Key
	listed bool     // the producer's rows have been found
	arns   []string // of the shares behind them
	open   []open
	reason error // why it is not over
}

// open is a share that has not reached its recipient.
type open struct {
	arn     string
	member  association
	invited *types.ResourceShareInvitation // the latest
}

// reason says what an open share waits for.
func (o open) reason(principal string) error {
	if o.member.status == "" {
		return fmt.Errorf("resource share %s, which the grants name, does not exist any more or has lost %s: "+
			"revoke the grants and make them again", o.arn, principal)
	}
	return fmt.Errorf("resource share %s has not reached %s: its association is %s", o.arn, principal, o.member.status)
}

// wait looks, acts and looks again, until nothing is pending or the time is up.
func (a *acceptance) wait(ctx context.Context) error {
	c := a.consumer.cloud
	deadline := c.config.Now().Add(acceptWithin)
	delay := time.Second
	for try := 1; ; try++ {
		acted, err := a.step(ctx)
		if err != nil || len(a.pending) == 0 {
			return err
		}
		if try >= acceptTries || (!acted && !c.config.Now().Before(deadline)) {
			return nil // each pending one has its reason
		}
		if acted {
			continue
		}
		if err := c.config.Sleep(ctx, delay); err != nil {
			return err
		}
		delay = min(delay*2, 15*time.Second)
	}
}

// step does what can be done now, and reports whether it did anything.
func (a *acceptance) step(ctx context.Context) (acted bool, err error) {
	if a.producer == nil {
		return a.stepBlind(ctx)
	}
	if err := a.findShares(ctx); err != nil {
		return false, err
	}
	a.giveUp()
	if err := a.look(ctx); err != nil {
		return false, err
	}
	return a.act(ctx), nil
}

// act brings what is open a step further.
func (a *acceptance) act(ctx context.Context) (acted bool) {
	var left []*sharing
	for _, p := range a.pending {
		var err error
		for _, o := range p.open {
			did, advanceErr := a.advance(ctx, p.key.Principal, o)
			acted, err = acted || did, errors.Join(err, advanceErr)
			p.reason = o.reason(p.key.Principal)
		}
		switch {
		case err != nil:
			p.task.done(err)
		case p.listed && len(p.open) == 0:
			a.consumer.cloud.noteAccepted(p.key)
			p.task.done(nil)
		default:
			left = append(left, p)
		}
	}
	a.pending = left
	return acted
}

// findShares looks up the shares behind the producer's rows [2.53]. Rows that a
// grant has just made may not be listed yet.
func (a *acceptance) findShares(ctx context.Context) error {
	l := newListings(a.producer)
	for _, p := range a.pending {
		if p.listed {
			continue
		}
		objects := a.consumer.cloud.remembered(p.key)
		if len(objects) == 0 {
			if _, err := l.sweep(ctx, resourceType(p.key.Object.Type), anyBudget); err != nil {
				return err
			}
		} else if err := l.readAll(ctx, objects); err != nil {
			return err
		}
		p.reason = fmt.Errorf("account %s has granted nothing on a %s to %s", a.sender, p.key.Object.Type, p.key.Principal)
		p.listed, p.arns = l.sharesOf(p.key, objects)
		for _, o := range a.consumer.cloud.justGranted(p.key) {
			if l.holds(p.key.Principal, o) == nil {
				p.listed = false // its share may be a new one
				p.reason = fmt.Errorf("account %s does not list yet what it has just granted on %s to %s", a.sender, o, p.key.Principal)
			}
		}
	}
	return nil
}

// giveUp ends what nothing was granted for: no grant is listed, and this run has
// made none, since it was refused.
func (a *acceptance) giveUp() {
	a.pending = slices.DeleteFunc(a.pending, func(p *sharing) bool {
		hopeless := !p.listed && len(a.consumer.cloud.justGranted(p.key)) == 0
		if hopeless {
			p.task.done(p.reason)
		}
		return hopeless
	})
}

// look finds out how far each share is: in the producer whether it is
// associated, in the consumer whether it is invited.
func (a *acceptance) look(ctx context.Context) error {
	var arns []string
	for _, p := range a.pending {
		arns = append(arns, p.arns...)
	}
	if len(arns) == 0 {
		return nil
	}
	members, err := a.producer.memberships(ctx, arns)
	if err != nil {
		return err
	}
	var unsettled []string
	for _, p := range a.pending {
		p.open = nil
		for _, arn := range p.arns {
			if m, ok := memberOf(members[arn], p.key.Principal); !ok || !m.settled() {
				p.open = append(p.open, open{arn: arn, member: m})
				unsettled = append(unsettled, arn)
			}
		}
	}
	if len(unsettled) == 0 {
		return nil
	}
	invitations, err := a.consumer.invitations(ctx, a.sender, sortedUnique(unsettled))
	if err != nil {
		return err
	}
	for _, p := range a.pending {
		for i := range p.open {
			p.open[i].invited = latest(invitations, p.open[i].arn, p.key.Principal)
		}
	}
	return nil
}
