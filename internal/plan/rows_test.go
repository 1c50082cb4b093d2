package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// one is a tree that wants the fact, with or without the grant option.
func one(commit string, grantable bool) *fact.Tree {
	return &fact.Tree{Commit: commit, Wanted: map[fact.Key]fact.Want{
		theFact: {Body: fact.Body{Grantable: grantable}, Origins: []fact.Origin{{Share: "a", File: "shares/a.yaml", Line: 3, Col: 1}}},
	}}
}

func none(commit string) *fact.Tree { return &fact.Tree{Commit: commit} }

func liveRow(grantable bool) map[fact.Key]fact.Row {
	return map[fact.Key]fact.Row{theFact: {Body: fact.Body{Grantable: grantable}, Writer: "arn:aws:iam::111122223333:user/bea"}}
}

func TestRowsOfTheTable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tip    *fact.Tree
		before []*fact.Tree
		live   map[fact.Key]fact.Row
		want   Row
		verb   fact.Verb // 0: a merge does nothing
	}{
		"new": {one("t", false), []*fact.Tree{none("b")}, nil, New, fact.Make},
		"new, since a started tree lacks it": {
			one("t", false), []*fact.Tree{one("b", false), none("s")}, nil, New, fact.Make,
		},
		"adopted": {one("t", false), []*fact.Tree{none("b")}, liveRow(false), Adopted, 0},
		"changed": {one("t", true), []*fact.Tree{one("b", false)}, liveRow(false), Changed, fact.Change},
		"changed, though git never declared it": {
			one("t", false), []*fact.Tree{none("b")}, liveRow(true), Changed, fact.Change,
		},
		"withdrawn": {none("t"), []*fact.Tree{one("b", false)}, liveRow(false), Withdrawn, fact.Drop},
		"withdrawn, though only a started tree had it": {
			none("t"), []*fact.Tree{none("b"), one("s", false)}, liveRow(false), Withdrawn, fact.Drop,
		},
		"withdrawn, whatever its body": {none("t"), []*fact.Tree{one("b", false)}, liveRow(true), Withdrawn, fact.Drop},
		"done":                         {one("t", false), []*fact.Tree{one("b", false), one("s", true)}, liveRow(false), Done, 0},
		"missing":                      {one("t", false), []*fact.Tree{one("b", false)}, nil, Missing, 0},
		"altered":                      {one("t", false), []*fact.Tree{one("b", false)}, liveRow(true), Altered, 0},
		"stray":                        {none("t"), []*fact.Tree{none("b")}, liveRow(false), Stray, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Classify(tt.tip, tt.before, tt.live, theFact); got != tt.want {
				t.Errorf("row %s, want %s", got, tt.want)
			}
			live := fact.NewLive()
			live.Rows = tt.live
			p := Make(Input{Tip: tt.tip, Before: tt.before, Live: live})
			var verbs []fact.Verb
			for _, c := range p.Changes {
				verbs = append(verbs, c.Op.Verb)
			}
			var want []fact.Verb
			if tt.verb != 0 {
				want = []fact.Verb{tt.verb}
			}
			if diff := cmp.Diff(want, verbs); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFirstRunDeletesAndNarrowsNothing(t *testing.T) {
	t.Parallel()
	tip := one("t", false)
	live := fact.NewLive()
	live.Rows = liveRow(true)
	p := Make(Input{Tip: tip, Live: live})
	if len(p.Changes) != 0 || len(p.Left) != 1 {
		t.Errorf("changes %v, left %v; want the grant option to be left", p.Changes, p.Left)
	}
	tip = &fact.Tree{Absent: one("t", true).Wanted}
	p = Make(Input{Tip: tip, Live: live})
	if len(p.Changes) != 0 || len(p.Left) != 1 {
		t.Errorf("changes %v, left %v; want the absent fact to be left", p.Changes, p.Left)
	}
}

func TestWhatCannotBeReadIsNeitherMadeNorDeleted(t *testing.T) {
	t.Parallel()
	live := fact.NewLive()
	live.Unread[theFact] = errUnread{}
	for name, tip := range map[string]*fact.Tree{"wanted": one("t", false), "withdrawn": none("t")} {
		p := Make(Input{Tip: tip, Before: []*fact.Tree{one("b", true)}, Live: live})
		if len(p.Changes) != 0 || !p.Unread() || p.Empty() {
			t.Errorf("%s: changes %v, blocked %v; want it blocked", name, p.Changes, p.Blocked)
		}
	}
}

type errUnread struct{}

func (errUnread) Error() string { return "access denied" }

func TestNewFactThatNeedsAMissingOneIsHeld(t *testing.T) {
	t.Parallel()
	second := theFact
	second.Permission = "INSERT"
	tip, base := one("t", false), one("b", false)
	tip.Wanted[second] = fact.Want{Needs: []fact.Key{theFact}}
	q := Needed(Merges, tip, []*fact.Tree{base})
	if diff := cmp.Diff([]fact.Key{second, theFact}, q.Keys); diff != "" {
		t.Errorf("keys to read (-want +got):\n%s", diff)
	}
	p := Make(Input{Tip: tip, Before: []*fact.Tree{base}, Live: fact.NewLive()})
	if len(p.Changes) != 0 || len(p.Blocked) != 1 || !p.Blocked[0].Held || len(p.Drift) != 1 {
		t.Errorf("changes %v, blocked %v, drift %v; want one held and one missing", p.Changes, p.Blocked, p.Drift)
	}
}

func TestDigestIsOfChangesAlone(t *testing.T) {
	t.Parallel()
	at := func(line int) *Plan {
		tip := one("t", false)
		w := tip.Wanted[theFact]
		w.Origins = []fact.Origin{{File: "shares/a.yaml", Line: line}}
		tip.Wanted[theFact] = w
		return Make(Input{Tip: tip, Before: []*fact.Tree{none("b")}, Live: fact.NewLive()})
	}
	if at(3).Digest() != at(30).Digest() {
		t.Error("the digest depends on the line that asks for a change")
	}
	other := Make(Input{Tip: one("t", true), Before: []*fact.Tree{none("b")}, Live: fact.NewLive()})
	if at(3).Digest() == other.Digest() {
		t.Error("two lists of changes have one digest")
	}
}
