package aws

import (
	"context"
	"errors"
	"fmt"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// register registers the entries of storage.paths that cover what is not covered yet.
func (s *site) register(ctx context.Context, tasks []task) {
	s.registrations.forget(struct{}{}) // others may have registered since it was read
	for _, t := range tasks {
		t.done(s.registerFor(ctx, t.op.Key.Object))
	}
}

func (s *site) registerFor(ctx context.Context, o fact.Object) error {
	paths, exists, err := s.locations(ctx, o)
	if err != nil {
		return err
	}
	if !exists {
		return fmt.Errorf("%s does not exist", o)
	}
	for _, path := range paths {
		all, err := s.registered(ctx)
		if err != nil {
			return err
		}
		if _, ok := covering(all, path); ok {
			continue
		}
		entry := s.account.Storage.Covering(path)
		if entry == "" {
			return uncovered(o, path)
		}
		if err := s.registerPath(ctx, entry); err != nil {
			return err
		}
	}
	return nil
}

func uncovered(o fact.Object, path string) error {
	return fmt.Errorf("%s lies at %s, which no entry of storage.paths covers", o, path)
}

func (s *site) registerPath(ctx context.Context, path string) error {
	rules := s.account.Storage
	in := &lakeformation.RegisterResourceInput{ResourceArn: awssdk.String(pathARN(path))}
	switch {
	case rules.ServiceLinked:
		in.UseServiceLinkedRole = awssdk.Bool(true)
	case rules.Role != "":
		in.RoleArn = &rules.Role
	default:
		return fmt.Errorf("register %s: lakeshare.yaml names no storage role for account %s", path, s.place.Account)
	}
	_, err := call(ctx, s, "lakeformation:RegisterResource", s.lf.RegisterResource, in)
	s.registrations.forget(struct{}{})
	if code(err) == codeExists {
		return nil // whoever was faster: any registration of the path satisfies
	}
	return err
}

// writePolicy puts the paths of all tasks into the storage policies of one
// account, with one new version a policy. Places of one account may have
// policies of their own.
func (s *site) writePolicy(ctx context.Context, tasks []task) {
	byPolicy := map[string][]task{}
	var order []string
	for _, t := range tasks {
		home, err := s.cloud.site(ctx, t.op.Key.At)
		if err != nil {
			t.done(err)
			continue
		}
		arn := home.account.Storage.Policy
		if byPolicy[arn] == nil {
			order = append(order, arn)
		}
		byPolicy[arn] = append(byPolicy[arn], t)
	}
	for _, arn := range order {
		s.writeOne(ctx, arn, byPolicy[arn])
	}
}

func (s *site) writeOne(ctx context.Context, arn string, tasks []task) {
	if arn == "" {
		finishAll(tasks, errors.New("lakeshare.yaml names no storage policy for account "+s.place.Account))
		return
	}
	var paths []string
	var writing []task
	for _, t := range tasks {
		entries, err := s.policyEntries(ctx, t.op.Key)
		if err != nil {
			t.done(err)
			continue
		}
		paths, writing = append(paths, entries...), append(writing, t)
	}
	if len(writing) == 0 {
		return
	}
	home, err := s.cloud.site(ctx, writing[0].op.Key.At)
	if err == nil {
		err = home.openPaths(ctx, arn, paths)
	}
	finishAll(writing, err)
}

// policyEntries returns the entries of storage.paths that an object comes down to.
func (s *site) policyEntries(ctx context.Context, k fact.Key) ([]string, error) {
	home, err := s.cloud.site(ctx, k.At)
	if err != nil {
		return nil, err
	}
	paths, exists, err := home.locations(ctx, k.Object)
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, fmt.Errorf("%s does not exist", k.Object)
	}
	var entries []string
	for _, path := range paths {
		entry := home.account.Storage.Covering(path)
		if entry == "" {
			return nil, uncovered(k.Object, path)
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// openPaths writes a new default version that also opens these paths. It is not
// written if it says nothing new or would be too long.
func (s *site) openPaths(ctx context.Context, arn string, paths []string) error {
	s.cloud.policies.forget(arn)
	p, err := s.storagePolicy(ctx)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(sortedUnique(paths), p.covers)
	if len(fresh) == 0 {
		return nil
	}
	text, err := p.text(sortedUnique(append(fresh, p.paths...)))
	if err != nil {
		return err
	}
	if n := length(text); n > policyLimit {
		return fmt.Errorf("policy %s would have %d characters, and IAM takes %d: use fewer and shorter paths in storage.paths, "+
			"a bucket instead of many prefixes for instance", arn, n, policyLimit)
	}
	if err := s.deleteOldest(ctx, arn); err != nil {
		return err
	}
	defer s.cloud.policies.forget(arn)
	_, err = call(ctx, s, "iam:CreatePolicyVersion", s.iam.CreatePolicyVersion,
		&iam.CreatePolicyVersionInput{PolicyArn: &arn, PolicyDocument: &text, SetAsDefault: true})
	return err
}
