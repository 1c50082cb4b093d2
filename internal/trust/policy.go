package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// policy is a trust policy document.
type policy struct {
	Statement oneOrMore[statement]
}

type statement struct {
	Sid          string
	Effect       string
	Principal    principals
	NotPrincipal json.RawMessage
	Action       oneOrMore[string]
	NotAction    oneOrMore[string]
	Condition    map[string]map[string]oneOrMore[scalar]
}

// principals are lists by kind; "*" is everybody.
type principals map[string]oneOrMore[string]

const everybody = "*"

// UnmarshalJSON reads "*" or the mapping.
func (p *principals) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		if one != everybody {
			return fmt.Errorf("a principal is \"*\" or a mapping such as {\"Federated\": …}, not %q", one)
		}
		*p = principals{everybody: {everybody}}
		return nil
	}
	return json.Unmarshal(b, (*map[string]oneOrMore[string])(p))
}

// oneOrMore is a list that IAM also takes without brackets.
type oneOrMore[T any] []T

// UnmarshalJSON reads either form.
func (l *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*l = oneOrMore[T]{one}
	return nil
}

// scalar is a condition's value: IAM takes numbers and booleans for strings.
type scalar string

// UnmarshalJSON reads a string, a number or a boolean.
func (s *scalar) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*s = scalar(v)
	case bool, float64:
		*s = scalar(b)
	default:
		return errors.New("the value of a condition is a string or a list of strings")
	}
	return nil
}

// Document takes a trust policy out of what people have at hand: the document
// itself, the same percent-encoded as the API returns it, or what `aws iam
// get-role` prints. The second result is the role's ARN where the input names it.
func Document(data []byte) (document []byte, role string, err error) {
	text := bytes.TrimSpace(data)
	if bytes.HasPrefix(text, []byte("%7B")) || bytes.HasPrefix(text, []byte("%7b")) {
		plain, err := url.QueryUnescape(string(text))
		if err != nil {
			return nil, "", fmt.Errorf("decode the trust policy: %w", err)
		}
		return []byte(plain), "", nil
	}
	var printed struct {
		Role struct {
			Arn                      string
			AssumeRolePolicyDocument json.RawMessage
		}
		Statement json.RawMessage
	}
	if err := json.Unmarshal(text, &printed); err != nil {
		return nil, "", fmt.Errorf("the trust policy is no JSON: %w", err)
	}
	inner := printed.Role.AssumeRolePolicyDocument
	switch {
	case len(inner) == 0 && len(printed.Statement) == 0:
		return nil, "", errors.New("this is no trust policy: expected a document with a Statement, or what \"aws iam get-role\" prints")
	case len(inner) == 0:
		return text, "", nil
	}
	var encoded string
	if json.Unmarshal(inner, &encoded) != nil {
		return inner, printed.Role.Arn, nil
	}
	document, _, err = Document([]byte(encoded))
	return document, printed.Role.Arn, err
}

func parse(document []byte) (policy, error) {
	var p policy
	if err := json.Unmarshal(document, &p); err != nil {
		return p, fmt.Errorf("read the trust policy: %w", err)
	}
	if len(p.Statement) == 0 {
		return p, errors.New("read the trust policy: it has no Statement")
	}
	for i, s := range p.Statement {
		switch {
		case s.Effect != "Allow" && s.Effect != "Deny":
			return p, fmt.Errorf("read the trust policy: statement %d: the effect is %q, not Allow or Deny", i+1, s.Effect)
		case len(s.NotPrincipal) > 0:
			return p, fmt.Errorf("read the trust policy: statement %d has NotPrincipal, which is not explained here: name who is trusted in Principal", i+1)
		case len(s.Principal) == 0:
			return p, fmt.Errorf("read the trust policy: statement %d names no Principal", i+1)
		case len(s.Action) == 0 && len(s.NotAction) == 0:
			return p, fmt.Errorf("read the trust policy: statement %d names no Action", i+1)
		}
	}
	return p, nil
}

// host is the issuer's host in the ARN of a provider, or the text itself.
func host(provider string) string {
	if _, name, ok := strings.Cut(provider, ":oidc-provider/"); ok {
		return name
	}
	return strings.TrimPrefix(provider, "https://")
}
