package awssim

import (
	"slices"
	"sort"
	"strings"
)

// The permissions of a data lake [2.4].
const (
	permAll          = "ALL"
	permAlter        = "ALTER"
	permCreateDB     = "CREATE_DATABASE"
	permCreateTable  = "CREATE_TABLE"
	permDataLocation = "DATA_LOCATION_ACCESS"
	permDelete       = "DELETE"
	permDescribe     = "DESCRIBE"
	permDrop         = "DROP"
	permInsert       = "INSERT"
	permSelect       = "SELECT"
)

func isPermission(p string) bool {
	switch p {
	case permAll, permAlter, permCreateDB, permCreateTable, permDataLocation, permDelete, permDescribe, permDrop,
		permInsert, permSelect, "CREATE_LF_TAG", "ASSOCIATE", "GRANT_WITH_LF_TAG_EXPRESSION",
		"CREATE_LF_TAG_EXPRESSION", "CREATE_CATALOG", "SUPER_USER":
		return true
	}
	return false
}

// permissionsOn is the matrix of 2.6: what can be granted on a kind of object
// (R8). Links take DESCRIBE and DROP only [5.19].
func permissionsOn(kind resourceKind, link bool) []string {
	if link {
		return []string{permDescribe, permDrop}
	}
	switch kind {
	case kindCatalog:
		return []string{permCreateDB, "CREATE_CATALOG", "CREATE_LF_TAG", "CREATE_LF_TAG_EXPRESSION", permDescribe}
	case kindDatabase:
		return []string{permAll, permAlter, permCreateTable, permDescribe, permDrop}
	case kindTable:
		return []string{permAll, permAlter, permDelete, permDescribe, permDrop, permInsert, permSelect}
	case kindColumns:
		return []string{permSelect}
	case kindLocation:
		return []string{permDataLocation}
	case kindFilter:
		return []string{permSelect, permDescribe, permDrop}
	}
	return nil
}

// creatorPermissions are what the creator of an object gets, with the grant
// option [2.28, 2.29, 5.7].
func creatorPermissions(kind resourceKind, link bool) []string {
	return permissionsOn(kind, link)
}

// title is a permission as error texts spell it: Create Table.
func title(permission string) string {
	words := strings.Split(strings.ToLower(permission), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}

// sortedSet sorts and removes doubles.
func sortedSet(list []string) []string {
	out := append([]string{}, list...)
	sort.Strings(out)
	return slices.Compact(out)
}

func subset(part, of []string) bool {
	for _, p := range part {
		if !slices.Contains(of, p) {
			return false
		}
	}
	return true
}
