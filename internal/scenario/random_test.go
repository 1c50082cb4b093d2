package scenario

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

// cases is how many random stories are played.
func cases(t *testing.T) int {
	text := os.Getenv("LAKESHARE_CASES")
	if text == "" {
		return 2000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		t.Fatalf("LAKESHARE_CASES is %q, want a number", text)
	}
	return n
}

// tally counts what the stories met.
type tally struct {
	mu    sync.Mutex
	rows  map[plan.Row]int
	kinds map[fact.Kind]int
	forms map[string]int
	kills int
}

func (y *tally) add(p *plan.Plan) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for r, n := range p.Counts {
		y.rows[r] += n
	}
	for _, c := range p.Changes {
		y.kinds[c.Op.Key.Kind]++
	}
}

func (y *tally) check(t *testing.T, least int) {
	for _, r := range plan.Rows() {
		t.Logf("row %-10s %6d", r, y.rows[r])
		if y.rows[r] < least {
			t.Errorf("row %s occurred %d times, want at least %d", r, y.rows[r], least)
		}
	}
	for _, k := range fact.Kinds() {
		t.Logf("kind %-15s %6d", k, y.kinds[k])
		if y.kinds[k] < least {
			t.Errorf("kind %s occurred %d times, want at least %d", k, y.kinds[k], least)
		}
	}
	for form := range recipientForms() {
		t.Logf("form %-22s %6d", form, y.forms[form])
		if y.forms[form] < least {
			t.Errorf("form %s occurred %d times, want at least %d", form, y.forms[form], least)
		}
	}
	t.Logf("killed applies %d", y.kills)
}

// TestRandomStoriesConverge plays random stories of commits, changes by hand,
// days that pass and applies, some of them killed, and holds every apply to what
// users rely on.
func TestRandomStoriesConverge(t *testing.T) {
	t.Parallel()
	n := cases(t)
	const parts = 2
	if err := flag.Set("rapid.checks", strconv.Itoa((n+parts-1)/parts)); err != nil {
		t.Fatal(err)
	}
	// The same stories every time, so that a failure is due to the change at hand;
	// make explore plays others.
	if seed := os.Getenv("LAKESHARE_SEED"); seed != "random" {
		if err := flag.Set("rapid.seed", cmp.Or(seed, "20261123")); err != nil {
			t.Fatal(err)
		}
	}
	y := &tally{rows: map[plan.Row]int{}, kinds: map[fact.Kind]int{}, forms: map[string]int{}}
	t.Run("stories", func(t *testing.T) {
		for i := range parts {
			t.Run(fmt.Sprint(i+1), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					for range i {
						rapid.Uint64().Draw(t, "part") // so that the parts play different stories
					}
					playStory(t, y)
				})
			})
		}
	})
	least := 50
	if n < 2000 {
		least = 1
	}
	y.check(t, least)
}

func playStory(t *rapid.T, y *tally) {
	switches := drawSwitches(t)
	p := &player{
		lab: newDirectLab(t, drawWorld(t), awssim.Options{Switches: switches}), y: y,
		declared: map[atom]bool{}, hides: switches.SweepHidesForeign,
	}
	p.lab.drawEstate(t)
	p.lab.commit(map[string]string{"lakeshare.yaml": baseConfig})
	p.commit(t, "first")
	for i := range rapid.IntRange(2, 6).Draw(t, "steps") {
		label := fmt.Sprintf("step %d", i)
		switch rapid.SampledFrom([]string{"commit", "commit", "hand", "apply", "killed", "undermine", "undermine", "flip", "flip", "day"}).Draw(t, label) {
		case "commit":
			p.commit(t, label)
			if rapid.Bool().Draw(t, label+" is there already") {
				p.lab.adopt(t, label)
			}
		case "hand":
			p.lab.drawHand(t, label)
		case "apply":
			p.apply(t, 0)
		case "killed":
			p.commit(t, label)
			p.apply(t, rapid.IntRange(1, 60).Draw(t, label+" at call"))
		case "undermine":
			p.apply(t, 0)
			p.lab.undermine(t, label)
		case "flip":
			p.apply(t, 0)
			p.lab.flip(t, label)
		case "day":
			p.lab.clock.moved.Add(int64(24 * time.Hour))
		}
	}
	p.commit(t, "last")
	p.apply(t, rapid.IntRange(1, 60).Draw(t, "killed at call"))
	if p.lab.base < 0 {
		p.apply(t, 0) // the first run deletes nothing; what has ended goes with the second
	}
	p.apply(t, 0)
	p.settled(t)
	p.drift(t)
}

func (p *player) commit(t *rapid.T, label string) {
	for _, form := range p.lab.drawCommit(t, label) {
		p.y.mu.Lock()
		p.y.forms[form]++
		p.y.mu.Unlock()
	}
}
