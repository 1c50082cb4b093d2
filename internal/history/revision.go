package history

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// Resolve returns the commit that a revision names: a hash or the beginning of
// one, a branch, a tag, a remote branch, HEAD, each with ~n and ^n behind it.
// (go-git's own resolver panics on some revisions and takes the first of
// several commits that share a beginning.)
func (r *Repo) Resolve(rev string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.resolve(rev)
	if err != nil {
		return "", fmt.Errorf("resolve revision %q: %w", rev, err)
	}
	return c.Hash.String(), nil
}

// Tip returns the commit of HEAD.
func (r *Repo) Tip() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tip()
}

func (r *Repo) tip() (string, error) {
	ref, err := storer.ResolveReference(r.storage, plumbing.HEAD)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return "", fmt.Errorf("read HEAD: %s has %w: commit lakeshare.yaml and the shares first", r.branch(), ErrNoCommits)
	}
	if err != nil {
		return "", fmt.Errorf("read HEAD: %w", err)
	}
	c, err := r.commit(ref.Hash().String())
	if err != nil {
		return "", fmt.Errorf("read HEAD: %w", err)
	}
	return c.Hash.String(), nil
}

// branch is how to call what HEAD is on in a message.
func (r *Repo) branch() string {
	ref, err := r.storage.Reference(plumbing.HEAD)
	if err != nil || ref.Type() != plumbing.SymbolicReference {
		return "HEAD"
	}
	return "branch " + ref.Target().Short()
}

// DefaultTip returns the commit of the named branch as origin was last known
// to have it, else as it is here; without a name, of origin's default branch.
// A branch of origin counts first, for what was merged there is what must be
// true.
func (r *Repo) DefaultTip(branch string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := []string{"refs/remotes/origin/" + branch, "refs/heads/" + branch}
	if branch == "" {
		branch = "of origin"
		names = []string{"refs/remotes/origin/HEAD"}
	}
	for _, name := range names {
		ref, err := storer.ResolveReference(r.storage, plumbing.ReferenceName(name))
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("read default branch %s: %w", branch, err)
		}
		c, err := r.commit(ref.Hash().String())
		if err != nil {
			return "", fmt.Errorf("read default branch %s: %w", branch, err)
		}
		return c.Hash.String(), nil
	}
	return "", fmt.Errorf("read default branch %s: not known here: run `git fetch origin`, and `git remote set-head origin --auto` "+
		"to learn which one it is%s", branch, r.near(branch))
}

func (r *Repo) resolve(rev string) (*object.Commit, error) {
	base, steps := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		base, steps = rev[:i], rev[i:]
	}
	if strings.Contains(rev, "@{") || strings.ContainsAny(base, ": ") || strings.Contains(base, "..") {
		return nil, errors.New("not understood: name one commit, branch or tag, with ~n or ^n behind it")
	}
	c, err := r.named(base)
	for steps != "" && err == nil {
		c, steps, err = r.step(c, steps)
	}
	return c, err
}

// named finds what git would: full hash, ref, beginning of a hash.
func (r *Repo) named(base string) (*object.Commit, error) {
	if base == "@" {
		base = "HEAD"
	}
	if isHash(base) {
		return r.commit(base)
	}
	for _, rule := range plumbing.RefRevParseRules {
		name := plumbing.ReferenceName(fmt.Sprintf(rule, base))
		// Any other file of .git is not a ref, whatever its name.
		if !strings.HasPrefix(name.String(), "refs/") && !strings.HasSuffix(name.String(), "HEAD") {
			continue
		}
		ref, err := storer.ResolveReference(r.storage, name)
		if err != nil {
			continue // no such ref, or no possible name of one
		}
		c, err := r.peel(ref.Hash())
		if err != nil {
			return nil, fmt.Errorf("read commit of %s: %w", name, err)
		}
		return c, nil
	}
	if c, err := r.begins(base); c != nil || err != nil {
		return c, err
	}
	if base == "HEAD" {
		_, err := r.tip()
		return nil, err
	}
	return nil, fmt.Errorf("no such branch, tag or commit%s", r.near(base))
}

// begins finds the only commit whose hash begins so, or none.
func (r *Repo) begins(start string) (*object.Commit, error) {
	start = strings.ToLower(start)
	if len(start) < 4 || len(start) > 40 || !isHex(start) {
		return nil, nil
	}
	whole, err := hex.DecodeString(start[:len(start)&^1])
	if err != nil {
		return nil, err
	}
	r.objects.Reindex()
	hashes, err := r.storage.HashesWithPrefix(whole)
	if err != nil {
		return nil, fmt.Errorf("search objects: %w", err)
	}
	var found *object.Commit
	for _, h := range hashes {
		if !strings.HasPrefix(h.String(), start) {
			continue
		}
		c, err := object.GetCommit(r.objects, h)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			continue // a blob or a tree
		}
		if err != nil {
			return nil, err
		}
		if found != nil && found.Hash != h {
			return nil, errors.New("several commits begin like this: give more digits")
		}
		found = c
	}
	return found, nil
}

// step takes one ~n or ^n off steps and follows it.
func (r *Repo) step(c *object.Commit, steps string) (*object.Commit, string, error) {
	kind, rest := steps[0], steps[1:]
	for _, same := range []string{"{commit}", "{}"} {
		if after, ok := strings.CutPrefix(rest, same); ok && kind == '^' {
			return c, after, nil
		}
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	rest = rest[len(digits):]
	n := 1
	if digits != "" {
		var err error
		if n, err = strconv.Atoi(digits); err != nil {
			return nil, "", fmt.Errorf("no such commit: %w", err)
		}
	}
	if rest != "" && rest[0] != '~' && rest[0] != '^' {
		return nil, "", errors.New("not understood: only ~n and ^n may follow a name")
	}
	if n == 0 {
		return c, rest, nil
	}
	which := 0
	if kind == '^' {
		which, n = n-1, 1
	}
	for ; n > 0; n-- {
		if which >= len(c.ParentHashes) {
			return nil, "", fmt.Errorf("commit %s has only %d parents", c.Hash, len(c.ParentHashes))
		}
		parent, err := r.commit(c.ParentHashes[which].String())
		if err != nil {
			return nil, "", err
		}
		c = parent
	}
	return c, rest, nil
}
