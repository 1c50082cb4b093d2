package aws

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
)

// ErrNoCredentials is what failures are where nothing gives credentials to begin with.
var ErrNoCredentials = errors.New("no AWS credentials here")

// credentialsError says that there are no credentials to call AWS with. It is the
// same for every account and role, so that it is told once.
type credentialsError struct {
	cause  error
	remedy string
	final  bool // there never were any in this run
}

func (e *credentialsError) Error() string {
	s := ErrNoCredentials.Error()
	// The last source that is tried is the machine of EC2. That this is none
	// tells people nothing.
	if text := e.cause.Error(); !strings.Contains(text, "EC2 IMDS") {
		s += " (" + strings.TrimSuffix(text, ".") + ")"
	}
	return s + e.remedy
}

func (e *credentialsError) Unwrap() []error { return []error{ErrNoCredentials, e.cause} }

// ambient is the SDK's chain of credentials. Where it has none, looking again for
// every role takes seconds each time, so it is asked once.
type ambient struct {
	chain  awssdk.CredentialsProvider
	remedy string // ". Do this", "" for the one of a person at a shell
	mu     sync.Mutex
	worked bool // what failed after that may be over soon
	failed error
}

// Retrieve implements the SDK's CredentialsProvider.
func (a *ambient) Retrieve(ctx context.Context) (awssdk.Credentials, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed != nil {
		return awssdk.Credentials{}, a.failed
	}
	got, err := a.chain.Retrieve(ctx)
	switch {
	case err == nil:
		a.worked = true
		return got, nil
	case ctx.Err() != nil:
		return got, err
	}
	e := &credentialsError{cause: err, remedy: a.remedy}
	if a.remedy == "" {
		e.remedy = ": log in (aws sso login), set AWS_PROFILE, or try it with --simulate"
	}
	if !a.worked {
		e.final, a.failed = true, e
	}
	return got, e
}

// sdkLog sends what the SDK has to say where everything of --debug goes.
func sdkLog(log *slog.Logger) logging.Logger {
	return logging.LoggerFunc(func(class logging.Classification, format string, args ...any) {
		log.Debug(fmt.Sprintf(format, args...), "sdk", string(class))
	})
}
