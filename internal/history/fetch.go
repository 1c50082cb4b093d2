package history

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
)

// Remote is where commits are fetched from that the clone does not have: the
// tip when the branch moved on after the checkout, or a commit that was carried
// out and forced away since.
type Remote struct {
	URL   string // https://github.com/acme/shares.git
	User  string
	Token string // never part of an error
}

// fetched keeps what was fetched, out of the way of branches.
const fetched = recordRefs + "fetched/"

// Has reports whether the clone holds the commit.
func (r *Repo) Has(commit string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := r.commit(commit)
	return err == nil
}

// Fetch gets one commit, with its history, unless the clone has it.
func (r *Repo) Fetch(ctx context.Context, from Remote, commit string) error {
	if r.Has(commit) {
		return nil
	}
	if !isHash(commit) {
		return fmt.Errorf("fetch %q: not the name of a commit", commit)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	remote := git.NewRemote(r.places.storage(), &config.RemoteConfig{Name: "lakeshare", URLs: []string{from.URL}})
	options := &git.FetchOptions{
		RefSpecs: []config.RefSpec{config.RefSpec("+" + commit + ":" + fetched + commit)},
		Tags:     git.NoTags,
	}
	if from.Token != "" {
		options.Auth = &http.BasicAuth{Username: from.User, Password: from.Token}
	}
	err := remote.FetchContext(ctx, options)
	switch {
	case errors.Is(err, git.NoErrAlreadyUpToDate):
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return fmt.Errorf("fetch %s from %s: the token may not read it: give the job `permissions: contents: read`", commit, from.URL)
	case err != nil:
		return errors.New(from.redact(fmt.Sprintf("fetch %s from %s: %v", commit, from.URL, err)))
	}
	r.storage = r.places.storage() // sees the new pack
	r.objects = objects{r.storage}
	if _, err := r.commit(commit); err != nil {
		return fmt.Errorf("fetch %s from %s: %w", commit, from.URL, err)
	}
	return nil
}

func (from Remote) redact(s string) string {
	if from.Token == "" {
		return s
	}
	return strings.ReplaceAll(s, from.Token, "***")
}

// Ancestor reports whether one commit is the other, or came before it.
func (r *Repo) Ancestor(older, newer string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o, err := r.commit(older)
	if err != nil {
		return false, err
	}
	n, err := r.commit(newer)
	if err != nil {
		return false, err
	}
	if o.Hash == n.Hash {
		return true, nil
	}
	return o.IsAncestor(n)
}
