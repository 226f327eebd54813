package infra_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// Each step is tried 1 + max_retries times, and a failed export so often
// started anew.
func TestMaxRetries(t *testing.T) {
	t.Parallel()
	const often = machinetest.Always
	for _, retries := range []int{0, 2} {
		t.Run(fmt.Sprint(retries), func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			fails := s.Layer("Fails").Tags("backup").ExportFails(often, "no room")
			empty := s.Layer("Empty").Tags("backup").Empty()
			cut := s.File("Cut.pdf", "PDF").Tags("backup").CutDownloads(often)
			good := s.File("Good.pdf", "PDF").Tags("backup")
			stays := s.Layer("Stays").Tags("backup").DeleteFails(often)
			n := machinetest.New(t, s).With("max_retries", retries)
			got := n.Run().Sound(stays.ID)
			wantStatus(t, got, "partial")
			for _, tt := range []struct {
				what      string
				got, want int
			}{
				{"exports of the failing layer", n.Portal.Count(arcgistest.Export, fails.ID), retries + 1},
				{"retries of the failing layer", got.Item(fails.ID).Retries, retries},
				{"exports of the layer that comes empty", n.Portal.Count(arcgistest.Export, empty.ID), retries + 1},
				{"retries of the layer that comes empty", got.Item(empty.ID).Retries, retries},
				{"downloads of the file that is cut", got.Calls("download", cut.ID), retries + 1},
				{"retries of the file that is cut", got.Item(cut.ID).Retries, retries},
				{"retries of the good file", got.Item(good.ID).Retries, 0},
				{"calls of close for the export that stays", got.Calls("close", stays.ID), retries + 1},
				{"retries of the export that stays", got.Item(stays.ID).Retries, retries},
			} {
				if tt.got != tt.want {
					t.Errorf("max_retries %d, %s: got %d, want %d", retries, tt.what, tt.got, tt.want)
				}
			}
			down := n.Fails("list", "", machinetest.Often("PortalUnavailable", 30)...).Run().Sound(stays.ID)
			if calls := down.Calls("list", ""); calls != retries+1 || down.Status != "failed" {
				t.Errorf("max_retries %d, list of a portal that is down: %d calls, the run %s; want %d, failed", retries, calls, down.Status, retries+1)
			}
		})
	}
}

// Waits between attempts are drawn from 0 to min(300, export_delay x
// 2^(n-1)), those of the machine and those of a new export.
func TestExportDelay(t *testing.T) {
	t.Parallel()
	for _, delay := range []int{1, 299} {
		t.Run(fmt.Sprint(delay), func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			cut := s.File("Cut.pdf", "PDF").Tags("backup").CutDownloads(machinetest.Always)
			fails := s.Layer("Fails").Tags("backup").ExportFails(machinetest.Always, "no room")
			n := machinetest.New(t, s).With("export_delay", delay).With("max_retries", 12).With("export_timeout", 259200)
			got := n.Run().Sound()
			for _, id := range []string{cut.ID, fails.ID} {
				var waits []time.Duration
				for _, wait := range got.Waits(id) {
					if wait.State == "Download" || wait.State == "ExportLater" {
						waits = append(waits, wait.For)
					}
				}
				if len(waits) != 12 {
					t.Fatalf("item %s: %d waits, want 12: %v", id, len(waits), got.Waits(id))
				}
				long := false
				for i, wait := range waits {
					most := func(delay int) time.Duration {
						return time.Duration(math.Min(300, float64(delay)*math.Pow(2, float64(i)))) * time.Second
					}
					if wait < 0 || wait > most(delay) {
						t.Errorf("export_delay %d, wait %d of item %s: %v, want 0 to %v", delay, i+1, id, wait, most(delay))
					}
					long = long || wait > most(1)
				}
				if long != (delay > 1) {
					t.Errorf("export_delay %d, waits of item %s: %v", delay, id, waits)
				}
			}
		})
	}
}

