package github

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/report/hostile"
)

// What reaches the runner as an annotation, a line of the log or an output is
// one annotation, no command and one output, whatever it says.
func TestCorpusReachesTheRunnerAsText(t *testing.T) {
	t.Parallel()
	for i, text := range hostile.Corpus() {
		var out bytes.Buffer
		a, path := step(t, "GITHUB_OUTPUT", "")
		a.stdout = &out
		if err := a.Annotate([]Annotation{{Level: Error, File: text, Line: 1, Title: text, Message: text}}); err != nil {
			t.Fatal(err)
		}
		log := a.Log(&out)
		fmt.Fprintf(log, "table %s is shared\n%s\n", text, text)
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		commands := runnerCommands(out.String())
		if len(commands) != 1 || !strings.HasPrefix(commands[0], "error ") {
			t.Errorf("text %d: the runner obeys %q", i, commands)
		}
		if err := a.Output("reason", text); err != nil {
			t.Fatal(err)
		}
		if err := a.Output("last", "kept"); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := readOutputs(t, string(data)); len(got) != 2 || got["last"] != "kept" {
			t.Errorf("text %d: the runner reads %d outputs", i, len(got))
		}
	}
}
