package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// writeRef sets a ref in one step: a killed process leaves the old value or the
// new one and no lock. (go-git empties the file first.) It is on disk when
// writeRef returns, since AWS is written to next.
func (p places) writeRef(name, commit string) error {
	file := filepath.Join(p.common, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = replace(p.common, file, commit+"\n")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w: the repository must be writable, since the record of an apply is kept in it", name, err)
	}
	// Not every file system can flush a directory; then this is the best there is.
	if dir, err := os.Open(filepath.Dir(file)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// replace writes text to a file by way of a temporary one in dir, which is on
// the same file system.
func replace(dir, file, text string) error {
	tmp, err := os.CreateTemp(dir, "lakeshare-ref-*")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}
