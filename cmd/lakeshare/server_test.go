package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lakeshare/lakeshare/internal/history"
)

// place is a folder with a repository, and the environment in which somebody works there.
type place struct {
	t   *testing.T
	dir string
	env map[string]string
}

// newPlace lays out lakeshare.yaml and world.yaml of the sample and the files
// given, and commits them. The environment is empty, so that no settings of the
// machine reach the program.
func newPlace(t *testing.T, files map[string]string) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), env: map[string]string{"PATH": os.Getenv("PATH"), "GORACE": noPause}}
	p.env["HOME"] = p.dir
	if err := layOut(p.dir, func(path string) bool { return !strings.HasPrefix(path, "shares/") }); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		p.write(name, files[name])
	}
	return p
}

// inherit takes over what other programs of the machine need, but no settings of AWS and git.
func (p *place) inherit() {
	for _, e := range os.Environ() {
		k, v, _ := strings.Cut(e, "=")
		if _, set := p.env[k]; !set && !strings.HasPrefix(k, "AWS_") && !strings.HasPrefix(k, "GIT_") {
			p.env[k] = v
		}
	}
	p.env["HOME"] = os.Getenv("HOME") // version managers of the AWS CLI look there
}

func (p *place) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) replace(name, old, with string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil || !bytes.Contains(data, []byte(old)) {
		p.t.Fatalf("%s does not hold %q: %v", name, old, err)
	}
	p.write(name, strings.ReplaceAll(string(data), old, with))
}

func (p *place) commit() string {
	p.t.Helper()
	commit, err := history.CommitAll(p.dir, "a commit", time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if err != nil {
		p.t.Fatal(err)
	}
	return commit
}

// recorded is the record in the refs of the repository.
func (p *place) recorded() history.Record {
	p.t.Helper()
	repo, err := history.Open(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := repo.Recorder().Load()
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// talkTo sets what AWS users set, for the administrator of the producer.
func (p *place) talkTo(url string) {
	maps.Copy(p.env, map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
		"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "any",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	})
}

// command prepares a program of the environment. The test binary plays lakeshare.
func (p *place) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	p.t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = p.dir
	for _, k := range slices.Sorted(maps.Keys(p.env)) {
		cmd.Env = append(cmd.Env, k+"="+p.env[k])
	}
	return cmd
}

// lakeshare runs a command that has to end with this code, and returns what it says.
func (p *place) lakeshare(want int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	var out, errs bytes.Buffer
	cmd := p.command(p.t.Context(), "lakeshare", args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if got := code(p.t, cmd.Run()); got != want {
		p.t.Fatalf("lakeshare %s ended with %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// code is the exit code behind the error of a process.
func code(t *testing.T, err error) int {
	t.Helper()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// serve starts lakeshare sim on a free port and returns its address and what
// stops it as Ctrl-C does.
func (p *place) serve() (url string, stop func()) {
	p.t.Helper()
	cmd := p.command(p.t.Context(), "lakeshare", "sim", "--world", "world.yaml", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.t.Fatalf("lakeshare sim said no address: %v\n%v", err, cmd.Wait())
	}
	return strings.TrimSpace(line), func() {
		p.t.Helper()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			p.t.Fatal(err)
		}
		if got := code(p.t, cmd.Wait()); got != 0 {
			p.t.Errorf("lakeshare sim ended with %d: %s", got, errs.String())
		}
	}
}
