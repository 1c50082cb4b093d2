// Package cli is the command line: flags, environment, exit codes, and the one
// place where the parts of lakeshare are put together.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// Exit codes of every command.
const (
	ExitDone    = 0 // done, or nothing to do
	ExitError   = 1 // an error, or wrong usage
	ExitPending = 2 // changes are pending (plan --detailed-exitcode)
	ExitInvalid = 3 // the files are invalid
	ExitLimit   = 4 // refused by limits
	ExitPartial = 5 // applied in part
)

// Env is everything outside that a command may use.
type Env struct {
	Args   []string // without the name of the program
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Now    func() time.Time
	Dir    string // working directory
}

// exitError ends a command with a code. Without an error there is nothing left to say.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit ends a command with a code after everything was said.
func exit(code int) error {
	if code == ExitDone {
		return nil
	}
	return &exitError{code: code}
}

// fail ends a command with a code and an error to print.
func fail(code int, err error) error { return &exitError{code: code, err: err} }

// isExit reports whether everything was said and only the code is left.
func isExit(err error) bool {
	e := (*exitError)(nil)
	return errors.As(err, &e) && e.err == nil
}

// Main runs one command and returns its exit code.
func Main(ctx context.Context, env Env) int {
	code, text := ending(newRoot(env).ExecuteContext(ctx))
	if text != "" {
		fmt.Fprintln(env.Stderr, text)
	}
	return code
}

// ending is the exit code of a command that ended with this error, and what is
// left to say.
func ending(err error) (code int, text string) {
	if err == nil {
		return ExitDone, ""
	}
	var e *exitError
	if !errors.As(err, &e) {
		e = &exitError{code: ExitError, err: err}
	}
	switch {
	case errors.Is(err, context.Canceled) && e.code == ExitPartial:
		text = "lakeshare: interrupted; what was done stays, and running apply again goes on from there"
	case errors.Is(err, context.Canceled):
		text = "lakeshare: interrupted"
	default:
		text = strings.Join(unsaid(err), "\n")
	}
	return e.code, text
}

// unsaid are the errors behind one, or behind several that were joined, without
// those that only carry a code.
func unsaid(err error) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out, all []string
		for _, one := range joined.Unwrap() {
			out, all = append(out, unsaid(one)...), append(all, one.Error())
		}
		if err.Error() == strings.Join(all, "\n") { // joined, and not worded
			return out
		}
	}
	if isExit(err) {
		return nil
	}
	return []string{"lakeshare: " + err.Error()}
}

// terminal reports whether a stream is a terminal.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colour reports whether what goes to stdout may be coloured.
func (e Env) colour() bool {
	return terminal(e.Stdout) && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}
