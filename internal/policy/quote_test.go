package policy

import (
	"strings"
	"testing"
)

// TestTheRefusalSaysWhatIsWrongWithTheQuote: a digest that does not count looks
// like one that was not given.
func TestTheRefusalSaysWhatIsWrongWithTheQuote(t *testing.T) {
	t.Parallel()
	one := taking(1)
	right := "--allow " + one.Digest()[:16]
	for name, tt := range map[string]struct{ allow, want string }{
		"nothing is quoted":     {"", "1 loss of access (principals × tables), and limits.losses allows 0 in one run; to let exactly this list pass once: " + right},
		"another plan's digest": {taking(2).Digest()[:16], "is of another plan: read this one, it has " + right},
		"too little of it":      {one.Digest()[:6], "is too short for a digest: this plan has " + right},
		"a whole page of text":  {strings.Repeat("x", 5000), "is of another plan: read this one, it has " + right},
	} {
		err := CheckLosses(one, 0, tt.allow)
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := CheckLosses(taking(2), 1, ""); err == nil || !strings.HasPrefix(err.Error(), "2 losses of access") {
		t.Errorf("two losses: %v", err)
	}
}
