package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/mapkeep/mapkeep/infra/mapkeep/objects"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// fromFlags say where backups are read from.
type fromFlags struct {
	From            string  `required:"" help:"Where the backups lie: a folder, or s3://BUCKET[/PREFIX]." placeholder:"PLACE"`
	BackupDirectory *string `help:"Look only directly below this key prefix, which was a run's setting; the default is to look everywhere." placeholder:"PREFIX"`
}

// errEmpty says that there is no store in a folder because nothing at all is
// in it.
var errEmpty = errors.New("the folder is empty")

// open opens the place for reading. It takes no lock, so that a run may go on
// meanwhile, and makes nothing in a folder that is no store.
func (f fromFlags) open(ctx context.Context, a *app) (*place, error) {
	if err := named(placeMisnamed(runtime.GOOS, f.From)); err != nil {
		return nil, err
	}
	if local(f.From) {
		if err := storeIn(f.From); err != nil {
			return nil, err
		}
	}
	return openPlace(ctx, f.From, a.logs())
}

// directory is --backup-directory without outer slashes.
func (f fromFlags) directory() string {
	if f.BackupDirectory == nil {
		return ""
	}
	return strings.Trim(*f.BackupDirectory, "/")
}

// storeIn reports why there is no store of ours in a folder: errEmpty, or a
// sentence of kind StoreRefused.
func storeIn(dir string) error {
	entries, err := os.ReadDir(dir)
	switch info, statErr := os.Stat(dir); {
	case statErr == nil && !info.IsDir(): // for which err is not always the same
		return fault.New(fault.StoreRefused, fmt.Sprintf("%s is a file, not a folder", dir))
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.StoreRefused, fmt.Sprintf("there is no folder %s: give the one that `mapkeep run --to` was given", dir))
	case err != nil:
		return fault.As(fault.StoreRefused, fmt.Errorf("read the folder: %w", err))
	case len(entries) == 0:
		return errEmpty
	case !isStore(dir):
		return fault.New(fault.StoreRefused, fmt.Sprintf("%s holds no backups of mapkeep: give the folder that `mapkeep run --to` was given", dir))
	}
	return nil
}

// isStore reports whether a run has made a folder its store.
func isStore(dir string) bool {
	for _, path := range []string{filepath.Join(dir, "data", objects.Bucket), filepath.Join(dir, ".store")} {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// stopped is how a command ends on an error: interrupted where a person
// stopped it, else failed. What it found by then is its document.
func stopped(ctx context.Context, document any, err error) exit {
	if ctx.Err() != nil {
		return exit{code: exitInterrupted, document: document, err: errors.New("interrupted")}
	}
	return exit{code: exitFailed, document: document, err: err}
}
