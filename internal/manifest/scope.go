package manifest

import (
	"path"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// scopeOf returns the entry that rules a database: the exact name, then the
// longest pattern. Two patterns of one length that both match are reported in
// the second result.
func (a Account) scopeOf(database string) (best DatabaseScope, rival DatabaseScope, ok bool) {
	for _, s := range a.Databases {
		if !fact.Match(s.Pattern.Value, database) {
			continue
		}
		switch {
		case !ok || fact.MoreExact(s.Pattern.Value, best.Pattern.Value):
			best, rival, ok = s, DatabaseScope{}, true
		case !fact.MoreExact(best.Pattern.Value, s.Pattern.Value):
			rival = s
		}
	}
	return best, rival, ok
}

// inScope reports a database that the account's scope does not hold, or that
// only other files may name. It returns the entry that rules the database.
func (c *compiler) inScope(share *Share, a Account, database string, pos diag.Pos) (DatabaseScope, bool) {
	s, rival, ok := a.scopeOf(database)
	switch {
	case !ok:
		c.findings.Add(ruleOutsideScope, pos,
			"add it to accounts."+a.Alias.Value+".databases in lakeshare.yaml"+near(database, a.patterns()),
			"database %s is not in the scope of account %s", database, a.Alias.Value)
		return s, false
	case rival.Pattern.Set():
		c.findings = append(c.findings, diag.Finding{
			Rule: ruleAmbiguousScope, Pos: pos, Other: rival.Pattern.Pos,
			Message: "database " + database + " matches two patterns of the same length, " + s.Pattern.Value + " and " + rival.Pattern.Value,
			Hint:    "add the exact name to accounts." + a.Alias.Value + ".databases",
		})
		return s, false
	case !below(share.File, s.Manifests.Value):
		c.wrongFile(share, "database "+database, s.Manifests, pos)
		return s, false
	}
	return s, true
}

// pathInScope reports a location that storage.paths does not cover, or that only other files may name.
func (c *compiler) pathInScope(share *Share, a Account, location Text) bool {
	if a.storageRules().Covering(location.Value) == "" {
		c.findings.Add(ruleOutsideScope, location.Pos,
			"add a path that covers it to accounts."+a.Alias.Value+".storage.paths in lakeshare.yaml",
			"location %s is not in storage.paths of account %s", location.Value, a.Alias.Value)
		return false
	}
	if !below(share.File, a.Storage.Manifests.Value) {
		c.wrongFile(share, "location "+location.Value, a.Storage.Manifests, location.Pos)
		return false
	}
	return true
}

func (c *compiler) wrongFile(share *Share, what string, manifests Text, pos diag.Pos) {
	c.findings = append(c.findings, diag.Finding{
		Rule: ruleWrongFile, Pos: pos, Other: manifests.Pos,
		Message: what + " may only be named by files below " + manifests.Value,
		Hint:    "move the share to " + path.Join(manifests.Value, path.Base(share.File)),
	})
}

func (a Account) patterns() []string {
	var out []string
	for _, d := range a.Databases {
		out = append(out, d.Pattern.Value)
	}
	return out
}

func (a Account) storageRules() fact.StorageRules {
	r := fact.StorageRules{Role: a.Storage.Role.Value, ServiceLinked: a.Storage.ServiceLinked, Policy: a.Storage.Policy.Value}
	for _, p := range a.Storage.Paths {
		r.Paths = append(r.Paths, p.Value)
	}
	return r
}

func (a Account) place() fact.Place { return fact.Place{Account: a.ID.Value, Region: a.Region.Value} }

// below reports whether a file lies below a folder; "" is every folder.
func below(file, folder string) bool {
	return folder == "" || strings.HasPrefix(file, strings.TrimSuffix(folder, "/")+"/")
}

func near(name string, candidates []string) string {
	if n := diag.DidYouMean(name, candidates); n != "" {
		return "; " + n
	}
	return ""
}
