package selection_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/selection"
)

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func settings(change func(*backup.Settings)) backup.Settings {
	s := backup.Defaults()
	s.BackupTags = []string{"backup"}
	if change != nil {
		change(&s)
	}
	return s
}

func webMap(id string, tags ...string) selection.Found {
	return selection.Found{ID: id, Title: "Map " + id, Type: "Web Map", Owner: "ana", Tags: tags, Created: day, Modified: day.AddDate(0, 0, 1)}
}

func ids(entries []backup.Entry) []string {
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Item.ID)
	}
	return list
}

// The whole of what one item becomes.
func TestSelectEntry(t *testing.T) {
	t.Parallel()
	found := selection.Found{
		ID: "a1", Title: "Trails", Type: "Feature Service", Owner: "ana", Keywords: []string{"Hosted Service"},
		Tags: []string{"x", "parks", "backup"}, Created: day, Modified: day.AddDate(0, 0, 1), Size: -1, URL: "https://services.example.com/FeatureServer",
	}
	s := settings(func(s *backup.Settings) { s.DirectoryTags = []string{"roads", "parks"} })
	entries, skipped := selection.Select([]selection.Found{found}, s, "backup_1")
	want := []backup.Entry{{
		Docket: backup.Docket{
			Item: "a1", Title: "Trails", Type: "Feature Service", Owner: "ana", Folder: "parks",
			Way: backup.ByExport, Plan: backup.ByExport, Format: "File Geodatabase",
			Export: backup.Export{State: backup.ExportNone, Temps: []backup.Temp{}}, Warnings: []string{},
		},
		Item: backup.Item{
			ID: "a1", Title: "Trails", Type: "Feature Service", Owner: "ana", Tags: []string{"x", "parks", "backup"},
			Created: day, Modified: day.AddDate(0, 0, 1), Folder: "parks", Way: backup.ByExport, Format: "File Geodatabase",
		},
	}}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("Select entries (-want +got):\n%s", diff)
	}
	if len(skipped) != 0 {
		t.Errorf("Select skipped = %v, want none", skipped)
	}
}

// The search finds tags that only resemble the ones asked for.
func TestSelectComparesTagsExactly(t *testing.T) {
	t.Parallel()
	found := []selection.Found{
		webMap("1", "backup"), webMap("2", "x", "backup"), webMap("3", "Backup"), webMap("4", "backup daily"),
		webMap("5", " backup"), webMap("6"), webMap("7", "weekly"), webMap("8", "back", "up"),
	}
	s := settings(func(s *backup.Settings) { s.BackupTags = []string{"backup", "weekly"} })
	entries, skipped := selection.Select(found, s, "")
	if diff := cmp.Diff([]string{"1", "2", "7"}, ids(entries)); diff != "" {
		t.Errorf("Select ids (-want +got):\n%s", diff)
	}
	for _, id := range []string{"3", "4", "5", "6", "8"} {
		want := backup.Skipped{Title: "Map " + id, Type: "Web Map", Reason: "tag differs"}
		if diff := cmp.Diff(want, skipped[id]); diff != "" {
			t.Errorf("Select skipped %s (-want +got):\n%s", id, diff)
		}
	}
}

func TestSelectSaysTheFirstReason(t *testing.T) {
	t.Parallel()
	s := settings(func(s *backup.Settings) {
		s.BackupExcludeItems, s.BackupExcludeTypes = []string{"item", "both", "tag", "title", "marker"}, []string{"Dashboard"}
	})
	item := func(id, title, kind string, tags ...string) selection.Found {
		return selection.Found{ID: id, Title: title, Type: kind, Tags: tags}
	}
	found := []selection.Found{
		item("marker", "x", "Dashboard", "mapkeep-0123456789ab"),
		item("title", "x_backup_"+strings.Repeat("0f", 16), "Dashboard"),
		item("tag", "x", "Dashboard", "other"),
		item("both", "x", "Dashboard", "backup"),
		item("item", "x", "Web Map", "backup"),
		item("type", "x", "Dashboard", "backup"),
		item("case of type", "x", "dashboard", "backup"),
		item("good", "x", "Web Map", "backup"),
	}
	entries, skipped := selection.Select(found, s, "")
	got := map[string]string{}
	for id, skip := range skipped {
		got[id] = skip.Reason
	}
	want := map[string]string{
		"marker": "export leftover", "title": "export leftover", "tag": "tag differs",
		"both": "excluded item", "item": "excluded item", "type": "excluded type",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Select reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"case of type", "good"}, ids(entries)); diff != "" {
		t.Errorf("Select ids (-want +got):\n%s", diff)
	}
}

