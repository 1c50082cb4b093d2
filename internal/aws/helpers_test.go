package aws

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

const (
	producerID = "111122223333"
	consumerID = "444455556666"
	outsiderID = "777788889999"
	region     = "eu-west-1"
	etl        = "arn:aws:iam::111122223333:role/SalesEtl"
	analyst    = "arn:aws:iam::444455556666:role/Analyst"
	policyARN  = "arn:aws:iam::111122223333:policy/LakeFormationData"
	register   = "arn:aws:iam::111122223333:role/LakeFormationRegister"
)

var (
	producerAt = fact.Place{Account: producerID, Region: region}
	consumerAt = fact.Place{Account: consumerID, Region: region}
)

// twoAccounts is a producer with one database and a consumer that is not in its
// organization, so that shares have to be accepted.
const twoAccounts = `
clock: 2026-11-01T08:00:00Z
accounts:
  "111122223333":
    roles: {lakeshare-plan: {}, lakeshare-apply: {}, SalesEtl: {}, LakeFormationRegister: {}}
    policies:
      LakeFormationData:
        document: {Version: "2012-10-17", Statement: [{Sid: Old, Effect: Allow, Action: "s3:Get*", Resource: "arn:aws:s3:::old/<x>&*"}]}
    regions:
      eu-west-1:
        settings:
          version: "4"
          admins: [role/lakeshare-apply]
          read_only_admins: [role/lakeshare-plan]
        databases:
          sales:
            location: s3://acme-sales/tables
            tables:
              orders: {columns: [id, country, email], location: s3://acme-sales/tables/orders}
              customers: {columns: [id, country, email], location: s3://acme-sales/tables/customers}
              events: {columns: [id, country], location: s3://acme-sales/tables/events}
        registered:
          - {path: s3://acme-sales/landing, role: "arn:aws:iam::111122223333:role/LakeFormationRegister"}
  "444455556666":
    roles: {lakeshare-plan: {}, lakeshare-apply: {}, Analyst: {}, Other: {}}
    regions:
      eu-west-1:
        settings:
          version: "4"
          admins: [role/lakeshare-apply]
          read_only_admins: [role/lakeshare-plan]
        databases:
          own: {tables: {plain: {columns: [id], location: s3://acme-analytics/plain}}}
  "777788889999":
    roles: {Partner: {}}
    regions: {eu-west-1: {}}
`

// clock is a clock that only waiting moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(max(d, time.Second))
	return ctx.Err()
}

// lab is a simulated AWS with a clock that waiting moves.
type lab struct {
	t      *testing.T
	server *awssim.Server
	clock  *clock
}

