package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// ignoreLine is the line of lakeshare.yaml that makes the drift check ignore
// what it found: by the role that wrote it, else by who holds it. ""
// where no pattern would mean just that, since * in a name stands for anything,
// and for what lakeshare's own roles wrote: it would hide what they leave behind.
func (n names) ignoreLine(notes []plan.Note) string {
	var patterns []string
	for _, x := range notes {
		switch p := x.Key.Principal; {
		case n.own(x.Live.Writer):
		case strings.Contains(x.Live.Writer, ":role/"): // somebody's tool; a person writes other things too
			patterns = append(patterns, "writer:"+x.Live.Writer)
		case p != "":
			patterns = append(patterns, "grantee:"+p)
		}
	}
	patterns = slices.DeleteFunc(unique(patterns), func(p string) bool { return strings.Contains(p, "*") })
	if len(patterns) == 0 {
		return ""
	}
	return "ignore: [" + strings.Join(each(patterns, yamlString), ", ") + "]"
}

// own reports whether a role is one that lakeshare acts with.
func (n names) own(role string) bool {
	return role != "" && slices.ContainsFunc(n.accounts, func(a fact.Account) bool { return role == a.PlanRole || role == a.ApplyRole })
}

// yamlString is a string in double quotes that YAML reads back as it was, of
// characters that everybody sees.
func yamlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsPrint(r) && !blank(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
