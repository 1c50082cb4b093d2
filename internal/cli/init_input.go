package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/scaffold"
	"github.com/lakeshare/lakeshare/schema"
)

// input collects what the files depend on: flags first, then what an earlier run
// has left, then git and the environment. The second result says that the
// accounts are a sample, since nobody named any.
func (o *initOptions) input() (in scaffold.Input, sample bool, err error) {
	if err := o.findRoot(); err != nil {
		return in, false, err
	}
	in = scaffold.Input{ConfigSchema: schema.Config(), ShareSchema: schema.Share()}
	if in.Folder, err = o.folder(); err != nil {
		return in, false, err
	}
	remembered, ours, err := o.remembered(in.Folder)
	if err != nil {
		return in, false, err
	}
	if !ours {
		if remembered.Repository, err = o.surroundings(); err != nil {
			return in, false, err
		}
	}
	if in.Repository, err = o.repositoryOf(remembered.Repository); err != nil {
		return in, false, err
	}
	in.Branch = cmp.Or(o.branch, remembered.Branch, "main")
	in.Action = cmp.Or(o.action, remembered.Action, defaultAction())
	in.Owners = cmp.Or(o.owners, "@"+in.Repository.Owner+"/data-platform")
	sample, err = o.fromConfig(&in)
	return in, sample, err
}

// findRoot finds the repository's root, or takes the folder itself where there is no git.
func (o *initOptions) findRoot() error {
	dir, err := filepath.EvalSymlinks(o.path(o.dir))
	if err != nil {
		return err
	}
	for o.root = dir; ; o.root = filepath.Dir(o.root) {
		_, err := os.Stat(filepath.Join(o.root, ".git"))
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, fs.ErrNotExist):
			return err
		case filepath.Dir(o.root) == o.root:
			o.root = dir
			return nil
		}
	}
}

// folder is where lakeshare.yaml is, from the root.
func (o *initOptions) folder() (string, error) {
	dir, err := filepath.EvalSymlinks(o.path(o.dir))
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(o.root, dir)
	if rel == "." {
		rel = ""
	}
	return filepath.ToSlash(rel), err
}

// remembered reads how earlier runs were told to write. The roles go first: what
// they trust is what has to stay as it is.
func (o *initOptions) remembered(folder string) (out scaffold.Remembered, ours bool, err error) {
	names, err := filepath.Glob(filepath.Join(o.root, filepath.FromSlash(folder), "iam", "*.*"))
	if err != nil {
		return out, false, err
	}
	for _, name := range []string{"plan.yml", "apply.yml", "drift.yml"} {
		names = append(names, filepath.Join(o.root, ".github", "workflows", name))
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, false, err
		}
		r, found, err := scaffold.Remember(string(data))
		if err != nil {
			return out, false, fmt.Errorf("%s:1: %w: correct the line, or delete the file and run lakeshare init with --repository", name, err)
		}
		if found && !ours {
			out, ours = r, true
		}
		out.Branch, out.Action = cmp.Or(out.Branch, r.Branch), cmp.Or(out.Action, r.Action)
	}
	return out, ours, nil
}

// surroundings are the repository of the workflow run, or of the remote.
func (o *initOptions) surroundings() (scaffold.Repository, error) {
	get := o.env.Getenv
	if name := get("GITHUB_REPOSITORY"); name != "" {
		r, err := scaffold.ParseRepository(name)
		r.ID, r.OwnerID = get("GITHUB_REPOSITORY_ID"), get("GITHUB_REPOSITORY_OWNER_ID")
		return r, err
	}
	name, err := originRepository(o.root)
	if err != nil || name == "" {
		return scaffold.Repository{}, err
	}
	return scaffold.ParseRepository(name)
}

// repositoryOf lets flags win. Numbers of another repository are not taken over.
func (o *initOptions) repositoryOf(known scaffold.Repository) (scaffold.Repository, error) {
	r := known
	if o.repository != "" {
		named, err := scaffold.ParseRepository(o.repository)
		if err != nil {
			return r, err
		}
		if named.String() != known.String() {
			r = named
		}
	}
	if r.Owner == "" {
		return r, errors.New("which repository on GitHub is this? There is no remote origin on github.com: write --repository owner/name")
	}
	r.ID, r.OwnerID = cmp.Or(o.repositoryID, r.ID), cmp.Or(o.ownerID, r.OwnerID)
	r.Immutable = r.Immutable || o.immutable
	if !r.Immutable && o.ownerID == "" {
		r.OwnerID = "" // not written, so not remembered
	}
	return r, nil
}

