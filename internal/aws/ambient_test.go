package aws

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
)

// answers is a chain that gives one answer after the other, and the last for good.
type answers struct {
	errs  []error
	asked int
}

func (a *answers) Retrieve(context.Context) (awssdk.Credentials, error) {
	err := a.errs[min(a.asked, len(a.errs)-1)]
	a.asked++
	return awssdk.Credentials{AccessKeyID: "AKIA"}, err
}

func TestNoCredentialsAreToldWithWhatHelps(t *testing.T) {
	t.Parallel()
	imds := errors.New("failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata")
	for name, tt := range map[string]struct {
		cause  error
		remedy string
		want   string
	}{
		"a laptop": {imds, "", "no AWS credentials here: log in (aws sso login), set AWS_PROFILE, or try it with --simulate"},
		"a job":    {imds, ". Add `id-token: write`", "no AWS credentials here. Add `id-token: write`"},
		"a session that is over": {
			errors.New("the SSO session has expired or is invalid."), "",
			"no AWS credentials here (the SSO session has expired or is invalid): log in (aws sso login), set AWS_PROFILE, or try it with --simulate",
		},
	} {
		chain := &answers{errs: []error{tt.cause}}
		a := &ambient{chain: chain, remedy: tt.remedy}
		for range 3 {
			if _, err := a.Retrieve(t.Context()); err == nil || err.Error() != tt.want || !errors.Is(err, ErrNoCredentials) || isTemporary(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if chain.asked != 1 {
			t.Errorf("%s: the chain was asked %d times, want once", name, chain.asked)
		}
	}
}

// TestCredentialsThatWorkedMayComeBack: a run of an hour outlives a moment
// without them, and one that is interrupted says nothing about credentials.
func TestCredentialsThatWorkedMayComeBack(t *testing.T) {
	t.Parallel()
	a := &ambient{chain: &answers{errs: []error{nil, errors.New("connection reset"), nil}}}
	var got []bool
	for range 3 {
		_, err := a.Retrieve(t.Context())
		got = append(got, err == nil)
	}
	if !got[0] || got[1] || !got[2] {
		t.Errorf("worked %v, want yes, no, yes", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	chain := &answers{errs: []error{context.Canceled, nil}}
	a = &ambient{chain: chain}
	if _, err := a.Retrieve(ended); errors.Is(err, ErrNoCredentials) {
		t.Errorf("interrupted, and told %v", err)
	}
	if _, err := a.Retrieve(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhatTheSDKSaysGoesToTheLog(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := sdkLog(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.Logf(logging.Warn, "falling back to %s", "IMDSv1")
	if s := b.String(); !strings.Contains(s, `msg="falling back to IMDSv1" sdk=WARN`) {
		t.Errorf("logged %q", s)
	}
}
