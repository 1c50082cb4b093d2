package awssim

import "slices"

// wireSettings is DataLakeSettings [3.29].
type wireSettings struct {
	DataLakeAdmins                   []wirePrincipal
	ReadOnlyAdmins                   []wirePrincipal
	CreateDatabaseDefaultPermissions []wireDefault
	CreateTableDefaultPermissions    []wireDefault
	Parameters                       map[string]string
	TrustedResourceOwners            []string
	AllowExternalDataFiltering       bool
	ExternalDataFilteringAllowList   []wirePrincipal
	AuthorizedSessionTagValueList    []string
}

type wireDefault struct {
	Principal   wirePrincipal
	Permissions []string
}

func wirePrincipals(ids []string) []wirePrincipal {
	out := []wirePrincipal{}
	for _, id := range ids {
		out = append(out, wirePrincipal{id})
	}
	return out
}

// openDefault is the one default permission that there is: everybody whom IAM
// lets in gets everything.
func openDefault(open bool) []wireDefault {
	if !open {
		return []wireDefault{}
	}
	return []wireDefault{{wirePrincipal{iamAllowedPrincipals}, []string{permAll}}}
}

// getSettings answers everybody whom IAM lets ask. It is how a caller learns
// whether its listings are complete: others get empty ones [2.52].
func getSettings(c *call) (any, *apiError) {
	var in struct {
		CatalogID string `json:"CatalogId"`
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if in.CatalogID != "" && in.CatalogID != c.who.account {
		return nil, c.unauthorized()
	}
	held := c.home().settings
	return map[string]any{"DataLakeSettings": wireSettings{
		DataLakeAdmins: wirePrincipals(held.admins), ReadOnlyAdmins: wirePrincipals(held.readOnly),
		CreateDatabaseDefaultPermissions: openDefault(held.databaseDefault),
		CreateTableDefaultPermissions:    openDefault(held.tableDefault),
		Parameters:                       map[string]string{"CROSS_ACCOUNT_VERSION": held.version, "SET_CONTEXT": "TRUE"},
		TrustedResourceOwners:            []string{}, ExternalDataFilteringAllowList: []wirePrincipal{}, AuthorizedSessionTagValueList: []string{},
	}}, nil
}

// putSettings replaces everything: what is left out is emptied (R44) [3.28].
func putSettings(c *call) (any, *apiError) {
	var in struct {
		CatalogID        string `json:"CatalogId"`
		DataLakeSettings wireSettings
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if in.CatalogID != "" && in.CatalogID != c.who.account {
		return nil, c.unauthorized()
	}
	want := in.DataLakeSettings
	r := c.home()
	if err := c.checkSettings(want, r.settings.version); err != nil {
		return nil, err
	}
	next := settings{
		version:         want.Parameters["CROSS_ACCOUNT_VERSION"],
		databaseDefault: len(want.CreateDatabaseDefaultPermissions) > 0,
		tableDefault:    len(want.CreateTableDefaultPermissions) > 0,
	}
	for _, p := range want.DataLakeAdmins {
		next.admins = append(next.admins, p.ID)
	}
	for _, p := range want.ReadOnlyAdmins {
		next.readOnly = append(next.readOnly, p.ID)
	}
	if next.version == "" {
		next.version = "1"
		if c.options.Switches.PutKeepsVersion || r.settings.version == "5" { // 5 cannot be lowered [3.33]
			next.version = r.settings.version
		}
	}
	if !c.rule("R44") && len(next.admins) == 0 {
		next.admins = r.settings.admins
	}
	r.settings = next
	return nil, nil
}

func (c *call) checkSettings(want wireSettings, held string) *apiError {
	if len(want.DataLakeAdmins) > 30 && c.rule("R45") {
		return invalidInput("At most 30 data lake administrators are allowed, but found %d.", len(want.DataLakeAdmins))
	}
	if !c.rule("R44") {
		return nil
	}
	for _, key := range sortedKeys(want.Parameters) {
		if !slices.Contains([]string{"CROSS_ACCOUNT_VERSION", "SET_SOURCE_IDENTITY", "SET_CONTEXT"}, key) {
			return invalidInput("The following parameters are not valid. Valid Parameters Keys are: [CROSS_ACCOUNT_VERSION], but found: [%s]", key)
		}
	}
	version, given := want.Parameters["CROSS_ACCOUNT_VERSION"]
	if given && (len(version) != 1 || version < "1" || version > "5") {
		return invalidInput("CROSS_ACCOUNT_VERSION must be between 1 and 5, but found: %s", version)
	}
	if given && held == "5" && version < "5" {
		return invalidInput("CROSS_ACCOUNT_VERSION cannot be lowered from 5.")
	}
	for _, p := range append(slices.Clone(want.DataLakeAdmins), want.ReadOnlyAdmins...) {
		parsed := parsePrincipal(p.ID)
		if _, exists := c.principalCreated(parsed); parsed.kind == iamPrincipal && !exists || parsed.kind == invalidPrincipal {
			return invalidInput("Invalid principal, %s", p.ID) // deleted roles too [1.12]
		}
		if err := c.checkPrincipal(parsed, c.who.account); err != nil {
			return err
		}
	}
	for _, list := range [][]wireDefault{want.CreateDatabaseDefaultPermissions, want.CreateTableDefaultPermissions} {
		for _, d := range list {
			if len(list) != 1 || parsePrincipal(d.Principal.ID).id != iamAllowedPrincipals || !slices.Equal(d.Permissions, []string{permAll}) {
				return invalidInput("Default permissions must be empty, or ALL to IAM_ALLOWED_PRINCIPALS.")
			}
		}
	}
	return nil
}
