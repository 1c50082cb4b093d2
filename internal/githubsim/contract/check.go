package contract

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const jsonType = "application/json"

func (o *operation) checkRequest(r *http.Request, path map[string]string, body []byte) []string {
	var found []string
	query := r.URL.Query()
	for name, value := range path {
		found = append(found, o.checkParameter("path", name, value)...)
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			found = append(found, o.checkParameter("query", name, value)...)
		}
	}
	for _, p := range o.Parameters {
		if p.Value.Required && p.Value.In == "query" && !query.Has(p.Value.Name) {
			found = append(found, fmt.Sprintf("the parameter %q is missing", p.Value.Name))
		}
	}
	return append(found, o.checkBody(r.Header, body)...)
}

func (o *operation) checkParameter(in, name, text string) []string {
	p := o.Parameters.GetByInAndName(in, name)
	if p == nil {
		return []string{fmt.Sprintf("there is no %s parameter %q", in, name)}
	}
	var value any = text
	switch kind := p.Schema.Value.Type; {
	case kind.Is("integer"), kind.Is("number"):
		number, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return []string{fmt.Sprintf("the parameter %q has to be a number, not %q", name, text)}
		}
		value = number
	case kind.Is("boolean"):
		truth, err := strconv.ParseBool(text)
		if err != nil {
			return []string{fmt.Sprintf("the parameter %q has to be true or false, not %q", name, text)}
		}
		value = truth
	}
	return prefix(fmt.Sprintf("parameter %q", name), validate(p.Schema.Value, value, true))
}

func (o *operation) checkBody(header http.Header, body []byte) []string {
	if o.RequestBody == nil {
		if len(body) > 0 {
			return []string{"it has a body, and none is described"}
		}
		return nil
	}
	described := o.RequestBody.Value
	if len(body) == 0 {
		if described.Required {
			return []string{"it has no body, and one is required"}
		}
		return nil
	}
	content := described.Content.Get(jsonType)
	if got := mediaType(header); got != jsonType || content == nil {
		return []string{fmt.Sprintf("the content type is %q", got)}
	}
	value, err := decode(body)
	if err != nil {
		return []string{fmt.Sprintf("the body is not JSON: %v", err)}
	}
	return append(unknownKeys(content.Schema.Value, value), validate(content.Schema.Value, value, true)...)
}

// unknownKeys finds keys that GitHub would not read. It drops them silently,
// so the schema does not forbid them, but a client that sends one is mistaken.
func unknownKeys(s *openapi3.Schema, value any) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	known := map[string]bool{}
	for _, variant := range append(slices.Concat(s.OneOf, s.AnyOf, s.AllOf), openapi3.NewSchemaRef("", s)) {
		for name := range variant.Value.Properties {
			known[name] = true
		}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !known[name] {
			found = append(found, fmt.Sprintf("the body has the key %q, which is not described", name))
		}
	}
	return found
}

func (o *operation) checkAnswer(status int, header http.Header, body []byte) []string {
	described := o.Responses.Value(strconv.Itoa(status))
	if described == nil {
		return o.checkUndescribed(status, header, body)
	}
	content := described.Value.Content
	switch {
	case len(content) == 0 && (len(body) == 0 || status >= http.StatusBadRequest):
		return nil
	case len(content) == 0:
		return []string{"it has a body, and none is described"}
	case content.Get(jsonType) == nil:
		return []string{"no JSON is described for it"}
	}
	return validateBody(content.Get(jsonType).Schema.Value, header, body)
}

// undescribed are the answers that every operation can give, though the
// description of many leaves them out. Each has a reason.
var undescribed = map[int]string{
	http.StatusNotModified:         "any read can be conditional",
	http.StatusBadRequest:          "any body can be broken JSON, any call can name an API version that is gone",
	http.StatusUnauthorized:        "any call can have a token that is unknown or has ended",
	http.StatusForbidden:           "any call can lack a permission or exceed a limit",
	http.StatusNotFound:            "any repository can be invisible to the caller",
	http.StatusUnprocessableEntity: "any body can have the wrong shape; reads of commits say so of a SHA",
	http.StatusTooManyRequests:     "any call can exceed a secondary limit",
}

func (o *operation) checkUndescribed(status int, header http.Header, body []byte) []string {
	if status >= http.StatusInternalServerError {
		return nil // whatever is between the client and GitHub may have said it
	}
	if undescribed[status] == "" {
		return []string{"the status is not described"}
	}
	if status == http.StatusNotModified {
		if len(body) > 0 {
			return []string{"a 304 has no body"}
		}
		return nil
	}
	basic := openapi3.NewObjectSchema().WithProperty("message", openapi3.NewStringSchema()).
		WithProperty("documentation_url", openapi3.NewStringSchema())
	basic.Required = []string{"message", "documentation_url"}
	return validateBody(basic, header, body)
}

func validateBody(s *openapi3.Schema, header http.Header, body []byte) []string {
	if got := mediaType(header); got != jsonType {
		return []string{fmt.Sprintf("the content type is %q", got)}
	}
	value, err := decode(body)
	if err != nil {
		return []string{fmt.Sprintf("the body is not JSON: %v", err)}
	}
	return validate(s, value, false)
}

func validate(s *openapi3.Schema, value any, request bool) []string {
	if err := s.VisitJSON(value, settings(request)...); err != nil {
		return problems(err)
	}
	return nil
}

func prefix(what string, lines []string) []string {
	for i, line := range lines {
		lines[i] = what + " " + strings.TrimPrefix(line, "/: ")
	}
	return lines
}
