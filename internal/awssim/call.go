package awssim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// operation is one API operation.
type operation struct {
	writes bool
	run    func(*call) (any, *apiError)
	// open operations are not checked against the caller's IAM permissions.
	open bool
}

// call is one API call being answered.
type call struct {
	*Server
	protocol  protocol
	service   string
	name      string
	region    string
	who       caller
	body      []byte
	values    url.Values // of a query call, or of the URL
	now       time.Time
	operation operation
	fault     *Fault
	refused   *apiError
	request   int
}

type protocol int

const (
	restJSON protocol = iota
	targetJSON
	queryXML
)

// receive works out which operation is called and by whom. The service is
// read off the scope of the signature, whose value is not checked (R82).
func (s *Server) receive(r *http.Request, body []byte) *call {
	c := &call{Server: s, body: body, values: r.URL.Query()}
	auth := parseAuthorization(r.Header.Get("Authorization"))
	c.service, c.region = auth.service, auth.region
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		c.protocol = targetJSON
		_, c.name, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		c.protocol = queryXML
		values, err := url.ParseQuery(string(body))
		if err != nil {
			c.refused = fail("MalformedQueryString", "The query string is malformed.")
			return c
		}
		c.values, c.name = values, values.Get("Action")
		if c.service == "" && strings.HasPrefix(c.name, "AssumeRoleWith") {
			c.service = "sts" // the one call that is not signed
		}
	default:
		c.name = strings.TrimPrefix(r.URL.Path, "/")
	}
	c.find(r.Method)
	if c.refused == nil && !c.unsigned() {
		c.who, c.refused = s.identify(auth.key, r.Header.Get("X-Amz-Security-Token"))
	}
	return c
}

func (c *call) unsigned() bool { return c.service == "sts" && c.name == "AssumeRoleWithWebIdentity" }

// find looks the operation up. RAM's paths are its operations in lower case.
func (c *call) find(method string) {
	if c.service == "" {
		c.refused = fail("MissingAuthenticationTokenException", "Missing Authentication Token")
		c.refused.status = http.StatusForbidden
		return
	}
	known := c.operations[c.service]
	if known == nil {
		c.refused = fail("UnknownOperationException", "awssim does not simulate the service %q", c.service)
		return
	}
	for name, op := range known {
		if name == c.name || c.service == "ram" && strings.ToLower(name) == c.name {
			c.name, c.operation = name, op
			if c.protocol == restJSON && (method == http.MethodDelete) != (name == "DeleteResourceShare") {
				break
			}
			return
		}
	}
	c.refused = fail("UnknownOperationException", "awssim does not simulate %s %s %s", c.service, method, c.name)
}

func (c *call) logged(code string) Call {
	return Call{
		Service: c.service, Operation: c.name, Account: c.who.account, Region: c.region, Caller: c.who.arn,
		Writes: c.operation.writes, Input: c.body, Code: code,
	}
}

// authorize is IAM's part, which comes before anything else (R21).
func (c *call) authorize() *apiError {
	if c.operation.open || !c.rule("R21") {
		return nil
	}
	action := c.service + ":" + c.name
	if c.who.may(action) {
		return nil
	}
	code := "AccessDeniedException"
	if c.protocol == queryXML {
		code = "AccessDenied"
	}
	e := fail(code, "User: %s is not authorized to perform: %s because no identity-based policy allows the %s action",
		c.who.arn, action, action)
	if c.service == "iam" || c.service == "sts" {
		e.status = http.StatusForbidden
	}
	return e
}

// input decodes the body of a JSON call.
func (c *call) input(into any) *apiError {
	if len(c.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return fail("SerializationException", "cannot read the request: %v", err)
	}
	return nil
}

// home is the caller's own account in the region of the call.
func (c *call) home() *region { return c.at(c.who.account, c.region) }

// catalog is the catalog that a request means (R6) [2.2].
func (c *call) catalog(id string) string {
	if id == "" && c.rule("R6") {
		return c.who.account
	}
	return id
}
