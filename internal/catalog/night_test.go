package catalog_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
)

var update = flag.Bool("update", false, "write the goldens anew")

// A night is what testdata/night/README tells.
type night struct {
	run     backup.Run
	listing backup.Listing
	found   []struct {
		Item   backup.Item
		Record *backup.Record
	}
}

func theNight(t testing.TB) night {
	var n night
	load(t, "run.json", &n.run)
	load(t, "listing.json", &n.listing)
	load(t, "lines.json", &n.found)
	return n
}

// lines gives an item without a record the one that Missing makes.
func (n night) lines() iter.Seq2[catalog.Line, error] {
	return func(yield func(catalog.Line, error) bool) {
		for _, f := range n.found {
			r := catalog.Missing(f.Item, backup.Failure{Cause: "no record: its execution ended before it could write one"})
			if f.Record != nil {
				r = *f.Record
			}
			if !yield(catalog.Line{Item: f.Item, Record: r}, nil) {
				return
			}
		}
	}
}

func (n night) records() iter.Seq2[backup.Record, error] {
	return func(yield func(backup.Record, error) bool) {
		for l := range n.lines() {
			if !yield(l.Record, nil) {
				return
			}
		}
	}
}

func (n night) summary() catalog.Summary {
	s := catalog.Summary{Counts: catalog.Counts{Skipped: len(n.listing.Skipped)}}
	for r := range n.records() {
		s.Add(r)
	}
	return s
}

var finished = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func (n night) info() catalog.Info {
	s := n.summary()
	return catalog.NewInfo(n.run, n.listing, s, catalog.Ending{
		Status: s.Status(false, false), Finished: finished, Warnings: []string{"1 export was started anew"},
		Retention: catalog.Retention{
			Kept: []string{"backup_2026-11-23-2", "backup_2026-11-23"},
			Reason: map[string]string{
				"backup_2026-11-23-2": "this run", "backup_2026-11-23": "a partial run expires nothing",
			},
		},
	})
}

func (n night) manifest(t testing.TB) []byte {
	log := backup.File{Key: n.run.Directory + "/" + n.run.Folder + ".json", Size: 9000, CRC64NVME: "AAAAAAAAAAk=",
		SHA256: []string{"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}}
	head := catalog.NewHeader(n.run, n.listing, backup.RunPartial, finished)
	var b bytes.Buffer
	if err := catalog.WriteManifest(&b, head, n.records(), catalog.Files(n.run.Directory, n.records(), log)); err != nil {
		t.Fatalf("WriteManifest: %v", err)
	}
	return b.Bytes()
}

func (n night) log(t testing.TB) []byte {
	var b bytes.Buffer
	if err := catalog.WriteLog(&b, n.info(), n.lines(), n.listing.Skipped); err != nil {
		t.Fatalf("WriteLog: %v", err)
	}
	return b.Bytes()
}

const logKey = "gis/backup_2026-11-23-2/backup_2026-11-23-2.json"

func TestNight(t *testing.T) {
	t.Parallel()
	n := theNight(t)
	result, err := json.MarshalIndent(catalog.NewResult(n.run.Folder, logKey, n.info()), "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	cause := catalog.Cause(n.summary(), backup.RunPartial, "", logKey)
	golden(t, "manifest.json", n.manifest(t))
	golden(t, "log.json", n.log(t))
	golden(t, "result.json", append(result, '\n'))
	golden(t, "cause.txt", []byte(cause+"\n"))
}

func load(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/night", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata/night", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
