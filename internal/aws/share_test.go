package aws

import (
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestSharedTableCanBeReadInTheConsumer(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{})
	wanted := shareOf("orders", "customers")
	l.make(wanted)

	l.server.ResetCalls()
	again := l.cloud(Applying)
	if ops := missing(wanted, mustProve(t, l.read(again, wanted))); len(ops) > 0 {
		t.Errorf("there is still something to do: %v", ops)
	}
	if w := l.writes(); len(w) > 0 {
		t.Errorf("doing nothing wrote %v", w)
	}

	var shrink []fact.Op
	for _, op := range drops(wanted) {
		if !op.Key.Kind.Stays() {
			shrink = append(shrink, op)
		}
	}
	c := l.cloud(Applying)
	l.apply(c, shrink)
	live := l.read(c, wanted)
	for _, op := range shrink {
		if _, ok := live.Rows[op.Key]; ok {
			t.Errorf("still live: %s", op.Key)
		}
	}
}
