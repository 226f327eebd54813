package infra_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// Earlier backups were looked for at the bucket's root, so nothing was copied
// where a backup_directory was set.
func TestIgnoreExistingBelowABackupDirectory(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trail Map").Tags("backup")
	night := machinetest.New(t, s).With("backup_directory", "town/maps").With("ignore_existing", true)
	night.Run().Sound()
	got := night.AdvanceDays(1).Run().Sound()
	if way := string(*got.Item(layer.ID).Way); way != "copy" {
		t.Errorf("way of an unchanged layer below a backup_directory: got %s, want copy", way)
	}
}
