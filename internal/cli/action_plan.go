package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/lakeshare/lakeshare/internal/aws"
	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
	"github.com/lakeshare/lakeshare/internal/plan"
	"github.com/lakeshare/lakeshare/internal/reconcile"
	"github.com/lakeshare/lakeshare/internal/report"
)

// plan shows on a pull request, or for a merge queue, what merging carries out.
func (a *action) plan(ctx context.Context) error {
	if p := a.hub.run.Pull; p != nil && p.Fork {
		// No token for AWS is given to a fork, and none is wanted.
		fmt.Fprintln(a.env.Stderr, "lakeshare: a pull request from a fork is validated and not planned")
		return a.validate(ctx)
	}
	s, err := a.hub.session()
	if err != nil {
		return err
	}
	commit, err := s.repo.Tip()
	if err != nil {
		return err
	}
	t, err := s.commitTree(commit)
	if err != nil {
		return err
	}
	target, err := a.target(s, commit)
	if err != nil {
		return err
	}
	review := report.Review{Findings: t.findings, Links: a.links(commit), Queue: a.hub.run.Queue != nil}
	view := report.Options{Format: report.Text, Verbose: a.verbose, Accounts: t.tree.Accounts}
	if t.findings.HasErrors() {
		return a.review(nil, t, review, view)
	}
	record, err := s.before("")
	if err != nil {
		return err
	}
	a.forged()
	for _, f := range a.hub.refused {
		review.Notes = append(review.Notes, f.String())
	}
	if err := a.stale(target.tree.Commit); err != nil {
		return err
	}
	unread := trust(t.tree, target.tree)
	for _, u := range unread {
		review.Notes = append(review.Notes, fmt.Sprintf("Account %s is only in this pull request and was not read: its roles count once they are merged.", u.Alias))
	}
	known := accounts(t.tree, append(slices.Clone(record), target.tree))
	view.Accounts = slices.Concat(known, unread) // for their names
	in := plan.Input{Tip: t.tree, Before: record}
	r, err := reconcile.Review(ctx, s.cloud(aws.Planning, known, commit), in, target.tree, unread)
	if err != nil {
		return err
	}
	review.Plan, review.Merged, review.Cancelled = r.Plan, r.Merged, len(r.Cancelled)
	review.LossLimit = lossLimit(t.tree, append(slices.Clone(record), target.tree))
	review.Findings = allFindings(t, r.Plan)
	review.Calls = calls(r.Plan)
	return a.review(r.Plan, t, review, view)
}

// target compiles what a pull request is merged into: its roles and limits count,
// not those that the pull request brings. Elsewhere it is the commit itself.
func (a *action) target(s *session, commit string) (compiled, error) {
	base := commit
	switch {
	case a.hub.run.Queue != nil:
		base = a.hub.run.Queue.Base
	case a.hub.run.Pull != nil && commit == a.hub.run.SHA: // the merge commit, whose first parent is the target
		parent, err := s.repo.Resolve(commit + "^1")
		if err != nil {
			return compiled{}, err
		}
		base = parent
	case a.hub.run.Pull != nil:
		base = a.hub.run.Pull.Base
	}
	if s.fetch != nil {
		if err := s.fetch(base); err != nil {
			return compiled{}, err
		}
	}
	files, err := s.repo.Files(base, manifest.Keep)
	if err != nil {
		return compiled{}, err
	}
	if len(files) == 0 { // the first pull request brings lakeshare.yaml itself
		return compiled{tree: &fact.Tree{Commit: base, Losses: manifest.DefaultLosses}}, nil
	}
	return compile(files, base, s.now()), nil
}

// stale refuses a plan of a merge commit that is older than what was carried out
// since: it would take for withdrawn what main has brought meanwhile.
func (a *action) stale(target string) error {
	record := a.hub.record
	if record == nil || a.hub.run.Pull == nil {
		return nil
	}
	for _, commit := range append(slices.Clone(record.Started), record.Applied) {
		if commit == "" {
			continue
		}
		seen, err := a.hub.repo.Ancestor(commit, target)
		if err != nil || seen {
			return err
		}
		if on, err := a.hub.repo.Ancestor(commit, a.hub.head); err != nil || on {
			return errors.Join(err, fmt.Errorf("%s has moved on to %s, which was carried out since this run began: "+
				"update the branch of the pull request, or push to it, for a plan of what merging does now", a.hub.run.DefaultBranch, short(commit)))
		}
	}
	return nil
}

