package aws

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// TestSharingWorksHoweverTheOpenQuestionsAreAnswered makes and withdraws one
// share under each switch of the simulator: what the sources leave open must not
// matter.
func TestSharingWorksHoweverTheOpenQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	cases := map[string]awssim.Switches{
		"UnsharedDenied":    {UnsharedList: awssim.UnsharedDenied, UnsharedGet: awssim.UnsharedDenied},
		"UnsharedEmpty":     {UnsharedList: awssim.UnsharedEmpty, UnsharedGet: awssim.UnsharedEmpty},
		"NotAuthorizedCode": {NotAuthorizedCode: "InvalidInputException"},
		"DeniedStatus":      {DeniedStatus: 403},
		"HideAccepted":      {HideAccepted: time.Second},
		"ListLag":           {ListLag: 30 * time.Second},
		"SettleDelay":       {SettleDelay: 40 * time.Second},
		"InvitationDelay":   {InvitationDelay: 90 * time.Second},
		"IAMPropagation":    {IAMPropagation: time.Minute},
		"PageSize":          {PageSize: 1},
	}
	v := reflect.TypeFor[awssim.Switches]()
	for i := range v.NumField() {
		if v.Field(i).Type.Kind() == reflect.Bool {
			var s awssim.Switches
			reflect.ValueOf(&s).Elem().Field(i).SetBool(true)
			cases[v.Field(i).Name] = s
		}
	}
	for name, switches := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, awssim.Options{Switches: switches})
			makeAndWithdraw(t, l, shareOf("orders", "customers"))
		})
	}
}

func makeAndWithdraw(t *testing.T, l *lab, wanted fact.Set) {
	t.Helper()
	c := l.cloud(Applying)
	l.apply(c, missing(wanted, mustProve(t, l.read(c, wanted))))
	l.settle()
	if diff := cmp.Diff(wanted, restrict(mustProve(t, l.read(c, wanted)), wanted)); diff != "" {
		t.Errorf("read(apply(x)) is not x (-want +got):\n%s", diff)
	}
	var shrink []fact.Op
	for _, op := range drops(wanted) {
		if !op.Key.Kind.Stays() {
			shrink = append(shrink, op)
		}
	}
	l.apply(l.cloud(Applying), shrink)
	l.settle()
	live := l.read(l.cloud(Planning), wanted)
	for _, op := range shrink {
		if _, ok := live.Rows[op.Key]; ok {
			t.Errorf("still live: %s", op.Key)
		}
	}
}

// settle lets everything that lags catch up.
func (l *lab) settle() {
	if err := l.clock.Sleep(l.t.Context(), 5*time.Minute); err != nil {
		l.t.Fatal(err)
	}
}
