package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// places are the directories of a repository. In a linked work tree own holds
// its HEAD and common everything that the work trees share.
type places struct {
	root, own, common string
}

// locate looks for .git in dir and above it. go-git's own search is private to
// functions that also refuse repositories for settings that do not matter here
// (see readable).
func locate(dir string) (places, error) {
	for root := dir; ; root = filepath.Dir(root) {
		info, err := os.Stat(filepath.Join(root, ".git"))
		switch {
		case err == nil && info.IsDir():
			return within(root, filepath.Join(root, ".git"))
		case err == nil:
			own, err := follow(filepath.Join(root, ".git"), "gitdir: ")
			if err != nil {
				return places{}, err
			}
			return within(root, own)
		case !errors.Is(err, fs.ErrNotExist):
			return places{}, err
		case root == filepath.Dir(root):
			return places{}, fmt.Errorf("%w: run `git init`, or name a directory of a checkout", ErrNotRepository)
		}
	}
}

func within(root, own string) (places, error) {
	common, err := follow(filepath.Join(own, "commondir"), "")
	if errors.Is(err, fs.ErrNotExist) {
		common, err = own, nil
	}
	if err != nil {
		return places{}, err
	}
	if _, err := os.Stat(filepath.Join(own, "HEAD")); err != nil {
		return places{}, fmt.Errorf("%w: %s is incomplete: %w", ErrNotRepository, own, err)
	}
	return places{root: root, own: own, common: common}, nil
}

// follow reads a file that holds a path, which may be relative to the file.
func follow(file, lead string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), lead)
	if !ok || to == "" {
		return "", fmt.Errorf("read %s: expected %q and a path", file, lead)
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(filepath.Dir(file), filepath.FromSlash(to))
	}
	return filepath.Clean(to), nil
}

// storage opens go-git's plain file system storage. Objects above the limit of
// a file are streamed, since only their beginning is ever read.
func (p places) storage() *filesystem.Storage {
	top := filepath.VolumeName(p.common) + string(filepath.Separator)
	own, common := osfs.New(p.own), osfs.New(p.common)
	return filesystem.NewStorageWithOptions(
		dotgit.NewRepositoryFilesystem(own, common), cache.NewObjectLRUDefault(),
		filesystem.Options{LargeObjectThreshold: maxFile, AlternatesFS: osfs.New(top)},
	)
}

// readable refuses what go-git cannot read with a message that helps. Unlike
// go-git's Open it accepts the extensions that sparse checkouts and linked work
// trees bring, which do not change how objects and refs are stored.
func readable(s *filesystem.Storage) error {
	shallow, err := s.Shallow()
	if err != nil {
		return err
	}
	if len(shallow) > 0 {
		return errors.New("a shallow clone, which lacks the trees before: " +
			"run `git fetch --unshallow`, or give actions/checkout `fetch-depth: 0`")
	}
	cfg, err := s.Config()
	if err != nil {
		return fmt.Errorf("read its configuration: %w", err)
	}
	for _, o := range cfg.Raw.Section("extensions").Options {
		switch strings.ToLower(o.Key) {
		case "noop", "noop-v1", "preciousobjects", "worktreeconfig", "relativeworktrees":
		case "partialclone":
			return errors.New("a partial clone, which lacks the contents of the trees before: " +
				"clone again without --filter, or take `filter` from actions/checkout")
		case "objectformat", "refstorage":
			if v := strings.ToLower(o.Value); v == "sha1" || v == "files" {
				continue
			}
			return fmt.Errorf("extensions.%s = %s is not supported: "+
				"lakeshare reads repositories with SHA-1 objects and refs in files", o.Key, o.Value)
		default:
			return fmt.Errorf("extensions.%s of its configuration is not supported", o.Key)
		}
	}
	return nil
}
