package report

import (
	"strconv"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// noun is a word with its plural.
type noun struct{ one, many string }

func (n noun) of(count int) string {
	if count == 1 {
		return n.one
	}
	return n.many
}

func (n noun) count(count int) string { return grouped(count) + " " + n.of(count) }

// grouped writes 4312 as 4,312.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func regular(one string) noun { return noun{one, one + "s"} }

// kindNoun is what people call facts of a kind.
func kindNoun(k fact.Kind) noun {
	switch k {
	case fact.Filter:
		return regular("filter")
	case fact.OwnGrant:
		return regular("grant")
	case fact.Storage:
		return regular("storage registration")
	case fact.StoragePath:
		return noun{"path in the storage policy", "paths in the storage policy"}
	case fact.LocationGrant:
		return regular("location grant")
	case fact.Enforced:
		return noun{"end of IAM access", "ends of IAM access"}
	case fact.AccountGrant:
		return regular("cross-account grant")
	case fact.Accepted:
		return noun{"acceptance", "acceptances"}
	case fact.Container:
		return regular("container")
	case fact.Link:
		return regular("link")
	case fact.ConsumerGrant:
		return regular("consumer grant")
	}
	return regular("fact")
}

func objectNoun(t fact.ObjectType) noun {
	switch t {
	case fact.Database:
		return regular("database")
	case fact.Table, fact.Tables:
		return regular("table")
	case fact.FilteredRows:
		return regular("filter")
	case fact.Location:
		return regular("location")
	}
	return regular("object")
}

// short is a commit or digest as people quote it.
func short(hash string, length int, verbose bool) string {
	if verbose || len(hash) <= length {
		return hash
	}
	return hash[:length]
}

const (
	commitLength = 10
	digestLength = 16
)

// day is a date for people; midnight is the end of a day, not a time.
func day(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return moment(t)
}

// moment is a time for people, to the minute.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
