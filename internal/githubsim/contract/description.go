package contract

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// description is GitHub's description of its REST API.
type description struct{ operations []*operation }

// operation is one method of one path.
type operation struct {
	*openapi3.Operation
	method   string
	path     string
	segments []string
}

func read(file string) (*description, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, err
	}
	d := &description{}
	for path, item := range doc.Paths.Map() {
		if strings.Contains(path, "}...{") {
			continue // an older spelling of /compare/{basehead}, which is there too
		}
		for method, op := range item.Operations() {
			d.operations = append(d.operations, &operation{op, method, path, strings.Split(path, "/")})
		}
	}
	if len(d.operations) == 0 {
		return nil, errors.New("it describes no operations: is it generated/api.github.com.json?")
	}
	// More specific paths first: /issues/comments before /issues/{issue_number}.
	slices.SortFunc(d.operations, func(a, b *operation) int { return strings.Compare(b.rank(), a.rank()) })
	return d, nil
}

// rank sorts names after parameters, segment by segment; the path breaks ties.
func (o *operation) rank() string {
	var rank strings.Builder
	for _, s := range o.segments {
		if isParameter(s) {
			rank.WriteByte('0')
		} else {
			rank.WriteByte('1')
		}
	}
	return rank.String() + " " + o.path
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// slashed are the parameters at the end of a path whose value may contain
// slashes. The description cannot say so, GitHub's prose does.
var slashed = []string{"{ref}", "{branch}", "{basehead}", "{path}"}

// find returns the operation of a request and the values in its path.
func (d *description) find(method, escaped string) (*operation, map[string]string) {
	segments := strings.Split(escaped, "/")
	for _, o := range d.operations {
		if o.method != method {
			continue
		}
		if params, ok := o.match(segments); ok {
			return o, params
		}
	}
	return nil, nil
}

func (o *operation) match(segments []string) (map[string]string, bool) {
	last := len(o.segments) - 1
	if len(segments) > len(o.segments) && slices.Contains(slashed, o.segments[last]) {
		segments = append(slices.Clone(segments[:last]), strings.Join(segments[last:], "/"))
	}
	if len(segments) != len(o.segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, want := range o.segments {
		if !isParameter(want) {
			if want != segments[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" {
			return nil, false
		}
		params[strings.Trim(want, "{}")] = value
	}
	return params, true
}

func settings(request bool) []openapi3.SchemaValidationOption {
	direction := openapi3.VisitAsResponse()
	if request {
		direction = openapi3.VisitAsRequest()
	}
	return []openapi3.SchemaValidationOption{
		direction, openapi3.MultiErrors(), openapi3.EnableFormatValidation(),
		openapi3.WithStringFormatValidator("uri", openapi3.NewCallbackValidator(checkAddress)),
	}
}

// checkAddress wants a whole address, or none: GitHub answers "" where a
// deployment's status has no log.
func checkAddress(text string) error {
	if u, err := url.Parse(text); text != "" && (err != nil || !u.IsAbs()) {
		return fmt.Errorf("%q is not a whole address", text)
	}
	return nil
}

// problems turns the library's errors into a line each: where, and what.
func problems(err error) []string {
	var many openapi3.MultiError
	if errors.As(err, &many) {
		var all []string
		for _, one := range many {
			all = append(all, problems(one)...)
		}
		return all
	}
	var one *openapi3.SchemaError
	if errors.As(err, &one) {
		return []string{fmt.Sprintf("/%s: %s", strings.Join(one.JSONPointer(), "/"), one.Reason)}
	}
	return []string{err.Error()}
}
