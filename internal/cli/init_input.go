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
	in = scaffold.Input{ConfigSchema: schema.Config(), ShareSchema: schema.Share()}
	if in.Folder, err = o.place(); err != nil {
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
	have := ""
	if in.CodeOwners, have, err = o.codeOwners(); err != nil {
		return in, false, err
	}
	in.Owners = cmp.Or(o.owners, scaffold.OwnersOf(have, in.Folder), "@"+in.Repository.Owner+"/data-platform")
	sample, err = o.fromConfig(&in)
	return in, sample, err
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
	all, err := o.workingTree(o.env.Now())
	if err != nil {
		return false, err
	}
	in.Links = links(loaded.Config.Links, all.tree)
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
	in.Scope, in.Links = t.tree.Scope, links(manifest.LinkNames{}, t.tree)
	return nil
}

// links are the databases that may be links or hold them: the names that
// lakeshare.yaml gives them, and those that shares choose themselves.
func links(names manifest.LinkNames, tree *fact.Tree) []scaffold.LinkPlace {
	var out []scaffold.LinkPlace
	for _, name := range []string{
		cmp.Or(names.Container.Value, manifest.DefaultContainer), cmp.Or(names.Database.Value, manifest.DefaultDatabaseLink),
	} {
		pattern := strings.NewReplacer("{database}", "*", "{table}", "*").Replace(name)
		out = append(out, scaffold.LinkPlace{Database: strings.ToLower(pattern)})
	}
	for _, declared := range []map[fact.Key]fact.Want{tree.Wanted, tree.Ended, tree.Absent} {
		for k := range declared {
			if k.Kind == fact.Container || k.Kind == fact.Link {
				out = append(out, scaffold.LinkPlace{At: k.At, Database: k.Object.Database})
			}
		}
	}
	return out
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
