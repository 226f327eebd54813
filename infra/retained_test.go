package infra_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// marks are the mapkeep tags of folders: that of the manifest where there is
// one, else of the log. An expired folder has to be marked as a whole.
func marks(t *testing.T, n *machinetest.Night, runs ...*machinetest.Got) string {
	t.Helper()
	text := ""
	for i, got := range runs {
		mark, sample := "kept", "manifest.json"
		if got.Manifest == nil {
			sample = got.Folder + ".json"
		}
		if m := n.Mark(got.Folder + "/" + sample); m != "" {
			mark = m
		}
		for _, name := range got.Tree {
			if m := n.Mark(got.Folder + "/" + name); (m == "expired") != (mark == "expired") {
				t.Errorf("run %d is %s, its object %s is marked %q", i+1, mark, name, m)
			}
		}
		text += mark + " "
	}
	return text
}

func TestArchiveNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[int]string{
		0: "expired expired expired expired kept ",
		1: "expired expired expired kept kept ",
		3: "expired kept kept kept kept ",
	} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
			n := machinetest.New(t, s).With("archive_number", number)
			var runs []*machinetest.Got
			for range 5 {
				runs = append(runs, n.Run().Sound())
				n.AdvanceDays(1)
			}
			if got := marks(t, n, runs...); got != want {
				t.Errorf("archive_number %d, five nights: got %s, want %s", number, got, want)
			}
			r := runs[4].Log.Info.Retention
			if kept, expired := number+1, 1; len(r.Kept) != kept || len(r.Expired) != expired || len(r.Reason) != 5 {
				t.Errorf("archive_number %d, plan of the fifth night: %+v, want %d kept, %d expired, a reason for each", number, r, kept, expired)
			}
			if got := runs[4].Result.Retention; got.Kept != number+1 || got.Expired != 1 {
				t.Errorf("archive_number %d, output of the fifth night: %+v", number, got)
			}
		})
	}
}

// Failed, partial and empty runs, and those with a narrower selection, expire
// nothing and don't count.
func TestOnlyFullRunsExpireOthers(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	bad := s.File("Rules.pdf", "PDF").Tags("backup")
	s.Text("Other", "Web Map", `{"version":"2.31"}`).Tags("other")
	n := machinetest.New(t, s).With("archive_number", 0)
	var runs []*machinetest.Got
	night := func(status string) {
		t.Helper()
		got := n.Run().Sound()
		wantStatus(t, got, status)
		runs = append(runs, got)
		n.AdvanceDays(1)
	}
	check := func(want string) {
		t.Helper()
		if got := marks(t, n, runs...); got != want {
			t.Errorf("after %d nights: got %s, want %s", len(runs), got, want)
		}
	}
	night("complete") // 1
	n.SignsInWith(func() []byte { return []byte(`{"username":"mapkeeper","password":"wrong"}`) })
	night("failed") // 2
	n.SignsInWith(n.Portal.Secret).Fails("download", bad.ID, "ContentInvalid")
	night("partial") // 3
	n.Heals().With("backup_tags", []string{"nothing has it"}).With("allow_empty", true)
	night("complete") // 4, empty
	n.With("backup_tags", []string{"backup"}).With("backup_exclude_types", []string{"PDF"})
	night("complete") // 5, narrower
	check("kept kept kept kept kept ")
	n.Without("backup_exclude_types").With("backup_tags", []string{"backup", "other"})
	night("complete") // 6, wider: it supersedes all of them, but the failed one is younger than four days
	check("expired expired kept kept expired kept ")
}

// The same nights without looking at the calendar: a run that failed goes
// once it is surely dead, a partial one once newer partial ones fill its place.
func TestUnfinishedRunsExpireInTime(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	n := machinetest.New(t, s).With("archive_number", 0)
	stopped := n.StopsAt("Close", "").Run()
	young := n.AdvanceDays(2).Run().Sound()
	if got := young.Log.Info.Retention.Reason[stopped.Folder]; got != "not finished, perhaps still running" {
		t.Errorf("reason for the stopped run after two days: got %q", got)
	}
	old := n.AdvanceDays(3).Run().Sound()
	if got := old.Log.Info.Retention.Expired; !slices.Contains(got, stopped.Folder) {
		t.Errorf("expired after five days: got %v, want %s among them; reasons %v", got, stopped.Folder, old.Log.Info.Retention.Reason)
	}
	for _, name := range stopped.Tree {
		if mark := n.Mark(stopped.Folder + "/" + name); mark != "expired" {
			t.Errorf("%s of the stopped run is marked %q, want expired", name, mark)
		}
	}
}

