package githubsim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const zeroSHA = "0000000000000000000000000000000000000000"

// gitSettings are in force for every git process: GitHub serves any commit it
// holds by its SHA, and partial clones. Nothing of the machine's own settings
// gets in.
var gitSettings = [][2]string{
	{"uploadpack.allowAnySHA1InWant", "true"},
	{"uploadpack.allowFilter", "true"},
	{"http.getanyfile", "false"},
	{"safe.directory", "*"},
}

func gitEnvironment() []string {
	env := []string{
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "LC_ALL=C",
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(gitSettings)),
	}
	for i, setting := range gitSettings {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, setting[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, setting[1]))
	}
	return env
}

// git runs git in the repository and returns what it prints.
func (r Repo) git(args ...string) (string, error) {
	if r.Dir == "" {
		return "", errors.New("the repository has no git directory")
	}
	cmd := exec.CommandContext(context.Background(), "git", append([]string{"--git-dir", r.Dir}, args...)...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }), gitEnvironment()...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return string(out), nil
}

// resolve turns a branch, tag, full ref or SHA into a commit, "" if there is
// none. Without a git directory any full SHA is a commit.
func (r *repository) resolve(name string) string {
	if r.Dir == "" {
		for _, ref := range []string{name, "refs/heads/" + name, "refs/tags/" + name, "refs/" + name} {
			if sha := r.refs[ref]; sha != "" {
				return sha
			}
		}
		if isSHA(name) {
			return name
		}
		return ""
	}
	if strings.HasPrefix(name, "-") || strings.ContainsAny(name, "^~:@{} ") {
		return "" // GitHub takes names here, not git's expressions
	}
	for _, candidate := range []string{"refs/heads/" + name, "refs/tags/" + name, "refs/" + name, name} {
		if out, err := r.git("rev-parse", "--verify", "--quiet", candidate+"^{commit}"); err == nil {
			return strings.TrimSpace(out)
		}
	}
	return ""
}

// ref reads one full ref, "" if it is not there.
func (r *repository) ref(name string) string {
	if r.Dir == "" {
		return r.refs[name]
	}
	out, err := r.git("for-each-ref", "--format=%(refname) %(objectname)", name)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(out) {
		if found, sha, _ := strings.Cut(strings.TrimSpace(line), " "); found == name {
			return sha
		}
	}
	return ""
}

// contains says whether a commit is an ancestor of another, or the same.
func (r *repository) contains(descendant, ancestor string) bool {
	if descendant == ancestor {
		return true
	}
	if !isSHA(descendant) || !isSHA(ancestor) {
		return false
	}
	_, err := r.git("merge-base", "--is-ancestor", ancestor, descendant)
	return err == nil
}

func isSHA(text string) bool {
	return len(text) == 40 && strings.Trim(text, "0123456789abcdef") == ""
}

// gitCommit is one commit as git log prints it.
type gitCommit struct {
	sha, tree, message string
	parents            []string
	author, committer  object
}

// logFormat separates fields by the unit and commits by the record separator.
const logFormat = "--format=%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B%x1e"

// log lists commits; its arguments are those of git log.
func (r Repo) log(args ...string) ([]gitCommit, error) {
	out, err := r.git(append([]string{"log", logFormat}, args...)...)
	if err != nil {
		return nil, err
	}
	var commits []gitCommit
	for record := range strings.SplitSeq(out, "\x1e") {
		field := strings.Split(strings.TrimPrefix(record, "\n"), "\x1f")
		if len(field) != 10 {
			continue // the end of the output
		}
		commits = append(commits, gitCommit{
			sha: field[0], tree: field[1], parents: strings.Fields(field[2]), message: strings.TrimRight(field[9], "\n"),
			author:    object{"name": field[3], "email": field[4], "date": field[5]},
			committer: object{"name": field[6], "email": field[7], "date": field[8]},
		})
	}
	return commits, nil
}
