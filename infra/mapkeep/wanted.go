package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

// wanted are the items that a person named, by id or title.
type wanted struct {
	names  []string
	ids    map[string][]string // by name: the items it may mean
	failed map[string]bool     // items of which the run has nothing good
}

// want is all that the names mean; no names mean everything.
func want(names []string) wanted {
	return wanted{names, map[string][]string{}, map[string]bool{}}
}

// all reports whether the whole backup is wanted.
func (w wanted) all() bool { return len(w.names) == 0 }

// see is told each item of the manifest. An id goes before a title.
func (w wanted) see(id string, i catalog.Item) {
	for _, name := range w.names {
		switch {
		case name == id:
			w.ids[name] = []string{id}
		case name == i.Title && !slices.Contains(w.ids[name], name):
			w.ids[name] = append(w.ids[name], id)
		default:
			continue
		}
		w.failed[id] = !i.Success
	}
}

// unclear says which names mean no item, or many, or a failed one.
func (w wanted) unclear(folder string) error {
	for _, name := range w.names {
		switch ids := w.ids[name]; {
		case len(ids) == 0:
			return fmt.Errorf("%s has no item of the id or title %q", folder, name)
		case len(ids) > 1:
			return fmt.Errorf("%s has %d items of the title %q: name one of the ids %s", folder, len(ids), name, strings.Join(ids, ", "))
		case w.failed[ids[0]]:
			return fmt.Errorf("%s has nothing good of item %s: it failed in that run", folder, name)
		}
	}
	return nil
}

// file reports whether a file is wanted.
func (w wanted) file(f backup.File) bool {
	if w.all() {
		return true
	}
	for _, ids := range w.ids {
		if f.Item != nil && slices.Contains(ids, *f.Item) {
			return true
		}
	}
	return false
}
