package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVerifyOfUntouchedBackups(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	before := files(t, dir)
	answer := document[verified](t, mapkeep(context.Background(), "", "verify", "--from", dir, "--json").ends(t, exitWell))
	want := verified{Folders: []verifiedFolder{
		{"backup_first", 11, []difference{}},
		{"backup_second", 9, []difference{}},
		{"town/gis/backup_third", 9, []difference{}},
	}}
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("verify (-want +got):\n%s", diff)
	}
	mapkeep(context.Background(), "", "verify", "--from", dir, "backup_third").ends(t, exitWell).says(t, "town/gis/backup_third: all 9 files are as the manifest says")
	if diff := cmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("verify changed what lies in the place (-before +after):\n%s", diff)
	}
}

func TestVerifyFindsEveryKindOfDamage(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	const folder = "backup_first"
	flip(t, object(t, dir, folder, survey+".pdf"), 17<<20)
	flip(t, object(t, dir, folder, signs1+".csv"), 0)
	must(t, os.Truncate(object(t, dir, folder, trails+".zip"), 100))
	must(t, os.Remove(object(t, dir, folder, story+".item.json")))
	longer, err := os.OpenFile(object(t, dir, folder, signs2+".csv"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = longer.WriteString("more")
	must(t, err)
	must(t, longer.Close())
	must(t, os.WriteFile(filepath.Join(dir, "data", "backups", folder, "parks", "guest.txt"), nil, 0o600))

	s := mapkeep(context.Background(), "", "verify", "--from", dir, "--json", folder).ends(t, exitSome)
	if !strings.Contains(s.out, `"error":"6 differences found"`) {
		t.Errorf("verify --json: %s; want an error that counts 6 differences", s.out)
	}
	type line struct{ item, what, detail string }
	got := map[string]line{}
	for _, d := range document[failed[verified]](t, s).Document.Folders[0].Differences {
		item := ""
		if d.Item != nil {
			item = *d.Item
		}
		got[d.Key[strings.LastIndexAny(d.Key, "_/")+1:]] = line{item, d.What, d.Detail}
	}
	want := map[string]line{
		survey + ".pdf":      {survey, "changed", "bytes 16777216-20971519, 1 of 2 chunks"},
		signs1 + ".csv":      {signs1, "changed", "bytes 0-2999, 1 of 1 chunks"},
		trails + ".zip":      {trails, "short", got[trails+".zip"].detail},
		story + ".item.json": {story, "missing", ""},
		signs2 + ".csv":      {signs2, "changed", "3004 bytes, not 3000"},
		"guest.txt":          {"", "extra", ""},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("verify %s (-want +got):\n%s", folder, diff)
	}
	mapkeep(context.Background(), "", "verify", "--from", dir, folder, "backup_second").ends(t, exitSome).
		says(t, "6 differences in 11 files", "short", "100 of", "backup_second: all")
}

func TestVerifyDistrustsManifests(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	must(t, os.Truncate(object(t, dir, "backup_first", "/manifest.json"), 400))
	at := object(t, dir, "backup_second", "/manifest.json")
	text, err := os.ReadFile(at)
	must(t, err)
	must(t, os.WriteFile(at, []byte(strings.Replace(string(text), `"title":"Story"`, `"title":"Storm"`, 1)), 0o600))
	s := mapkeep(context.Background(), "", "verify", "--from", dir).ends(t, exitSome)
	s.says(t, "backup_first: 1 differences", "backup_second: 1 differences", "town/gis/backup_third: all", "the bucket keeps the checksum of")
}

func TestVerifyWithoutABackup(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	must(t, os.Remove(object(t, dir, "backup_second", "/manifest.json")))
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--from", t.TempDir()}, "no backup found"},
		{[]string{"--from", dir, "backup_ninth"}, "backup_ninth"},
		{[]string{"--from", dir, "backup_second"}, "is no backup"},
		{[]string{"--from", dir, "--backup-directory", "elsewhere"}, "no backup found"},
	} {
		s := mapkeep(context.Background(), "", append([]string{"verify", "--json"}, c.args...)...).ends(t, exitFailed).says(t, c.says)
		if a := document[failed[verified]](t, s); a.Error == "" || len(a.Document.Folders) > 0 {
			t.Errorf("verify %q: %s; want an error and no folders", c.args, s.out)
		}
	}
}

func TestVerifyStops(t *testing.T) {
	t.Parallel()
	dir := copyOfBackups(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{{"verify"}, {"list"}, {"get", "backup_first", "--into", filepath.Join(t.TempDir(), "x")}} {
		mapkeep(ctx, "", append(args, "--from", dir)...).ends(t, exitInterrupted)
	}
}
