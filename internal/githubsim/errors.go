package githubsim

import (
	"fmt"
	"net/http"
	"strconv"
)

// object is a JSON object of an answer.
type object = map[string]any

// apiError is an error as GitHub's document tells it.
type apiError struct {
	status  int
	message string
	errors  []any // of a 422: objects, or texts where the description says so
}

func fail(status int, format string, args ...any) *apiError {
	return &apiError{status: status, message: fmt.Sprintf(format, args...)}
}

func notFound() *apiError { return fail(http.StatusNotFound, "Not Found") }

// unprocessable is a request whose shape is wrong: it has no list of errors.
func unprocessable(format string, args ...any) *apiError {
	return fail(http.StatusUnprocessableEntity, format, args...)
}

// invalid is a request whose values are refused, with GitHub's machine-readable reason.
func invalid(resource, code, field, message string) *apiError {
	e := fail(http.StatusUnprocessableEntity, "Validation Failed")
	reason := object{"resource": resource, "code": code, "field": field}
	if message != "" {
		reason["message"] = message
	}
	e.errors = []any{reason}
	return e
}

func (e *apiError) document() object {
	doc := object{
		"message": e.message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(e.status),
	}
	if e.errors != nil {
		doc["errors"] = e.errors
	}
	return doc
}