// Two searches may give another order, and pages may overlap.
func TestSelectOrder(t *testing.T) {
	t.Parallel()
	late := webMap("1", "backup")
	late.Created = day.Add(time.Millisecond)
	found := []selection.Found{late, webMap("3", "backup"), webMap("2", "backup"), webMap("3", "backup"), late}
	entries, _ := selection.Select(found, settings(nil), "")
	if diff := cmp.Diff([]string{"2", "3", "1"}, ids(entries)); diff != "" {
		t.Errorf("Select ids (-want +got):\n%s", diff)
	}
	if found[0].ID != "1" || found[1].ID != "3" {
		t.Errorf("Select reordered what it was given: %v", found)
	}
}

func TestSelectFolder(t *testing.T) {
	t.Parallel()
	s := settings(func(s *backup.Settings) {
		s.DirectoryTags = []string{"Parks", "parks", "a/b", "manifest.json", "backup_1.json"}
	})
	tests := []struct {
		tags []string
		want string
	}{
		{[]string{"backup"}, "uncategorized"},
		{[]string{"backup", "PARKS"}, "uncategorized"}, // the item's tag must be in the list
		{[]string{"backup", "parks"}, "Parks"},
		{[]string{"a/b", "backup", "Parks"}, "a_b"}, // the item's order, not the list's
		{[]string{"Parks", "backup", "a/b"}, "Parks"},
		{[]string{"backup", "manifest.json"}, "_manifest.json"},
		{[]string{"backup", "backup_1.json"}, "_backup_1.json"},
	}
	for _, tt := range tests {
		entries, _ := selection.Select([]selection.Found{webMap("1", tt.tags...)}, s, "backup_1")
		if len(entries) != 1 || entries[0].Docket.Folder != tt.want || entries[0].Item.Folder != tt.want {
			t.Errorf("Select of an item with tags %q = %+v, want folder %q", tt.tags, entries, tt.want)
		}
	}
}

// A docket travels through the machine: no list of it is null, and it stays
// small whatever the portal says.
func TestSelectDocketIsSmall(t *testing.T) {
	t.Parallel()
	f := webMap("1", "backup")
	f.Title = strings.Repeat("🌲", 5000)
	entries, _ := selection.Select([]selection.Found{f}, settings(nil), "")
	if got := []rune(entries[0].Docket.Title); len(got) != 256 {
		t.Errorf("Docket.Title has %d runes, want 256", len(got))
	}
	if entries[0].Item.Title != f.Title {
		t.Errorf("Item.Title was cut")
	}
	written, err := json.Marshal(entries[0].Docket)
	if err != nil || len(written) > 4096 {
		t.Errorf("docket of %d bytes, %v; want at most 4096", len(written), err)
	}
	for _, null := range []string{`"warnings":null`, `"temps":null`} {
		if strings.Contains(string(written), null) {
			t.Errorf("docket %s holds %s", written, null)
		}
	}
}

func TestSelectOfNothing(t *testing.T) {
	t.Parallel()
	entries, skipped := selection.Select(nil, settings(nil), "")
	if entries == nil || skipped == nil || len(entries)+len(skipped) != 0 {
		t.Errorf("Select(nil) = %v, %v; want both empty and not nil", entries, skipped)
	}
}
