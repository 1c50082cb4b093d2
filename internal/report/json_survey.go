package report

import (
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

const kindDrift = "drift"

type jsonSurveyDocument struct {
	header
	Accounts []jsonAccount `json:"accounts"`
	Tip      string        `json:"tip"`
	Base     string        `json:"base"`
	Started  []string      `json:"started"`
	Drifts   int           `json:"drifts"`
	Missing  []jsonNote    `json:"missing"`
	Altered  []jsonNote    `json:"altered"`
	Strays   []jsonStray   `json:"strays"`
	Expiring []jsonExpiry  `json:"expiring"`
	Waiting  []jsonWait    `json:"waiting"`
	Unread   []jsonUnread  `json:"unread"`
	Pending  int           `json:"pending"`
	Ignored  int           `json:"ignored"`
	Done     int           `json:"done"`
}

type jsonStray struct {
	jsonNote
	Ignore string `json:"ignore,omitempty"` // the line of lakeshare.yaml
}

type jsonExpiry struct {
	Share string     `json:"share"`
	Owner string     `json:"owner"`
	Ends  *time.Time `json:"ends"`
	At    jsonOrigin `json:"at"`
}

type jsonUnread struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Alias   string `json:"alias,omitempty"`
	Because string `json:"because"`
}

// surveyDocument leaves out no expiring share: who reads JSON has a calendar.
func surveyDocument(s *plan.Survey, o Options) jsonSurveyDocument {
	n := o.names()
	note := func(x plan.Note) jsonNote { return n.noteJSON(x, nil) }
	return jsonSurveyDocument{
		header: header{jsonVersion, kindDrift}, Accounts: n.accountsJSON(),
		Tip: s.Tip, Base: s.Base, Started: each(s.Started, keep), Drifts: s.Drifts(),
		Missing: each(s.Missing, note), Altered: each(s.Altered, note),
		Strays: each(s.Strays, func(x plan.Note) jsonStray { return jsonStray{note(x), n.ignoreLine([]plan.Note{x})} }),
		Expiring: each(s.Expiring, func(e fact.Expiry) jsonExpiry {
			return jsonExpiry{Share: e.Origin.Share, Owner: e.Owner, Ends: timeJSON(e.Ends), At: originJSON(e.Origin)}
		}),
		Waiting: each(s.Waiting, n.waitJSON),
		Unread: each(s.Unread, func(u plan.Unread) jsonUnread {
			return jsonUnread{Account: u.At.Account, Region: u.At.Region, Alias: n.alias(u.At), Because: u.Why}
		}),
		Pending: s.Pending, Ignored: s.Ignored, Done: s.Done,
	}
}
