package layout_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/layout"
	"pgregory.net/rapid"
)

const (
	run = "20261123T021500Z-1a2b3c4d"
	id  = "0f3a4b5c6d7e8f900f3a4b5c6d7e8fe1"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	cloud := layout.Layout{Directory: "gis/nightly"}
	local := layout.Layout{Prefix: "team/a"}
	folder := cloud.Folder("backup_2026-11-23")
	tests := []struct{ call, got, want string }{
		{"Base", cloud.Base(), "gis/nightly"},
		{"BasePrefix", cloud.BasePrefix(), "gis/nightly/"},
		{"Base of a whole bucket", layout.Layout{}.Base(), ""},
		{"BasePrefix of a whole bucket", layout.Layout{}.BasePrefix(), ""},
		{"Base with a prefix", layout.Layout{Prefix: "team/a", Directory: "gis"}.Base(), "team/a/gis"},
		{"Folder", folder, "gis/nightly/backup_2026-11-23"},
		{"Folder with a prefix", local.Folder("b"), "team/a/b"},
		{"Folder in a whole bucket", layout.Layout{}.Folder("b"), "b"},
		{"Manifest", cloud.Manifest(folder), "gis/nightly/backup_2026-11-23/manifest.json"},
		{"Log", cloud.Log(folder), "gis/nightly/backup_2026-11-23/backup_2026-11-23.json"},
		{"Data", cloud.Data(folder, "parks", "Trail Map", "_backup_", id, "zip"), "gis/nightly/backup_2026-11-23/parks/Trail Map_backup_" + id + ".zip"},
		{"Data without extension", cloud.Data(folder, "parks", "Trail Map", "_backup_", id, ""), "gis/nightly/backup_2026-11-23/parks/Trail Map_backup_" + id},
		{"Description", cloud.Description(folder, "parks", "Trail Map", "_backup_", id), "gis/nightly/backup_2026-11-23/parks/Trail Map_backup_" + id + ".item.json"},
		{"RunsPrefix", cloud.RunsPrefix(), ".mapkeep/runs/"},
		{"RunPrefix", cloud.RunPrefix(run), ".mapkeep/runs/" + run + "/"},
		{"Run", cloud.Run(run), ".mapkeep/runs/" + run + "/run.json"},
		{"Listing", cloud.Listing(run), ".mapkeep/runs/" + run + "/listing.json"},
		{"Items", cloud.Items(run), ".mapkeep/runs/" + run + "/items.json"},
		{"RecordsPrefix", cloud.RecordsPrefix(run), ".mapkeep/runs/" + run + "/items/"},
		{"Record", cloud.Record(run, id), ".mapkeep/runs/" + run + "/items/" + id + ".json"},
		{"Receipt", cloud.Receipt(run, id), ".mapkeep/runs/" + run + "/receipts/" + id + ".json"},
		{"Checkpoint", cloud.Checkpoint(run, id), ".mapkeep/runs/" + run + "/transfers/" + id + ".json"},
		{"Stop", cloud.Stop(run), ".mapkeep/runs/" + run + "/stop"},
		{"Dead", cloud.Dead(run), ".mapkeep/runs/" + run + "/dead"},
		{"Results", cloud.Results(run), ".mapkeep/runs/" + run + "/map"},
		{"ID", cloud.ID(), ".mapkeep/id"},
		{"ID with a prefix", local.ID(), "team/a/.mapkeep/id"},
		{"Run with a prefix", local.Run(run), "team/a/.mapkeep/runs/" + run + "/run.json"},
		// the digest of no bytes, as sha256sum says it
		{"Claim", local.Claim("b-2"), "team/a/.mapkeep/folders/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/b-2"},
		{"Claims", local.Claims(), "team/a/.mapkeep/folders/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/"},
		{"Record of an id with slashes", cloud.Record(run, "../../x"), ".mapkeep/runs/" + run + "/items/9cdf6a50100a862e14286c7a334296da.json"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.call, tt.got, tt.want)
		}
	}
}

// Keys read back give the words they were made of.
func TestReadingKeys(t *testing.T) {
	t.Parallel()
	l := layout.Layout{Prefix: "p", Directory: "d"}
	if got := layout.Name(l.Folder("backup_1") + "/"); got != "backup_1" {
		t.Errorf("Name = %q, want backup_1", got)
	}
	if got := layout.Name("backup_1"); got != "backup_1" {
		t.Errorf("Name without slashes = %q, want backup_1", got)
	}
	key := l.Data(l.Folder("f"), "parks", "a", "_", id, "zip")
	relative, ok := layout.Relative(l.Folder("f"), key)
	if !ok || relative != "parks/a_"+id+".zip" || layout.Under(l.Folder("f"), relative) != key {
		t.Errorf("Relative(%q) = %q, %v; want what Under brings back", key, relative, ok)
	}
	for _, foreign := range []string{"p/d/f", "p/d/f/", "p/d/f2/x", "x"} {
		if got, ok := layout.Relative(l.Folder("f"), foreign); ok {
			t.Errorf("Relative(%q) = %q, want false", foreign, got)
		}
	}
}