// trust gives a tree that is not merged the roles of its target, and returns the
// accounts that the target does not have: nobody has approved their roles. An
// account that the target has in another region is known.
func trust(tip, target *fact.Tree) (unread []fact.Account) {
	var known []fact.Account
	for _, account := range tip.Accounts {
		i := slices.IndexFunc(target.Accounts, func(b fact.Account) bool { return b.Place == account.Place })
		if i < 0 {
			i = slices.IndexFunc(target.Accounts, func(b fact.Account) bool { return b.Place.Account == account.Place.Account })
		}
		if i < 0 {
			unread = append(unread, account)
			continue
		}
		account.PlanRole, account.ApplyRole = target.Accounts[i].PlanRole, target.Accounts[i].ApplyRole
		known = append(known, account)
	}
	tip.Accounts = known
	return unread
}

// review shows a plan in the log, on the pull request and in the summary, and
// sets the outputs.
func (a *action) review(p *plan.Plan, t compiled, review report.Review, view report.Options) error {
	a.findings = review.Findings
	code := ExitInvalid
	if p != nil {
		if err := a.outputsOf(p, review.LossLimit, view); err != nil {
			return err
		}
		if err := liveFindings(a.env, p, t, view); err != nil {
			return err
		}
		if err := report.Plan(a.env.Stdout, p, review.LossLimit, view); err != nil {
			return err
		}
		code = (&planOptions{common: a.common}).code(p)
	} else if err := a.show(t); !isExit(err) {
		return err
	}
	view.Format = report.Markdown
	body, summary := report.Comment(review, view)
	var pulls []int
	if a.hub.isNewest() {
		pulls = []int{a.hub.run.Pull.Number}
	}
	if err := a.hub.tell(pulls, "plan", body, summary); err != nil {
		return err
	}
	if review.Findings.HasErrors() {
		code = ExitInvalid
	}
	return exit(code)
}

// outputsOf sets what later steps may want to know about a plan.
func (a *action) outputsOf(p *plan.Plan, limit int, view report.Options) error {
	a.count("changes", len(p.Changes))
	a.count("gains", p.GainedTables())
	a.count("losses", p.LostTables())
	a.count("waiting", len(p.Waiting))
	a.count("drift", len(p.Drift))
	a.set("digest", p.Digest())
	if p.Empty() {
		a.set("reason", "nothing-to-do")
	}
	dir := a.env.Getenv("RUNNER_TEMP")
	if dir == "" {
		return nil
	}
	path := filepath.Join(dir, "lakeshare-plan.json")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	view.Format = report.JSON
	if err := report.Plan(f, p, limit, view); err != nil {
		_ = f.Close()
		return err
	}
	a.set("plan", path)
	return f.Close()
}

// links are addresses that stay the same while the content does: a line of a
// file is where the pull request shows it.
func (a *action) links(commit string) report.Links {
	run := a.hub.run
	l := report.Links{Run: run.URL(), Commit: run.CommitURL(commit)}
	l.File = func(file string, line int) string { return run.FileURL(commit, a.hub.repo.Path(file), line) }
	if run.Pull != nil {
		l.File = func(file string, line int) string {
			sum := sha256.Sum256([]byte(a.hub.repo.Path(file)))
			return fmt.Sprintf("%s#diff-%sR%d", run.PullFilesURL(), hex.EncodeToString(sum[:]), line)
		}
	}
	return l
}

func calls(p *plan.Plan) []report.Call {
	var out []report.Call
	for _, f := range aws.Foresee(p.Stages()) {
		out = append(out, report.Call{At: f.At, Name: f.Call, Count: f.Count, Entries: f.Entries})
	}
	return out
}

// allFindings is findings of files and of the plan together.
func allFindings(t compiled, p *plan.Plan) diag.List {
	if p == nil {
		return t.findings
	}
	return slices.Concat(t.findings, p.Findings).Sorted()
}
