package fact

import "strings"

// Account is how to reach one account in one region, and what lakeshare may do
// to its storage. It comes from lakeshare.yaml.
type Account struct {
	Place     Place
	Alias     string // name in lakeshare.yaml
	PlanRole  string // ARN; "" means the ambient credentials
	ApplyRole string
	Storage   StorageRules
}

// StorageRules says which paths of an account may be registered, and how.
type StorageRules struct {
	Paths         []string // s3://bucket/prefix without a slash at the end
	Role          string   // ARN that Lake Formation reads and writes with
	ServiceLinked bool     // the service-linked role instead of Role
	Policy        string   // ARN of the managed policy that lists the paths; "" for none
}

// Covering returns the longest entry of Paths that covers path, or "".
func (s StorageRules) Covering(path string) string {
	best := ""
	for _, p := range s.Paths {
		if Covers(p, path) && len(p) > len(best) {
			best = p
		}
	}
	return best
}

// Covers reports whether the path lies at or below prefix. Both are written
// without a slash at the end.
func Covers(prefix, path string) bool {
	return path == prefix || (len(path) > len(prefix) && path[:len(prefix)] == prefix && path[len(prefix)] == '/')
}

// NormalPath brings s3://b/p/, s3a://b/p and arn:aws:s3:::b/p into one form:
// s3://b/p, without a slash at the end [6.2].
func NormalPath(path string) string {
	for _, prefix := range []string{"s3://", "s3a://", "s3n://", "arn:aws:s3:::"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return "s3://" + strings.TrimRight(rest, "/")
		}
	}
	return path
}

// AccountOf returns the account id of an ARN, or "" where it has none.
func AccountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
