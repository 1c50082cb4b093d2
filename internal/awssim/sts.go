package awssim

import (
	"encoding/xml"
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
	refused := forbidden("AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s", c.who.arn, arn)
	if role == nil {
		return nil, refused
	}
	external := role.ExternalID != "" && role.ExternalID != c.values.Get("ExternalId")
	if c.rule("R79") && (external || !c.trusted(role, parsePrincipal(arn).account) || !c.who.may("sts:AssumeRole")) {
		return nil, refused
	}
	return c.session(arn)
}

// trusted: the account's administrator, and whom the trust policy lets in. In the
// short form that is everybody of the role's own account, and whoever is listed.
func (c *call) trusted(role *Role, account string) bool {
	who := c.who
	switch {
	case who.administrator && who.account == account:
		return true
	case role.TrustPolicy != "":
		return c.letsCaller(role)
	case who.account == account:
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

// assumeWithWebIdentity asks the role's trust policy about the token (R79). In
// the short form of a role's trust the issuer's host name is enough.
func assumeWithWebIdentity(c *call) (any, *apiError) {
	arn := c.values.Get("RoleArn")
	token, ok := parseToken(c.values.Get("WebIdentityToken"))
	if !ok {
		return nil, fail("InvalidIdentityToken", "The web identity token is not a JSON web token.")
	}
	if ends, expired := token.expired(c.now); expired && c.rule("R79") {
		return nil, fail("ExpiredTokenException", "Token expired: current date/time %d must be before the expiration date/time %d",
			c.now.Unix(), ends.Unix())
	}
	account := parsePrincipal(arn).account
	role := c.role(arn)
	if role != nil && c.rule("R79") && c.lacksProvider(account, token.host()) {
		return nil, fail("InvalidIdentityToken", "No OpenIDConnect provider found in your account for %s", token.issuer())
	}
	if role == nil || c.rule("R79") && !c.letsToken(role, account, token) {
		return nil, forbidden("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	}
	return c.session(arn)
}

// lacksProvider: an account of whose providers the world says nothing has all of them.
func (c *call) lacksProvider(account, host string) bool {
	providers := c.state.account(account).providers
	return len(providers) > 0 && !contains(providers, host)
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
