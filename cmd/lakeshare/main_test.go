package main

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare"
)

var update = flag.Bool("update", false, "rewrite the expectations of scripts")

// noPause keeps programs under the race detector from waiting a second before each exit.
const noPause = "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"lakeshare": func() { os.Exit(run()) },
	})
}

// TestScripts runs what users type. A script is a repository and a session in it:
//
//	company                       lays out lakeshare.yaml and world.yaml of the sample
//	sample                        lays out all of the sample
//	commit MESSAGE                commits the work tree
//	committed VARIABLE            sets a variable to the commit
//	edit FILE OLD NEW             replaces a text in a file
//	text FILE GO-STRING [TIMES]   adds a text to a file
//	many TIMES FILE               copies a file below shares/many
//	revoke ACCOUNT WHO OBJECT     takes rows out of world.yaml by hand
//	clock TIME                    sets the time of world.yaml
//	exits CODE COMMAND...         runs a program that has to end with this code
//	jsonkey FILE PATH VALUE       compares a value of a JSON document
//	jsonenv VARIABLE FILE PATH    sets a variable to a value of a JSON document
//	atmost LINES FILE             fails if a text is longer
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GORACE", noPause)
			return nil
		},
		Cmds: commands(),
	})
}

// company lays out lakeshare.yaml and world.yaml of the sample: scripts bring shares of their own.
func company(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(layOut(ts.MkAbs("."), func(path string) bool { return !strings.HasPrefix(path, "shares/") }))
}

// sample lays out all of it.
func sample(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(layOut(ts.MkAbs("."), func(string) bool { return true }))
}

// layOut writes files of the sample to a folder.
func layOut(dir string, want func(path string) bool) error {
	return fs.WalkDir(lakeshare.Sample, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !want(path) {
			return err
		}
		data, err := fs.ReadFile(lakeshare.Sample, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}
