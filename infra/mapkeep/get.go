package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/layout"
)

type getCommand struct {
	fromFlags
	Into   string   `required:"" help:"Folder on this computer; made when it is missing." placeholder:"DIR"`
	Folder string   `arg:"" help:"The backup, as list names it."`
	Item   []string `arg:"" optional:"" help:"Ids of items, or titles that only one item has; the default is the whole backup with its log and manifest."`
}

// got is the command's document.
type got struct {
	Files       []string     `json:"files"` // below --into, with slashes; those that were there already too
	Differences []difference `json:"differences"`
}

// run brings objects to the disk.
func (g *getCommand) run(ctx context.Context, a *app) exit {
	answer := got{Files: []string{}, Differences: []difference{}}
	if err := named(folderMisnamed(runtime.GOOS, g.Into)); err != nil {
		return exit{document: answer, err: err}
	}
	if info, err := os.Stat(g.Into); err == nil && !info.IsDir() {
		return exit{document: answer, err: usage("--into %s is a file, not a folder", g.Into)}
	}
	p, err := g.open(ctx, a)
	if errors.Is(err, errEmpty) {
		err = fmt.Errorf("no backup found in %s: %w", g.From, err)
	}
	if err != nil {
		return stopped(ctx, answer, err)
	}
	defer p.close()
	shelves, err := g.shelves(ctx, p)
	if err != nil {
		return stopped(ctx, answer, err)
	}
	picked, err := pick(shelves, []string{g.Folder}, g.From)
	if err != nil {
		return stopped(ctx, answer, err)
	}
	d := &delivery{reread: &reread{place: p}, into: g.Into, shelf: picked[0], wanted: want(g.Item)}
	stop := d.tell(a)
	err = d.all(ctx)
	stop()
	return d.told(ctx, a, err)
}

// A delivery brings one backup, or items of it, to the disk.
type delivery struct {
	*reread
	shelf  shelf
	wanted wanted
	into   string
	root   *os.Root // into, once the names were found: nothing can be written outside of it

	arrivals sync.Mutex
	done     []string
}

// all brings all that is wanted; the manifest of a whole backup comes last.
func (d *delivery) all(ctx context.Context) error {
	manifest, altered, err := d.spool(ctx, d.shelf.manifest())
	if err != nil {
		return err
	}
	defer drop(manifest)
	defer func() {
		if d.root != nil {
			_ = d.root.Close()
		}
	}()
	if err := d.objects(ctx, manifest); err != nil {
		return err
	}
	if !d.wanted.all() {
		return nil
	}
	if altered {
		name, _ := layout.Relative(d.shelf.key, d.shelf.manifest())
		d.note(&difference{Key: name, What: whatChanged, Detail: "its bytes are not those that the bucket keeps the checksum of"})
		return nil
	}
	return d.manifest(manifest)
}

// objects brings what the manifest names and is wanted. A name that means no
// item, or many, is an error before anything is written.
func (d *delivery) objects(ctx context.Context, manifest *os.File) error {
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	ready := false
	var unclear error // of the names: no fault of the manifest's
	begin := func() error {
		if ready {
			return nil
		}
		ready = true
		if unclear = d.wanted.unclear(d.shelf.name); unclear != nil {
			return unclear
		}
		return d.open()
	}
	_, err := catalog.ReadManifest(manifest, catalog.Visitor{
		Item: func(id string, i catalog.Item) error { d.wanted.see(id, i); return nil },
		File: func(f backup.File, _, _ int64) error {
			if err := begin(); err != nil {
				return err
			}
			if d.wanted.file(f) {
				group.Go(func() error { return d.file(within, f) })
			}
			return within.Err()
		},
	})
	if stop := cmp.Or(group.Wait(), ctx.Err()); stop != nil {
		return stop
	}
	if err == nil {
		err = begin()
	}
	return cmp.Or(unclear, err)
}

// open makes the folder where it is missing.
func (d *delivery) open() (err error) {
	if err := os.MkdirAll(d.into, 0o700); err != nil {
		return err
	}
	d.root, err = os.OpenRoot(d.into)
	return err
}

// arrived notes a file that is there.
func (d *delivery) arrived(key string) {
	d.arrivals.Lock()
	defer d.arrivals.Unlock()
	d.done = append(d.done, key)
}

// told says how it went.
func (d *delivery) told(ctx context.Context, a *app, err error) exit {
	slices.Sort(d.done)
	answer := got{Files: append([]string{}, d.done...), Differences: d.take()}
	for _, differs := range answer.Differences {
		a.say("  %s", differs)
	}
	if err != nil {
		return stopped(ctx, answer, err)
	}
	a.say("%s: %d files in %s", d.shelf.name, len(answer.Files), d.into)
	if n := len(answer.Differences); n > 0 {
		return exit{code: exitSome, document: answer, err: fmt.Errorf("%d files are not as the manifest says, or could not be put there", n)}
	}
	return exit{document: answer}
}