func TestKeptByHand(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	n := machinetest.New(t, s).With("archive_number", 0)
	first := n.Run().Sound()
	if err := n.Store.Tag(t.Context(), first.Folder+"/manifest.json", map[string]string{"mapkeep": "keep"}); err != nil {
		t.Fatal(err)
	}
	n.Put("somebody's/notes.txt", "not ours")
	second := n.AdvanceDays(1).Run().Sound()
	if r := second.Log.Info.Retention; len(r.Expired) != 0 || r.Reason[first.Folder] != "kept by hand" || r.Reason["somebody's"] != "" {
		t.Errorf("retention: got %+v, want the first run kept by hand, and no word on somebody's folder", r)
	}
}

func TestTwoRunsInOneDay(t *testing.T) {
	t.Parallel()
	n, _ := one(t)
	first, second := n.Run().Sound(), n.Advance(time.Hour).Run().Sound()
	n.Put("backup_2026-11-23-3/a.txt", "not ours")
	fourth := n.Advance(time.Hour).Run().Sound()
	for i, tt := range []struct {
		got  *machinetest.Got
		want string
	}{{first, "backup_2026-11-23"}, {second, "backup_2026-11-23-2"}, {fourth, "backup_2026-11-23-4"}} {
		if tt.got.Folder != tt.want || tt.got.Log.Info.Date != "2026-11-23" || !slices.Contains(tt.got.Tree, tt.want+".json") {
			t.Errorf("run %d: folder %s, date %s, objects %q; want folder and log %s, date 2026-11-23", i+1, tt.got.Folder, tt.got.Log.Info.Date, tt.got.Tree, tt.want)
		}
	}
}

// An old backup that a disk has damaged costs tonight's nothing.
func TestADamagedOldManifestHarmsNobody(t *testing.T) {
	t.Parallel()
	for says, damage := range map[string]func([]byte) []byte{
		"no JSON any more": func([]byte) []byte { return []byte("rot") },
		"one letter":       func(b []byte) []byte { return bytes.Replace(b, []byte("Trail Map"), []byte("Trail Mop"), 1) },
		"cut":              func(b []byte) []byte { return b[:len(b)/2] },
		"empty":            func([]byte) []byte { return nil },
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			n, layer := one(t)
			first := n.With("ignore_existing", true).With("archive_number", 0).Run().Sound()
			manifest := first.Folder + "/manifest.json"
			n.Damage(manifest, damage(n.Object(manifest)))
			got := n.AdvanceDays(1).Run().Sound()
			wantStatus(t, got, "complete")
			if w := got.Log.Info.Warnings; len(w) != 1 || !strings.Contains(w[0], first.Folder) {
				t.Errorf("the log's warnings: got %q, want one that names %s", w, first.Folder)
			}
			if *got.Item(layer.ID).Way != "export" {
				t.Errorf("way: got %s, want export", *got.Item(layer.ID).Way)
			}
		})
	}
}

// Two stacks may share a bucket and a portal: each has a folder of its own,
// and neither sweeps or expires what is the other's.
func TestTwoStacksInOneBucket(t *testing.T) {
	t.Parallel()
	n := machinetest.Named(t, "many:12:5s").With("archive_number", 0)
	other := n.Beside().With("backup_directory", "second")
	var runs []*machinetest.Got
	for range 2 {
		both := machinetest.Together(n, other)
		for _, got := range both {
			wantStatus(t, got.Sound(), "complete")
		}
		runs = append(runs, both...)
		n.AdvanceDays(1)
	}
	if got, want := marks(t, n, runs...), "expired expired kept kept "; got != want {
		t.Errorf("two nights of two stacks: got %s, want %s", got, want)
	}
	if runs[0].Folder != "backup_2026-11-23" || runs[1].Folder != "second/backup_2026-11-23" {
		t.Errorf("folders: got %s and %s", runs[0].Folder, runs[1].Folder)
	}
}
