package awssim

import "time"

// Switches turn over what the sources leave open. The zero value is the
// reading that the reference finds most likely.
type Switches struct {
	// ExpandALL lists an explicit ALL together with its members. Sources show
	// both forms [2.40, U1]; the default is as it was granted.
	ExpandALL bool
	// KeepSecondHop keeps the rows that a consumer granted on when its account
	// loses the permission. Undocumented [4.72, U2]; the default deletes them.
	KeepSecondHop bool
	// SweepHidesForeign leaves rows on other accounts' objects out of a listing
	// without a resource. Undocumented [2.51]; the default shows them.
	SweepHidesForeign bool
	// ShowIncoming adds the account's own incoming grants to its listings. The
	// console does something of the kind [U3]; the default does not.
	ShowIncoming bool
	// UnsharedList is what a listing answers about an object of another account
	// that is not shared [U2].
	UnsharedList Unshared
	// UnsharedGet is what Glue answers about such an object [U15]; it has no
	// empty answer, UnsharedEmpty counts as not found.
	UnsharedGet Unshared
	// CheckForeignPrincipals refuses unknown IAM principals of other accounts
	// too. Undocumented [U4].
	CheckForeignPrincipals bool
	// KeepEmptyShare keeps a RAM share after the last revoke of its kind. The
	// guide says it is deleted [4.16], granularity unsure [U16].
	KeepEmptyShare bool
	// RenewOnGrant makes a repeated grant renew an expired invitation.
	// Undocumented [4.24, U19]; tools reset shares by hand, so the default is no.
	RenewOnGrant bool
	// FilterExcludesTable treats a filter grant like a column grant: it and a
	// table grant of the same principal exclude each other. Undocumented.
	FilterExcludesTable bool
	// ColumnsCoexist lets column grants stand beside permissions other than
	// SELECT. An early report said so; a later live test did not [2.15, U7].
	ColumnsCoexist bool
	// NoColumnGrantOption refuses the grant option on column lists: two pages
	// of the guide disagree [2.14, U8].
	NoColumnGrantOption bool
	// MergeColumns merges a second column list into the first. Undocumented [D7].
	MergeColumns bool
	// OptionNeedsPermission refuses a revoke that names permissions in
	// PermissionsWithGrantOption only: the model requires Permissions [2.10].
	OptionNeedsPermission bool
	// RepeatRevokesOption makes a revoke that names a permission in both lists
	// take the grant option alone. The reference says the permission may be
	// repeated for that; Terraform sends both lists to take all [2.10].
	RepeatRevokesOption bool
	// PartialRevokeFails refuses a revoke of a set that is held in part; by
	// default what is held goes [2.66, U25].
	PartialRevokeFails bool
	// NotAuthorizedCode is the code of "Resource does not exist or requester is
	// not authorized …": AccessDeniedException unless set. Reports show both [3.10].
	NotAuthorizedCode string
	// DeniedStatus is the HTTP status of AccessDeniedException: 400 as in logs
	// unless set; the API reference says 403 [3.3, U24].
	DeniedStatus int
	// IllegalCombination answers a cross-account grant past
	// IAM_ALLOWED_PRINCIPALS with the guide's text instead of the one that
	// names the group [3.15].
	IllegalCombination bool
	// KeepOnDelete keeps the rows of a deleted table or database. Two pages
	// disagree [2.33, U18].
	KeepOnDelete bool
	// NoNestedLocations refuses to register below a registered path.
	// Undocumented [6.7, U9].
	NoNestedLocations bool
	// PutKeepsVersion keeps the cross-account version when Parameters are left
	// out of PutDataLakeSettings; by default it is reset to 1 [U5].
	PutKeepsVersion bool
	// UpdateReplacesLink makes UpdateDatabase on a link replace the link. The
	// guide says it edits the target [5.10], a report says it replaces [5.12].
	UpdateReplacesLink bool
	// ShowContainers lets a shared table reveal its database [4.58, U6].
	ShowContainers bool
	// DanglingNotFound makes GetTable on a link that leads nowhere answer
	// EntityNotFoundException [4.71] instead of the bare link [5.22].
	DanglingNotFound bool
	// PendingShares lists shares with an open invitation under OTHER-ACCOUNTS.
	PendingShares bool
	// HideAccepted stops listing an accepted invitation after this time
	// [4.27]; zero lists it for ever.
	HideAccepted time.Duration
	// ListLag is how long a listing of permissions lags behind [7.3].
	ListLag time.Duration
	// SettleDelay passes between accepting a share and seeing its objects [7.3].
	SettleDelay time.Duration
	// InvitationDelay passes before a new invitation is listed [4.28].
	InvitationDelay time.Duration
	// IAMPropagation is how long Lake Formation does not know a new role [1.10].
	IAMPropagation time.Duration
	// PageSize is used where a request gives none: 100 unless set [U13].
	PageSize int
	// EmptyPages puts an empty page with a token before the first one [2.59].
	EmptyPages bool
	// FreshSettings gives accounts without settings in the world file the state
	// of a new AWS account: version 1, IAM_ALLOWED_PRINCIPALS everywhere [3.35].
	FreshSettings bool
}

// Unshared says what is answered about an object that exists but is not shared.
type Unshared int

// What may be answered about an object that is not shared.
const (
	UnsharedNotFound Unshared = iota // EntityNotFoundException
	UnsharedDenied                   // AccessDeniedException
	UnsharedEmpty                    // nothing, status 200
)
