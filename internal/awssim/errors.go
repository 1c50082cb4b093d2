package awssim

import (
	"fmt"
	"net/http"
)

// apiError is an error as it goes over the wire. Clients classify by code:
// the status is nearly always 400 [3.3].
type apiError struct {
	code, message string
	status        int
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func fail(code, format string, args ...any) *apiError {
	status := http.StatusBadRequest
	if code == "InternalServiceException" || code == "ServerInternalException" {
		status = http.StatusInternalServerError
	}
	return &apiError{code, fmt.Sprintf(format, args...), status}
}

func invalidInput(format string, args ...any) *apiError {
	return fail("InvalidInputException", format, args...)
}

func notFound(format string, args ...any) *apiError {
	return fail("EntityNotFoundException", format, args...)
}

func alreadyExists(format string, args ...any) *apiError {
	return fail("AlreadyExistsException", format, args...)
}

// denied is Lake Formation's and Glue's refusal; sources show 400 and 403 [U24].
func (s *Server) denied(format string, args ...any) *apiError {
	e := fail("AccessDeniedException", format, args...)
	if status := s.options.Switches.DeniedStatus; status != 0 {
		e.status = status
	}
	return e
}

// unauthorized is the one answer for a missing object and for a caller who may
// not know whether it is missing (R20) [3.10, 3.11].
func (s *Server) unauthorized() *apiError {
	const text = "Resource does not exist or requester is not authorized to access requested permissions."
	if code := s.options.Switches.NotAuthorizedCode; code != "" {
		return fail(code, text)
	}
	return s.denied(text)
}

// insufficient names the permission that the caller lacks [3.12].
func (s *Server) insufficient(permission string, on string) *apiError {
	return s.denied("Insufficient Lake Formation permission(s): Required %s on %s", title(permission), on)
}

// modificationInvalid is Lake Formation's answer to everything that does not
// fit the kind of object or what is held already [2.7].
func modificationInvalid() *apiError { return invalidInput("Permissions modification is invalid.") }
