package infra_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// An export that was found again had the fingerprint of the features as they
// were by then, not of those it holds; each later night copied the old ones.
func TestAnAdoptedExportIsNotTakenForNewerFeatures(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.With("ignore_existing", true).LosesAnswer("export", layer.ID, 1)
	n.When("Export again", layer.ID, func() { n.Advance(time.Hour); n.Portal.EditFeatures(layer.ID) })
	first := n.Run()
	wantStatus(t, first, "complete")
	if c := n.Portal.Count(arcgistest.Export, layer.ID); c != 1 {
		t.Fatalf("exports of the first night: got %d, want 1 that is adopted", c)
	}
	second := n.Heals().AdvanceDays(1).Run().Sound()
	if way := string(*second.Item(layer.ID).Way); way != "export" {
		t.Errorf("way in the second night: got %s, want export: the first one's features are older", way)
	}
}

// What is published from an export inherits its title and tags, and was taken
// for the export itself.
func TestWhatIsPublishedFromAnExportIsNotAdopted(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	n.LosesAnswer("export", layer.ID, 1).When("Export again", layer.ID, func() {
		export := n.Portal.Exports()[0]
		n.Portal.Add(arcgistest.NewScenario().Layer(export.Title).Tags(export.Tags...))
		n.Portal.Remove(export.ID)
	})
	got := n.Run().Sound()
	wantStatus(t, got, "complete")
	if c := n.Portal.Count(arcgistest.Export, layer.ID); c != 2 {
		t.Errorf("exports: got %d, want a second one for the one that was removed", c)
	}
}

// A layer that can't be read failed the item, though its export worked. The
// date is only needed to copy what is unchanged, and worth some repeats then.
func TestABrokenSublayerCostsNoBackup(t *testing.T) {
	t.Parallel()
	for _, ignoreExisting := range []bool{false, true} {
		for _, code := range []int{400, 500} {
			t.Run(fmt.Sprint(ignoreExisting, code), func(t *testing.T) {
				t.Parallel()
				s := arcgistest.NewScenario()
				layer := s.Layer("Half broken").Tags("backup").LayersFail(code, "Error performing query operation")
				n := machinetest.New(t, s).With("ignore_existing", ignoreExisting).With("max_retries", 2)
				got := n.Run().Sound()
				wantStatus(t, got, "complete")
				want := map[bool]int{true: 2}[ignoreExisting]
				if retries := got.Item(layer.ID).Retries; retries != want {
					t.Errorf("retries: got %d, want %d", retries, want)
				}
				if way := string(*n.AdvanceDays(1).Run().Sound().Item(layer.ID).Way); way != "export" {
					t.Errorf("way in the second night: got %s, want export, since nobody knows its edits", way)
				}
			})
		}
	}
}
