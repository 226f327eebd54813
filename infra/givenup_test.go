package infra_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// What is longer than a part goes up in parts: the list of items, the log and
// large files. One that can't be completed is given up by the role that began
// it, which needs a right of its own for that.
func TestUploadsThatAreGivenUp(t *testing.T) {
	t.Parallel()
	for _, directory := range []string{"", "gis/agol"} {
		t.Run("directory "+directory, func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			file := s.File("Old.pdf", "PDF").Tags("backup").Bulk(40 << 20)
			for range 6 { // list and log hold their tags, of 18 MB
				s.Link("Link", "Document Link", "https://county.example/").Tags("backup", strings.Repeat("long ", 600<<10))
			}
			g := newGrants(t, directory)
			n := machinetest.New(t, s).ActsInRoles(g.may).With("backup_directory", directory).With("backup_exclude_types", []string{"PDF"})

			if directory == "" { // working files lie in the same place either way
				n.Refuses("PUT", "/items.json", 403, machinetest.Always)
				list := n.Run()
				n.Accepts()
				if list.Execution.Error != "BackupFailed" || list.Manifest != nil {
					t.Errorf("a run whose list can't be written: %s %s, manifest %v; want BackupFailed and none", list.Execution.Error, list.Execution.Cause, list.Manifest != nil)
				}
			}

			n.AdvanceDays(1).Refuses("PUT", "/backup_2026-11-24.json", 403, machinetest.Always)
			log := n.Run()
			n.Accepts()
			if log.Log != nil || log.Manifest != nil {
				t.Errorf("a run whose log can't be written: log %v, manifest %v; want neither", log.Log != nil, log.Manifest != nil)
			}

			other := func() { n.Portal.ReplaceFile(file.ID, []byte("%PDF-1.7\nnew")) }
			n.Hurries("download", file.ID, 10*time.Second, 1).When("DownloadLater", file.ID, other).When("Download again", file.ID, other)
			wantStatus(t, n.AdvanceDays(1).With("backup_exclude_types", []string{"Document Link"}).Run().Sound(), "complete")
			if left := n.Uploads(); len(left) > 0 {
				t.Errorf("uploads are left: %q", left)
			}
			if len(g.refused) > 0 {
				t.Errorf("the roles lack rights: %q", slices.Compact(g.refused))
			}
		})
	}
}
