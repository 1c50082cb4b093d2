package awssim

import "slices"

// All of these work on no organization at all.

func (o *Organization) sharing() bool { return o != nil && o.RAMSharing }

func (o *Organization) arn() string {
	return "arn:aws:organizations::" + o.Management + ":organization/" + o.ID
}

func (o *Organization) unitARN(id string) string {
	return "arn:aws:organizations::" + o.Management + ":ou/" + o.ID + "/" + id
}

func (o *Organization) root() string { return "r-" + o.ID[len("o-"):len("o-")+4] }

// has says whether an account is a member.
func (o *Organization) has(account string) bool {
	if o == nil {
		return false
	}
	return o.Management == account || slices.Contains(o.Accounts, account) || o.parent(account) != ""
}

// parent is the unit that directly holds an account or unit, "" for the root.
func (o *Organization) parent(child string) string {
	for _, id := range sortedKeys(o.Units) {
		if slices.Contains(o.Units[id], child) {
			return id
		}
	}
	return ""
}

// units are all units above an account, the nearest first. A cycle in the
// world file ends the walk.
func (o *Organization) units(account string) []string {
	var out []string
	for unit := o.parent(account); unit != "" && !slices.Contains(out, unit); unit = o.parent(unit) {
		out = append(out, unit)
	}
	return out
}

// children are the accounts (or units) directly below a unit or the root.
func (o *Organization) children(parent string, units bool) []string {
	var all []string
	if parent == o.root() {
		all = append(append(all, o.Accounts...), o.Management)
		for id := range o.Units {
			all = append(all, id)
		}
		all = slices.DeleteFunc(all, func(id string) bool { return o.parent(id) != "" })
	} else {
		all = append(all, o.Units[parent]...)
	}
	return sortedSet(slices.DeleteFunc(all, func(id string) bool { return isUnitID(id) != units }))
}

// members are all accounts.
func (o *Organization) members() []string {
	all := append([]string{o.Management}, o.Accounts...)
	for _, children := range o.Units {
		for _, id := range children {
			if isAccountID(id) {
				all = append(all, id)
			}
		}
	}
	return sortedSet(all)
}
