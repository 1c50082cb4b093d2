package scenario

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// form is a recipient form of a share.
type form struct {
	to string // recipient, with %s for what else it gets
	// reader is who may read in the end; onward is the account whose admin has to
	// accept and grant on by hand, "" where lakeshare does it all.
	reader string
	onward string
}

func forms() map[string]form {
	return map[string]form{
		"own account":                     {to: "  - {account: sales, principals: [role/Reader]%s}", reader: producer + ":role/Reader"},
		"account inside the organization": {to: "  - {account: inside, principals: [role/Reader]%s}", reader: inside + ":role/Reader"},
		"account outside":                 {to: "  - {account: outside, principals: [role/Reader]%s}", reader: outside + ":role/Reader"},
		"direct":                          {to: "  - {account: outside, principals: [role/Reader], direct: true%s}", reader: outside + ":role/Reader"},
		"direct inside":                   {to: "  - {account: inside, principals: [role/Reader], direct: true%s}", reader: inside + ":role/Reader"},
		"organization":                    {to: "  - {organization: o-abcdef1234%s}", reader: inside + ":role/Reader", onward: inside},
		"account not in lakeshare.yaml":   {to: `  - {account: "888899990000", principals: [role/Reader]%s}`, reader: stranger + ":role/Reader", onward: stranger},
	}
}

// content is what a share shares.
type content struct {
	tables string
	more   string   // keys of the recipient
	reads  []string // what the reader reads, in the form of readable without its name
}

func contents() map[string]content {
	all := " rows 1,2"
	return map[string]content{
		"whole table":         {tables: "{orders: {}}", reads: []string{"sales.orders columns country,id" + all}},
		"columns":             {tables: "{customers: {columns: [id, country]}}", reads: []string{"sales.customers columns country,id rows 10,11"}},
		"rows":                {tables: `{customers: {rows: "country = 'DE'"}}`, reads: []string{"sales.customers columns country,email,id rows 10"}},
		"all tables":          {tables: `"*"`, reads: []string{"sales.customers columns country,email,id rows 10,11", "sales.orders columns country,id" + all}},
		"database permission": {more: ", database: [CREATE_TABLE]"},
		"location":            {more: ", locations: [s3://acme-sales/landing/in]"},
	}
}

func TestEveryFormOfShareFromFirstApplyToTheLast(t *testing.T) {
	t.Parallel()
	for formName, f := range forms() {
		for contentName, c := range contents() {
			t.Run(formName+", "+contentName, func(t *testing.T) {
				t.Parallel()
				lifeOfShare(t, f, c)
			})
		}
	}
}

// lifeOfShare shares, looks who reads, plans and applies again, takes the share
// away and looks that everything else is as it was.
func lifeOfShare(t *testing.T, f form, c content) {
	l := newLab(t, baseWorld, awssim.Options{})
	l.commit(map[string]string{"lakeshare.yaml": baseConfig})
	l.mustApply()
	grants := grantsOf(l.server)
	l.commit(map[string]string{"shares/s.yaml": share(c.tables, strings.Replace(f.to, "%s", c.more, 1))})
	r := l.mustApply()
	if f.onward != "" {
		if got := readable(l.server); len(got) > 0 {
			t.Errorf("before the other side has gone on, somebody reads: %v", got)
		}
		l.goOn(f.onward, r.Plan.Waiting, c)
	}
	var want []string
	for _, reads := range c.reads {
		want = append(want, f.reader+" "+reads)
	}
	if diff := cmp.Diff(want, readable(l.server)); diff != "" {
		t.Errorf("who reads what (-want +got):\n%s", diff)
	}
	if p := l.plan(); !p.Empty() {
		t.Errorf("the second plan is not empty: %v %v", p.Changes, p.Blocked)
	}
	l.server.ResetCalls()
	l.mustApply()
	if w := l.writes(); len(w) > 0 {
		t.Errorf("the second apply writes: %v", w)
	}
	l.commit(map[string]string{"shares/s.yaml": ""})
	l.mustApply()
	if got := readable(l.server); len(got) > 0 {
		t.Errorf("after the share is gone, somebody reads: %v", got)
	}
	after := grantsOf(l.server)
	for _, g := range grants {
		if !slices.Contains(after, g) {
			t.Errorf("this grant was there before, and is not as it was: %s", g)
		}
	}
}

// goOn does what the owner of another account does: accept what is pending, and
// grant on what the plan's waiting list says, or for an organization what a
// member's admin would.
func (l *lab) goOn(account string, waits []fact.Wait, c content) {
	l.t.Helper()
	var invitations struct {
		ResourceShareInvitations []struct{ ResourceShareInvitationArn, Status string }
	}
	if err := json.Unmarshal(l.mustByHand(account, "ram", "GetResourceShareInvitations", map[string]any{}), &invitations); err != nil {
		l.t.Fatal(err)
	}
	for _, i := range invitations.ResourceShareInvitations {
		if i.Status == "PENDING" {
			l.mustByHand(account, "ram", "AcceptResourceShareInvitation", map[string]any{"resourceShareInvitationArn": i.ResourceShareInvitationArn})
		}
	}
	_ = l.clock.sleep(context.Background(), 60e9)
	for _, w := range waits {
		for _, command := range w.Commands {
			l.runGrantCommand(account, command)
		}
	}
	if account == inside {
		l.grantAsMember(account, c)
	}
}

// runGrantCommand runs an aws lakeformation grant-permissions command line.
func (l *lab) runGrantCommand(account, command string) {
	l.t.Helper()
	words := strings.SplitN(command, "'", 5)
	if !strings.HasPrefix(command, "aws lakeformation grant-permissions ") || len(words) != 5 {
		return
	}
	_, principal, _ := strings.Cut(words[0], "DataLakePrincipalIdentifier=")
	principal, _, _ = strings.Cut(principal, " ")
	l.mustByHand(account, "lakeformation", "GrantPermissions", map[string]any{
		"Principal":   map[string]string{"DataLakePrincipalIdentifier": principal},
		"Resource":    json.RawMessage(words[1]),
		"Permissions": json.RawMessage(words[3]),
	})
}

// grantAsMember grants to the reader what an organization shares with its members.
func (l *lab) grantAsMember(account string, c content) {
	l.t.Helper()
	table := map[string]any{"CatalogId": producer, "DatabaseName": "sales", "Name": "orders"}
	resource := map[string]any{"Table": table}
	switch {
	case c.tables == "":
		return
	case strings.HasPrefix(c.tables, "{customers"):
		resource = map[string]any{"DataCellsFilter": map[string]any{"TableCatalogId": producer, "DatabaseName": "sales", "TableName": "customers", "Name": "s"}}
	case c.tables == `"*"`:
		delete(table, "Name")
		table["TableWildcard"] = map[string]any{}
	}
	l.mustByHand(account, "lakeformation", "GrantPermissions", map[string]any{
		"Principal":   map[string]string{"DataLakePrincipalIdentifier": "arn:aws:iam::" + account + ":role/Reader"},
		"Resource":    resource,
		"Permissions": []string{"SELECT"},
	})
}
