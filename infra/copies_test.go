package infra_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// town is a night with one item of each way.
type town struct {
	*machinetest.Night
	layer, view, table, file, text, link *arcgistest.Item
}

func newTown(t *testing.T) town {
	s := arcgistest.NewScenario()
	c := town{}
	c.layer = s.Layer("Trail Map").Tags("backup", "parks")
	c.view = s.View("Trail View", c.layer).Tags("backup", "parks")
	c.table = s.Layer("Readings").Tags("backup").Table(0, "Readings", 9).Table(3, "Notes", 2)
	c.file = s.File("Rules.pdf", "PDF").Tags("backup").Bulk(60_000)
	c.text = s.Text("Town", "Web Map", `{"version":"2.31"}`).Tags("backup", "roads")
	c.link = s.Link("Winter", "Document Link", "https://county.example/").Tags("backup")
	c.Night = machinetest.New(t, s)
	return c
}

// wantWays compares the ways of the items, in their order.
func (c town) wantWays(t *testing.T, got *machinetest.Got, layer, view, table, file, text, link string) {
	t.Helper()
	for _, tt := range []struct {
		item *arcgistest.Item
		want string
	}{{c.layer, layer}, {c.view, view}, {c.table, table}, {c.file, file}, {c.text, text}, {c.link, link}} {
		logged := got.Item(tt.item.ID)
		if way := string(*logged.Way); way != tt.want {
			t.Errorf("way of %q: got %s, want %s; warnings %q", logged.Title, way, tt.want, logged.Warnings)
		}
	}
}

func TestWithoutIgnoreExistingAllIsFetchedEachNight(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	for range 2 {
		got := c.Run().Sound()
		c.wantWays(t, got, "export", "export", "export", "file", "text", "description")
		c.AdvanceDays(1)
	}
	if n := c.Portal.Count(arcgistest.Export); n != 6 {
		t.Errorf("exports in two nights: got %d, want 6", n)
	}
}

func TestIgnoreExistingCopiesWhatIsUnchanged(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.With("ignore_existing", true).Run().Sound()
	exports, downloads := c.Portal.Count(arcgistest.Export), c.Portal.Count(arcgistest.Download)
	second := c.AdvanceDays(1).Run().Sound()
	c.wantWays(t, second, "copy", "copy", "copy", "copy", "copy", "description")
	if c.Portal.Count(arcgistest.Export) != exports || c.Portal.Count(arcgistest.Download) != downloads {
		t.Errorf("the second night made %d exports and %d downloads, want none", c.Portal.Count(arcgistest.Export)-exports, c.Portal.Count(arcgistest.Download)-downloads)
	}
	if i := second.Log.Info; i.Unchanged != 5 || i.BackedUp != 6 {
		t.Errorf("log: %d unchanged of %d, want 5 of 6", i.Unchanged, i.BackedUp)
	}
	for _, name := range second.Tree {
		if mark := c.Mark(second.Folder + "/" + name); mark != "" {
			t.Errorf("%s is marked %q in the new folder", name, mark)
		}
	}
}

// Features change without the item's own date; a view shows what its source
// holds.
func TestIgnoreExistingSeesEveryEdit(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.With("ignore_existing", true).Run().Sound()
	c.Portal.EditFeatures(c.layer.ID)
	c.wantWays(t, c.AdvanceDays(1).Run().Sound(), "export", "export", "copy", "copy", "copy", "description")
	c.Portal.EditFeatures(c.table.ID)
	c.Portal.ReplaceFile(c.file.ID, []byte("%PDF-1.7\nnew"))
	c.wantWays(t, c.AdvanceDays(1).Run().Sound(), "copy", "copy", "export", "file", "copy", "description")
	c.Portal.ReplaceFile(c.text.ID, []byte(`{"version":"2.32"}`))
	c.Portal.Rename(c.layer.ID, "Trails of the town")
	got := c.AdvanceDays(1).Run().Sound()
	c.wantWays(t, got, "export", "copy", "copy", "copy", "text", "description")
	if title := got.Item(c.layer.ID).Title; title != "Trails of the town" {
		t.Errorf("title of the renamed layer: got %q", title)
	}
}

// Sources that can't be copied are backed up afresh, and nobody is told of an
// error.
func TestIgnoreExistingWithoutAGoodSource(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	first := c.With("ignore_existing", true).Run().Sound()
	path := func(i *arcgistest.Item) string { return *first.Item(i.ID).BackupPath }
	c.Delete(path(c.layer))
	c.Damage(path(c.table), []byte("shorter"))
	c.Damage(path(c.text), append([]byte{'!'}, c.Object(path(c.text))[1:]...)) // as long as before
	c.Delete(path(c.file))
	got := c.AdvanceDays(1).Run().Sound()
	wantStatus(t, got, "complete")
	c.wantWays(t, got, "export", "copy", "export", "file", "text", "description")
	for _, i := range []*arcgistest.Item{c.layer, c.table, c.text, c.file} {
		if item := got.Item(i.ID); len(item.Warnings) != 1 || item.Retries != 0 {
			t.Errorf("%q: warnings %q, retries %d; want one and none", item.Title, item.Warnings, item.Retries)
		}
	}
}

// A good copy in a partial backup is as good as any; one on its way out is
// not, and neither is one of other settings that shape it.
func TestIgnoreExistingTakesTheNewestGoodCopy(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	c.With("ignore_existing", true).Fails("download", c.text.ID, "ContentInvalid")
	partial := c.Run().Sound()
	wantStatus(t, partial, "partial")
	mended := c.Heals().AdvanceDays(1).Run().Sound()
	wantStatus(t, mended, "complete")
	c.wantWays(t, mended, "copy", "copy", "copy", "copy", "text", "description")
	err := c.Store.Tag(t.Context(), mended.Folder+"/manifest.json", map[string]string{"mapkeep": "expiring"})
	if err != nil {
		t.Fatal(err)
	}
	third := c.AdvanceDays(1).Run().Sound()
	c.wantWays(t, third, "copy", "copy", "copy", "copy", "text", "description")
}
