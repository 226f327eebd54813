package objects

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// probeSize is written and removed again at start: more than a file system
// hides in an inode, so that a full disk is seen before a backup begins.
const probeSize = 64 << 10

func dataDir(dir string) string { return filepath.Join(dir, "data") }
func metaDir(dir string) string { return filepath.Join(dir, ".store", "meta") }

// prepare makes the store's folders, checks that they take a file, and gives
// dir's absolute path. A dir made here is its owner's alone, since backups may
// hold what the portal shows to few; below one that was there the umask rules.
func prepare(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", refused(dir, err)
	}
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		return "", fault.New(fault.StoreRefused, fmt.Sprintf("%s is a file, not a folder", dir))
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return "", refused(dir, err)
	}
	for _, d := range []string{filepath.Join(dataDir(abs), Bucket), metaDir(abs)} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			return "", refused(dir, err)
		}
		if err := probe(d); err != nil {
			return "", refused(dir, err)
		}
	}
	return abs, nil
}

// probe writes a file into dir and removes it.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, probeSize))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// refused says in one sentence that dir can't be used; the path of the file
// that was tried is left out, since the user named dir and not that file.
func refused(dir string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fault.As(fault.StoreRefused, fmt.Errorf("can't write into %s: %w", dir, err))
}
