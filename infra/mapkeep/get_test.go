package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGetBringsAWholeBackup(t *testing.T) {
	t.Parallel()
	dir, into := copyOfBackups(t), filepath.Join(t.TempDir(), "new", "folder")
	want := files(t, filepath.Join(dir, "data", "backups", "backup_first"))
	for _, round := range []string{"first", "second, onto the same files"} {
		answer := document[got](t, mapkeep(context.Background(), "", "get", "--from", dir, "backup_first", "--into", into, "--json").ends(t, exitWell))
		if diff := cmp.Diff(want, answer.Files); diff != "" || len(answer.Differences) > 0 {
			t.Errorf("get, %s: differences %v, files (-want +got):\n%s", round, answer.Differences, diff)
		}
		if diff := cmp.Diff(want, files(t, into)); diff != "" {
			t.Errorf("get, %s: on the disk (-want +got):\n%s", round, diff)
		}
	}
	for _, name := range want {
		a, err := os.ReadFile(filepath.Join(into, filepath.FromSlash(name)))
		must(t, err)
		b, err := os.ReadFile(filepath.Join(dir, "data", "backups", "backup_first", filepath.FromSlash(name)))
		must(t, err)
		if !bytes.Equal(a, b) {
			t.Errorf("get: %s differs from the object", name)
		}
	}
}

func TestGetBringsItemsByIDAndTitle(t *testing.T) {
	t.Parallel()
	dir, into := copyOfBackups(t), t.TempDir()
	mapkeep(context.Background(), "", "get", "--from", dir, "third", "--into", into, signs1).ends(t, exitFailed).says(t, `no backup "third" found`)
	mapkeep(context.Background(), "", "get", "--from", dir, "backup_first", "--into", into, signs1, "Survey, from above.pdf").ends(t, exitWell).says(t, "4 files in")
	want := []string{
		"roads/Signs.csv_backup_" + signs1 + ".csv", "roads/Signs.csv_backup_" + signs1 + ".item.json",
		"uncategorized/Survey, from above.pdf_backup_" + survey + ".item.json", "uncategorized/Survey, from above.pdf_backup_" + survey + ".pdf",
	}
	if diff := cmp.Diff(want, files(t, into)); diff != "" {
		t.Errorf("get of two items (-want +got):\n%s", diff)
	}
}

