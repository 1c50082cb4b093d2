package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// The host of the address that a runner gives jobs for their identity tokens.
const tokenHost = "run-actions-1-azure-eastus.actions.githubusercontent.com"

// wire is the way of a step to the internet: it notes which hosts are asked, and
// what is sent and answered. Behind it are the simulators.
type wire struct {
	hub  *hub
	page string

	mu      sync.Mutex
	hosts   map[string]bool
	sent    map[string]string // by host: addresses, headers and bodies, without what belongs there
	said    strings.Builder   // what the steps wrote to their log
	secrets []string          // that steps were given or got as an answer
}

const everyStep = `
sample
hub
branch main
commit shares
push main
steps 0 push validate
nobody
steps 0 push apply
steps 0 schedule expire
steps 0 schedule drift
steps 0 workflow_dispatch repair

# A pull request, and what goes wrong with one.
branch fewer
rm shares/sales/events.yaml
commit no more events
push fewer
pull 1 fewer
steps 0 pull_request:1 validate
steps 0 pull_request:1 plan
during aws:AssumeRoleWithWebIdentity fail AccessDenied
steps 1 pull_request:1 plan
during aws:GetDataLakeSettings fail AccessDeniedException
steps 1 pull_request:1 plan

# Forced back: the commit that was carried out has to be fetched.
merge 1 squash
steps 0 push apply
back 1
steps 0 push apply
everywhere
`

// TestHostsAndSecrets runs steps of every kind with the real addresses. They ask
// the hosts of docs/security.md and no others, and what they are given to prove
// who they are goes where it belongs and nowhere else.
func TestHostsAndSecrets(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux Go takes certificates from SSL_CERT_FILE")
	}
	script := filepath.Join(t.TempDir(), "every_step.txtar")
	if err := os.WriteFile(script, []byte(everyStep), 0o644); err != nil {
		t.Fatal(err)
	}
	w := &wire{page: page(t, "docs/security.md"), hosts: map[string]bool{}, sent: map[string]string{}}
	all := githubCommands()
	all["sample"], all["steps"], all["nobody"], all["everywhere"] = sample, w.step, w.nobody, w.judge
	testscript.Run(t, testscript.Params{
		Files: []string{script}, RequireExplicitExec: true, Cmds: all,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			w.hub = &hub{work: e.WorkDir, t: e.T().(testing.TB), path: os.Getenv("PATH")}
			e.Values[hubKey{}] = w.hub
			return nil
		},
	})
}

// step runs a step as runs does, but with the addresses that a runner has, by way of a proxy.
func (w *wire) step(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, 3, "steps CODE EVENT COMMAND")
	h := w.hub
	h.pass([]string{"10m"})
	o, err := h.occasion(args[1])
	ts.Check(err)
	s := &step{command: args[2], settings: map[string]string{}, occasion: o, job: h.jobs[args[2]], created: h.now(), attempt: 1, began: h.now()}
	s.id, err = h.github.AddRun(hubRepo, s.run("in_progress", "", h.now()))
	ts.Check(err)
	token := h.github.Token(githubsim.Token{Repo: hubRepo, Permissions: s.job.permissions, RunID: s.id})
	s.dir = filepath.Join(h.work, ".hub", strconv.FormatInt(s.id, 10))
	ts.Check(os.MkdirAll(filepath.Join(s.dir, "temp"), 0o755))
	ts.Check(h.checkout(s, token))
	event, err := o.file(h)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(s.dir, "event.json"), event, 0o644))
	proxy, certificate := w.proxy(ts, s.dir)
	program, err := exec.LookPath("lakeshare")
	ts.Check(err)
	cmd := exec.CommandContext(h.t.Context(), program, "action")
	cmd.Dir = filepath.Join(s.dir, "work")
	for _, v := range h.environment(s, token) {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "AWS_ENDPOINT_URL":
			continue
		case "GITHUB_SERVER_URL":
			value = "https://github.com"
		case "GITHUB_API_URL":
			value = "https://api.github.com"
		case "ACTIONS_ID_TOKEN_REQUEST_URL":
			value = strings.Replace(value, h.address, "https://"+tokenHost, 1)
		case "ACTIONS_ID_TOKEN_REQUEST_TOKEN":
			w.keep(value)
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	w.keep(token)
	w.keep(base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token)))
	cmd.Env = append(cmd.Env, "HTTPS_PROXY="+proxy, "SSL_CERT_FILE="+certificate)
	h.mu.Lock()
	h.runner, h.last = &os.Process{}, s // hooks wait for a step to run
	h.mu.Unlock()
	out, _ := cmd.CombinedOutput()
	h.mu.Lock()
	h.runner = nil
	h.mu.Unlock()
	w.said.Write(out)
	_, err = h.github.AddRun(hubRepo, s.run("completed", "success", h.now()))
	ts.Check(err)
	ts.Check(h.settled())
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("%s ended with %s, want %s:\n%s", s.command, got, args[0], out)
	}
}

