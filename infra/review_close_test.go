package infra_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// An export that somebody deleted when it was ready was the end of its item,
// though there were tries left.
func TestAnExportThatVanishesIsStartedAnew(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	vanish := func() { n.Portal.Remove(n.Portal.Exports()[0].ID) }
	got := n.When("Download", layer.ID, vanish).Run().Sound()
	wantStatus(t, got, "complete")
	if c, item := n.Portal.Count(arcgistest.Export, layer.ID), got.Item(layer.ID); c != 2 || item.Retries != 1 {
		t.Errorf("got %d exports and %d retries, want 2 and 1", c, item.Retries)
	}
	last := n.With("max_retries", 0).AdvanceDays(1).When("Download", layer.ID, vanish).Run().Sound()
	wantError(t, last, layer.ID, "ExportLost")
}

// Close listed its owner's whole content for each item that failed.
func TestNobodyLooksForAnExportThatNeverBegan(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	refused := s.Layer("Refused").Tags("backup").ExportRefused(400, "Item can not be exported.")
	damaged := s.Layer("Damaged").Tags("backup").NotAZip()
	n := machinetest.New(t, s).With("max_retries", 1)
	got := n.Run().Sound()
	wantError(t, got, refused.ID, "ExportFailed")
	wantError(t, got, damaged.ID, "ContentInvalid")
	if c := n.Portal.Count(arcgistest.UserContent); c != 0 {
		t.Errorf("listings of a user's content: got %d, want none", c)
	}
}

// An export of which no call could tell is looked for, found and deleted.
func TestAnExportNobodyHeardOfIsDeleted(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	got := n.LosesAnswer("export", layer.ID, 20).Run().Sound()
	wantError(t, got, layer.ID, "Sandbox.Timedout")
	if c, d := n.Portal.Count(arcgistest.Export, layer.ID), n.Portal.Count(arcgistest.Delete); c != 1 || d != 1 {
		t.Errorf("got %d exports and %d deletions, want one of each", c, d)
	}
}

// The first export that could not be deleted kept the others.
func TestOneBadExportKeepsNoOther(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trail Map").Tags("backup").Empty().DeleteFails(2)
	got := machinetest.New(t, s).With("max_retries", 2).Run().Sound()
	if w := got.Item(layer.ID).Warnings; len(w) != 2 {
		t.Errorf("warnings: got %q, want those of two attempts", w)
	}
	if c := got.Calls("close", layer.ID); c != 2 {
		t.Errorf("calls of close: got %d, want 2", c)
	}
}

// Close left an export that another user was given, and the next night's
// sweep deleted it all the same.
func TestAnExportThatWasGivenAwayIsOurs(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "rosa's own", "org_publisher")
	layer := s.Layer("Trail Map").Tags("backup")
	n := machinetest.New(t, s)
	got := n.When("Close", layer.ID, func() { n.Portal.Reassign(n.Portal.Exports()[0].ID, "rosa") }).Run().Sound()
	if w := got.Item(layer.ID).Warnings; len(w) != 0 {
		t.Errorf("warnings: got %q, want none", w)
	}
}

// An export that was found again has no job to ask for. Ten refusals to tell
// ended it, though it came to a good end later.
func TestAnAdoptedExportIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Slow").Tags("backup").ExportSeconds(1800).ExportAnswerLost(1).StatusErrorButLives()
	n := machinetest.New(t, s)
	got := n.Run().Sound()
	wantStatus(t, got, "complete")
	if c := n.Portal.Count(arcgistest.Export, layer.ID); c != 1 || got.Calls("check", layer.ID) <= 10 {
		t.Errorf("got %d exports and %d looks, want one export and more than 10 looks", c, got.Calls("check", layer.ID))
	}
}

// A step that fails leaves the docket as it was, so that a failed file had
// reached no step and had begun when it ended.
func TestAFailedItemTellsItsStepAndItsStart(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	want := map[string]string{
		s.File("Cut.pdf", "PDF").Tags("backup").CutDownloads(machinetest.Always).ID:          "DOWNLOADING",
		s.Layer("Damaged").Tags("backup").NotAZip().ID:                                       "DOWNLOADING",
		s.Layer("Hangs").Tags("backup").ExportHangs().ID:                                     "EXPORTING",
		s.Layer("Refused").Tags("backup").ExportRefused(400, "Item can not be exported.").ID: "BACKING",
	}
	n := machinetest.New(t, s).With("export_delay", 60)
	begin := n.Now()
	got := n.Run().Sound()
	for id, status := range want {
		item := got.Item(id)
		if item.Status == nil || *item.Status != status {
			t.Errorf("status of %s: got %v, want %s", item.Title, item.Status, status)
		}
		if d := item.Started.Sub(begin); d < 0 || d > time.Second {
			t.Errorf("%s started %v after the run, want at once", item.Title, d)
		}
	}
}

// What reaches Close without a name of ours was repeated six times, and
// counted as not repeated.
func TestRepeatsThatNobodyCountedAreCounted(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	got := n.Fails("check", layer.ID, machinetest.Often("Runtime.ExitError", 20)...).Run().Sound()
	wantError(t, got, layer.ID, "Runtime.ExitError")
	if calls, retries := got.Calls("check", layer.ID), got.Item(layer.ID).Retries; calls != retries+1 {
		t.Errorf("got %d calls and %d retries, want one call more", calls, retries)
	}
}

// Each attempt put the portal's whole answer on the docket, which has an end.
func TestManyAttemptsLeaveAShortDocket(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Fails").Tags("backup").ExportFails(machinetest.Always, strings.Repeat("Ungültig! ", 80))
	got := machinetest.New(t, s).With("max_retries", 20).With("export_timeout", 259200).Run().Sound()
	w := got.Item(layer.ID).Warnings
	if len(w) != 11 || w[10] != "10 more warnings are left out" {
		t.Fatalf("warnings of 21 attempts: got %d, %q, want ten and how many more", len(w), w[len(w)-1])
	}
	for _, text := range w {
		if len(text) > 200 {
			t.Errorf("a warning of %d bytes, want at most 200: %s", len(text), text)
		}
	}
}
