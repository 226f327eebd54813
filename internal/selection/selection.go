// Package selection decides which of the items that a search found are
// backed up, into which folder, and in which way. It is pure: the search is
// List's, and what a way means is Export's and Download's. Start with Select;
// the table of item types is in types.go.
package selection

import (
	"cmp"
	"slices"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// A Found is an item as a search of the portal shows it.
type Found struct {
	ID       string
	Title    string
	Name     string // of its file, "" where it has none
	Type     string
	Owner    string
	Keywords []string
	Tags     []string
	Created  time.Time
	Modified time.Time
	Size     int64
	URL      string // of a service or link, else ""
}

// Select splits what was found into the items to back up, in order of
// creation (then id), and the others with the first reason that holds. The
// search finds more than was asked for, so tags are compared again: whole,
// exact, case-sensitive. An id that was found twice counts once. folder is
// the name of the run's folder ("" while there is none), which no tag's
// folder collides with. The dockets are fresh; their Run is the caller's to
// set.
func Select(found []Found, s backup.Settings, folder string) ([]backup.Entry, map[string]backup.Skipped) {
	entries, skipped := []backup.Entry{}, map[string]backup.Skipped{}
	folders := layout.TagFolders(s.DirectoryTags, s.UncategorizedSaveTag, folder)
	for _, f := range ordered(found) {
		if reason := reason(f, s); reason != "" {
			skipped[f.ID] = backup.Skipped{Title: f.Title, Type: f.Type, Reason: reason}
			continue
		}
		entries = append(entries, entry(f, folders[directoryTag(f.Tags, s)]))
	}
	return entries, skipped
}

// ordered is found by creation and id, each id once.
func ordered(found []Found) []Found {
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b Found) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(f Found) bool {
		again := seen[f.ID]
		seen[f.ID] = true
		return again
	})
}

// reason says why an item is left out, "" when it is not.
func reason(f Found, s backup.Settings) string {
	switch {
	case layout.Leftover(f.Title, f.Tags, s.BackupFileSuffix):
		return backup.SkipLeftover
	case !slices.ContainsFunc(f.Tags, func(tag string) bool { return slices.Contains(s.BackupTags, tag) }):
		return backup.SkipTagDiffers
	case slices.Contains(s.BackupExcludeItems, f.ID):
		return backup.SkipExcludedItem
	case slices.Contains(s.BackupExcludeTypes, f.Type):
		return backup.SkipExcludedType
	}
	return ""
}

// directoryTag is the first of the item's own tags that names a folder.
func directoryTag(tags []string, s backup.Settings) string {
	for _, tag := range tags {
		if slices.Contains(s.DirectoryTags, tag) {
			return tag
		}
	}
	return s.UncategorizedSaveTag
}

func entry(f Found, folder string) backup.Entry {
	way, format := Plan(f)
	return backup.Entry{
		Docket: backup.Docket{
			Item:     f.ID,
			Title:    short(f.Title),
			Type:     f.Type,
			Owner:    f.Owner,
			Folder:   folder,
			Way:      way,
			Plan:     way,
			Format:   format,
			Export:   backup.Export{State: backup.ExportNone, Temps: []backup.Temp{}},
			Warnings: []string{},
		},
		Item: backup.Item{
			ID:       f.ID,
			Title:    f.Title,
			Type:     f.Type,
			Owner:    f.Owner,
			Tags:     append([]string{}, f.Tags...),
			Created:  f.Created,
			Modified: f.Modified,
			Folder:   folder,
			Way:      way,
			Format:   format,
		},
	}
}

// short keeps a docket small: ArcGIS takes titles of 256 characters, other
// portals may take longer ones.
func short(title string) string {
	const most = 256
	if runes := []rune(title); len(runes) > most {
		return string(runes[:most])
	}
	return title
}
