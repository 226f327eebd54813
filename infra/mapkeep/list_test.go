package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListTellsWhatManifestsSay(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	s := mapkeep(context.Background(), "", "list", "--from", dir, "--json").ends(t, exitWell)
	if s.err != "" {
		t.Errorf("list --json says %q on standard error, want nothing", s.err)
	}
	type line struct {
		folder, status string
		items, failed  int
		retention      string
	}
	var got []line
	for _, b := range document[listed](t, s).Backups {
		got = append(got, line{b.Folder, b.Status, b.Items, b.Failed, b.Retention})
		if b.Run == "" || b.Bytes < 6000 || !b.Finished.After(*b.Started) {
			t.Errorf("list: %s has run %q, %d bytes, from %v to %v; want a run, more than two tables, times in order", b.Folder, b.Run, b.Bytes, b.Started, b.Finished)
		}
	}
	want := []line{
		{"backup_first", "complete", 5, 0, "kept"},
		{"backup_second", "partial", 5, 1, "kept"},
		{"town/gis/backup_third", "complete", 4, 0, "kept"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	mapkeep(context.Background(), "", "list", "--from", dir).ends(t, exitWell).says(t, "backup_first", "20.", "partial", "town/gis/backup_third")
}

func TestListLooksBelowOneDirectory(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	for directory, want := range map[string]string{"": "backup_first,backup_second", "town/gis/": "backup_third", "town": ""} {
		var got []string
		s := mapkeep(context.Background(), "", "list", "--from", dir, "--json", "--backup-directory", directory).ends(t, exitWell)
		for _, b := range document[listed](t, s).Backups {
			got = append(got, b.Folder)
		}
		if g := strings.Join(got, ","); g != want {
			t.Errorf("list --backup-directory %q found %q, want %q", directory, g, want)
		}
	}
}

func TestListOfPlacesWithoutBackups(t *testing.T) {
	t.Parallel()
	empty, other := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(other, "notes.txt"), []byte("mine"), 0o600))
	for _, c := range []struct {
		place, says string
		code        int
	}{
		{empty, "no backups in", exitWell},
		{other, "holds no backups of mapkeep", exitFailed},
		{filepath.Join(other, "notes.txt"), "is a file", exitFailed},
		{filepath.Join(other, "nowhere"), "nowhere: give the one that `mapkeep run --to` was given", exitFailed},
		{"s3://", "names no bucket", exitUsage},
	} {
		mapkeep(context.Background(), "", "list", "--from", c.place).ends(t, c.code).says(t, c.says)
		s := mapkeep(context.Background(), "", "list", "--from", c.place, "--json").ends(t, c.code)
		if !strings.HasPrefix(s.out, `{"backups":[]`) && c.code != exitUsage {
			t.Errorf("list --json of %s gives %q, want no backups", c.place, s.out)
		}
	}
	if got := append(files(t, empty), files(t, other)...); len(got) != 1 {
		t.Errorf("list left %q behind, want notes.txt alone", got)
	}
}

func TestListTellsOfWhatIsNoBackup(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	must(t, os.Remove(object(t, dir, "backup_first", "/manifest.json")))
	must(t, os.WriteFile(object(t, dir, "backup_second", "/manifest.json"), []byte("{}"), 0o600))
	must(t, os.MkdirAll(filepath.Join(dir, "data", "backups", "site"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "data", "backups", "site", "manifest.json"), []byte(`{"name":"a web app"}`), 0o600))
	s := mapkeep(context.Background(), "", "list", "--from", dir).ends(t, exitSome)
	s.says(t, "backup_first is no backup", "backup_second", "unreadable", "town/gis/backup_third")
	if strings.Contains(s.out, "site") {
		t.Errorf("list shows a folder that is not ours: %s", s.out)
	}
}

func TestExpiredBackupsAreListedAndNotVerified(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	openTown(t).night(dir, "--backup-tags", "backup,survey", "--date-format", "fourth", "--archive-number", "0", "--ignore-existing").ends(t, exitWell)
	got := map[string]string{}
	for _, b := range document[listed](t, mapkeep(context.Background(), "", "list", "--from", dir, "--json").ends(t, exitWell)).Backups {
		got[b.Folder] = b.Retention
	}
	want := map[string]string{"backup_first": "expired", "backup_second": "kept", "backup_fourth": "kept", "town/gis/backup_third": "kept"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list: retention (-want +got):\n%s", diff)
	}
	var verifiedNow []string
	for _, f := range document[verified](t, mapkeep(context.Background(), "", "verify", "--from", dir, "--json").ends(t, exitWell)).Folders {
		verifiedNow = append(verifiedNow, f.Folder)
	}
	if diff := cmp.Diff([]string{"backup_second", "town/gis/backup_third", "backup_fourth"}, verifiedNow); diff != "" {
		t.Errorf("verify without names (-want +got):\n%s", diff)
	}
	mapkeep(context.Background(), "", "verify", "--from", dir, "backup_first").ends(t, exitWell).says(t, "backup_first: all")
}