// fromConfig takes accounts and scope from lakeshare.yaml, or from flags for a new one.
func (o *initOptions) fromConfig(in *scaffold.Input) (sample bool, err error) {
	data, err := os.ReadFile(filepath.Join(o.path(o.dir), manifest.ConfigFile))
	if errors.Is(err, fs.ErrNotExist) {
		return o.newAccounts(in)
	}
	if err != nil {
		return false, err
	}
	if len(o.accounts) > 0 || o.region != "" {
		return false, errors.New("there is a lakeshare.yaml: accounts and regions are read from it, so leave --account and --region out")
	}
	files := map[string][]byte{manifest.ConfigFile: data}
	t := compile(files, "", o.env.Now())
	if t.findings.HasErrors() {
		return false, o.show(t)
	}
	in.Accounts, in.Scope = t.tree.Accounts, t.tree.Scope
	in.Repair = slices.ContainsFunc(in.Scope, func(s fact.Scope) bool { return s.Repair })
	loaded, _ := manifest.Load(files)
	for _, a := range loaded.Config.Accounts {
		in.Manifests = append(in.Manifests, a.Storage.Manifests.Value)
		for _, d := range a.Databases {
			in.Manifests = append(in.Manifests, d.Manifests.Value)
		}
	}
	in.Manifests = slices.DeleteFunc(in.Manifests, func(m string) bool { return m == "" })
	return false, nil
}

func (o *initOptions) newAccounts(in *scaffold.Input) (sample bool, err error) {
	in.New = true
	if _, err := os.Stat(filepath.Join(o.path(o.dir), "lakeshare.yml")); err == nil {
		return false, errors.New("lakeshare.yml is not read: rename it to lakeshare.yaml")
	}
	region := cmp.Or(o.region, o.env.Getenv("AWS_REGION"), o.env.Getenv("AWS_DEFAULT_REGION"), "eu-west-1")
	named := o.accounts
	if len(named) == 0 {
		named, sample = []string{"sales=111122223333", "analytics=444455556666"}, true
	}
	for _, text := range named {
		alias, id, ok := strings.Cut(text, "=")
		if !ok {
			return sample, fmt.Errorf("--account %s: write ALIAS=ID, such as sales=111122223333", text)
		}
		if slices.ContainsFunc(in.Accounts, func(a fact.Account) bool { return a.Alias == alias }) {
			return sample, fmt.Errorf("--account %s: there are two accounts with the alias %s", text, alias)
		}
		in.Accounts = append(in.Accounts, fact.Account{
			Place: fact.Place{Account: id, Region: region}, Alias: alias,
			PlanRole: "arn:aws:iam::" + id + ":role/lakeshare-plan", ApplyRole: "arn:aws:iam::" + id + ":role/lakeshare-apply",
		})
	}
	return sample, o.scopeOfNew(in)
}

// scopeOfNew reads the scope out of the file that is about to be written, so that
// the roles are those of a second run.
func (o *initOptions) scopeOfNew(in *scaffold.Input) error {
	files, err := scaffold.Files(*in)
	if err != nil {
		return err
	}
	t := compile(map[string][]byte{manifest.ConfigFile: []byte(files[0].Content)}, "", o.env.Now())
	if t.findings.HasErrors() {
		return fmt.Errorf("these accounts make no lakeshare.yaml: %s", t.findings[0])
	}
	in.Scope = t.tree.Scope
	return nil
}

// defaultAction is the action of the commit that this binary was built from. A
// release cannot know the commit that has its digests: that one was made later.
func defaultAction() string {
	commit, clean := "", true
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = s.Value
			case "vcs.modified":
				clean = s.Value == "false"
			}
		}
	}
	if len(commit) != 40 || !clean || version != "" {
		return scaffold.DefaultAction + "@" + scaffold.Placeholder
	}
	return scaffold.DefaultAction + "@" + commit
}
