package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/history"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/report"
)

// compiled is one tree with its files and what is wrong with them.
type compiled struct {
	tree     *fact.Tree
	files    map[string][]byte
	shares   int // how many could be read
	findings diag.List
	dates    diag.List // warnings of validate: shares that have ended or soon do
}

func compile(files map[string][]byte, commit string, now time.Time) compiled {
	source, findings := manifest.Load(files)
	tree, more := manifest.Compile(source, now)
	tree.Commit = commit
	return compiled{
		tree: tree, files: files, shares: len(source.Shares),
		findings: append(findings, more...).Sorted(), dates: manifest.Dates(source, now),
	}
}

// workingTree compiles the files on disk.
func (c *common) workingTree(now time.Time) (compiled, error) {
	files, err := history.WorkingTree(c.path(c.dir), manifest.Keep)
	if err != nil {
		return compiled{}, err
	}
	return c.elsewhere(compile(files, "", now)), nil
}

// toCheck are the files on disk with all that validate tells about them.
func (c *common) toCheck(now time.Time) (compiled, error) {
	t, err := c.workingTree(now)
	t.findings = append(t.findings, t.dates...).Sorted()
	return t, err
}

// elsewhere says where lakeshare.yaml is if it is in a folder above: people run
// commands in the folder of the file that they edit.
func (c *common) elsewhere(t compiled) compiled {
	if _, ok := t.files[manifest.ConfigFile]; ok {
		return t
	}
	i := slices.IndexFunc(t.findings, func(f diag.Finding) bool { return f.Pos.File == manifest.ConfigFile })
	above, ok := configAbove(c.path(c.dir))
	if i < 0 || !ok {
		return t
	}
	path := above
	if short, err := filepath.Rel(c.env.Dir, above); err == nil {
		path = short
	}
	t.findings = slices.Clone(t.findings)
	t.findings[i].Hint = "run it with -C " + path + ": " + filepath.Join(above, manifest.ConfigFile) + " is there"
	return t
}

// configAbove is the nearest folder above that has lakeshare.yaml, within one
// git repository.
func configAbove(dir string) (string, bool) {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return "", false
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", false
		}
		dir = above
		if info, err := os.Stat(filepath.Join(dir, manifest.ConfigFile)); err == nil && info.Mode().IsRegular() {
			return dir, true
		}
	}
}

// commitTree compiles the files of a commit.
func (s *session) commitTree(commit string) (compiled, error) {
	files, err := s.repo.Files(commit, manifest.Keep)
	if err != nil {
		return compiled{}, err
	}
	return s.elsewhere(compile(files, commit, s.now())), nil
}

// show prints findings to stdout and ends with the code for invalid files if any is an error.
func (c *common) show(t compiled) error {
	if len(t.findings) == 0 {
		return nil
	}
	return c.showAll(t)
}

// showAll does the same and says in every format but text that there are none.
func (c *common) showAll(t compiled) error {
	var accounts []fact.Account
	if t.tree != nil {
		accounts = t.tree.Accounts
	}
	o, err := c.options(accounts)
	if err != nil {
		return err
	}
	source := func(file string) []byte { return t.files[file] }
	if err := report.Findings(c.env.Stdout, t.findings, source, o); err != nil {
		return err
	}
	if t.findings.HasErrors() {
		return exit(ExitInvalid)
	}
	return nil
}

// liveFindings shows what only AWS knows, at the lines that ask for it. JSON has
// one document, and the plan's carries the findings.
func liveFindings(env Env, p *plan.Plan, t compiled, view report.Options) error {
	if view.Format == report.JSON || len(p.Findings) == 0 {
		return nil
	}
	source := func(file string) []byte { return t.files[file] }
	return report.Findings(env.Stdout, p.Findings, source, view)
}

// before compiles the trees that may have been carried out: the base, then the
// started ones. One that cannot be read stops the run, since what it declared
// could not be told from strays.
func before(repo *history.Repo, record history.Record, now time.Time) ([]*fact.Tree, error) {
	var commits []string
	if record.Applied != "" {
		commits = append(commits, record.Applied)
	}
	commits = append(commits, record.Started...)
	var out []*fact.Tree
	for _, commit := range commits {
		files, err := repo.Files(commit, manifest.Keep)
		if err != nil {
			return nil, fmt.Errorf("read the files of %s, which may have been carried out: %w", short(commit), err)
		}
		t := compile(files, commit, now)
		if t.findings.HasErrors() {
			first := t.findings[slices.IndexFunc(t.findings, func(f diag.Finding) bool { return f.Severity == diag.Error })]
			return nil, fmt.Errorf("the files of %s, which may have been carried out, cannot be read any more: %s\n"+
				"Name the last commit that was carried out with --base", short(commit), first)
		}
		out = append(out, t.tree)
	}
	if record.Applied == "" && len(out) > 0 {
		// Started, but nothing was ever complete: an empty tree came before.
		out = append([]*fact.Tree{{}}, out...)
	}
	return out, nil
}

// accounts are those of the tip, and those that only earlier trees name: a
// deletion needs the roles of the tree that declared it. Where the tip has the
// account, its roles count, since the older ones may be gone.
func accounts(tip *fact.Tree, before []*fact.Tree) []fact.Account {
	out := slices.Clone(tip.Accounts)
	for _, t := range slices.Backward(before) {
		for _, a := range t.Accounts {
			if !slices.ContainsFunc(out, func(b fact.Account) bool { return a.Place == b.Place }) {
				out = append(out, a)
			}
		}
	}
	return out
}

// lossLimit is limits.losses as it counts for a run: the strictest of the tip's
// and those of trees before, negative for none. A limit that a merge raises
// counts from the next one on, so that it cannot let its own losses pass.
func lossLimit(tip *fact.Tree, before []*fact.Tree) int {
	limit := tip.Losses
	for _, t := range before {
		if t.Commit != "" && t.Losses >= 0 && (limit < 0 || t.Losses < limit) {
			limit = t.Losses
		}
	}
	return limit
}

func short(commit string) string { return commit[:min(12, len(commit))] }
