package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/history"
)

// commands are what scripts can do beside running programs.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"company": company, "sample": sample, "commit": commit, "edit": edit, "clock": clock, "text": text,
		"exits": exits, "jsonkey": jsonKey, "jsonenv": jsonEnv, "atmost": atMost, "many": many, "committed": committed,
		"revoke": revoke,
	}
}

func commit(ts *testscript.TestScript, _ bool, args []string) {
	_, err := history.CommitAll(ts.Getenv("WORK"), strings.Join(args, " "), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	ts.Check(err)
}

// committed sets a variable to the commit of HEAD.
func committed(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 1, "committed VARIABLE")
	repo, err := history.Open(ts.MkAbs("."))
	ts.Check(err)
	tip, err := repo.Tip()
	ts.Check(err)
	ts.Setenv(args[0], tip)
}

// edit replaces a text. A script's words are one line, so \n stands for a line break.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 3, "edit FILE OLD NEW")
	breaks := strings.NewReplacer(`\n`, "\n")
	text, old := ts.ReadFile(args[0]), breaks.Replace(args[1])
	if !strings.Contains(text, old) {
		ts.Fatalf("%s does not contain %q", args[0], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, old, breaks.Replace(args[2]))), 0o644))
}

var clockLine = regexp.MustCompile(`(?m)^clock: .*\n`)

// clock sets the time of world.yaml, so that no script depends on today.
func clock(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 1, "clock TIME")
	world := clockLine.ReplaceAllString(ts.ReadFile("world.yaml"), "")
	ts.Check(os.WriteFile(ts.MkAbs("world.yaml"), []byte("clock: "+args[0]+"\n"+world), 0o644))
}

// text writes what an archive cannot hold legibly: bytes that are not UTF-8,
// characters that cannot be seen, and the same text very often.
func text(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 2 {
		args = append(args, "1")
	}
	wantArgs(ts, args, 3, "text FILE GO-STRING [TIMES]")
	piece, err := strconv.Unquote(args[1])
	ts.Check(err)
	times, err := strconv.Atoi(args[2])
	ts.Check(err)
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	ts.Check(err)
	_, err = f.WriteString(strings.Repeat(piece, times))
	ts.Check(errors.Join(err, f.Close()))
}

// many copies a file below shares/, as often as somebody with a generator would.
func many(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 2, "many TIMES FILE")
	times, err := strconv.Atoi(args[0])
	ts.Check(err)
	data := []byte(ts.ReadFile(args[1]))
	ts.Check(os.MkdirAll(ts.MkAbs("shares/many"), 0o755))
	for i := range times {
		ts.Check(os.WriteFile(ts.MkAbs(fmt.Sprintf("shares/many/%05d.yaml", i)), data, 0o644))
	}
}

// exits runs a program that has to end with exactly this code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := 0, ts.Exec(args[1], args[2:]...)
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		got, err = ended.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("%s ended with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// jsonKey compares one value of a JSON document. A path is keys and positions
// with dots between them; len is the length of a list.
func jsonKey(ts *testscript.TestScript, neg bool, args []string) {
	wantArgs(ts, args, 3, "jsonkey FILE PATH VALUE")
	got := jsonAt(ts, args[0], args[1])
	if (got == args[2]) == neg {
		ts.Fatalf("%s of %s is %s, want %s (negated: %v)", args[1], args[0], got, args[2], neg)
	}
}

// jsonEnv sets a variable to a value of a JSON document, for what people would copy and paste.
func jsonEnv(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 3, "jsonenv VARIABLE FILE PATH")
	ts.Setenv(args[0], jsonAt(ts, args[1], args[2]))
}

func jsonAt(ts *testscript.TestScript, file, path string) string {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(file)), &v); err != nil {
		ts.Fatalf("%s is not one JSON document: %v", file, err)
	}
	for _, step := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				ts.Fatalf("%s: there is no key %s of %s", file, step, path)
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			if step == "len" {
				v = len(at)
				continue
			}
			if err != nil || i >= len(at) {
				ts.Fatalf("%s: there is no entry %s of %s among %d", file, step, path, len(at))
			}
			v = at[i]
		default:
			ts.Fatalf("%s: %v has no %s of %s", file, v, step, path)
		}
	}
	if s, ok := v.(string); ok {
		return s
	}
	out, err := json.Marshal(v)
	ts.Check(err)
	return string(out)
}

// atMost counts lines: what is shown to people has to stay readable.
func atMost(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 2, "atmost LINES FILE")
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	if n := strings.Count(ts.ReadFile(args[1]), "\n"); n > most {
		ts.Fatalf("%s has %d lines, want at most %d", args[1], n, most)
	}
}

func wantArgs(ts *testscript.TestScript, args []string, n int, usage string) {
	if len(args) != n {
		ts.Fatalf("usage: %s", usage)
	}
}

// revoke takes rows out of the world, as somebody with the console would. The
// command is for states that lakeshare itself never makes.
func revoke(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 3, "revoke ACCOUNT PRINCIPAL DATABASE[.TABLE]")
	w, err := awssim.ParseWorld([]byte(ts.ReadFile("world.yaml")))
	ts.Check(err)
	r := w.Accounts[args[0]].Regions["eu-west-1"]
	before := len(r.Grants)
	database, table, _ := strings.Cut(args[2], ".")
	r.Grants = slices.DeleteFunc(r.Grants, func(g awssim.Grant) bool {
		return g.Principal == args[1] && g.On.Database == database && g.On.Table == table
	})
	if len(r.Grants) == before {
		ts.Fatalf("%s has nothing on %s in %s", args[1], args[2], args[0])
	}
	data, err := w.Encode()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("world.yaml"), data, 0o644))
}
