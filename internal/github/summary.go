package github

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	maxSummary = 900 << 10 // GitHub throws a summary of a step above 1 MiB away, all of it
	cutNote    = "\n**The rest does not fit into this summary (900 KiB); the log of the step has it.**\n"
)

// errFull is when not even the note fits.
var errFull = errors.New("the summary of the step is full: nothing more was added")

// Summary appends Markdown to the summary of the step. What would make it larger
// than 900 KiB, with what is there already, is cut at a line; the summary says
// so, and fences and details that were open are closed.
func (a *Actions) Summary(markdown string) error {
	const variable = "GITHUB_STEP_SUMMARY"
	size := int64(0)
	if info, err := os.Stat(a.getenv(variable)); err == nil {
		size = info.Size()
	}
	text := strings.ToValidUTF8(markdown, "\uFFFD")
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	room := maxSummary - int(min(size, maxSummary)) - 1 // append may add a line break
	if len(text) > room {
		if room < len(cutNote) {
			return fmt.Errorf("%s: %w", variable, errFull)
		}
		text = cut(text, room)
	}
	return a.append(variable, text)
}

// cut keeps the lines that fit into so many bytes together with what closes
// them and the note.
func cut(text string, room int) string {
	var open openings
	kept, closing := 0, cutNote
	for line := range strings.Lines(text) {
		next := kept + len(line)
		open.read(line)
		after := open.closing() + cutNote
		if next+len(after) > room {
			break
		}
		kept, closing = next, after
	}
	return text[:kept] + closing
}

// openings follows which fences and details are open.
type openings struct {
	fence   string // as it began, with its indent; "" outside
	details int
}

func (o *openings) read(line string) {
	body := strings.TrimLeft(line, " \t")
	indent := line[:len(line)-len(body)]
	run := fenceRun(body)
	switch {
	case o.fence != "":
		if want := strings.TrimLeft(o.fence, " \t"); len(run) >= len(want) && run[0] == want[0] && strings.TrimSpace(body) == run {
			o.fence = ""
		}
	case len(run) >= 3 && !(run[0] == '`' && strings.Contains(body[len(run):], "`")):
		o.fence = indent + run
	default:
		o.details += strings.Count(line, "<details") - strings.Count(line, "</details>")
		o.details = max(0, o.details)
	}
}

// fenceRun is the run of backticks or tildes that a line begins with.
func fenceRun(line string) string {
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	return line[:len(line)-len(strings.TrimLeft(line, line[:1]))]
}

func (o *openings) closing() string {
	s := ""
	if o.fence != "" {
		s = o.fence + "\n"
	}
	if o.details > 0 {
		s += "\n" + strings.Repeat("</details>\n", o.details)
	}
	return s
}
