package infra_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// A name under which something lay was claimed before it was passed over, and
// retention then took what lay there for a run that never finished.
func TestAForeignFolderIsNeverClaimedNorExpired(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Text("Town", "Web Map", `{"version":"2.31"}`).Tags("backup")
	night := machinetest.New(t, s).With("archive_number", 0)
	theirs := "backup_" + night.Now().UTC().Format("2006-01-02") + "/theirs.txt"
	night.Put(theirs, "somebody's own")
	if got := night.Run().Sound(); got.Folder+"/theirs.txt" == theirs {
		t.Fatalf("the run took the folder %s, where something lay", got.Folder)
	}
	for range 3 {
		night.AdvanceDays(5).Run().Sound()
	}
	if mark := night.Mark(theirs); mark != "" {
		t.Errorf("mark of %s: got %q, want none", theirs, mark)
	}
}

// A mark that a person set while Finish was at work was overwritten.
func TestAKeepSetMeanwhileHolds(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Text("Town", "Web Map", `{"version":"2.31"}`).Tags("backup")
	night := machinetest.New(t, s).With("archive_number", 0)
	first := night.Run().Sound()
	manifest := first.Folder + "/manifest.json"
	night.LosesAnswer("finish", "", 1)
	night.AdvanceDays(1).Run().Sound()
	if mark := night.Mark(manifest); mark != "expired" {
		t.Errorf("mark of %s after a repeated Finish: got %q, want expired", manifest, mark)
	}
	second := night.AdvanceDays(1).Run().Sound()
	kept := second.Folder + "/manifest.json"
	if err := night.Store.Tag(t.Context(), kept, map[string]string{"mapkeep": "keep", "theirs": "1"}); err != nil {
		t.Fatal(err)
	}
	night.AdvanceDays(1).Run().Sound()
	if tags, err := night.Store.Tags(t.Context(), kept); err != nil || tags["mapkeep"] != "keep" || tags["theirs"] != "1" {
		t.Errorf("tags of a manifest kept by hand: got %v, %v; want them as they were", tags, err)
	}
}

// A key that is no file, as the console makes for a "folder", kept Finish from
// writing a manifest at all.
func TestAConsoleFolderInsideABackupIsNoHarm(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	item := s.Text("Town", "Web Map", `{"version":"2.31"}`).Tags("backup")
	night := machinetest.New(t, s)
	night.When("Close", item.ID, func() {
		night.Put("backup_"+night.Now().UTC().Format("2006-01-02")+"/odd/", "")
	})
	if got := night.Run(); got.Status != "complete" || got.Manifest == nil {
		t.Errorf("a run with a folder object in its folder: got %s %s, want complete", got.Status, got.Execution.Cause)
	}
}
