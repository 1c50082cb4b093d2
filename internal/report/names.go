package report

import (
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// names turns ids and ARNs into what the user calls them.
type names struct {
	accounts []fact.Account
	verbose  bool
	// several is set where objects of more than one owner occur, so that names
	// of tables alone would not tell them apart.
	several bool
	// whole is set for pages that are cut by size once they are written: nothing
	// is left out before.
	whole bool
	// dense folds facts of one grant although everything is shown: for pages on
	// which a line for each fact would not fit.
	dense bool
	// link returns the address of a line of a file, or "".
	link func(path string, line int) string
}

// at is a line of a file, with a link where there is one.
func (n names) at(file string, line int) phrase {
	text := file + ":" + strconv.Itoa(line)
	if n.link == nil {
		return name(text)
	}
	return linked(text, n.link(file, line))
}

func (o Options) names() names { return names{accounts: o.Accounts, verbose: o.Verbose} }

// limit is how many names of a list are shown; 0 shows all.
func (n names) limit(short int) int {
	if n.verbose {
		return 0
	}
	return short
}

// alias returns what the user calls a place. One account may have an alias for
// each region, so the place counts before the id.
func (n names) alias(at fact.Place) string {
	byID := ""
	for _, a := range n.accounts {
		if a.Place == at && a.Alias != "" {
			return a.Alias
		}
		if a.Place.Account == at.Account && byID == "" && at.Region == "" {
			byID = a.Alias
		}
	}
	return byID
}

func (n names) account(id string) phrase {
	if alias := n.alias(fact.Place{Account: id}); alias != "" {
		return name(alias)
	}
	return name(id)
}

func (n names) place(at fact.Place) phrase {
	if alias := n.alias(at); alias != "" {
		return name(alias)
	}
	if at.Region == "" {
		return n.account(at.Account)
	}
	return cat(n.account(at.Account), words("/"), name(at.Region))
}

// owner names whose object it is, where that is not clear.
func (n names) owner(o fact.Object, at fact.Place) phrase {
	if !n.several {
		return nil
	}
	return cat(words(" of "), n.place(fact.Place{Account: o.Catalog, Region: at.Region}))
}

// principal is short and says where somebody is: role/Analyst in analytics.
func (n names) principal(p string) phrase {
	id, everybody := strings.CutSuffix(p, ":IAMPrincipals")
	switch {
	case everybody:
		return cat(words("every IAM principal of "), n.account(id))
	case isAccount(p):
		return cat(words("account "), n.account(p))
	case strings.HasPrefix(p, "ou-"):
		return cat(words("unit "), name(p))
	case strings.HasPrefix(p, "o-"):
		return cat(words("organization "), name(p))
	case strings.HasPrefix(p, "arn:"):
		return n.arn(p)
	}
	return name(p)
}

func (n names) arn(arn string) phrase {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[5] == "" {
		return name(arn)
	}
	service, account, resource := parts[2], parts[4], parts[5]
	last := resource[strings.LastIndex(resource, "/")+1:]
	switch {
	case service == "organizations" && strings.HasPrefix(resource, "ou/"):
		return cat(words("unit "), name(last))
	case service == "organizations" && strings.HasPrefix(resource, "organization/"):
		return cat(words("organization "), name(last))
	case account == "":
		return name(arn)
	case service == "iam" || service == "sts":
		return cat(name(resource), words(" in "), n.account(account))
	}
	return cat(name(service+" "+resource), words(" in "), n.account(account))
}

// writer is who made or last changed something, as far as AWS tells.
func (n names) writer(r fact.Row) phrase {
	by := words("written by somebody AWS does not name")
	if r.Writer != "" {
		by = cat(words("written by "), n.principal(r.Writer))
	}
	if r.UpdatedAt.IsZero() {
		return by
	}
	return cat(by, words(", "+day(r.UpdatedAt)))
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}
