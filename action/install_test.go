package action_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const program = "#!/bin/bash\necho released\n"

// released is a table for one platform.
func released(platform string) string {
	return "# version v1.2.3\n# commit 0123456789abcdef0123456789abcdef01234567\n" +
		digest("another") + "  lakeshare_v1.2.3_plan9_mips\n" + digest(program) + "  lakeshare_v1.2.3_" + platform + "\n"
}

func TestInstallsTheReleaseOfItsTable(t *testing.T) {
	t.Parallel()
	for _, machine := range []struct{ system, architecture, platform, without string }{
		{"Linux", "x86_64", "linux_amd64", "shasum"},
		{"Linux", "aarch64", "linux_arm64", ""},
		{"Darwin", "arm64", "darwin_arm64", "sha256sum"},
		{"Darwin", "x86_64", "darwin_amd64", ""},
	} {
		t.Run(machine.platform, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t, machine.system, machine.architecture, released(machine.platform))
			mirror := serve(t, map[string]string{"/v1.2.3/lakeshare_v1.2.3_" + machine.platform: program})
			r.uses(mirror)
			if machine.without != "" {
				r.without(machine.without)
			}
			if _, err := os.Stat(r.path("bin", "shasum")); machine.without == "sha256sum" && err != nil {
				t.Skip("shasum is not installed")
			}
			out, err := exec.Command(r.install()).Output()
			if err != nil || string(out) != "released\n" {
				t.Errorf("the program says %q (%v), want what was released", out, err)
			}
			// A second step of the job checks the copy and downloads nothing; a
			// copy that somebody changed is replaced.
			bin := r.install()
			if len(mirror.asked) != 1 {
				t.Errorf("two steps downloaded %q, want one download", mirror.asked)
			}
			r.must(os.WriteFile(bin, []byte("#!/bin/bash\necho mine\n"), 0o755))
			if got := read(t, r.install()); got != program {
				t.Errorf("a changed copy was kept: %q", got)
			}
		})
	}
}

func TestRefusesWhatHasAnotherDigest(t *testing.T) {
	t.Parallel()
	r := newRunner(t, "Linux", "x86_64", released("linux_amd64"))
	r.uses(serve(t, map[string]string{"/v1.2.3/lakeshare_v1.2.3_linux_amd64": program + "curl evil\n"}))
	r.refuses("has SHA-256 "+digest(program+"curl evil\n"), "says "+digest(program), "it was not run")
	left, err := filepath.Glob(r.path("temp", "*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("what was refused is still there: %q (%v)", left, err)
	}
}

func TestRefusesWhatItCannotGet(t *testing.T) {
	t.Parallel()
	missing := newRunner(t, "Linux", "x86_64", released("linux_amd64"))
	missing.uses(serve(t, nil))
	missing.refuses("could not download https://127.0.0.1:", "/v1.2.3/lakeshare_v1.2.3_linux_amd64")

	stranger := newRunner(t, "Linux", "x86_64", released("linux_amd64"))
	stranger.uses(serve(t, map[string]string{"/v1.2.3/lakeshare_v1.2.3_linux_amd64": program}))
	delete(stranger.env, "CURL_CA_BUNDLE")
	stranger.refuses("could not download")

	plain := newRunner(t, "Linux", "x86_64", released("linux_amd64"))
	plain.env["LAKESHARE_RELEASES"] = "http://127.0.0.1:9"
	plain.refuses("could not download http://127.0.0.1:9")

	bare := newRunner(t, "Linux", "x86_64", released("linux_amd64"))
	bare.without("curl")
	bare.refuses("curl is not on this runner")
}

func TestRefusesOtherMachines(t *testing.T) {
	t.Parallel()
	newRunner(t, "MINGW64_NT-10.0", "x86_64", "").refuses("Linux and macOS", "MINGW64_NT-10.0 x86_64", "runs-on: ubuntu-latest")
	newRunner(t, "Linux", "riscv64", "").refuses("x86-64 and arm64", "linux riscv64")
	newRunner(t, "Linux", "aarch64", released("linux_amd64")).refuses("no digest of lakeshare_v1.2.3_linux_arm64")
}

func TestRefusesADamagedTable(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"short":   digest(program)[:63] + "  lakeshare_v1.2.3_linux_amd64\n",
		"command": "$(touch${IFS}pwned)  lakeshare_v1.2.3_linux_amd64\n",
		"twice":   strings.Repeat(digest(program)+"  lakeshare_v1.2.3_linux_amd64\n", 2),
	} {
		r := newRunner(t, "Linux", "x86_64", "# version v1.2.3\n"+line)
		r.refuses("no digest of lakeshare_v1.2.3_linux_amd64")
		if _, err := os.Stat(r.path("pwned")); err == nil {
			t.Errorf("%s: the table was run", name)
		}
	}
}

