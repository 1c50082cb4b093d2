package awssim

import (
	"slices"
	"strings"
)

type locationInput struct {
	ResourceArn          string
	RoleArn              string
	UseServiceLinkedRole bool
	HybridAccessEnabled  *bool
}

type wireInfo struct {
	ResourceArn, RoleArn string
	LastModified         *epoch `json:",omitempty"`
	HybridAccessEnabled  bool
	WithFederation       bool
	VerificationStatus   string
}

func serviceLinkedRole(account string) string {
	return "arn:aws:iam::" + account + ":role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
}

// location reads the path of a request.
func (c *call) location() (locationInput, string, *apiError) {
	var in locationInput
	if err := c.input(&in); err != nil {
		return in, "", err
	}
	arn, ok := normalARN(in.ResourceArn)
	if !ok || !strings.HasPrefix(in.ResourceArn, s3Prefix) {
		return in, "", invalidInput("Invalid ResourceArn: %s", in.ResourceArn)
	}
	return in, arn, nil
}

// mayManageLocations: registering is an IAM permission plus being an admin.
func (c *call) mayManageLocations() *apiError {
	if !c.isAdmin(c.who, c.home()) {
		return c.denied("Insufficient Lake Formation permission(s) on Catalog")
	}
	return nil
}

// registerResource (R46) [3.37, 3.38].
func registerResource(c *call) (any, *apiError) {
	in, arn, err := c.location()
	if err == nil {
		err = c.mayManageLocations()
	}
	if err != nil {
		return nil, err
	}
	r := c.home()
	if c.rule("R46") {
		if in.RoleArn == "" && !in.UseServiceLinkedRole {
			return nil, invalidInput("RoleArn is required unless UseServiceLinkedRole is set.")
		}
		if r.locations[arn] != nil {
			return nil, alreadyExists("Resource is already registered: %s", in.ResourceArn)
		}
		if c.options.Switches.NoNestedLocations && r.locationOf(arn) != nil {
			return nil, alreadyExists("A parent of the resource is already registered: %s", in.ResourceArn)
		}
	}
	l := &location{arn: in.ResourceArn, role: in.RoleArn, serviceLinked: in.UseServiceLinkedRole, updated: c.now}
	l.hybrid = in.HybridAccessEnabled != nil && *in.HybridAccessEnabled
	if l.serviceLinked {
		l.role = serviceLinkedRole(c.who.account)
	}
	r.locations[arn] = l
	return nil, nil
}

// updateResource needs a role; a registration of the service-linked role does
// not become hybrid [3.39, 4.78].
func updateResource(c *call) (any, *apiError) {
	in, arn, err := c.location()
	if err == nil {
		err = c.mayManageLocations()
	}
	if err != nil {
		return nil, err
	}
	l := c.home().locations[arn]
	hybrid := in.HybridAccessEnabled != nil && *in.HybridAccessEnabled
	switch {
	case l == nil:
		return nil, notFound("Resource is not registered: %s", in.ResourceArn)
	case in.RoleArn == "":
		return nil, invalidInput("RoleArn is required.")
	case l.serviceLinked && hybrid && c.rule("R46"):
		return nil, invalidInput("A location registered with the service-linked role cannot be updated to hybrid access mode.")
	}
	l.role, l.serviceLinked, l.updated = in.RoleArn, false, c.now
	if in.HybridAccessEnabled != nil {
		l.hybrid = hybrid
	}
	return nil, nil
}

// deregisterResource keeps the grants on the location [6.9].
func deregisterResource(c *call) (any, *apiError) {
	in, arn, err := c.location()
	if err == nil {
		err = c.mayManageLocations()
	}
	if err != nil {
		return nil, err
	}
	r := c.home()
	l := r.locations[arn]
	if l == nil {
		return nil, notFound("Resource is not registered: %s", in.ResourceArn)
	}
	linked := 0
	for _, other := range r.locations {
		if other.serviceLinked {
			linked++
		}
	}
	if l.serviceLinked && linked == 1 && c.rule("R46") { // [3.42]
		return nil, invalidInput("Must manually delete service-linked role to deregister last S3 location")
	}
	delete(r.locations, arn)
	return nil, nil
}

