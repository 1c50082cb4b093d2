package awssim

import (
	"regexp"
	"strings"
)

// iamAllowedPrincipals is the group of everybody whom IAM lets in.
const iamAllowedPrincipals = "IAM_ALLOWED_PRINCIPALS"

type principalKind int

const (
	invalidPrincipal principalKind = iota
	iamPrincipal                   // a role or user, in any account
	allIAMPrincipals               // 111122223333:IAMPrincipals
	allowedGroup                   // IAM_ALLOWED_PRINCIPALS
	accountPrincipal
	organizationPrincipal
	unitPrincipal
	federatedPrincipal      // SAML or QuickSight, of one account
	identityCenterPrincipal // has no account in its ARN
)

// principal is a parsed DataLakePrincipalIdentifier. There is no type tag on
// the wire: the kind is read off the string [1.1, 1.2].
type principal struct {
	kind    principalKind
	id      string
	account string // whose principal it is, where the id says so
	unit    string // organization or unit id
	name    string // role/path/Name, user/Name
}

func parsePrincipal(id string) principal {
	switch strings.ToUpper(id) {
	case iamAllowedPrincipals, "EVERYONE": // an old alias [1.5]
		return principal{kind: allowedGroup, id: iamAllowedPrincipals}
	}
	if isAccountID(id) {
		return principal{kind: accountPrincipal, id: id, account: id}
	}
	for _, f := range principalForms {
		if m := f.pattern.FindStringSubmatch(id); m != nil {
			p := principal{kind: f.kind, id: id}
			for i, name := range f.pattern.SubexpNames() {
				switch name {
				case "account":
					p.account = m[i]
				case "unit":
					p.unit = m[i]
				case "name":
					p.name = m[i]
				}
			}
			return p
		}
	}
	return principal{kind: invalidPrincipal, id: id}
}

type principalForm struct {
	kind    principalKind
	pattern *regexp.Regexp
}

const accountPattern = `(?P<account>[0-9]{12})`

// principalForms is the grammar of 1.2; nothing ever writes to it.
var principalForms = []principalForm{
	{iamPrincipal, regexp.MustCompile(`^arn:aws:iam::` + accountPattern + `:(?P<name>(?:role|user)/[\w+=,.@/-]+)$`)},
	{allIAMPrincipals, regexp.MustCompile(`^` + accountPattern + `:IAMPrincipals$`)},
	{organizationPrincipal, regexp.MustCompile(`^arn:aws:organizations::[0-9]{12}:organization/(?P<unit>o-[a-z0-9]{10,32})$`)},
	{unitPrincipal, regexp.MustCompile(`^arn:aws:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/(?P<unit>ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$`)},
	{federatedPrincipal, regexp.MustCompile(`^arn:aws:iam::` + accountPattern + `:saml-provider/[^:]+:(?:user|group)/.+$`)},
	{federatedPrincipal, regexp.MustCompile(`^arn:aws:quicksight:[a-z0-9-]+:` + accountPattern + `:(?:user|group)/default/.+$`)},
	{identityCenterPrincipal, regexp.MustCompile(`^arn:aws:identitystore:::(?:user|group)/[A-Za-z0-9-]+$`)},
}

// outside says whether the principal is an external recipient for an account.
func (p principal) outside(account string) bool {
	switch p.kind {
	case accountPrincipal, iamPrincipal, allIAMPrincipals, federatedPrincipal:
		return p.account != account
	case organizationPrincipal, unitPrincipal:
		return true
	}
	return false
}

// shareEntity is how RAM names the recipient [4.35].
func (p principal) shareEntity() string {
	if p.kind == allIAMPrincipals {
		return p.account
	}
	return p.id
}
