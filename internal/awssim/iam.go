package awssim

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"
)

// uniqueID is the id that IAM gives a role or user beside its name.
func uniqueID(prefix, arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

func noSuchEntity(format string, args ...any) *apiError {
	e := fail("NoSuchEntity", format, args...)
	e.status = http.StatusNotFound
	return e
}

type xmlRole struct {
	Path                     string
	RoleName                 string
	RoleID                   string `xml:"RoleId"`
	ARN                      string `xml:"Arn"`
	CreateDate               string
	AssumeRolePolicyDocument string
}

type getRoleResult struct {
	XMLName xml.Name `xml:"GetRoleResult"`
	Role    xmlRole
}

type listRolesResult struct {
	XMLName     xml.Name  `xml:"ListRolesResult"`
	Roles       []xmlRole `xml:"Roles>member"`
	IsTruncated bool
	Marker      string `xml:",omitempty"`
}

// stamp writes a time as IAM does; what the world says no time of is old.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// split is a name with its path: "a/b/Name" is in /a/b/.
func split(full string) (folder, name string) {
	folder, name = path.Split(full)
	return "/" + folder, name
}

func wireRole(account, full string, r *Role) xmlRole {
	folder, name := split(full)
	arn := "arn:aws:iam::" + account + ":role/" + full
	return xmlRole{folder, name, uniqueID("AROA", arn), arn, stamp(r.Created), percentEncoded(string(trustDocument(account, r)))}
}

// getRole finds a role by its bare name, as IAM does: names are unique in an
// account whatever the path.
func getRole(c *call) (any, *apiError) {
	want := c.values.Get("RoleName")
	roles := c.state.account(c.who.account).roles
	for _, full := range sortedKeys(roles) {
		if path.Base(full) == want {
			return getRoleResult{Role: wireRole(c.who.account, full, roles[full])}, nil
		}
	}
	return nil, noSuchEntity("The role with name %s cannot be found.", want)
}

func listRoles(c *call) (any, *apiError) {
	roles := c.state.account(c.who.account).roles
	prefix := c.values.Get("PathPrefix")
	var all []xmlRole
	for _, full := range sortedKeys(roles) {
		if folder, _ := split(full); prefix == "" || strings.HasPrefix(folder, prefix) {
			all = append(all, wireRole(c.who.account, full, roles[full]))
		}
	}
	page, token, err := paged(c, all, atoi(c.values.Get("MaxItems")), 1000, c.values.Get("Marker"), prefix)
	return listRolesResult{Roles: page, IsTruncated: token != "", Marker: token}, err
}

func atoi(text string) int {
	n := 0
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil {
		return 0
	}
	return n
}

type getUserResult struct {
	XMLName    xml.Name `xml:"GetUserResult"`
	Path       string   `xml:"User>Path"`
	UserName   string   `xml:"User>UserName"`
	UserID     string   `xml:"User>UserId"`
	ARN        string   `xml:"User>Arn"`
	CreateDate string   `xml:"User>CreateDate"`
}

func getUser(c *call) (any, *apiError) {
	want := c.values.Get("UserName")
	users := c.state.account(c.who.account).users
	for _, full := range sortedKeys(users) {
		if path.Base(full) == want {
			folder, name := split(full)
			arn := "arn:aws:iam::" + c.who.account + ":user/" + full
			return getUserResult{
				Path: folder, UserName: name, UserID: uniqueID("AIDA", arn), ARN: arn, CreateDate: stamp(users[full].Created),
			}, nil
		}
	}
	return nil, noSuchEntity("The user with name %s cannot be found.", want)
}

// policy finds a customer managed policy of the caller's account.
func (c *call) policy() (string, *Policy, *apiError) {
	arn := c.values.Get("PolicyArn")
	name, ok := strings.CutPrefix(arn, "arn:aws:iam::"+c.who.account+":policy/")
	p := c.state.account(c.who.account).policies[name]
	if !ok || p == nil {
		return arn, nil, noSuchEntity("Policy %s was not found.", arn)
	}
	return name, p, nil
}

type getPolicyResult struct {
	XMLName          xml.Name `xml:"GetPolicyResult"`
	PolicyName       string   `xml:"Policy>PolicyName"`
	PolicyID         string   `xml:"Policy>PolicyId"`
	ARN              string   `xml:"Policy>Arn"`
	Path             string   `xml:"Policy>Path"`
	DefaultVersionID string   `xml:"Policy>DefaultVersionId"`
	IsAttachable     bool     `xml:"Policy>IsAttachable"`
}

func getPolicy(c *call) (any, *apiError) {
	full, p, err := c.policy()
	if err != nil {
		return nil, err
	}
	folder, name := split(full)
	arn := c.values.Get("PolicyArn")
	out := getPolicyResult{PolicyName: name, PolicyID: uniqueID("ANPA", arn), ARN: arn, Path: folder, IsAttachable: true}
	for _, v := range p.Versions {
		if v.Default {
			out.DefaultVersionID = v.ID
		}
	}
	return out, nil
}

// percentEncoded is a document as IAM returns it: a space is no plus there.
func percentEncoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

type xmlVersion struct {
	Document         string `xml:",omitempty"`
	VersionID        string `xml:"VersionId"`
	IsDefaultVersion bool
	CreateDate       string
}

func (v PolicyVersion) wire(document bool) xmlVersion {
	w := xmlVersion{VersionID: v.ID, IsDefaultVersion: v.Default, CreateDate: stamp(v.Created)}
	if document {
		w.Document = percentEncoded(string(v.Document))
	}
	return w
}

type versionResult struct {
	XMLName       xml.Name
	PolicyVersion xmlVersion
}

func getPolicyVersion(c *call) (any, *apiError) {
	_, p, err := c.policy()
	if err != nil {
		return nil, err
	}
	want := c.values.Get("VersionId")
	for _, v := range p.Versions {
		if v.ID == want {
			return versionResult{xml.Name{Local: "GetPolicyVersionResult"}, v.wire(true)}, nil
		}
	}
	return nil, noSuchEntity("Policy version %s was not found.", want)
}

type listVersionsResult struct {
	XMLName     xml.Name     `xml:"ListPolicyVersionsResult"`
	Versions    []xmlVersion `xml:"Versions>member"`
	IsTruncated bool
	Marker      string `xml:",omitempty"`
}

func listPolicyVersions(c *call) (any, *apiError) {
	name, p, err := c.policy()
	if err != nil {
		return nil, err
	}
	var all []xmlVersion
	for i := len(p.Versions) - 1; i >= 0; i-- {
		all = append(all, p.Versions[i].wire(false))
	}
	page, token, err := paged(c, all, atoi(c.values.Get("MaxItems")), 1000, c.values.Get("Marker"), name)
	return listVersionsResult{Versions: page, IsTruncated: token != "", Marker: token}, err
}

// createPolicyVersion has the quotas that queue-driven tools run into (R78)
// [6.16].
func createPolicyVersion(c *call) (any, *apiError) {
	_, p, err := c.policy()
	if err != nil {
		return nil, err
	}
	document := c.values.Get("PolicyDocument")
	if !json.Valid([]byte(document)) {
		return nil, fail("MalformedPolicyDocument", "Syntax errors in policy.")
	}
	limited := func(text string) *apiError {
		e := fail("LimitExceeded", "%s", text)
		e.status = http.StatusConflict
		return e
	}
	if c.rule("R78") {
		if policySize(document) > 6144 {
			return nil, limited("Cannot exceed quota for PolicySize: 6144")
		}
		if len(p.Versions) >= 5 {
			return nil, limited("A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
		}
	}
	p.Last++
	made := PolicyVersion{ID: fmt.Sprintf("v%d", p.Last), Document: JSONText(document), Created: c.now}
	if c.values.Get("SetAsDefault") == "true" {
		made.Default = true
		for i := range p.Versions {
			p.Versions[i].Default = false
		}
	}
	p.Versions = append(p.Versions, made)
	return versionResult{xml.Name{Local: "CreatePolicyVersionResult"}, made.wire(false)}, nil
}

// policySize does not count white space [6.16].
func policySize(document string) int {
	n := 0
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

type emptyResult struct{ XMLName xml.Name }

func deletePolicyVersion(c *call) (any, *apiError) {
	_, p, err := c.policy()
	if err != nil {
		return nil, err
	}
	want := c.values.Get("VersionId")
	for i, v := range p.Versions {
		if v.ID != want {
			continue
		}
		if v.Default && c.rule("R78") {
			e := fail("DeleteConflict", "Cannot delete the default version of a policy.")
			e.status = http.StatusConflict
			return nil, e
		}
		p.Versions = append(p.Versions[:i:i], p.Versions[i+1:]...)
		return emptyResult{xml.Name{Local: "DeletePolicyVersionResult"}}, nil
	}
	return nil, noSuchEntity("Policy version %s was not found.", want)
}
