package scenario

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
)

// story is a sequence of commits; the last one is applied under fire.
type story struct {
	world   string
	commits []map[string]string
}

func commits(c ...map[string]string) story { return story{world: baseWorld, commits: c} }

func file(text string) map[string]string { return map[string]string{"shares/s.yaml": text} }

// stories are the named scenarios that are killed after every call.
func stories() map[string]story {
	reader := func(account string) string { return "  - {account: " + account + ", principals: [role/Reader]}" }
	whole, columns := share("{customers: {}}", reader("inside")), share("{customers: {columns: [id, country]}}", reader("inside"))
	return map[string]story{
		"a table for an account in the organization":    commits(file(share("{orders: {}}", reader("inside")))),
		"a table for an account with an invitation":     commits(file(share("{orders: {}}", reader("outside")))),
		"rows for a principal directly":                 commits(file(share("{customers: {rows: \"country = 'DE'\"}}", "  - {account: outside, principals: [role/Reader], direct: true}"))),
		"all tables for an organization and an account": commits(file(share(`"*"`, "  - {organization: o-abcdef1234}\n"+reader("inside")))),
		"writers in the own account": commits(file(share("{orders: {}}",
			"  - {account: sales, principals: [role/Reader], permissions: [SELECT, INSERT], database: [CREATE_TABLE], locations: [s3://acme-sales/landing/in]}"))),
		"a location for another account":  commits(file(share("", "  - {account: inside, principals: [role/Reader], locations: [s3://acme-sales/landing/in]}"))),
		"from the whole table to columns": commits(file(whole), file(columns)),
		"from columns to the whole table": commits(file(columns), file(whole)),
		"fewer columns":                   commits(file(columns), file(share("{customers: {columns: [id]}}", reader("inside")))),
		"more columns while one principal goes": commits(
			file(share("{customers: {columns: [id]}}", "  - {account: inside, principals: [role/Reader, role/Other]}")),
			file(columns)),
		"the file gets another name": commits(file(columns), map[string]string{"shares/s.yaml": "", "shares/t.yaml": columns}),
		"the link gets another target": commits(
			file(share("{orders: {}}", "  - {account: inside, principals: [role/Reader], link: {container: x_shared, table: it}}")),
			file(share("{customers: {}}", "  - {account: inside, principals: [role/Reader], link: {container: x_shared, table: it}}"))),
		"everything goes": commits(
			map[string]string{"shares/s.yaml": whole, "shares/t.yaml": share(`"*"`, reader("outside"))},
			map[string]string{"shares/s.yaml": "", "shares/t.yaml": ""}),
		"the grant option goes": commits(
			file(share("{orders: {}}", "  - {account: sales, principals: [role/Reader], grantable: true}")),
			file(share("{orders: {}}", "  - {account: sales, principals: [role/Reader]}"))),
	}
}

// play plays the commits before the last one, and commits the last one.
func (s story) play(t testing.TB, direct bool) *lab {
	var l *lab
	if direct {
		l = newDirectLab(t, s.world, awssim.Options{})
	} else {
		l = newLab(t, s.world, awssim.Options{})
	}
	for i, c := range s.commits {
		if i == 0 {
			c = maps.Clone(c)
			c["lakeshare.yaml"] = baseConfig
		}
		l.commit(c)
		if i < len(s.commits)-1 {
			l.mustApply()
		}
	}
	return l
}

// killer lets a number of calls pass and then cuts the run off: nothing of it goes on.
type killer struct {
	next   http.RoundTripper
	mu     sync.Mutex
	left   int
	cancel context.CancelCauseFunc
}

func (k *killer) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left <= 0 {
		k.cancel(errKilled)
		return nil, errKilled
	}
	k.left--
	return k.next.RoundTrip(r)
}

func TestKilledAfterEveryCallTheNextRunFinishes(t *testing.T) {
	t.Parallel()
	for name, s := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := s.play(t, true)
			whole.server.ResetCalls()
			whole.mustApply()
			calls, want := len(whole.server.Calls()), whole.state()
			for k := range calls {
				l := s.play(t, true)
				ctx, cancel := context.WithCancelCause(context.Background())
				l.wire = &killer{next: l.server, left: k, cancel: cancel}
				_, _ = l.apply(ctx)
				cancel(nil)
				l.wire = l.server
				l.mustApply()
				if diff := cmp.Diff(want, l.state()); diff != "" {
					t.Fatalf("killed after call %d of %d, the end is another one (-want +got):\n%s", k, calls, diff)
				}
			}
		})
	}
}

// state is everything that an apply can change, one line each.
func (l *lab) state() []string {
	var out []string
	for _, a := range l.atoms("") {
		out = append(out, fmt.Sprintf("grant %+v", a))
	}
	for id, a := range l.server.Snapshot().Accounts {
		for name, p := range a.Policies {
			for _, v := range p.Versions {
				if v.Default {
					out = append(out, fmt.Sprintf("policy %s %s %s", id, name, v.Document))
				}
			}
		}
		for _, r := range a.Regions {
			for _, reg := range r.Registered {
				out = append(out, "registered "+id+" "+reg.Path+" "+reg.Role)
			}
			for _, f := range r.Filters {
				out = append(out, fmt.Sprintf("filter %s %+v %s %v %v %s", id, f.Table, f.Name, f.Columns, f.Except, f.Rows))
			}
			for database, d := range r.Databases {
				out = append(out, fmt.Sprintf("database %s %s default %q target %v", id, database, d.TableDefault, d.Target))
				for table, tb := range d.Tables {
					out = append(out, fmt.Sprintf("table %s %s.%s target %v", id, database, table, tb.Target))
				}
			}
		}
	}
	out = append(out, readable(l.server)...)
	slices.Sort(out)
	return out
}