func describeResource(c *call) (any, *apiError) {
	in, arn, err := c.location()
	if err != nil {
		return nil, err
	}
	if !c.seesAll(c.who, c.home()) {
		return nil, c.denied("Insufficient Lake Formation permission(s) on Catalog")
	}
	l := c.home().locations[arn]
	if l == nil {
		return nil, notFound("Resource is not registered: %s", in.ResourceArn)
	}
	return map[string]any{"ResourceInfo": l.wire()}, nil
}

func (l *location) wire() wireInfo {
	return wireInfo{
		ResourceArn: l.arn, RoleArn: l.role, LastModified: when(l.updated), HybridAccessEnabled: l.hybrid,
		VerificationStatus: "NOT_VERIFIED",
	}
}

func listLocations(c *call) (any, *apiError) {
	var in struct {
		FilterConditionList []struct {
			Field, ComparisonOperator string
			StringValueList           []string
		}
		MaxResults int
		NextToken  string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	r := c.home()
	infos := []wireInfo{}
	for _, arn := range sortedKeys(r.locations) {
		info, keep := r.locations[arn].wire(), c.seesAll(c.who, r)
		for _, f := range in.FilterConditionList {
			value := info.ResourceArn
			if f.Field == "ROLE_ARN" {
				value = info.RoleArn
			}
			keep = keep && compares(f.ComparisonOperator, value, f.StringValueList)
		}
		if keep {
			infos = append(infos, info)
		}
	}
	page, token, err := paged(c, infos, in.MaxResults, 1000, in.NextToken, "")
	if err != nil {
		return nil, err
	}
	out := map[string]any{"ResourceInfoList": page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}

// compares is a filter condition of ListResources [3.41].
func compares(operator, value string, list []string) bool {
	first := ""
	if len(list) > 0 {
		first = list[0]
	}
	switch operator {
	case "EQ":
		return value == first
	case "NE":
		return value != first
	case "CONTAINS":
		return strings.Contains(value, first)
	case "NOT_CONTAINS":
		return !strings.Contains(value, first)
	case "BEGINS_WITH":
		return strings.HasPrefix(value, first)
	case "IN":
		return slices.Contains(list, value)
	}
	return false
}

// locationOf finds the registration that counts for a path: the longest one
// that covers it [6.7].
func (r *region) locationOf(path string) *location {
	arn, ok := normalARN(path)
	if !ok {
		return nil
	}
	var best *location
	longest := ""
	for registered, l := range r.locations {
		if covers(registered, arn) && len(registered) > len(longest) {
			best, longest = l, registered
		}
	}
	return best
}

// checkDataLocation: who creates or alters an object in a registered location
// needs DATA_LOCATION_ACCESS there; admins have it, and who may create tables
// in a database has it below the database's location (R47) [6.12, 6.13].
func (c *call) checkDataLocation(path string, in *database) *apiError {
	r := c.home()
	arn, ok := normalARN(path)
	if !ok || r.locationOf(path) == nil || c.isAdmin(c.who, r) || !c.rule("R47") {
		return nil
	}
	on := resource{kind: kindLocation, catalog: c.who.account, detail: arn}
	if c.holds(c.who.principal, c.who.account, c.region, on, permDataLocation) {
		return nil
	}
	if in != nil {
		parent, parentOK := normalARN(in.location)
		db := resource{kind: kindDatabase, catalog: c.who.account, database: in.name}
		if parentOK && covers(parent, arn) && c.holds(c.who.principal, c.who.account, c.region, db, permCreateTable) {
			return nil
		}
	}
	return c.denied("Insufficient Lake Formation permission(s) on %s", on.name())
}
