package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/store"
)

// looks is how many folders are looked at, or manifests read, at once: a look
// is a few short requests.
const looks = 16

// A shelf is the folder of a run.
type shelf struct {
	name    string // its key below the place, and below --backup-directory where that is given
	key     string
	backup  bool           // it has a manifest; without one it is no backup
	header  catalog.Header // of the manifest
	damaged error          // the manifest can't be understood, and the header is empty
	mark    string         // the manifest's mapkeep tag
}

// leaving reports whether retention has given the backup up.
func (s shelf) leaving() bool { return s.mark == ledger.Expiring || s.mark == ledger.Expired }

// manifest is the key of the shelf's manifest.
func (s shelf) manifest() string { return layout.Layout{}.Manifest(s.key) }

// A librarian finds the shelves in a place.
type librarian struct {
	*place
	base string // key that names are below
	deep bool   // look everywhere, not only directly below base

	mu   sync.Mutex
	open []string // directories to look into next
	all  []shelf
}

// shelves finds all folders of runs, the oldest first.
func (f fromFlags) shelves(ctx context.Context, p *place) ([]shelf, error) {
	keys := layout.Layout{Prefix: p.Prefix, Directory: f.directory()}
	l := &librarian{place: p, base: keys.Base(), deep: f.BackupDirectory == nil, open: []string{f.directory()}}
	for len(l.open) > 0 {
		directories := l.open
		l.open = nil
		for _, directory := range directories {
			if err := l.search(ctx, directory); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(l.all, func(a, b shelf) int {
		return cmp.Or(a.header.Started.Compare(b.header.Started), cmp.Compare(a.name, b.name))
	})
	return l.all, nil
}

// search looks at every folder in a directory.
func (l *librarian) search(ctx context.Context, directory string) error {
	keys := layout.Layout{Prefix: l.Prefix, Directory: directory}
	names, err := l.Store.Folders(ctx, keys.BasePrefix())
	if err != nil || len(names) == 0 {
		return err
	}
	claims := map[string]bool{}
	for object, err := range l.Store.List(ctx, keys.Claims()) {
		if err != nil {
			return err
		}
		claims[object.Key] = true
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(looks)
	for _, name := range names {
		if name != backup.WorkingFolder {
			group.Go(func() error { return l.look(ctx, keys, name, claims[keys.Claim(name)]) })
		}
	}
	return group.Wait()
}

// look finds out whether a folder is a run's: it has a manifest, or a claim
// or a log. Any other one is searched later, since a backup_directory may
// have many parts.
func (l *librarian) look(ctx context.Context, keys layout.Layout, name string, ours bool) error {
	s := shelf{key: keys.Folder(name)}
	s.name, _ = layout.Relative(l.base, s.key)
	there, err := l.Store.Exists(ctx, s.manifest())
	if err == nil && there {
		err = l.read(ctx, &s)
	}
	if errors.Is(err, store.ErrMissing) { // deleted meanwhile
		s.backup, err = false, nil
	}
	ours = ours || s.backup && s.damaged == nil
	if err == nil && !ours {
		ours, err = l.Store.Exists(ctx, keys.Log(s.key))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case ours:
		l.all = append(l.all, s)
	case l.deep:
		l.open = append(l.open, layout.Under(keys.Directory, name))
	}
	return err
}

// read reads a manifest's head and mark.
func (l *librarian) read(ctx context.Context, s *shelf) error {
	tags, err := l.Store.Tags(ctx, s.manifest())
	if err != nil {
		return err
	}
	body, _, err := l.Store.Reader(ctx, s.manifest())
	if err != nil {
		return err
	}
	defer body.Close()
	s.backup, s.mark = true, tags[ledger.Mark]
	s.header, err = catalog.ReadHeader(body)
	if broken(ctx, err) {
		s.damaged, err = err, nil
	}
	return err
}

// broken reports whether an error of reading a manifest says that the
// manifest itself is bad, and not that it could not be read now.
func broken(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && (fault.Of(err) == "" || errors.Is(err, store.ErrAltered))
}

// pick finds the backups that names mean: by the whole name that list shows,
// or by its last part where only one ends in it. No names mean all backups
// that have not expired. Finding none is an error.
func pick(shelves []shelf, names []string, where string) ([]shelf, error) {
	if len(names) == 0 {
		kept := slices.DeleteFunc(slices.Clone(shelves), func(s shelf) bool { return !s.backup || s.leaving() })
		if len(kept) == 0 {
			return nil, fmt.Errorf("no backup found in %s", where)
		}
		return kept, nil
	}
	var picked []shelf
	for _, name := range names {
		s, err := pickOne(shelves, name, where)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(picked, func(p shelf) bool { return p.key == s.key }) {
			picked = append(picked, s)
		}
	}
	return picked, nil
}

func pickOne(shelves []shelf, name, where string) (shelf, error) {
	var found []shelf
	for _, s := range shelves {
		if s.name == strings.Trim(name, "/") {
			found = []shelf{s}
			break
		}
		if layout.Name(s.key) == strings.Trim(name, "/") {
			found = append(found, s)
		}
	}
	switch {
	case len(found) == 0:
		return shelf{}, fmt.Errorf("no backup %q found in %s", name, where)
	case len(found) > 1:
		return shelf{}, fmt.Errorf("%d backups in %s are named %q: write %s or another whole name that `mapkeep list` shows", len(found), where, name, found[0].name)
	case !found[0].backup:
		return shelf{}, fmt.Errorf("%s is no backup: its run has failed or is still at work", name)
	}
	return found[0], nil
}
