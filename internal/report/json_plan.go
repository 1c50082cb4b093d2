package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

type jsonPlanDocument struct {
	header
	Accounts  []jsonAccount `json:"accounts"`
	LossLimit *int          `json:"loss_limit"` // null: no limit
	jsonPlan
}

// jsonPlan is a plan without its header; outcomes hold plans too.
type jsonPlan struct {
	Tip        string         `json:"tip"`
	Base       string         `json:"base"`
	Started    []string       `json:"started"`
	Empty      bool           `json:"empty"`
	Digest     string         `json:"digest"`
	Counts     map[string]int `json:"counts"`
	Gains      []jsonAccess   `json:"gains"`
	Losses     []jsonAccess   `json:"losses"`
	LostTables int            `json:"lost_tables"`
	Changes    []jsonChange   `json:"changes"`
	Blocked    []jsonBlocked  `json:"blocked"`
	Waiting    []jsonWait     `json:"waiting"`
	Adopted    []jsonNote     `json:"adopted"`
	Left       []jsonNote     `json:"left"`
	Drift      []jsonNote     `json:"drift"`
	Findings   []jsonFinding  `json:"findings"`
}

type jsonAccess struct {
	Principal   string     `json:"principal"`
	Account     string     `json:"account"`
	Region      string     `json:"region"`
	Alias       string     `json:"alias,omitempty"`
	Object      jsonObject `json:"object"`
	Permissions []string   `json:"permissions"`
	Columns     string     `json:"columns"`
	Rows        string     `json:"rows"`
	Tables      int        `json:"tables"`
	Keeps       []jsonPart `json:"keeps,omitempty"`
}

type jsonPart struct {
	Columns string `json:"columns"`
	Rows    string `json:"rows"`
}

type jsonChange struct {
	Verb        string       `json:"verb"`
	Row         string       `json:"row"`
	Key         jsonKey      `json:"key"`
	Body        jsonBody     `json:"body"`
	Old         *jsonBody    `json:"old,omitempty"`
	Needs       []jsonKey    `json:"needs"`
	Origins     []jsonOrigin `json:"origins"`
	Commit      string       `json:"commit,omitempty"`
	Why         string       `json:"why,omitempty"`
	Falls       []jsonKey    `json:"falls"`
	Exchange    bool         `json:"exchange"`
	StoragePath string       `json:"storage_path,omitempty"`
}

type jsonBlocked struct {
	Change  jsonChange `json:"change"`
	Need    *jsonKey   `json:"need,omitempty"`
	Because string     `json:"because"`
	Held    bool       `json:"held"`
	Unread  bool       `json:"unread"`
}

type jsonWait struct {
	Key      jsonKey    `json:"key"`
	Who      string     `json:"who"`
	What     string     `json:"what"`
	Until    *time.Time `json:"until"`
	Commands []string   `json:"commands"`
}

type jsonNote struct {
	Row         string       `json:"row"`
	Key         jsonKey      `json:"key"`
	Body        jsonBody     `json:"body"`
	Live        *jsonLive    `json:"live"` // null: nothing is there
	Origins     []jsonOrigin `json:"origins"`
	Why         string       `json:"why,omitempty"`
	StoragePath string       `json:"storage_path,omitempty"`
}

type jsonLive struct {
	Body      jsonBody   `json:"body"`
	Writer    string     `json:"writer"`
	UpdatedAt *time.Time `json:"updated_at"`
}

func planDocument(p *plan.Plan, lossLimit int, o Options) jsonPlanDocument {
	n := o.names()
	d := jsonPlanDocument{header: header{jsonVersion, kindPlan}, Accounts: n.accountsJSON(), jsonPlan: n.planJSON(p)}
	if lossLimit >= 0 {
		d.LossLimit = &lossLimit
	}
	return d
}

func (n names) accountsJSON() []jsonAccount {
	accounts := slices.Clone(n.accounts)
	slices.SortStableFunc(accounts, func(a, b fact.Account) int { return cmp.Compare(a.Alias, b.Alias) })
	return each(accounts, func(a fact.Account) jsonAccount {
		return jsonAccount{Account: a.Place.Account, Region: a.Place.Region, Alias: a.Alias}
	})
}

func (n names) planJSON(p *plan.Plan) jsonPlan {
	j := jsonPlan{
		Tip: p.Tip, Base: p.Base, Started: each(p.Started, keep), Empty: p.Empty(), Digest: p.Digest(),
		Counts: map[string]int{}, LostTables: p.LostTables(),
		Gains: each(p.Gains, n.accessJSON), Losses: each(p.Losses, n.accessJSON),
		Waiting:  each(p.Waiting, n.waitJSON),
		Findings: each(p.Findings.Sorted(), findingJSON),
	}
	for _, r := range plan.Rows() {
		j.Counts[r.String()] = p.Counts[r] // encoding/json sorts keys
	}
	change := func(c plan.Change) jsonChange { return n.changeJSON(c, p.Paths) }
	note := func(x plan.Note) jsonNote { return n.noteJSON(x, p.Paths) }
	j.Changes = each(p.Changes, change)
	j.Blocked = each(p.Blocked, func(b plan.Blocked) jsonBlocked {
		j := jsonBlocked{Change: change(b.Change), Because: b.Why, Held: b.Held, Unread: b.Unread}
		if b.Need != (fact.Key{}) {
			need := n.keyJSON(b.Need)
			j.Need = &need
		}
		return j
	})
	j.Adopted, j.Left, j.Drift = each(p.Adopted, note), each(p.Left, note), each(p.Drift, note)
	return j
}

func (n names) accessJSON(a plan.Access) jsonAccess {
	return jsonAccess{
		Principal: a.Principal, Account: a.At.Account, Region: a.At.Region, Alias: n.alias(a.At),
		Object: objectJSON(a.Object), Permissions: each(a.Permissions, keep), Columns: a.Columns, Rows: a.Rows, Tables: a.Tables,
		Keeps: each(a.Keeps, func(p plan.Part) jsonPart { return jsonPart(p) }),
	}
}

func (n names) changeJSON(c plan.Change, paths map[fact.Key]string) jsonChange {
	k := c.Op.Key
	j := jsonChange{
		Verb: c.Op.Verb.String(), Row: c.Row.String(), Key: n.keyJSON(k), Body: bodyJSON(k.Kind, c.Op.Body),
		Needs: n.keysJSON(c.Op.Needs), Origins: each(c.Origins, originJSON), Commit: c.Commit, Why: c.Why,
		Falls: n.keysJSON(c.Falls), Exchange: c.Exchange, StoragePath: paths[k],
	}
	if c.Op.Verb == fact.Change {
		old := bodyJSON(k.Kind, c.Op.Old)
		j.Old = &old
	}
	return j
}

func (n names) waitJSON(w fact.Wait) jsonWait {
	return jsonWait{Key: n.keyJSON(w.Key), Who: w.Who, What: w.What, Until: timeJSON(w.Until), Commands: each(w.Commands, keep)}
}

func (n names) noteJSON(x plan.Note, paths map[fact.Key]string) jsonNote {
	j := jsonNote{
		Row: x.Row.String(), Key: n.keyJSON(x.Key), Body: bodyJSON(x.Key.Kind, x.Body),
		Origins: each(x.Origins, originJSON), Why: x.Why, StoragePath: paths[x.Key],
	}
	if x.Row != plan.Missing && x.Live != (fact.Row{}) {
		j.Live = &jsonLive{Body: bodyJSON(x.Key.Kind, x.Live.Body), Writer: x.Live.Writer, UpdatedAt: timeJSON(x.Live.UpdatedAt)}
	}
	return j
}
