package infra_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// The item that will take longest is begun first: by its size in the first
// night, by what its export took in later ones. The log has them in the order
// of their creation all the same.
func TestLongestItemIsBegunFirst(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	s.File("Small", "PDF").Tags("backup").Bulk(1 << 20)
	s.Layer("Parcels").Tags("backup").ExportSeconds(900)
	s.Layer("Benches").Tags("backup").ExportSeconds(1)
	s.File("Large", "PDF").Tags("backup").Bulk(60 << 20)
	n := machinetest.New(t, s)
	for night, want := range [][]string{
		{"Parcels", "Benches", "Large", "Small", "Map"},
		{"Parcels", "Large", "Benches", "Small", "Map"},
	} {
		got := n.AdvanceDays(1).Run().Sound()
		wantStatus(t, got, "complete")
		titles := func(ids []string) (titles []string) {
			for _, id := range ids {
				titles = append(titles, got.Item(id).Title)
			}
			return titles
		}
		if diff := cmp.Diff(want, titles(got.Begun())); diff != "" {
			t.Errorf("night %d: items by when they were begun (-want +got):\n%s", night+1, diff)
		}
		if diff := cmp.Diff([]string{"Map", "Small", "Parcels", "Benches", "Large"}, titles(got.Log.Order)); diff != "" {
			t.Errorf("night %d: items of the log (-want +got):\n%s", night+1, diff)
		}
	}
}