func TestParsePrefix(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "/": "", "a": "a", "/a/b/": "a/b", strings.Repeat("x", 100): strings.Repeat("x", 100)} {
		if got, err := layout.ParsePrefix(text); err != nil || got != want {
			t.Errorf("ParsePrefix(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"a//b", ".", "a/../b", "a/.mapkeep", "a\n", "a\xff", strings.Repeat("x", 101)} {
		if got, err := layout.ParsePrefix(text); err == nil {
			t.Errorf("ParsePrefix(%q) = %q, want an error", text, got)
		}
	}
}

// name draws any text up to a number of bytes, odd ones too.
func name(label string, least, most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return rapid.OneOf(
			rapid.StringN(least, most, most),
			rapid.StringMatching(`[a-c ./:]{1,8}`),
			rapid.SampledFrom([]string{"manifest.json", "MANIFEST.JSON", "b_1.json", "con", "nul.x", "items", "map", "e\u0301", strings.Repeat("日", most/3), strings.Repeat("a", most)}),
		).Filter(func(s string) bool { return len(s) >= least && len(s) <= most }).Draw(t, label)
	})
}

// drawn are all keys that a run of a few items makes.
func drawn(t *rapid.T) []string {
	segments := rapid.StringMatching(`[a-z]{1,99}`)
	l := layout.Layout{Prefix: rapid.OneOf(rapid.Just(""), segments).Draw(t, "prefix"), Directory: rapid.OneOf(rapid.Just(""), segments, rapid.Just(strings.Repeat("d", 400))).Draw(t, "directory")}
	part := rapid.OneOf(rapid.StringMatching(`[a-z_]{1,64}`), rapid.Just(strings.Repeat("é", 32)))
	suffix := part.Draw(t, "suffix")
	name1 := layout.FolderName(part.Draw(t, "folder prefix"), part.Draw(t, "date"), rapid.IntRange(1, 99999).Draw(t, "try"))
	folder := l.Folder(name1)
	tags := rapid.SliceOfN(name("tag", 1, 400), 0, 5).Draw(t, "tags")
	tags = append(tags, name1+".json", strings.ToUpper(name1)+".JSON")
	folders := layout.TagFolders(tags, "uncategorized", name1)
	keys := []string{l.Manifest(folder), l.Log(folder), l.Run(run), l.Listing(run), l.Items(run), l.Stop(run), l.Dead(run), l.Results(run) + "/x", l.Claim(name1), l.ID()}
	for _, id := range rapid.SliceOfNDistinct(rapid.StringMatching(`[0-9a-f]{32}`), 1, 3, rapid.ID[string]).Draw(t, "ids") {
		tag := folders[rapid.SampledFrom(tags).Draw(t, "tag of item")]
		title := name("title", 0, 1000).Draw(t, "title")
		ext := rapid.SampledFrom([]string{"", "json", "zip", "tenletters"}).Draw(t, "extension")
		keys = append(keys, l.Data(folder, tag, title, suffix, id, ext), l.Description(folder, tag, title, suffix, id), l.Record(run, id), l.Receipt(run, id), l.Checkpoint(run, id))
	}
	return keys
}

// S3 takes 1,024 bytes; a store of plain files can't hold a and a/b, and on
// some of them case makes no difference.
func TestKeysFitEveryStore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := drawn(t)
		seen := map[string]bool{}
		for _, key := range keys {
			if len(key) >= 1024 {
				t.Errorf("key of %d bytes: %q", len(key), key)
			}
			if strings.Contains("/"+key+"/", "//") || slices.Contains(strings.Split(key, "/"), "..") {
				t.Errorf("key with an empty or dotted part: %q", key)
			}
			lower := strings.ToLower(key)
			if seen[lower] {
				t.Errorf("key made twice: %q", key)
			}
			seen[lower] = true
		}
		for _, key := range keys {
			for i := range key {
				if key[i] == '/' && seen[strings.ToLower(key[:i])] {
					t.Errorf("%q lies in %q, which is a key", key, key[:i])
				}
			}
		}
	})
}

func TestRunID(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 3, 15, 0, 999, time.FixedZone("", 3600))
	// the digits are what sha256sum says of arn:x
	if got, want := layout.RunID(at, "arn:x"), "20261123T021500Z-37a06272"; got != want {
		t.Errorf("RunID = %q, want %q", got, want)
	}
	if a, b := layout.RunID(at, "arn:x"), layout.RunID(at, "arn:y"); a == b {
		t.Errorf("RunID of two executions that began at once = %q for both", a)
	}
}
