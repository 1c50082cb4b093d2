package awssim

// operations are all operations by service and name.
func operations() map[string]map[string]operation {
	reads := func(run func(*call) (any, *apiError)) operation { return operation{run: run} }
	writes := func(run func(*call) (any, *apiError)) operation { return operation{run: run, writes: true} }
	open := func(run func(*call) (any, *apiError)) operation { return operation{run: run, open: true} }
	return map[string]map[string]operation{
		"sts": {
			"AssumeRole": open(assumeRole), "AssumeRoleWithWebIdentity": open(assumeWithWebIdentity),
			"GetCallerIdentity": open(getCallerIdentity),
		},
		"lakeformation": {
			"GrantPermissions": writes(grantPermissions), "RevokePermissions": writes(revokePermissions),
			"BatchGrantPermissions": writes(batchGrant), "BatchRevokePermissions": writes(batchRevoke),
			"ListPermissions":     reads(listPermissions),
			"GetDataLakeSettings": reads(getSettings), "PutDataLakeSettings": writes(putSettings),
			"RegisterResource": writes(registerResource), "UpdateResource": writes(updateResource),
			"DeregisterResource": writes(deregisterResource), "DescribeResource": reads(describeResource),
			"ListResources":         reads(listLocations),
			"CreateDataCellsFilter": writes(createFilter), "UpdateDataCellsFilter": writes(updateFilter),
			"GetDataCellsFilter": reads(getFilter), "DeleteDataCellsFilter": writes(deleteFilter),
			"ListDataCellsFilter":      reads(listFilters),
			"CreateLakeFormationOptIn": writes(createOptIn), "DeleteLakeFormationOptIn": writes(deleteOptIn),
			"ListLakeFormationOptIns": reads(listOptIns),
		},
		"glue": {
			"GetDatabase": reads(getDatabase), "GetDatabases": reads(getDatabases), "CreateDatabase": writes(createDatabase),
			"UpdateDatabase": writes(updateDatabase), "DeleteDatabase": writes(deleteDatabase),
			"GetTable": reads(getTable), "GetTables": reads(getTables), "CreateTable": writes(createTable),
			"UpdateTable": writes(updateTable), "DeleteTable": writes(deleteTable), "BatchDeleteTable": writes(batchDeleteTable),
			"GetResourcePolicy": reads(getResourcePolicy), "PutResourcePolicy": writes(putResourcePolicy),
			"DeleteResourcePolicy": writes(deleteResourcePolicy), "GetResourcePolicies": reads(getResourcePolicies),
		},
		"ram": {
			"GetResourceShares": reads(getResourceShares), "GetResourceShareAssociations": reads(getAssociations),
			"GetResourceShareInvitations":   reads(getInvitations),
			"AcceptResourceShareInvitation": writes(acceptInvitation), "RejectResourceShareInvitation": writes(rejectInvitation),
			"AssociateResourceShare": writes(associateShare), "DisassociateResourceShare": writes(disassociateShare),
			"DeleteResourceShare": writes(deleteShare), "ListResources": reads(listRAMResources),
			"ListPendingInvitationResources": reads(listPending), "EnableSharingWithAwsOrganization": writes(enableSharing),
		},
		"iam": {
			"GetRole": reads(getRole), "ListRoles": reads(listRoles), "GetUser": reads(getUser), "GetPolicy": reads(getPolicy),
			"GetPolicyVersion": reads(getPolicyVersion), "ListPolicyVersions": reads(listPolicyVersions),
			"CreatePolicyVersion": writes(createPolicyVersion), "DeletePolicyVersion": writes(deletePolicyVersion),
		},
		"organizations": {
			"DescribeOrganization": reads(describeOrganization), "DescribeOrganizationalUnit": reads(describeUnit),
			"ListRoots": reads(listRoots), "ListAccounts": reads(listAccounts), "ListParents": reads(listParents),
			"ListOrganizationalUnitsForParent": reads(listUnitsForParent), "ListAccountsForParent": reads(listAccountsForParent),
		},
	}
}
