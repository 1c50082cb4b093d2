package history

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// objects looks again when an object is not found: go-git remembers which packs
// there were, and `git fetch` or `git gc` may have run since Open.
type objects struct{ *filesystem.Storage }

// EncodedObject implements storer.EncodedObjectStorer.
func (o objects) EncodedObject(t plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	obj, err := o.Storage.EncodedObject(t, h)
	if !errors.Is(err, plumbing.ErrObjectNotFound) {
		return obj, err
	}
	o.Reindex()
	return o.Storage.EncodedObject(t, h)
}

// commit reads the commit with a full hash.
func (r *Repo) commit(hash string) (*object.Commit, error) {
	if !isHash(hash) {
		return nil, fmt.Errorf("read commit %q: expected 40 hexadecimal digits", hash)
	}
	c, err := object.GetCommit(r.objects, plumbing.NewHash(hash))
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, fmt.Errorf("read commit %s: %w: it is not in this clone: run `git fetch origin %s`, "+
			"or fetch all branches and tags", hash, err, hash)
	}
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", hash, err)
	}
	return c, nil
}

// peel follows annotated tags to a commit.
func (r *Repo) peel(hash plumbing.Hash) (*object.Commit, error) {
	// Tags of tags are legal and, being hashes, cannot form a circle.
	for {
		c, err := object.GetCommit(r.objects, hash)
		if !errors.Is(err, plumbing.ErrObjectNotFound) {
			return c, err
		}
		tag, tagErr := object.GetTag(r.objects, hash)
		if tagErr != nil {
			return nil, err
		}
		hash = tag.Target
	}
}

func isHash(s string) bool { return len(s) == 40 && isHex(s) }

func isHex(s string) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

// blob opens the content of a file.
func (r *Repo) blob(hash plumbing.Hash) (io.ReadCloser, error) {
	b, err := object.GetBlob(r.objects, hash)
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", hash, err)
	}
	return b.Reader()
}
