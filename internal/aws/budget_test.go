package aws

import (
	"fmt"
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// ready gives the producer and the consumer what a first share leaves behind.
func ready(w *awssim.World) {
	sales := w.Accounts[producerID].Regions[region]
	sales.Registered = append(sales.Registered, awssim.Registered{Path: "s3://acme-sales/tables", Role: register})
	analytics := w.Accounts[consumerID].Regions[region]
	analytics.Databases["sales_shared"] = &awssim.Database{}
}

func TestPlanningOneNewShareTakesFewCalls(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, ready)
	live := mustProve(t, l.read(l.cloud(Planning), shareOf("orders")))
	n, text := l.calls()
	t.Logf("%d calls\n%s", n, text)
	if n > 15 {
		t.Errorf("planning one share took %d calls, want at most 15:\n%s", n, text)
	}
	if len(live.Absent)+len(live.Warnings)+len(live.Waits) > 0 {
		t.Errorf("found %v %v %v", live.Absent, live.Warnings, live.Waits)
	}
	if w := l.writes(); len(w) > 0 {
		t.Errorf("planning wrote %v", w)
	}
}

func TestFirstApplyOfHundredTablesTakesFewCalls(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		hidden bool
		most   int
	}{
		{"foreign rows are swept", false, 180},
		{"foreign rows are hidden from sweeps", true, 280},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var names []string
			l := newLab(t, awssim.Options{Switches: awssim.Switches{SweepHidesForeign: test.hidden}}, func(w *awssim.World) {
				tables := w.Accounts[producerID].Regions[region].Databases["sales"].Tables
				for i := range 100 {
					name := fmt.Sprintf("t%03d", i)
					names = append(names, name)
					tables[name] = &awssim.Table{
						Columns: awssim.Columns{{Name: "id", Type: "string"}}, Location: "s3://acme-sales/tables/" + name,
					}
				}
			})
			wanted := shareOf(names...)
			l.make(wanted)
			n, text := l.calls()
			t.Logf("%d calls\n%s", n, text)
			if n > test.most {
				t.Errorf("first apply took %d calls, want at most %d:\n%s", n, test.most, text)
			}
			if links := l.count("CreateTable"); links != 100 {
				t.Errorf("%d links were made, want 100", links)
			}
			l.server.ResetCalls()
			c := l.cloud(Applying)
			if ops := missing(wanted, mustProve(t, l.read(c, wanted))); len(ops) > 0 {
				t.Errorf("%d facts are missing, %s for one", len(ops), ops[0].Key)
			}
			if w := l.writes(); len(w) > 0 {
				t.Errorf("doing nothing wrote %v", w)
			}
		})
	}
}

func TestDroppingWhatIsGoneSucceeds(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	wanted := shareOf("orders")
	l.make(wanted)
	var shrink []fact.Op
	for _, op := range drops(wanted) {
		if !op.Key.Kind.Stays() {
			shrink = append(shrink, op)
		}
	}
	l.apply(l.cloud(Applying), shrink)
	for _, o := range l.cloud(Applying).Apply(t.Context(), shrink, nil) {
		if o.Err != nil && o.Op.Key.Object.Catalog == o.Op.Key.At.Account {
			t.Errorf("%s %s: %v", o.Op.Verb, o.Op.Key, o.Err)
		}
	}
}
