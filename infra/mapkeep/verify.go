package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/layout"
)

type verifyCommand struct {
	fromFlags
	Folder []string `arg:"" optional:"" help:"Backups to verify, as list names them; the default is all that have not expired."`
}

// verified is the command's document.
type verified struct {
	Folders     []verifiedFolder `json:"folders"`
	Differences int              `json:"differences"`
}

// A verifiedFolder is one backup.
type verifiedFolder struct {
	Folder      string       `json:"folder"`
	Files       int          `json:"files"` // that its manifest names
	Differences []difference `json:"differences"`
}

// run reads every byte of the backups again.
func (v *verifyCommand) run(ctx context.Context, a *app) exit {
	answer := verified{Folders: []verifiedFolder{}}
	p, err := v.open(ctx, a)
	if errors.Is(err, errEmpty) {
		err = fmt.Errorf("no backup found in %s: %w", v.From, err)
	}
	if err != nil {
		return stopped(ctx, answer, err)
	}
	defer p.close()
	shelves, err := v.shelves(ctx, p)
	if err != nil {
		return stopped(ctx, answer, err)
	}
	picked, err := pick(shelves, v.Folder, v.From)
	if err != nil {
		return stopped(ctx, answer, err)
	}
	if left := len(shelves) - len(picked); len(v.Folder) == 0 && left > 0 {
		a.say("(left out: %d that have expired or are no backups)", left)
	}
	r := &reread{place: p}
	for _, s := range picked {
		stop := r.tell(a)
		folder, err := r.verify(ctx, s)
		stop()
		answer.Folders = append(answer.Folders, folder)
		answer.Differences += len(folder.Differences)
		folder.show(a, err)
		if err != nil {
			return stopped(ctx, answer, err)
		}
	}
	if answer.Differences > 0 {
		return exit{code: exitSome, document: answer, err: fmt.Errorf("%d differences found", answer.Differences)}
	}
	return exit{document: answer}
}

// show prints a backup's line, and one for each difference.
func (f verifiedFolder) show(a *app, err error) {
	switch {
	case err != nil:
		a.say("%s: not read to the end", f.Folder)
	case len(f.Differences) == 0:
		a.say("%s: all %d files are as the manifest says", f.Folder, f.Files)
	default:
		a.say("%s: %d differences in %d files", f.Folder, len(f.Differences), f.Files)
	}
	for _, d := range f.Differences {
		a.say("  %s", d)
	}
}

// verify compares one backup with its manifest.
func (r *reread) verify(ctx context.Context, s shelf) (verifiedFolder, error) {
	folder := verifiedFolder{Folder: s.name}
	manifest, altered, err := r.spool(ctx, s.manifest())
	if err == nil {
		defer drop(manifest)
		folder.Files, err = r.compare(ctx, s, manifest)
	}
	name, _ := layout.Relative(s.key, s.manifest())
	var bad *badManifest
	switch {
	case errors.As(err, &bad):
		r.note(&difference{Key: name, What: whatChanged, Detail: err.Error()})
		err = nil
	case altered:
		r.note(&difference{Key: name, What: whatChanged, Detail: "its bytes are not those that the bucket keeps the checksum of"})
	}
	folder.Differences = r.take()
	return folder, err
}

// compare reads what a manifest names, and then says what lies in the folder
// beside that.
func (r *reread) compare(ctx context.Context, s shelf, manifest *os.File) (files int, err error) {
	left, err := r.keys(ctx, s)
	if err != nil {
		return 0, err
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	_, err = catalog.ReadManifest(manifest, catalog.Visitor{File: func(f backup.File, _, _ int64) error {
		files++
		if !left[f.Key] {
			r.note(differs(f, whatMissing, ""))
			return within.Err()
		}
		delete(left, f.Key)
		group.Go(func() error {
			d, err := r.object(within, s.key, f, nowhere)
			r.note(d)
			return err
		})
		return within.Err()
	}})
	if stop := cmp.Or(group.Wait(), ctx.Err()); stop != nil {
		return files, stop
	}
	if err != nil {
		return files, &badManifest{err}
	}
	for key := range left {
		r.note(&difference{Key: key, What: whatExtra})
	}
	return files, nil
}

// keys are those of all objects in a backup's folder, below it, but the
// manifest's. What a file manager has dropped into a local one is nobody's
// object.
func (r *reread) keys(ctx context.Context, s shelf) (map[string]bool, error) {
	keys := map[string]bool{}
	for object, err := range r.Store.List(ctx, layout.Inside(s.key)) {
		if err != nil {
			return nil, err
		}
		if key, ok := layout.Relative(s.key, object.Key); ok && object.Key != s.manifest() && !(r.dir != "" && dropping(key)) {
			keys[key] = true
		}
	}
	return keys, nil
}

func nowhere() (io.Writer, error) { return io.Discard, nil }
