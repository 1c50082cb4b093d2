package aws

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
)

// callError is the failure of one call: what was tried, where, as whom, what
// AWS said, and what helps. It leaves the package as an error only.
type callError struct {
	operation string // lakeformation:GrantPermissions
	where     string // 111122223333/eu-west-1
	role      string
	code      string // "" if no answer came
	message   string
	remedy    string // "" if nothing better is known than the message
	cause     error
}

func (e *callError) Error() string {
	as := e.role
	if as == "" {
		as = "the ambient credentials"
	}
	text := e.message
	if e.code != "" {
		text = e.code + ": " + e.message
	}
	s := fmt.Sprintf("%s in %s as %s: %s", e.operation, e.where, as, strings.TrimSuffix(text, "."))
	if e.remedy != "" {
		s += ". " + e.remedy
	}
	return s
}

func (e *callError) Unwrap() error { return e.cause }

// fault wraps the failure of a call once, with the code that everything else is
// classified by: statuses differ from what the documentation says [3.3].
func (s *site) fault(operation string, err error) error {
	if inner, ok := errors.AsType[*callError](err); ok {
		return inner // assuming the role failed: that is the call to tell about
	}
	if none, ok := errors.AsType[*credentialsError](err); ok {
		return none // no call was made, and none can be
	}
	e := &callError{operation: operation, where: s.place.String(), role: s.role, message: err.Error(), cause: err}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		e.code, e.message = api.ErrorCode(), api.ErrorMessage()
	}
	e.remedy = s.remedy(e)
	return e
}

// refusal is the failure of one entry of a batch, in the same form [3.25].
func (s *site) refusal(operation, code, message string) error {
	e := &callError{operation: operation, where: s.place.String(), role: s.role, code: code, message: message}
	e.cause = &smithy.GenericAPIError{Code: code, Message: message}
	e.remedy = s.remedy(e)
	return e
}

// remedy is one sentence for the failures that people meet.
func (s *site) remedy(e *callError) string {
	as := s.role
	if as == "" {
		as = "the caller"
	}
	switch {
	case isThrottling(e.code):
		return "AWS kept throttling: run again later"
	case e.operation == "sts:AssumeRole":
		if s.cloud.config.NoToken != "" {
			return s.cloud.config.NoToken
		}
		return "Check that the role exists and that its trust policy names the identity lakeshare runs as"
	case strings.Contains(e.message, "Illegal combination"), strings.Contains(e.message, "IAM_ALLOWED_PRINCIPALS"):
		// [3.15]
		return "IAM_ALLOWED_PRINCIPALS still holds permissions on it: set access: lake_formation for the database, or register its location in hybrid access mode by hand"
	case strings.Contains(e.message, "ram:"), strings.Contains(e.message, "glue:PutResourcePolicy"):
		// [4.44]
		return "Give the role the rights of AWSLakeFormationCrossAccountManager, and ram:AcceptResourceShareInvitation in the consumer"
	case strings.Contains(e.message, "Access denied to retrieve AWS Organization"), strings.HasPrefix(e.message, "Organization "):
		// [3.17]
		return "Switch sharing with AWS Organizations on in RAM, in the management account"
	case strings.Contains(e.message, "requester is not authorized"):
		// The message is the same for both, on purpose [3.10, 3.11].
		return "Check that the object exists and that " + as + " is a Lake Formation administrator of " + s.place.String()
	case strings.Contains(e.message, "is not authorized to perform"):
		return "Add the action to the policy of " + as
	}
	return ""
}

// code returns the code that AWS answered with, or "".
func code(err error) string {
	if e, ok := errors.AsType[*callError](err); ok {
		return e.code
	}
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// says reports whether AWS's message contains the text.
func says(err error, text string) bool {
	if e, ok := errors.AsType[*callError](err); ok {
		return strings.Contains(e.message, text)
	}
	return false
}

// unseen reports whether AWS answered as it does about what is missing or
// hidden; it does not tell which [3.11].
func unseen(err error) bool {
	return code(err) == codeNotFound || says(err, "Resource does not exist or requester is not authorized") ||
		(code(err) == codeDenied && says(err, "Insufficient Lake Formation permission"))
}

// lacks reports whether Lake Formation refused for want of a permission on an
// object, such as "Required Drop on orders" [3.12].
func lacks(err error, permission string) bool {
	return code(err) == codeDenied && says(err, "Required "+permission+" on")
}
