package aws

import (
	"context"
	"errors"
	"slices"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Codes that AWS answers with. Everything is classified by code, not by status [3.3].
const (
	codeNotFound   = "EntityNotFoundException"
	codeExists     = "AlreadyExistsException"
	codeDenied     = "AccessDeniedException"
	codeInvalid    = "InvalidInputException"
	codeConcurrent = "ConcurrentModificationException"
	codeTimeout    = "OperationTimeoutException"
)

// patience is how long something temporary is tried again.
const (
	patience    = 2 * time.Minute // what mature tools give IAM, RAM and locks [7.3]
	maxAttempts = 30              // bounds the same where a clock stands still
)

func isThrottling(code string) bool {
	_, ok := retry.DefaultThrottleErrorCodes[code]
	return ok
}

// isTemporary reports whether the same call may succeed in a moment: what the
// SDK's standard retryer knows, and two codes that it does not [3.6].
func isTemporary(err error) bool {
	if none, ok := errors.AsType[*credentialsError](err); ok && none.final {
		return false // the chain has tried again itself
	}
	if c := code(err); c == codeConcurrent || c == codeTimeout || isThrottling(c) {
		return true
	}
	return slices.ContainsFunc(retry.DefaultRetryables, func(r retry.IsErrorRetryable) bool {
		return r.IsErrorRetryable(err) == awssdk.TrueTernary
	})
}

// call makes one call and tries again while AWS says that trying helps. The
// SDK's own loop is switched off, because its waiting can be neither injected
// nor told from the outside.
func call[I, O, F any](
	ctx context.Context, s *site, operation string,
	send func(context.Context, I, ...func(*F)) (O, error), in I,
) (O, error) {
	var out O
	err := s.retry(ctx, isTemporary, patience, func() error {
		var err error
		if out, err = send(ctx, in); err != nil {
			return s.fault(operation, err)
		}
		return nil
	})
	return out, err
}

type patienceKey struct{}

// withPatience bounds how long anything is tried again under a context. It goes
// by the same clock as the waiting does, which a deadline of the context does not.
func withPatience(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, d)
}

// retry runs try until it succeeds, fails for good, or the time is up. It
// returns the last failure; a done context ends it at once.
func (s *site) retry(ctx context.Context, temporary func(error) bool, within time.Duration, try func() error) error {
	c := s.cloud
	if d, ok := ctx.Value(patienceKey{}).(time.Duration); ok {
		within = min(within, d)
	}
	backoff := retry.NewExponentialJitterBackoff(20 * time.Second)
	deadline := c.config.Now().Add(within)
	for attempt := 1; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := try()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !temporary(err) || attempt >= maxAttempts || !c.config.Now().Before(deadline) {
			return err
		}
		delay, backoffErr := backoff.BackoffDelay(attempt, err)
		if backoffErr != nil {
			return err
		}
		c.log.Debug("trying again", "place", s.place.String(), "attempt", attempt, "delay", delay, "error", err)
		if sleepErr := c.config.Sleep(ctx, min(delay, within)); sleepErr != nil {
			return err
		}
	}
}
