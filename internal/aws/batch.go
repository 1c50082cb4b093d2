package aws

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/lakeshare/lakeshare/internal/fact"
)

const batchSize = 20 // entries that AWS takes in one call [3.22]

// request is what one principal gets or loses on one object: one batch entry.
type request struct {
	who         grantee
	permissions []string
	grantable   []string // with the grant option, or the option alone when taking
	tasks       []task
}

// batch is how requests are sent.
type batch struct {
	revoke    bool
	temporary func(request, error) bool
	within    time.Duration
}

func (b batch) operation() string {
	if b.revoke {
		return "lakeformation:BatchRevokePermissions"
	}
	return "lakeformation:BatchGrantPermissions"
}

// send carries out the requests, a batch at a time: there is one writer for a
// catalog resource, and requests of one send do not depend on each other [3.27].
// It calls done for each request, with what became of it.
func (s *site) send(ctx context.Context, b batch, all []request, done func(request, error)) {
	verb := "granted"
	if b.revoke {
		verb = "revoked"
	}
	n := 0
	for chunk := range slices.Chunk(all, batchSize) {
		errs := s.sendPatiently(ctx, b, chunk)
		for i, r := range chunk {
			done(r, errs[i])
			if errs[i] == nil {
				n++
			}
		}
		s.cloud.config.Progress(fmt.Sprintf("%s %d of %d on %s", verb, n, len(all), s.place))
	}
}

// sendPatiently sends one batch, and what of it failed for the moment again.
func (s *site) sendPatiently(ctx context.Context, b batch, chunk []request) []error {
	errs := make([]error, len(chunk))
	pending := make([]int, len(chunk))
	for i := range chunk {
		pending[i] = i
	}
	anyTemporary := func(error) bool { return len(pending) > 0 }
	_ = s.retry(ctx, anyTemporary, b.within, func() error {
		part := make([]request, len(pending))
		for i, p := range pending {
			part[i] = chunk[p]
		}
		var again []int
		var last error
		for i, err := range s.sendOnce(ctx, b, part) {
			p := pending[i]
			if errs[p] = err; err != nil && b.temporary(chunk[p], err) {
				again, last = append(again, p), err
			}
		}
		pending = again
		return last
	})
	if err := ctx.Err(); err != nil {
		for _, p := range pending {
			errs[p] = cmp.Or(errs[p], err)
		}
	}
	return errs
}

// sendOnce makes the call. Success says nothing about the entries: each failure
// comes back with the entry's id [3.24]. If AWS refuses the whole batch for its
// content, the halves are sent alone, so that one bad entry stops no other.
func (s *site) sendOnce(ctx context.Context, b batch, chunk []request) []error {
	errs := make([]error, len(chunk))
	entries := make([]types.BatchPermissionsRequestEntry, 0, len(chunk))
	for i, r := range chunk {
		principal, err := s.principalID(ctx, r.who.principal)
		if err != nil {
			errs[i] = err
			continue
		}
		entries = append(entries, types.BatchPermissionsRequestEntry{
			Id:                         awssdk.String(strconv.Itoa(i)),
			Principal:                  &types.DataLakePrincipal{DataLakePrincipalIdentifier: &principal},
			Resource:                   resourceOf(r.who.object),
			Permissions:                permissions(r.permissions),
			PermissionsWithGrantOption: permissions(r.grantable),
		})
	}
	if len(entries) == 0 {
		return errs
	}
	failures, err := s.sendEntries(ctx, b, entries)
	if code(err) == codeInvalid && len(chunk) > 1 {
		half := len(chunk) / 2
		return append(s.sendOnce(ctx, b, chunk[:half]), s.sendOnce(ctx, b, chunk[half:])...)
	}
	for i := range errs {
		errs[i] = cmp.Or(errs[i], err)
	}
	for _, f := range failures {
		if f.RequestEntry == nil || f.Error == nil {
			continue
		}
		i, err := strconv.Atoi(awssdk.ToString(f.RequestEntry.Id))
		if err == nil && i < len(errs) {
			errs[i] = s.refusal(b.operation(), awssdk.ToString(f.Error.ErrorCode), awssdk.ToString(f.Error.ErrorMessage))
		}
	}
	return errs
}

func (s *site) sendEntries(
	ctx context.Context, b batch, entries []types.BatchPermissionsRequestEntry,
) ([]types.BatchPermissionsFailureEntry, error) {
	if b.revoke {
		out, err := call(ctx, s, b.operation(), s.lf.BatchRevokePermissions,
			&lakeformation.BatchRevokePermissionsInput{Entries: entries})
		if err != nil {
			return nil, err
		}
		return out.Failures, nil
	}
	out, err := call(ctx, s, b.operation(), s.lf.BatchGrantPermissions,
		&lakeformation.BatchGrantPermissionsInput{Entries: entries})
	if err != nil {
		return nil, err
	}
	return out.Failures, nil
}

func permissions(names []string) []types.Permission {
	out := make([]types.Permission, 0, len(names))
	for _, n := range sortedUnique(names) {
		out = append(out, types.Permission(n))
	}
	if len(out) == 0 {
		return nil // an empty list is not sent [2.22]
	}
	return out
}

// principalID is the form of a grantee that calls take. Organizations and units
// are kept by id; their ARNs name the management account. That one call tells
// both: only the management account may ask for a unit.
func (s *site) principalID(ctx context.Context, principal string) (string, error) {
	if !isOrganization(principal) {
		return principal, nil
	}
	arn, err := s.organization.get(struct{}{}, func() (string, error) {
		out, err := call(ctx, s, "organizations:DescribeOrganization", s.orgs.DescribeOrganization,
			&organizations.DescribeOrganizationInput{})
		if err != nil {
			return "", err
		}
		return awssdk.ToString(out.Organization.Arn), nil
	})
	if err != nil {
		return "", err
	}
	prefix, id, _ := strings.Cut(arn, ":organization/")
	if strings.HasPrefix(principal, "ou-") {
		return prefix + ":ou/" + id + "/" + principal, nil
	}
	if id != principal {
		return "", fmt.Errorf("account %s is in organization %s, not in %s: only its own can be shared with",
			s.place.Account, id, principal)
	}
	return arn, nil
}

// requests merges tasks into one request for each principal and object, in order.
func requests(tasks []task, add func(*request, fact.Op)) []request {
	index := map[grantee]int{}
	var all []request
	for _, t := range tasks {
		who := grantee{t.op.Key.Principal, t.op.Key.Object}
		i, ok := index[who]
		if !ok {
			i = len(all)
			index[who] = i
			all = append(all, request{who: who})
		}
		add(&all[i], t.op)
		all[i].tasks = append(all[i].tasks, t)
	}
	return all
}
