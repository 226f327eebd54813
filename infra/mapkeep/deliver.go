package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// file brings one object to its place below into.
func (d *delivery) file(ctx context.Context, f backup.File) error {
	return d.put(f, func(temp *os.File) (*difference, error) {
		return d.object(ctx, d.shelf.key, f, func() (io.Writer, error) { return temp, emptied(temp) })
	})
}

// manifest puts the manifest beside what it names.
func (d *delivery) manifest(spooled *os.File) error {
	name, _ := layout.Relative(d.shelf.key, d.shelf.manifest())
	digest := transfer.NewDigest()
	if err := copyAll(digest, spooled); err != nil {
		return err
	}
	return d.put(digest.File(name), func(temp *os.File) (*difference, error) {
		return nil, copyAll(temp, spooled)
	})
}

// put has fill write a file under a temporary name, and gives it its own when
// nothing differs: there lies the whole or nothing. What is there already
// stays; it is either the same or in the way.
func (d *delivery) put(f backup.File, fill func(*os.File) (*difference, error)) error {
	name := filepath.FromSlash(f.Key)
	if !safe(f.Key) {
		d.note(differs(f, whatUnsafe, "no file here may have this name"))
		return nil
	}
	there, other, err := d.present(f, name)
	if err == nil && !there {
		other, err = d.write(name, fill)
	}
	if blocked(err) {
		other, err = differs(f, whatInTheWay, "a file lies where a folder should"), nil
	}
	d.note(other)
	if other == nil && err == nil {
		d.arrived(f.Key)
	}
	return err
}

// present reports whether something has the name already, and how it differs.
func (d *delivery) present(f backup.File, name string) (bool, *difference, error) {
	info, err := d.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, err
	}
	inTheWay := differs(f, whatInTheWay, "something else of this name is there already")
	if !info.Mode().IsRegular() || info.Size() != f.Size {
		return true, inTheWay, nil
	}
	file, err := d.root.Open(name)
	if err != nil {
		return true, nil, err
	}
	defer file.Close()
	c := newChecker(f)
	if _, err := io.Copy(c, file); err != nil {
		return true, nil, err
	}
	if c.verdict() != nil {
		return true, inTheWay, nil
	}
	return true, nil, nil
}

// write is put for a name that is free.
func (d *delivery) write(name string, fill func(*os.File) (*difference, error)) (*difference, error) {
	if err := d.root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return nil, err
	}
	partial := filepath.Join(filepath.Dir(name), ".mapkeep-"+rand.Text())
	temp, err := d.root.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	other, err := fill(temp)
	err = errors.Join(err, temp.Close())
	if err == nil && other == nil {
		err = d.root.Rename(partial, name)
	}
	if err != nil || other != nil {
		err = errors.Join(err, d.root.Remove(partial))
	}
	return other, err
}

// blocked reports whether a part of a path is a file where it should be a
// folder.
func blocked(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist)
}

// safe reports whether a key can be a path on every system, of which Windows
// takes the least. Keys that package layout makes can; a manifest may have
// been made by somebody else.
func safe(key string) bool {
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return false
	}
	for _, part := range strings.Split(key, "/") {
		if strings.ContainsFunc(part, backup.Unsafe) || misnamed(windows, part) != "" {
			return false
		}
	}
	return true
}

// emptied makes a file empty, for another try.
func emptied(file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return file.Truncate(0)
}

// copyAll copies a file from its start.
func copyAll(w io.Writer, file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, file)
	return err
}
