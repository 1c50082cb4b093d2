package github

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/sethvargo/go-githubactions"
)

// maxAnnotations is how many of one level GitHub shows for a step; it drops the
// rest silently. Three levels stay below the fifty of a job.
const maxAnnotations = 10

// Actions speaks to the runner of a workflow step.
type Actions struct {
	getenv func(string) string
	stdout io.Writer
	used   map[Level]int
}

// NewActions returns what speaks to the runner through its standard output and
// the files that the GITHUB_* variables name.
func NewActions(getenv func(string) string, stdout io.Writer) *Actions {
	return &Actions{getenv: getenv, stdout: stdout, used: map[Level]int{}}
}

// Level is how bad an annotation is.
type Level string

// The levels, worst first.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Notice  Level = "notice"
)

var levels = []Level{Error, Warning, Notice}

// Annotation is a remark at a line of a file in a pull request.
type Annotation struct {
	Level   Level
	File    string // relative to the repository; "" for none
	Line    int    // from 1; 0 for none
	Column  int    // from 1; 0 for none
	Title   string
	Message string
}

// Annotate writes annotations, worst first, then by place. GitHub shows ten of a
// level for a step: of more, the tenth says how many there are. Everything that a
// step has to say is best said in one call, before or after [Actions.Log], not
// during it.
func (a *Actions) Annotate(all []Annotation) error {
	for _, level := range levels {
		some := slices.DeleteFunc(slices.Clone(all), func(x Annotation) bool { return x.level() != level })
		slices.SortStableFunc(some, func(x, y Annotation) int {
			return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
		})
		room := maxAnnotations - a.used[level]
		if len(some) > room && room > 0 {
			rest := Annotation{Level: level, Message: more(len(some)-room+1, level)}
			some = append(some[:room-1], rest)
		}
		some = some[:min(len(some), room)]
		for _, x := range some {
			if _, err := io.WriteString(a.stdout, x.command()); err != nil {
				return fmt.Errorf("write annotations: %w", err)
			}
		}
		a.used[level] += len(some)
	}
	return nil
}

// level takes what is not a level for the worst, rather than saying nothing.
func (x Annotation) level() Level {
	if x.Level == Warning || x.Level == Notice {
		return x.Level
	}
	return Error
}

func more(n int, level Level) string {
	if n > 1 {
		level += "s"
	}
	return fmt.Sprintf("… and %d more %s: see the summary", n, level)
}

// command is the line that the runner reads.
func (x Annotation) command() string {
	p := githubactions.CommandProperties{}
	set := func(key, value string) {
		if value != "" && value != "0" {
			p[key] = value
		}
	}
	set("title", clip(clean(x.Title, keepNothing), 200))
	if x.File != "" {
		set("file", clean(x.File, keepNothing))
		set("line", strconv.Itoa(max(0, x.Line)))
		set("col", strconv.Itoa(max(0, x.Column)))
	}
	c := githubactions.Command{Name: string(x.level()), Message: clip(clean(x.Message, keepText), 4000), Properties: p}
	return c.String() + "\n"
}
