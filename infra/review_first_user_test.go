package infra_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// The waits between looks went on from the first one, which is as long as the
// export took last: on a portal that counts looks each night took several
// times as long as the one before.
func TestWaitsDoNotGrowFromNightToNight(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Wells").Tags("backup").ExportTakes(4)
	night := machinetest.New(t, s)
	for range 4 {
		got := night.Run().Sound()
		waits := got.Waits(layer.ID)
		for i, wait := range waits[1:] {
			if wait.For > 20e9 {
				t.Errorf("wait %d of %d: got %v, want one that grows with the looks alone", i+2, len(waits), wait.For)
			}
		}
		night.AdvanceDays(1)
	}
}
