package main

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare"
	"github.com/lakeshare/lakeshare/internal/history"
)

var update = flag.Bool("update", false, "rewrite the expectations of scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"lakeshare": func() { os.Exit(run()) },
	})
}

// TestScripts runs what users type. A script is a repository and a session in it:
//
//	sample              lays out the sample of this repository
//	commit MESSAGE      commits the work tree
//	edit FILE OLD NEW   replaces a text in a file
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sample": sample, "commit": commit, "edit": edit,
		},
	})
}

// sample lays out lakeshare.yaml, world.yaml and shares/.
func sample(ts *testscript.TestScript, _ bool, args []string) {
	err := fs.WalkDir(lakeshare.Sample, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !wanted(path, args) {
			return err
		}
		data, err := fs.ReadFile(lakeshare.Sample, path)
		if err != nil {
			return err
		}
		to := ts.MkAbs(path)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
	ts.Check(err)
}

// wanted reports whether a file of the sample is asked for: without names, all are.
func wanted(path string, names []string) bool {
	if len(names) == 0 || !strings.HasPrefix(path, "shares/") {
		return true
	}
	for _, n := range names {
		if path == n {
			return true
		}
	}
	return false
}

func commit(ts *testscript.TestScript, _ bool, args []string) {
	_, err := history.CommitAll(ts.Getenv("WORK"), strings.Join(args, " "), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	ts.Check(err)
}

func edit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}
