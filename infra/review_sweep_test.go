package infra_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// What is published from an export inherits its title and tags. It was
// deleted as a leftover.
func TestWhatIsPublishedFromAnExportStays(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.StopsAt("Check", layer.ID).Run()
	left := n.Portal.Exports()[0]
	published := arcgistest.NewScenario().Layer(left.Title).Tags(left.Tags...)
	n.Portal.Add(published)
	n.AdvanceDays(9).Run().Sound()
	for _, item := range n.Portal.Items() {
		if item.ID == published.ID && !item.Recycled {
			return
		}
	}
	t.Errorf("the layer %q that was published from an export is gone", left.Title)
}

// A leftover was only known by the suffix that the sweeping run has.
func TestASweepOutlivesAnotherSuffix(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.StopsAt("Check", layer.ID).Run()
	n.With("backup_file_suffix", "_kept_").AdvanceDays(5).Run().Sound()
}

// A run that this bucket knows nothing of may be at work in the bucket that it
// was copied from.
func TestASweepSparesYoungExportsOfUnknownRuns(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.StopsAt("Check", layer.ID).Run()
	for _, key := range n.Keys(".mapkeep/runs/") {
		n.Delete(key)
	}
	n.AdvanceDays(3).Run().Sound(layer.ID)
	if left := n.Portal.Exports(); len(left) != 1 {
		t.Errorf("exports after three days: got %+v, want that of the unknown run", left)
	}
	n.AdvanceDays(2).Run().Sound()
}

// A sweep that took all of List's time cost the run. Now it gives way, and
// the log says so.
func TestASweepGivesWayToTheListing(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.StopsAt("Check", layer.ID).Run()
	got := n.Hurries("list", "", 50*time.Second, 1).AdvanceDays(5).Run().Sound(layer.ID)
	wantStatus(t, got, "complete")
	if w := got.Log.Info.Warnings; len(w) != 1 || !strings.Contains(w[0], "could not be looked for: time was up") {
		t.Errorf("warnings: got %q, want one of the sweep", w)
	}
	n.Heals().AdvanceDays(1).Run().Sound()
}

// A call that was killed between items.json and the listing left the Map
// another selection than the log's.
func TestAListThatIsKilledHalfwayAgreesWithItself(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	kept := s.File("Kept.pdf", "PDF").Tags("backup")
	dropped := s.File("Dropped.pdf", "PDF").Tags("backup")
	n := machinetest.New(t, s)
	n.Refuses("PUT", "/listing.json", 503, 3)
	n.When("List again", "", func() {
		n.Portal.Retag(dropped.ID, "backup of old")
		n.Portal.Add(arcgistest.NewScenario().File("New.pdf", "PDF").Tags("backup"))
	})
	got := n.Run()
	wantStatus(t, got, "complete")
	if i := got.Log.Info; i.Total != 2 || i.BackedUp != 2 || i.Skipped != 0 || len(got.Log.Items) != 2 {
		t.Errorf("log: total %d, backed up %d, skipped %v, items %v; want %s and %s", i.Total, i.BackedUp, got.Log.Skipped, got.Log.Order, kept.ID, dropped.ID)
	}
}
