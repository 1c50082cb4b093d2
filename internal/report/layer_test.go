package report

import (
	"strings"
	"testing"
)

// TestCutsLeaveThingsWhole cuts every part of a page at many sizes.
func TestCutsLeaveThingsWhole(t *testing.T) {
	t.Parallel()
	o := Options{Accounts: accounts(), Verbose: true}
	p := newReviewer(review()).page(o.pageNames(), o, 1)
	p.parts = append(p.parts, newReviewer(Review{Plan: large()}).page(o.pageNames(), o, 1).parts...)
	if len(p.parts) < 10 {
		t.Fatalf("the example has %d parts", len(p.parts))
	}
	cuts := 0
	for _, x := range p.parts {
		last := ""
		for room := 0; room <= x.size(); room += 1 + x.size()/60 {
			s, missing := x.within(room, p.more)
			if len(s) > room {
				t.Errorf("%d bytes in a room of %d", len(s), room)
			}
			if (s == "") != (missing > 0) {
				t.Errorf("%d rows are left out of %q and nobody knows", missing, s)
			}
			if s != "" && room < x.size() && !strings.Contains(s, "more line") {
				t.Errorf("nothing says that this is cut:\n%s", s)
			}
			if s == last {
				continue
			}
			last = s
			cuts++
			for _, problem := range judged(s) {
				t.Errorf("room %d: %s in\n%s", room, problem, s)
			}
		}
	}
	if cuts < 100 {
		t.Errorf("%d cuts only were looked at", cuts)
	}
}

func TestCutsCountWhatTheyLeaveOut(t *testing.T) {
	t.Parallel()
	more := func(left int) string { return "+" + grouped(left) + "\n" }
	l := layer{open: "<\n", shut: ">\n"}
	for range 1000 {
		l.rows = append(l.rows, layer{open: "row\n"})
	}
	for room, want := range map[int]string{
		4004: "<\n" + strings.Repeat("row\n", 1000) + ">\n", 4003: "<\n" + strings.Repeat("row\n", 998) + "+2\n>\n",
		20: "<\n" + strings.Repeat("row\n", 2) + "+998\n>\n", 11: "<\n+1,000\n>\n", 10: "",
	} {
		if got, _ := l.within(room, more); got != want {
			t.Errorf("room %d: got %.60q (%d bytes), want %.60q (%d bytes)", room, got, len(got), want, len(want))
		}
	}
}

// TestPagesShareWhatIsLeft: what one part does not need another one gets.
func TestPagesShareWhatIsLeft(t *testing.T) {
	t.Parallel()
	p := page{more: func(int) string { return "cut\n" }}
	small, large := layer{open: "small\n"}, layer{}
	for range 100 {
		large.rows = append(large.rows, layer{open: "0123456789\n"})
	}
	p.add(500, large)
	p.add(500, small)
	if got := p.within(2000); got != strings.Repeat("0123456789\n", 100)+"small\n" {
		t.Errorf("got %d bytes", len(got))
	}
	got := p.within(1000)
	if len(got) > 1000 || !strings.HasSuffix(got, "cut\nsmall\n") || strings.Count(got, "0") < 85 {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
}
