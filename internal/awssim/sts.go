package awssim

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var sessionNameForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

type assumeRoleResult struct {
	XMLName     xml.Name
	Key         string `xml:"Credentials>AccessKeyId"`
	Secret      string `xml:"Credentials>SecretAccessKey"`
	Token       string `xml:"Credentials>SessionToken"`
	Expires     string `xml:"Credentials>Expiration"`
	AssumedARN  string `xml:"AssumedRoleUser>Arn"`
	AssumedRole string `xml:"AssumedRoleUser>AssumedRoleId"`
}

// assumeRole (R79): the role must trust the caller, who proves the external id
// if the role wants one.
func assumeRole(c *call) (any, *apiError) {
	arn := c.values.Get("RoleArn")
	role := c.role(arn)
	refused := fail("AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s", c.who.arn, arn)
	refused.status = http.StatusForbidden
	if role == nil {
		return nil, refused
	}
	external := role.ExternalID != "" && role.ExternalID != c.values.Get("ExternalId")
	if c.rule("R79") && (external || !trusts(role, parsePrincipal(arn).account, c.who) || !c.who.may("sts:AssumeRole")) {
		return nil, refused
	}
	return c.session(arn)
}

// trusts: everybody of the role's own account, and whoever is listed.
func trusts(role *Role, account string, who caller) bool {
	if who.account == account {
		return true
	}
	for _, t := range role.Trust {
		if t == "*" || t == who.account || t == who.principal || t == "arn:aws:iam::"+who.account+":root" {
			return true
		}
	}
	return false
}

func (c *call) session(arn string) (any, *apiError) {
	name := c.values.Get("RoleSessionName")
	if !sessionNameForm.MatchString(name) {
		return nil, fail("ValidationError", "RoleSessionName %q must match [\\w+=,.@-]{2,64}", name)
	}
	seconds := 3600
	if text := c.values.Get("DurationSeconds"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 900 || n > 43200 {
			return nil, fail("ValidationError", "DurationSeconds must be between 900 and 43200")
		}
		seconds = n
	}
	expires := c.now.Add(time.Duration(seconds) * time.Second).Truncate(time.Second)
	token := session{Role: arn, Name: name, Expires: expires}.token()
	return assumeRoleResult{
		XMLName: xml.Name{Local: c.name + "Result"},
		Key:     keyOf(token), Secret: "simulated", Token: token, Expires: expires.Format(time.RFC3339),
		AssumedARN: sessionARN(parsePrincipal(arn), name), AssumedRole: uniqueID("AROA", arn) + ":" + name,
	}, nil
}

// assumeWithWebIdentity trusts the issuer's host name, as in the provider ARN
// of a real trust policy. The token's signature is not checked.
func assumeWithWebIdentity(c *call) (any, *apiError) {
	arn := c.values.Get("RoleArn")
	role := c.role(arn)
	refused := fail("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	refused.status = http.StatusForbidden
	issuer := issuerOf(c.values.Get("WebIdentityToken"))
	if issuer == "" {
		return nil, fail("InvalidIdentityToken", "The web identity token is not a JSON web token.")
	}
	if role == nil || c.rule("R79") && !contains(role.Trust, issuer) && !contains(role.Trust, "*") {
		return nil, refused
	}
	return c.session(arn)
}

func issuerOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if err := json.Unmarshal(text, &claims); err != nil {
		return ""
	}
	return strings.TrimPrefix(claims.Issuer, "https://")
}

type callerIdentityResult struct {
	XMLName xml.Name `xml:"GetCallerIdentityResult"`
	ARN     string   `xml:"Arn"`
	UserID  string   `xml:"UserId"`
	Account string
}

func getCallerIdentity(c *call) (any, *apiError) {
	id := uniqueID("AIDA", c.who.principal)
	if _, name, ok := strings.Cut(c.who.arn, ":assumed-role/"); ok {
		id = uniqueID("AROA", c.who.principal) + name[strings.Index(name, "/"):]
		id = strings.Replace(id, "/", ":", 1)
	}
	return callerIdentityResult{ARN: c.who.arn, UserID: id, Account: c.who.account}, nil
}
