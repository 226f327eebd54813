package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// Ids of the town's items.
const (
	trails = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	survey = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" // 20 MiB: two chunks; tag "survey"
	story  = "cccccccccccccccccccccccccccccccc"
	signs1 = "dddddddddddddddddddddddddddddddd" // two items of one title
	signs2 = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
	lost   = "ffffffffffffffffffffffffffffffff" // its export is refused; tag "risky"
)

// town is what the portal of these tests holds.
func town() *arcgistest.Scenario {
	s := arcgistest.NewScenario().User("rosa", "rosa's own", "org_publisher")
	s.Layer("Trails").As(trails).Tags("backup", "parks")
	s.File("Survey, from above.pdf", "PDF").As(survey).Tags("survey").Bulk(20 << 20)
	s.Text("Story", "StoryMap", `{"root":"n-1"}`).As(story).Tags("backup").Owner("rosa").Access("org")
	s.File("Signs.csv", "CSV").As(signs1).Tags("backup", "roads")
	s.File("Signs.csv", "CSV").As(signs2).Tags("backup", "roads").Owner("rosa")
	s.Layer("Lost").As(lost).Tags("risky").Owner("rosa").Access("org").ExportRefused(400, "Export is not enabled for this item")
	s.Layer("Old trails").Tags("backups", "parks")
	return s
}

// night runs a backup of the town into dir.
func (p townPortal) night(dir string, flags ...string) said {
	args := append([]string{"run", "--portal", p.URL, "--to", dir, "--secret-file", "-", "--trusted-hosts", p.TrustedHosts()[0],
		"--directory-tags", "parks,roads", "--max-retries", "0"}, flags...)
	return mapkeep(context.Background(), string(p.Secret()), args...)
}

type townPortal struct{ *arcgistest.Portal }

func openTown(t *testing.T) townPortal {
	t.Helper()
	p := arcgistest.Start(town())
	t.Cleanup(p.Close)
	return townPortal{p}
}

// backups makes three, once: backup_first is complete and has the survey,
// backup_second is partial (item lost fails), town/gis/backup_third complete.
var backups = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "mapkeep-test-")
	if err != nil {
		return "", err
	}
	shared = append(shared, dir)
	p := townPortal{arcgistest.Start(town())}
	defer p.Close()
	for _, night := range []struct {
		code  int
		flags []string
	}{
		{exitWell, []string{"--backup-tags", "backup,survey", "--date-format", "first"}},
		{exitSome, []string{"--backup-tags", "backup,risky", "--date-format", "second", "--ignore-existing"}},
		{exitWell, []string{"--backup-tags", "backup", "--date-format", "third", "--backup-directory", "town/gis"}},
	} {
		if s := p.night(dir, night.flags...); s.code != night.code {
			return "", fmt.Errorf("mapkeep %q ended with %d, want %d: %s%s", s.args, s.code, night.code, s.out, s.err)
		}
	}
	return dir, nil
})

// copyOfBackups is a copy of those backups for a test of its own.
func copyOfBackups(t *testing.T) string {
	t.Helper()
	from, err := backups()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "place")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// object is the path of the one object in a folder whose name has the ending.
func object(t *testing.T, dir, folder, ending string) string {
	t.Helper()
	var found []string
	root := filepath.Join(dir, "data", "backups", filepath.FromSlash(folder))
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(filepath.ToSlash(path), ending) {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("objects in %s that end in %q: %q, %v; want one", root, ending, found, err)
	}
	return found[0]
}

// flip changes one byte of a file.
func flip(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

// files are the paths of all files below dir, with slashes.
func files(t *testing.T, dir string) []string {
	t.Helper()
	found := []string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
