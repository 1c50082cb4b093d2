package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// originRepository reads owner/name of the remote origin, "" where it is none on
// github.com or there is no git.
func originRepository(root string) (string, error) {
	folder, err := gitFolder(root)
	if err != nil || folder == "" {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(folder, "config"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return onGitHub(originURL(string(data))), nil
}

// gitFolder is .git, or what a worktree's file of that name points to.
func gitFolder(root string) (string, error) {
	folder := filepath.Join(root, ".git")
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil || info.IsDir() {
		return folder, err
	}
	data, err := os.ReadFile(folder)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("%s is neither a folder nor the file of a worktree", folder)
	}
	folder = absolute(root, target)
	common, err := os.ReadFile(filepath.Join(folder, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return folder, nil
	}
	return absolute(folder, strings.TrimSpace(string(common))), err
}

func absolute(from, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(from, path)
}

// originURL finds the address of the remote origin in git's configuration.
func originURL(config string) string {
	within := false
	for line := range strings.Lines(config) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			within = line == `[remote "origin"]`
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if within && ok && strings.EqualFold(strings.TrimSpace(key), "url") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

// onGitHub takes owner/name out of an address of github.com, in any of git's forms.
func onGitHub(address string) string {
	if host, path, ok := strings.Cut(address, ":"); ok && !strings.Contains(address, "://") {
		address = "ssh://" + host + "/" + strings.TrimPrefix(path, "/")
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Hostname()) {
	case "github.com", "www.github.com", "ssh.github.com":
	default:
		return ""
	}
	name := strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	if strings.Count(name, "/") != 1 {
		return ""
	}
	return name
}
