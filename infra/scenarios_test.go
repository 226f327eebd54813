package infra_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// Every scenario of the simulated portal, and what must hold after any run.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, status  string
		nights        int
		items, failed int
		skipped, gone int
		left          []string // items whose export can't be deleted
	}{
		{name: "demo", status: "complete", nights: 2, items: 24, skipped: 3},
		{name: "odd", status: "complete", nights: 2, items: 82, skipped: 1},
		{name: "flaky", status: "complete", nights: 2, items: 21},
		{name: "broken", status: "partial", nights: 1, items: 27, failed: 21, skipped: 1, gone: 1, left: []string{"Delete fails"}},
		{name: "lookalike", status: "complete", nights: 2, items: 4, skipped: 11},
		{name: "empty", status: "failed", nights: 1, skipped: 11},
		{name: "many:60:2s", status: "complete", nights: 2, items: 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := machinetest.Named(t, tt.name).With("export_timeout", 600)
			var left []string
			for _, title := range tt.left {
				left = append(left, n.Item(title))
			}
			for range tt.nights {
				got := n.Run().Sound(left...)
				wantStatus(t, got, tt.status)
				gone := 0
				for _, skipped := range got.Log.Skipped {
					if skipped.Reason == "gone" {
						gone++
					}
				}
				if len(got.Log.Order) != tt.items || len(got.Bad()) != tt.failed || len(got.Log.Skipped) != tt.skipped || gone != tt.gone {
					t.Errorf("%s: %d items, %d failed, %d skipped, %d of them gone; want %d, %d, %d, %d", tt.name, len(got.Log.Order), len(got.Bad()),
						len(got.Log.Skipped), gone, tt.items, tt.failed, tt.skipped, tt.gone)
				}
				n.AdvanceDays(5).With("ignore_existing", true)
			}
		})
	}
}

// More items than a search can page through, all of them exactly once. The
// race detector sees as much of the machine in fewer of them.
func TestElevenThousandItems(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	items := 11_000
	if raced || testing.Short() {
		items = 300
	}
	for range items {
		s.Link("Link", "Document Link", "https://county.example/").Tags("backup")
	}
	got := machinetest.New(t, s).With("max_concurrency", 40).Run()
	wantStatus(t, got, "complete")
	if len(got.Log.Order) != items || len(got.Tree) != items+2 || len(got.Manifest.Files) != items+1 {
		t.Errorf("got %d items in the log, %d objects, %d files in the manifest; want %d, %d, %d",
			len(got.Log.Order), len(got.Tree), len(got.Manifest.Files), items, items+2, items+1)
	}
}
