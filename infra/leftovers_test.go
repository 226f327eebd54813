package infra_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// A run that was stopped leaves its export. The next nights leave it alone as
// long as the run may be alive, and delete it then.
func TestLeftoversOfADeadRunAreSwept(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	stopped := n.StopsAt("Check", layer.ID).Run()
	if stopped.Execution.Status != "ABORTED" || stopped.Log != nil || stopped.Manifest != nil {
		t.Fatalf("the stopped run: %s, log %v, manifest %v", stopped.Execution.Status, stopped.Log != nil, stopped.Manifest != nil)
	}
	left := n.Portal.Exports()
	if len(left) != 1 {
		t.Fatalf("exports after the stop: got %+v, want one", left)
	}
	n.AdvanceDays(3).Run().Sound(layer.ID)
	if now := n.Portal.Exports(); len(now) != 1 || now[0].ID != left[0].ID {
		t.Errorf("exports after three days: got %+v, want that of the stopped run", now)
	}
	n.AdvanceDays(2).Run().Sound()
}

// A run that began more than four days ago and works on is not swept by one
// that starts meanwhile.
func TestALivingRunIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	var slow []string
	for _, title := range []string{"Slow", "Slower"} {
		slow = append(slow, s.Layer(title).Tags("backup").ExportSeconds(2.5*24*3600).ID)
	}
	s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	n := machinetest.New(t, s).With("export_timeout", 259200).With("max_concurrency", 1)
	other := n.Beside().With("backup_exclude_items", slow)
	looks := 0
	var look func()
	look = func() {
		if looks++; looks == 1300 {
			wantStatus(t, other.Run().Sound(slow[1]), "complete")
		}
		n.When("Check", slow[1], look)
	}
	got := n.When("Check", slow[1], look).Run().Sound()
	wantStatus(t, got, "complete")
	if days := got.Took.Hours() / 24; days < 5 || looks <= 1300 {
		t.Errorf("the run took %.1f days and %d looks at its last item, want five and more than 1,300", days, looks)
	}
}

// By marker, title and owner: what only looks like a leftover stays.
func TestNothingIsSweptThatIsNotOurs(t *testing.T) {
	t.Parallel()
	n, _ := one(t)
	n.Run().Sound()
	marker := string(n.Object(".mapkeep/id"))
	hex := strings.Repeat("0f", 16)
	s := arcgistest.NewScenario()
	foreign := []*arcgistest.Item{
		s.File("Ours by its tag alone", "File Geodatabase").Tags(marker),
		s.File("By its title alone_backup_"+hex, "File Geodatabase").Tags("backup"),
		s.File("Of another bucket_backup_"+hex, "File Geodatabase").Tags("mapkeep-0123456789ab"),
		s.File("Kept_backup_"+hex, "File Geodatabase").Tags("mapkeep-kept"),
	}
	for _, item := range foreign {
		n.Portal.Add(item)
	}
	got := n.AdvanceDays(9).Run().Sound()
	wantStatus(t, got, "complete")
	if c := n.Portal.Count(arcgistest.Delete); c != 2 {
		t.Errorf("deletions in two nights: got %d, want 2, of the layer's exports", c)
	}
	for _, item := range foreign {
		if !slices.ContainsFunc(n.Portal.Items(), func(l arcgistest.Listed) bool { return l.ID == item.ID && !l.Recycled }) {
			t.Errorf("item %s is gone", item.ID)
		}
	}
}

// What somebody renamed in the portal is somebody's.
func TestARenamedExportStays(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	rename := func() { n.Portal.Rename(n.Portal.Exports()[0].ID, "Mine now") }
	got := n.When("Close", layer.ID, rename).Run().Sound(layer.ID)
	if w := got.Item(layer.ID).Warnings; len(w) != 1 || !strings.Contains(w[0], "changed by somebody") {
		t.Errorf("warnings: got %q, want one", w)
	}
	n.AdvanceDays(9).Run().Sound(layer.ID)
	if left := n.Portal.Exports(); len(left) != 1 || left[0].Title != "Mine now" {
		t.Errorf("exports: got %+v, want the renamed one", left)
	}
}