// An export not ready in time is given up, all attempts together, and not
// started anew.
func TestExportTimeout(t *testing.T) {
	t.Parallel()
	for _, seconds := range []int{60, 7200} {
		t.Run(fmt.Sprint(seconds), func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			hangs := s.Layer("Hangs").Tags("backup").ExportHangs()
			late := s.Layer("Late").Tags("backup").ExportSeconds(float64(seconds) + 30)
			timely := s.Layer("Timely").Tags("backup").ExportSeconds(float64(seconds) - 20)
			n := machinetest.New(t, s).With("export_timeout", seconds)
			got := n.Run().Sound()
			wantStatus(t, got, "partial")
			for _, id := range []string{hangs.ID, late.ID} {
				wantError(t, got, id, fmt.Sprintf("ExportFailed: the export was given up: it was not ready within export_timeout (%d s)", seconds))
				if c := n.Portal.Count(arcgistest.Export, id); c != 1 || got.Item(id).Retries != 0 {
					t.Errorf("exports: got %d with %d retries, want 1 and none", c, got.Item(id).Retries)
				}
			}
			if !got.Item(timely.ID).Success {
				t.Errorf("the export that was ready in time failed: %s", errorOf(got, timely.ID))
			}
			limit := time.Duration(seconds) * time.Second
			if got.Took < limit || got.Took > limit+time.Minute {
				t.Errorf("the run took %v, want a little more than %v", got.Took, limit)
			}
		})
	}
}

// Three days of looks fit into the history of one execution.
func TestTheLongestExport(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	hangs := s.Layer("Hangs").Tags("backup").ExportHangs()
	n := machinetest.New(t, s).With("export_timeout", 259200)
	got := n.Run().Sound()
	wantError(t, got, hangs.ID, "it was not ready within export_timeout (259200 s)")
	if looks := got.Calls("check", hangs.ID); looks < 1000 || looks > 2400 {
		t.Errorf("looks at the export: got %d, want about 2,000", looks)
	}
}

func TestExportTimeoutCountsAllAttempts(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	fails := s.Layer("Fails").Tags("backup").ExportSeconds(25).ExportFails(machinetest.Always, "no room")
	got := machinetest.New(t, s).With("export_timeout", 120).With("max_retries", 20).Run().Sound()
	wantError(t, got, fails.ID, "export_timeout (120 s)")
	if got.Took > 3*time.Minute {
		t.Errorf("the run took %v, want two minutes", got.Took)
	}
}

func TestMaxConcurrency(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 3, 1000} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			n := machinetest.Named(t, "many:12:5s").With("max_concurrency", limit)
			got := n.Run().Sound()
			wantStatus(t, got, "complete")
			if want := min(limit, 12); got.AtOnce > want || limit <= 3 && got.AtOnce != want {
				t.Errorf("max_concurrency %d: %d items at once, want %d", limit, got.AtOnce, want)
			}
		})
	}
}

func TestDeleteBackupOnline(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.With("delete_backup_online", false).Run().Sound()
	kept := n.Portal.Exports()
	if len(kept) != 1 || kept[0].Source != layer.ID || kept[0].Recycled {
		t.Fatalf("exports in the portal: got %+v, want that of the layer", kept)
	}
	n.Portal.Retag(kept[0].ID, append(kept[0].Tags, "backup")...)
	for range 2 {
		got := n.With("delete_backup_online", true).AdvanceDays(5).Run().Sound(layer.ID)
		wantStatus(t, got, "complete")
		if reason := got.Log.Skipped[kept[0].ID].Reason; reason != "export leftover" {
			t.Errorf("the kept export is skipped as %q, want export leftover", reason)
		}
		if left := n.Portal.Exports(); len(left) != 1 || left[0].ID != kept[0].ID {
			t.Errorf("exports in the portal: got %+v, want the kept one alone", left)
		}
	}
}

// A failed item's exports go too, the recycle bin is left empty, and what
// can't be deleted costs no good backup.
func TestExportsAreDeletedWhateverHappens(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	damaged := s.Layer("Damaged").Tags("backup").NotAZip()
	lost := s.Layer("Answer lost").Tags("backup").ExportAnswerLost(machinetest.Always)
	stays := s.Layer("Stays").Tags("backup").DeleteFails(machinetest.Always)
	n := machinetest.New(t, s).With("max_retries", 2)
	got := n.Run().Sound(stays.ID)
	wantError(t, got, damaged.ID, "ContentInvalid")
	if item := got.Item(stays.ID); !item.Success || len(item.Warnings) != 1 || !strings.Contains(item.Warnings[0], "may be left in the portal") {
		t.Errorf("the layer whose export stays: success %v, warnings %q; want success and a warning", item.Success, item.Warnings)
	}
	if item := got.Item(lost.ID); !item.Success || n.Portal.Count(arcgistest.Export, lost.ID) != 1 {
		t.Errorf("the layer whose answer is lost: %s after %d exports; want success after one", errorOf(got, lost.ID), n.Portal.Count(arcgistest.Export, lost.ID))
	}
	n.Portal.Mend(stays.ID)
	n.AdvanceDays(1).Run().Sound()
}
