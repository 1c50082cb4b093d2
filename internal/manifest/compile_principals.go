package manifest

import (
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// principals resolves the principals of an account recipient to ARNs, each once.
func (c *compiler) principals(r *Recipient, account Account) ([]principal, bool) {
	var out []principal
	seen := map[string]bool{}
	before := len(c.findings)
	for _, t := range r.Principals {
		for _, arn := range c.arns(t, account) {
			if of := fact.AccountOf(arn); of != "" && of != account.ID.Value {
				c.findings.Add(ruleWrongAccount, t.Pos, "name it under a recipient with account: \""+of+"\"",
					"%s is a principal of account %s, not of %s", arn, of, account.ID.Value)
				continue
			}
			if !seen[arn] {
				seen[arn] = true
				out = append(out, principal{arn: arn, pos: t.Pos})
			}
		}
	}
	return out, len(c.findings) == before
}

// arns resolves one entry: role/Path/Name, user/Path/Name, a whole ARN or a name from principals.
func (c *compiler) arns(t Text, account Account) []string {
	switch {
	case strings.HasPrefix(t.Value, "arn:"):
		return []string{t.Value}
	case strings.HasPrefix(t.Value, "role/"), strings.HasPrefix(t.Value, "user/"):
		return []string{"arn:aws:iam::" + account.ID.Value + ":" + t.Value}
	}
	var names []string
	for _, g := range c.tree.Config.Principals {
		if g.Name.Value == t.Value {
			return values(g.Members)
		}
		names = append(names, g.Name.Value)
	}
	hint := diag.DidYouMean(t.Value, names)
	if hint == "" {
		hint = "write role/NAME or user/NAME, a whole ARN, or a name from principals in lakeshare.yaml"
	}
	c.findings.Add(ruleUnknownPrincipal, t.Pos, hint, "%s is neither role/NAME, user/NAME, an ARN nor a name from principals", t.Value)
	return nil
}

// isIAM reports whether the ARN is a role or a user.
func isIAM(arn string) bool {
	return strings.Contains(arn, ":iam::") && (strings.Contains(arn, ":role/") || strings.Contains(arn, ":user/"))
}
