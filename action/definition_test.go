package action_test

import (
	"strings"
	"testing"
)

// Whoever pins the action to a commit has pinned all that it runs: a step that
// uses another action would not be.
func TestUsesNoOtherAction(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(read(t, "../action.yml")) {
		line = strings.TrimLeft(strings.TrimSpace(line), "- ")
		if strings.HasPrefix(line, "uses:") {
			t.Errorf("action.yml: %s", line)
		}
		if strings.HasPrefix(line, "run:") && strings.Contains(line, "${{") {
			t.Errorf("an expression would become part of a script: %s", line)
		}
	}
}

func TestPassesEveryInputAndOutput(t *testing.T) {
	t.Parallel()
	definition := read(t, "../action.yml")
	for _, input := range []string{"command", "config", "token", "author", "allow", "simulate"} {
		if !strings.Contains(definition, "LAKESHARE_"+strings.ToUpper(input)+": ${{ inputs."+input+" }}\n") {
			t.Errorf("the input %s does not reach the program", input)
		}
	}
	for _, output := range []string{"changes", "gains", "losses", "waiting", "drift", "digest", "reason", "plan"} {
		if !strings.Contains(definition, "\n  "+output+":\n") || !strings.Contains(definition, "${{ steps.run.outputs."+output+" }}\n") {
			t.Errorf("the output %s is not passed on", output)
		}
	}
}