func TestSaysWhatIsMissingToBuild(t *testing.T) {
	t.Parallel()
	r := newRunner(t, "Linux", "x86_64", "")
	r.refuses("go is not on this runner", "Pin a release", "actions/setup-go")
}

func TestSaysThatItCouldNotBuild(t *testing.T) {
	t.Parallel()
	r := newRunner(t, "Linux", "x86_64", "")
	r.fake("go", "echo boom >&2; exit 1")
	r.refuses("could not build lakeshare")
	if !strings.Contains(r.said, "boom") {
		t.Errorf("the log does not say what go said:\n%s", r.said)
	}
}

// onThisMachine is a runner that builds the source of the repository.
func onThisMachine(t *testing.T) *runner {
	t.Helper()
	r := newRunner(t, map[string]string{"linux": "Linux", "darwin": "Darwin"}[runtime.GOOS], "x86_64", "")
	root, err := filepath.Abs("..")
	r.must(err)
	r.env["GITHUB_ACTION_PATH"] = root
	r.env["PATH"] += string(os.PathListSeparator) + os.Getenv("PATH")
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOTOOLCHAIN"} {
		value, err := exec.Command("go", "env", name).Output()
		r.must(err)
		r.env[name] = strings.TrimSpace(string(value))
	}
	// Settings for the modules of the job must not get in the way of ours.
	r.env["GOFLAGS"], r.env["GOWORK"] = "-mod=vendor", "/nowhere/go.work"
	return r
}

func TestBuildsFromSource(t *testing.T) {
	t.Parallel()
	r := onThisMachine(t)
	bin := r.install()
	if !strings.Contains(r.said, "building from source") {
		t.Errorf("the log does not say that it builds:\n%s", r.said)
	}
	out, err := exec.Command(bin, "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "lakeshare ") {
		t.Errorf("the program says %q (%v)", out, err)
	}
	if again := r.install(); again != bin || strings.Contains(r.said, "building") {
		t.Errorf("a second step of the job built again:\n%s", r.said)
	}
	hostile(t, r, bin)
}

// hostile passes inputs that a shell would run.
func hostile(t *testing.T, r *runner, bin string) {
	t.Helper()
	r.env["LAKESHARE_BIN"] = bin
	for _, input := range []string{
		"plan; echo pwned >pwned", "$(echo pwned >pwned)", "`echo pwned >pwned`", "plan\necho pwned >pwned\n",
		`plan" ; echo pwned >pwned ; "`, "plan' || echo pwned >pwned '", "--help", "",
	} {
		r.env["LAKESHARE_COMMAND"] = input
		if r.step(scripts(t)["run"]) {
			t.Errorf("command %q ended well:\n%s", input, r.said)
		}
		if !strings.Contains(r.said, "input command is ") || !strings.Contains(r.said, "expected one of validate, plan, apply") {
			t.Errorf("command %q: the step says\n%s", input, r.said)
		}
		if _, err := os.Stat(r.path("pwned")); err == nil {
			t.Fatalf("command %q was run", input)
		}
	}
}
