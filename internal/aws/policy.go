package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/lakeshare/lakeshare/internal/fact"
)

const (
	policySid      = "Lakeshare" // lakeshare's own statement; nothing else is touched
	policyLimit    = 6144        // characters, white space not counted [6.16]
	policyVersions = 5           // a sixth is refused [6.16]
)

// policyActions is what the registered role does with the paths [6.3].
var policyActions = [...]string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"}

// policy is the managed policy of a registered role: lakeshare's paths, and
// everything else as it was written.
type policy struct {
	document   map[string]json.RawMessage // without Statement
	statements []json.RawMessage          // of others, in their order
	paths      []string                   // in lakeshare's statement, sorted
}

type statement struct {
	Sid      string
	Effect   string
	Action   stringList
	Resource stringList
}

// stringList is a list that IAM also takes as one string.
type stringList []string

// UnmarshalJSON reads either form.
func (l *stringList) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = stringList{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(l))
}

// storagePolicy reads the default version of the storage policy.
func (s *site) storagePolicy(ctx context.Context) (*policy, error) {
	arn := s.account.Storage.Policy
	return s.cloud.policies.get(arn, func() (*policy, error) {
		about, err := call(ctx, s, "iam:GetPolicy", s.iam.GetPolicy, &iam.GetPolicyInput{PolicyArn: &arn})
		if err != nil {
			return nil, err
		}
		version, err := call(ctx, s, "iam:GetPolicyVersion", s.iam.GetPolicyVersion,
			&iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: about.Policy.DefaultVersionId})
		if err != nil {
			return nil, err
		}
		text, err := url.QueryUnescape(awssdk.ToString(version.PolicyVersion.Document))
		if err != nil {
			return nil, fmt.Errorf("read policy %s: %w", arn, err)
		}
		p, err := parsePolicy(text)
		if err != nil {
			return nil, fmt.Errorf("read policy %s: %w", arn, err)
		}
		return p, nil
	})
}

func parsePolicy(text string) (*policy, error) {
	p := &policy{}
	if err := json.Unmarshal([]byte(text), &p.document); err != nil {
		return nil, err
	}
	raw := bytes.TrimSpace(p.document["Statement"])
	delete(p.document, "Statement")
	var all []json.RawMessage
	if len(raw) > 0 && raw[0] == '{' {
		all = []json.RawMessage{raw} // a single statement may stand without a list
	} else if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	for _, one := range all {
		var own statement
		// One of another shape is not ours, whatever it is.
		if json.Unmarshal(one, &own) == nil && own.Sid == policySid {
			p.paths = append(p.paths, own.paths()...)
			continue
		}
		p.statements = append(p.statements, one)
	}
	p.paths = sortedUnique(p.paths)
	return p, nil
}

// paths returns what the statement opens, without the buckets that go with it.
func (st statement) paths() []string {
	var paths []string
	for _, arn := range st.Resource {
		if path, ok := strings.CutSuffix(arn, "/*"); ok {
			paths = append(paths, fact.NormalPath(path))
		}
	}
	return paths
}

// covers reports whether lakeshare's statement opens the path.
func (p *policy) covers(path string) bool {
	return slices.ContainsFunc(p.paths, func(entry string) bool { return fact.Covers(entry, path) })
}

// text writes the policy with these paths in lakeshare's statement.
func (p *policy) text(paths []string) (string, error) {
	own := statement{Sid: policySid, Effect: "Allow", Action: policyActions[:]}
	for _, path := range paths {
		bucket, _, _ := strings.Cut(strings.TrimPrefix(path, "s3://"), "/")
		own.Resource = append(own.Resource, "arn:aws:s3:::"+bucket, pathARN(path)+"/*")
	}
	own.Resource = sortedUnique(own.Resource)
	document := map[string]any{"Statement": append(anySlice(p.statements), own)}
	for name, value := range p.document {
		document[name] = value
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // what others wrote stays as it is
	if err := enc.Encode(document); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}

func anySlice(raw []json.RawMessage) []any {
	out := make([]any, 0, len(raw)+1)
	for _, r := range raw {
		out = append(out, r)
	}
	return out
}

// readPolicyPath finds out whether an object's location is in the storage policy.
func (v *visit) readPolicyPath(ctx context.Context, k fact.Key) error {
	if v.site.account.Storage.Policy == "" {
		return errors.New("lakeshare.yaml names no storage policy for account " + v.place.Account)
	}
	paths, exists, err := v.site.locations(ctx, k.Object)
	if err != nil || !exists {
		return err
	}
	p, err := v.site.storagePolicy(ctx)
	if err != nil {
		return err
	}
	live, used := true, map[string]bool{}
	for _, path := range paths {
		entry := v.site.account.Storage.Covering(path)
		if entry == "" {
			entry = path
			if !p.covers(path) {
				v.warnUncovered(k, path)
			}
		}
		used[entry] = true
		live = live && p.covers(path)
	}
	v.notePaths(k, used)
	if live {
		v.row(k, fact.Row{})
	}
	return nil
}

// length counts a policy as IAM does.
func length(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// deleteOldest makes room for one more version. The default one is never deleted.
func (s *site) deleteOldest(ctx context.Context, arn string) error {
	out, err := call(ctx, s, "iam:ListPolicyVersions", s.iam.ListPolicyVersions, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil || len(out.Versions) < policyVersions {
		return err
	}
	oldest := -1
	for i, v := range out.Versions {
		if v.IsDefaultVersion {
			continue
		}
		if oldest < 0 || awssdk.ToTime(v.CreateDate).Before(awssdk.ToTime(out.Versions[oldest].CreateDate)) {
			oldest = i
		}
	}
	_, err = call(ctx, s, "iam:DeletePolicyVersion", s.iam.DeletePolicyVersion,
		&iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: out.Versions[oldest].VersionId})
	return err
}