func TestGetRefusesUnclearItemsBeforeItWrites(t *testing.T) {
	t.Parallel()
	dir, into := copyOfBackups(t), filepath.Join(t.TempDir(), "into")
	for item, says := range map[string]string{
		"Signs.csv": "2 items of the title", "signs.csv": "no item of the id or title", lost: "failed in that run", "Lost": "failed in that run",
	} {
		mapkeep(context.Background(), "", "get", "--from", dir, "backup_second", "--into", into, trails, item).ends(t, exitFailed).says(t, says)
	}
	if _, err := os.Stat(into); !os.IsNotExist(err) {
		t.Errorf("get of unclear items: %s is there (%v), want nothing written", into, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	mapkeep(context.Background(), "", "get", "--from", dir, "backup_second", "--into", file).ends(t, exitUsage).says(t, "is a file")
}

func TestGetLeavesNothingFalse(t *testing.T) {
	t.Parallel()
	dir, into := copyOfBackups(t), t.TempDir()
	flip(t, object(t, dir, "backup_first", survey+".pdf"), 5)
	must(t, os.Truncate(object(t, dir, "backup_first", signs1+".csv"), 7))
	must(t, os.Remove(object(t, dir, "backup_first", story+".json")))
	mine := filepath.Join(into, "roads", "Signs.csv_backup_"+signs2+".csv")
	must(t, os.MkdirAll(filepath.Dir(mine), 0o700))
	must(t, os.WriteFile(mine, []byte("mine"), 0o600))
	must(t, os.WriteFile(filepath.Join(into, "parks"), []byte("a file"), 0o600))

	s := mapkeep(context.Background(), "", "get", "--from", dir, "backup_first", "--into", into, "--json").ends(t, exitSome)
	whats := map[string]int{}
	answer := document[failed[got]](t, s).Document
	for _, d := range answer.Differences {
		whats[d.What]++
	}
	if diff := cmp.Diff(map[string]int{"changed": 1, "short": 1, "missing": 1, "in the way": 3}, whats); diff != "" {
		t.Errorf("get: differences (-want +got):\n%s", diff)
	}
	left := slices.DeleteFunc(files(t, into), func(name string) bool { return name == "parks" || strings.HasSuffix(name, signs2+".csv") })
	if diff := cmp.Diff(answer.Files, left); diff != "" {
		t.Errorf("get: on the disk, beside what was there (-said +there):\n%s", diff)
	}
	if text, err := os.ReadFile(mine); string(text) != "mine" {
		t.Errorf("get wrote over a different file: %q, %v", text, err)
	}
}

// A manifest may have been made by somebody else: no key leads out of --into.
func TestGetWritesNowhereElse(t *testing.T) {
	t.Parallel()
	for _, key := range []string{`..\\..\\evil.txt`, "C:evil.txt", "parks/evil. ", "con\\u0007.txt", "parks/NUL.txt"} {
		dir, outer := copyOfBackups(t), t.TempDir()
		replaceInManifest(t, dir, `"key":"uncategorized/Story_backup_`+story+`.json"`, `"key":"`+key+`"`)
		s := mapkeep(context.Background(), "", "get", "--from", dir, "backup_first", story, "--into", filepath.Join(outer, "into"), "--json").ends(t, exitSome)
		d := document[failed[got]](t, s).Document.Differences
		if len(d) != 1 || d[0].What != "unsafe" {
			t.Errorf("get of key %q: differences %v, want one that is unsafe", key, d)
		}
		if n := len(files(t, outer)); n != 1 {
			t.Errorf("get of key %q: %q on the disk, want the description alone", key, files(t, outer))
		}
	}
	dir, outer := copyOfBackups(t), t.TempDir()
	replaceInManifest(t, dir, `"key":"uncategorized/Story_backup_`+story+`.json"`, `"key":"../evil.txt"`)
	mapkeep(context.Background(), "", "get", "--from", dir, "backup_first", story, "--into", filepath.Join(outer, "into")).ends(t, exitFailed).says(t, "not a key inside its folder")
}

func TestGetFollowsNoLinkOutOfItsFolder(t *testing.T) {
	t.Parallel()
	dir, outside, into := copyOfBackups(t), t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(into, "parks")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	mapkeep(context.Background(), "", "get", "--from", dir, "backup_first", "--into", into, trails).ends(t, exitFailed)
	if left := files(t, outside); len(left) > 0 {
		t.Errorf("get wrote %q through a link out of --into", left)
	}
}

// replaceInManifest changes backup_first's manifest, and drops what the store
// keeps beside it, as if somebody had put it there by other means.
func replaceInManifest(t *testing.T, dir, old, with string) {
	t.Helper()
	at := object(t, dir, "backup_first", "/manifest.json")
	text, err := os.ReadFile(at)
	must(t, err)
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("the manifest has no %s:\n%s", old, text)
	}
	must(t, os.WriteFile(at, bytes.Replace(text, []byte(old), []byte(with), 1), 0o600))
	must(t, os.RemoveAll(filepath.Join(dir, ".store", "meta", "backups", "backup_first", "manifest.json")))
}

// failed is a document of type D with an error beside its fields.
type failed[D any] struct {
	Document D
	Error    string
}

// UnmarshalJSON reads both.
func (f *failed[D]) UnmarshalJSON(text []byte) error {
	var e struct{ Error string }
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	f.Error = e.Error
	return json.Unmarshal(text, &f.Document)
}