func newLab(t *testing.T, options awssim.Options, edit ...func(*awssim.World)) *lab {
	t.Helper()
	w, err := awssim.ParseWorld([]byte(twoAccounts))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edit {
		e(w)
	}
	c := &clock{now: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
	if options.Now == nil {
		options.Now = c.Now
	}
	server, err := awssim.New(w, options)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{t: t, server: server, clock: c}
}

func accounts() []fact.Account {
	return []fact.Account{
		{
			Place: producerAt, Alias: "sales",
			PlanRole:  "arn:aws:iam::111122223333:role/lakeshare-plan",
			ApplyRole: "arn:aws:iam::111122223333:role/lakeshare-apply",
			Storage: fact.StorageRules{
				Paths: []string{"s3://acme-sales/tables", "s3://acme-sales/landing"}, Role: register, Policy: policyARN,
			},
		},
		{
			Place: consumerAt, Alias: "analytics",
			PlanRole:  "arn:aws:iam::444455556666:role/lakeshare-plan",
			ApplyRole: "arn:aws:iam::444455556666:role/lakeshare-apply",
		},
	}
}

func (l *lab) cloud(phase Phase) *Cloud {
	return New(Config{
		Accounts: accounts(), Phase: phase, Session: "lakeshare-1-abc", Simulator: l.server,
		Now: l.clock.Now, Sleep: l.clock.Sleep,
	})
}

func (l *lab) read(c *Cloud, wanted fact.Set, more ...fact.Key) fact.Live {
	l.t.Helper()
	live, err := c.Read(l.t.Context(), fact.Query{Keys: append(wanted.Keys(), more...), Wanted: wanted})
	if err != nil {
		l.t.Fatalf("Read: %v", err)
	}
	return live
}

// mustProve fails the test if something could not be read.
func mustProve(t *testing.T, live fact.Live) fact.Live {
	t.Helper()
	for _, k := range fact.SortedKeys(live.Unread) {
		t.Errorf("unread: %s: %v", k, live.Unread[k])
	}
	return live
}

// make makes what is missing, and returns what is live afterwards.
func (l *lab) make(wanted fact.Set) fact.Live {
	l.t.Helper()
	c := l.cloud(Applying)
	before := mustProve(l.t, l.read(c, wanted))
	l.apply(c, missing(wanted, before))
	after := mustProve(l.t, l.read(c, wanted))
	if diff := cmp.Diff(wanted, restrict(after, wanted)); diff != "" {
		l.t.Errorf("read(apply(x)) is not x (-want +got):\n%s", diff)
	}
	return after
}

// missing returns the operations that make what is wanted and not live.
func missing(wanted fact.Set, live fact.Live) []fact.Op {
	var ops []fact.Op
	for _, k := range wanted.Keys() {
		row, ok := live.Rows[k]
		switch {
		case !ok:
			ops = append(ops, fact.Op{Verb: fact.Make, Key: k, Body: wanted[k]})
		case row.Body != wanted[k]:
			ops = append(ops, fact.Op{Verb: fact.Change, Key: k, Body: wanted[k], Old: row.Body})
		}
	}
	return ops
}

func drops(set fact.Set) []fact.Op {
	var ops []fact.Op
	for _, k := range set.Keys() {
		ops = append(ops, fact.Op{Verb: fact.Drop, Key: k, Body: set[k]})
	}
	return ops
}

// apply carries operations out and fails the test if one of them fails.
func (l *lab) apply(c *Cloud, ops []fact.Op) {
	l.t.Helper()
	for _, o := range c.Apply(l.t.Context(), ops, nil) {
		if o.Err != nil {
			l.t.Errorf("%s %s: %v", o.Op.Verb, o.Op.Key, o.Err)
		}
	}
}

// restrict keeps what is live of the wanted keys.
func restrict(live fact.Live, wanted fact.Set) fact.Set {
	set := fact.Set{}
	for k := range wanted {
		if row, ok := live.Rows[k]; ok {
			set[k] = row.Body
		}
	}
	return set
}

// calls counts the calls since the last reset, and names them.
func (l *lab) calls() (n int, text string) {
	counts := map[string]int{}
	var order []string
	for _, c := range l.server.Calls() {
		name := c.Account + " " + c.Service + ":" + c.Operation
		if counts[name] == 0 {
			order = append(order, name)
		}
		counts[name]++
		n++
	}
	var b strings.Builder
	for _, name := range order {
		fmt.Fprintf(&b, "%4d %s\n", counts[name], name)
	}
	return n, b.String()
}

// count counts calls of one operation.
func (l *lab) count(operation string) int {
	n := 0
	for _, c := range l.server.Calls() {
		if c.Operation == operation {
			n++
		}
	}
	return n
}

func (l *lab) writes() []string {
	var names []string
	for _, c := range l.server.Calls() {
		if c.Writes && c.Operation != "AssumeRole" {
			names = append(names, c.Operation)
		}
	}
	return names
}

// faulty answers one operation in one account as if nothing were there.
type faulty struct {
	server    *awssim.Server
	operation string
	account   string
}

func (f faulty) transport(t *testing.T) http.RoundTripper {
	t.Helper()
	w := f.server.Snapshot()
	w.Clock = nil
	server, err := awssim.New(w, awssim.Options{OnCall: func(c awssim.Call) *awssim.Fault {
		if c.Operation == f.operation && c.Account == f.account {
			return &awssim.Fault{Code: "EntityNotFoundException", Message: "Table not found."}
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return server
}