func (w *wire) keep(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, secret)
}

// proxy starts what a step takes for the internet, and returns its address and
// the file with the certificate to trust.
func (w *wire) proxy(ts *testscript.TestScript, dir string) (address, certificate string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"github.com", "api.github.com", tokenHost, "*.amazonaws.com", "*." + salesRegion + ".amazonaws.com", "*.us-east-1.amazonaws.com"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	certificate = filepath.Join(dir, "certificate.pem")
	ts.Check(os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	behind := httptest.NewUnstartedServer(w)
	behind.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	behind.StartTLS()
	ts.Defer(behind.Close)
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.hosts[strings.TrimSuffix(r.Host, ":443")] = true
		w.mu.Unlock()
		back, err := net.Dial("tcp", behind.Listener.Addr().String())
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadGateway)
			return
		}
		defer back.Close()
		rw.WriteHeader(http.StatusOK)
		client, buffered, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		go func() { _, _ = io.Copy(back, buffered) }()
		_, _ = io.Copy(client, back)
	}))
	ts.Defer(front.Close)
	return front.URL, certificate
}

var secretAnswers = regexp.MustCompile(`"value": ?"([^"]+)"|<(?:SecretAccessKey|SessionToken)>([^<]+)<`)

// ServeHTTP answers in the place of every host.
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var host http.Handler = w.hub.github
	if strings.HasSuffix(r.Host, ".amazonaws.com") {
		host = w.hub.aws
	}
	kept := httptest.NewRecorder()
	host.ServeHTTP(kept, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[r.Host] += foreign(r, string(body))
	for _, m := range secretAnswers.FindAllStringSubmatch(kept.Body.String(), -1) {
		if strings.HasPrefix(r.Host, "sts.") || r.Host == tokenHost {
			w.secrets = append(w.secrets, m[1]+m[2])
		}
	}
	for name, values := range kept.Header() {
		rw.Header()[name] = values
	}
	rw.WriteHeader(kept.Code)
	_, _ = rw.Write(kept.Body.Bytes())
}

// belongs is what proves to a host who asks.
func belongs() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"api.github.com": regexp.MustCompile(`(?m)^Authorization: Bearer ghs_\w+`), "github.com": regexp.MustCompile(`(?m)^Authorization: Basic \S+`),
		tokenHost: regexp.MustCompile(`(?m)^Authorization: Bearer \S+`), "sts." + salesRegion + ".amazonaws.com": regexp.MustCompile(`\bWebIdentityToken=[^&]+`),
	}
}

// foreign is all that a host was sent without what belongs to it.
func foreign(r *http.Request, body string) string {
	var header strings.Builder
	_ = r.Header.Write(&header)
	sent := r.URL.String() + "\n" + header.String() + body + "\n"
	if own := belongs()[r.Host]; own != nil {
		sent = own.ReplaceAllString(sent, "")
	}
	if strings.HasSuffix(r.Host, ".amazonaws.com") {
		sent = regexp.MustCompile(`(?m)^X-Amz-Security-Token: \S+`).ReplaceAllString(sent, "")
	}
	return sent
}
