package github

import (
	"crypto/rand"
	"io"
	"sync"
)

// Log returns a writer for text of others, such as names from files and answers
// of AWS, in which no line can be a command to the runner: it stops looking for
// commands at the first byte until the writer is closed. w has to reach the log of the
// step, as standard output and standard error do.
func (a *Actions) Log(w io.Writer) io.WriteCloser {
	return &quiet{w: w, end: rand.Text(), last: '\n'}
}

type quiet struct {
	mu      sync.Mutex // a command must not land within another line
	w       io.Writer
	end     string // nobody can guess it
	started bool
	last    byte
}

func (q *quiet) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.started {
		if _, err := io.WriteString(q.w, "::stop-commands::"+q.end+"\n"); err != nil {
			return 0, err
		}
		q.started = true
	}
	q.last = p[len(p)-1]
	return q.w.Write(p)
}

// Close lets the runner look for commands again, on a line of its own.
func (q *quiet) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.started {
		return nil
	}
	q.started = false
	end := "::" + q.end + "::\n"
	if q.last != '\n' {
		end = "\n" + end
	}
	q.end = rand.Text() // the log has the old one now
	_, err := io.WriteString(q.w, end)
	return err
}
