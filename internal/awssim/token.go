package awssim

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// webToken is what a JSON web token claims. Its signature is not checked.
type webToken map[string]any

func parseToken(token string) (webToken, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, false
	}
	var claims webToken
	if err := json.Unmarshal(text, &claims); err != nil {
		return nil, false
	}
	return claims, claims.issuer() != ""
}

func (t webToken) issuer() string {
	issuer, _ := t["iss"].(string) //nolint:errcheck // an issuer that is no string is none
	return issuer
}

// host is the issuer as in the ARN of its provider.
func (t webToken) host() string { return strings.TrimPrefix(t.issuer(), "https://") }

// claim is one claim as condition values.
func (t webToken) claim(name string) ([]string, bool) {
	switch v := t[name].(type) {
	case string:
		return []string{v}, true
	case []any:
		var out []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out, true
	}
	return nil, false
}

// expired is when the token ended, if it has.
func (t webToken) expired(now time.Time) (time.Time, bool) {
	seconds, ok := t["exp"].(float64)
	ends := time.Unix(int64(seconds), 0)
	return ends, ok && !now.Before(ends)
}
