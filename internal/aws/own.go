package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// takeBackWithin bounds the taking back of our own grant, which happens even
// when the run has been cancelled.
const takeBackWithin = 20 * time.Second

// withOwn lets act run. An administrator may grant anything but does not hold
// ALTER, DROP or CREATE_TABLE on what others made [2.26]: where Lake Formation
// refuses for want of it, the role grants it to itself, acts again, and takes it
// back, also when acting fails [5.17]. The refusal proves that it was not held.
func (s *site) withOwn(ctx context.Context, o fact.Object, permission, required string, act func() error) (err error) {
	err = act()
	if !lacks(err, required) {
		return err
	}
	known, settingsErr := s.knownSettings(ctx)
	if settingsErr != nil {
		return errors.Join(err, settingsErr)
	}
	own := []request{{who: grantee{known.self, o}, permissions: []string{permission}}}
	if grantErr := s.sendPatiently(ctx, s.granting(), own)[0]; grantErr != nil {
		return errors.Join(err, grantErr)
	}
	defer func() {
		back, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackWithin)
		defer cancel()
		takeErr := s.sendPatiently(back, s.revoking(), own)[0]
		if takeErr != nil && !alreadyGone(own[0], takeErr) && !unseen(takeErr) {
			err = errors.Join(err, fmt.Errorf("%s keeps %s on %s, which it granted to itself: %w", known.self, permission, o, takeErr))
		}
	}()
	// The grant may take a moment to be seen.
	return s.retry(ctx, func(err error) bool { return lacks(err, required) }, patience, act)
}

// closeToIAM takes IAM_ALLOWED_PRINCIPALS off objects that lakeshare has just
// made, where the account's defaults put it there.
func (s *site) closeToIAM(ctx context.Context, objects []fact.Object) map[fact.Object]error {
	all := make([]request, 0, len(objects))
	for _, o := range objects {
		all = append(all, request{who: grantee{iap, o}, permissions: []string{"ALL"}})
	}
	failed := map[fact.Object]error{}
	s.send(ctx, s.revoking(), all, func(r request, err error) {
		if says(err, "Permissions modification is invalid") {
			// What is refused on a link is no reason to fail: the group sees the
			// link's own properties, and nothing of the target [5.20].
			s.cloud.log.Warn("left open to IAM", "object", r.who.object.String(), "error", err)
			return
		}
		if err != nil && !alreadyGone(r, err) {
			failed[r.who.object] = fmt.Errorf("take IAM_ALLOWED_PRINCIPALS off %s: %w", r.who.object, err)
		}
	})
	return failed
}
