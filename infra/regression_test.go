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

// A file's length was held against the item's size, which counts its
// resources too, so no file with resources could be backed up.
func TestAFileWithResourcesIsBackedUp(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	style := s.File("Night.zip", "Code Attachment").Bulk(5000).Resource("icons/tree.png", 700).Tags("backup")
	silent := s.File("Day.zip", "Code Attachment").Bulk(5000).Resource("icons/tree.png", 700).NoLength().Tags("backup")
	got := machinetest.New(t, s).Run().Sound()
	for _, item := range []*arcgistest.Item{style, silent} {
		if logged := got.Item(item.ID); !logged.Success {
			t.Errorf("%s with resources: %s", logged.Title, *logged.Error)
		}
	}
}
