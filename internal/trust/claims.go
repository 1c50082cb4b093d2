package trust

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// GitHub is the host of the issuer of GitHub's tokens.
const GitHub = "token.actions.githubusercontent.com"

// evaluated are the claims of GitHub's tokens that STS compares with a trust
// policy. It takes no notice of the others, repository_owner among them, and a
// condition on one of them is a condition on a key that is never there.
var evaluated = []string{
	"aud", "sub", "amr", "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
	"repository_id", "workflow",
}

// knows reports whether STS compares a claim of this issuer. Of issuers other
// than GitHub it is not known here which ones.
func knows(issuer, claim string) bool { return issuer != GitHub || slices.Contains(evaluated, claim) }

// texts is one claim as a condition sees it.
func texts(claims map[string]any, name string) ([]string, bool) {
	switch v := claims[name].(type) {
	case nil:
		return nil, false
	case []any:
		out := []string{}
		for _, item := range v {
			out = append(out, text(item))
		}
		return out, true
	case []string:
		return v, true
	default:
		return []string{text(v)}, true
	}
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

func claim(claims map[string]any, name string) string {
	if values, ok := texts(claims, name); ok && len(values) > 0 {
		return values[0]
	}
	return ""
}

// Subject returns both forms of a token's subject: by names alone, and with the
// ids that never change behind the names. Either is "" if the token does not say
// enough to write it.
func Subject(claims map[string]any) (legacy, immutable string) {
	sub := claim(claims, "sub")
	rest, ok := strings.CutPrefix(sub, "repo:")
	names, what, found := strings.Cut(rest, ":")
	owner, name, slash := strings.Cut(names, "/")
	if !ok || !found || !slash {
		return "", ""
	}
	owner, _, _ = strings.Cut(owner, "@")
	name, _, _ = strings.Cut(name, "@")
	legacy = "repo:" + owner + "/" + name + ":" + what
	ownerID, id := claim(claims, "repository_owner_id"), claim(claims, "repository_id")
	if ownerID != "" && id != "" {
		immutable = "repo:" + owner + "@" + ownerID + "/" + name + "@" + id + ":" + what
	}
	return legacy, immutable
}
