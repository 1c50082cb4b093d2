package scenario

import (
	"context"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/reconcile"
)

// survey looks at everything, as the drift check does.
func (l *lab) survey() *plan.Survey {
	l.t.Helper()
	tip, before := l.tip(), l.before()
	s, err := reconcile.Survey(context.Background(), l.cloud(aws.Planning, tip, before), plan.Input{Tip: tip, Before: before}, l.clock.now())
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

// drift holds the survey to what is there, and a repair to what the survey said.
func (p *player) drift(t *rapid.T) {
	l := p.lab
	l.clock.moved.Add(int64(time.Minute))
	s := l.survey()
	if len(s.Unread) > 0 {
		t.Fatalf("a sweep could not read %v", s.Unread)
	}
	p.surveyIsTrue(t, s)
	before := l.atoms("")
	p.learn()
	r, err := l.carryOut(context.Background(), plan.Repairs)
	if err != nil {
		t.Fatalf("repair: %v", err)
	}
	p.unexplained(t, r.Plan, before)
	for _, o := range r.Outcomes {
		if o.Err != nil {
			t.Fatalf("repair: %s %s: %v", o.Op.Verb, o.Op.Key, o.Err)
		}
		if o.Op.Verb == fact.Drop {
			t.Fatalf("a repair took away %s", o.Op.Key)
		}
	}
	l.clock.moved.Add(int64(time.Minute))
	blocked := map[fact.Key]bool{}
	for _, b := range r.Left.Blocked {
		blocked[b.Change.Op.Key] = true
	}
	for _, n := range slices.Concat(l.survey().Missing, l.survey().Altered) {
		if !blocked[n.Key] {
			t.Fatalf("after a repair %s is still %s", n.Key, n.Row)
		}
	}
}

// surveyIsTrue compares a survey with what the world holds, grant by grant.
func (p *player) surveyIsTrue(t *rapid.T, s *plan.Survey) {
	l := p.lab
	live := l.atoms("")
	tip := l.tip()
	for _, n := range s.Missing {
		if n.Key.Kind.IsGrant() && n.Key.Kind != fact.ConsumerGrant && n.Key.Permission != "ALL" && slices.Contains(live, atomOf(n.Key)) {
			t.Fatalf("%s is said to be missing and is there", n.Key)
		}
	}
	told := map[atom]bool{}
	for _, n := range s.Strays {
		if _, wanted := tip.Wanted[n.Key]; wanted {
			t.Fatalf("%s is said to be a stray, and git wants it", n.Key)
		}
		if n.Key.Kind.IsGrant() {
			told[atomOf(n.Key)] = true
		}
	}
	wanted := map[atom]bool{}
	for _, part := range []map[fact.Key]fact.Want{tip.Wanted, tip.Ended, tip.Released} {
		for k := range part {
			if k.Kind.IsGrant() {
				wanted[atomOf(k)] = true
			}
		}
	}
	for _, a := range live {
		// What an own account's principal holds on a named table is the plainest of
		// strays: none may be overlooked.
		plain := a.account == producer && a.owner == producer && a.database == "sales" && a.table != "" && a.filter == "" && a.permission != "ALL"
		if plain && a.principal != "IAM_ALLOWED_PRINCIPALS" && !wanted[a] && !told[a] && s.Pending == 0 && !p.allCovers(live, a) {
			t.Fatalf("nobody declared it, and the survey does not tell it: %+v", a)
		}
	}
}

// allCovers reports whether ALL of the same principal on the same object stands for the permission.
func (p *player) allCovers(live []atom, a atom) bool {
	a.permission = "ALL"
	return slices.Contains(live, a)
}
