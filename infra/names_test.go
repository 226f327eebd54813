package infra_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func TestFoldersAreNamedByDateAndZone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ format, zone, want string }{
		{"%Y-%m-%d", "UTC", "backup_2026-11-23"},
		{"%Y-%m-%d", "America/Los_Angeles", "backup_2026-11-22"},
		{"%Y%m%d_%H%M%S", "Asia/Kathmandu", "backup_20261123_080000"},
		{"%d.%m.%y %p", "Pacific/Auckland", "backup_23.11.26 PM"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
			got := machinetest.New(t, s).With("date_format", tt.format).With("time_zone", tt.zone).Run().Sound()
			if got.Folder != tt.want || "backup_"+got.Log.Info.Date != tt.want {
				t.Errorf("date_format %s in %s: got folder %q, date %q; want %q", tt.format, tt.zone, got.Folder, got.Log.Info.Date, tt.want)
			}
		})
	}
}

func TestWhereThingsLie(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	park := s.Layer("Trail Map").Tags("parks", "backup", "roads").As(strings.Repeat("0a", 16))
	road := s.File("Signs.csv", "CSV").Tags("roads", "backup", "parks").As(strings.Repeat("0b", 16))
	none := s.Text("Town", "Web Map", `{"version":"2.31"}`).Tags("backup").As(strings.Repeat("0c", 16))
	link := s.Link("Winter", "Document Link", "https://county.example/").Tags("backup", "roads").As(strings.Repeat("0d", 16))
	n := machinetest.New(t, s).With("directory_tags", []string{"roads", "parks", "water"}).With("backup_directory", "/gis/agol/").
		With("backup_directory_prefix", "copy-").With("backup_file_suffix", "~~").With("uncategorized_save_tag", "misc")
	var during []arcgistest.Listed
	got := n.When("Check", park.ID, func() { during = n.Portal.Exports() }).Run().Sound()
	want := []string{
		"copy-2026-11-23.json", "manifest.json",
		"misc/Town~~" + none.ID + ".item.json", "misc/Town~~" + none.ID + ".json",
		"parks/Trail Map~~" + park.ID + ".item.json", "parks/Trail Map~~" + park.ID + ".zip",
		"roads/Signs.csv~~" + road.ID + ".csv", "roads/Signs.csv~~" + road.ID + ".item.json", "roads/Winter~~" + link.ID + ".item.json",
	}
	if diff := cmp.Diff(want, got.Tree); diff != "" || got.Folder != "gis/agol/copy-2026-11-23" {
		t.Errorf("folder %s (-want +got):\n%s", got.Folder, diff)
	}
	if len(during) != 1 || !strings.HasPrefix(during[0].Title, "Trail Map~~") {
		t.Errorf("exports: got %+v, want one whose title begins with the item's and the suffix", during)
	}
	for _, key := range n.Keys("") {
		if !strings.HasPrefix(key, "gis/agol/copy-2026-11-23/") && !strings.HasPrefix(key, ".mapkeep/") {
			t.Errorf("object %s lies beside the backup", key)
		}
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Layer").Tags("backup")
	pdf := s.File("Rules.pdf", "PDF").Tags("backup")
	lower := s.File("Other.pdf", "pdf").Tags("backup")
	text := s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("second")
	near := s.Text("Near", "Web Map", `{"version":"2.31"}`).Tags("Backup")
	both := s.File("Both.pdf", "PDF").Tags("backup")
	n := machinetest.New(t, s).With("backup_tags", []string{"backup", "second"}).
		With("backup_exclude_types", []string{"PDF"}).With("backup_exclude_items", []string{layer.ID, both.ID})
	got := n.Run().Sound()
	reasons := map[string]string{}
	for id, skipped := range got.Log.Skipped {
		reasons[id] = skipped.Reason
	}
	want := map[string]string{layer.ID: "excluded item", both.ID: "excluded item", pdf.ID: "excluded type", near.ID: "tag differs"}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if want := []string{lower.ID, text.ID}; !slices.Equal(got.Log.Order, want) {
		t.Errorf("backed up: got %v, want %v", got.Log.Order, want)
	}
	if c := n.Portal.Count(arcgistest.Export); c != 0 {
		t.Errorf("exports: got %d, want none", c)
	}
}

func TestAnEmptySelectionIsAFailureByDefault(t *testing.T) {
	t.Parallel()
	got := machinetest.Named(t, "empty").Run().Sound()
	wantStatus(t, got, "failed")
	wantPath(t, got, "", "List ListFailed Finish Outcome NotComplete")
	if got.Calls("list", "") != 1 {
		t.Errorf("calls of list: got %d, want 1", got.Calls("list", ""))
	}
}

// Wrong settings are refused before anything is touched.
func TestWrongSettingsTouchNothing(t *testing.T) {
	t.Parallel()
	n, _ := one(t)
	got := n.RunInput([]byte(`{"backup_tag":["backup"],"archive_number":-1,"max_retries":7,"date_format":"%Q"}`))
	if got.Execution.Error != "BackupFailed" {
		t.Errorf("the execution ended %s %s, want BackupFailed", got.Execution.Status, got.Execution.Error)
	}
	for _, name := range []string{"backup_tag", "archive_number", "MaxRetries", "date_format", "backup_tags"} {
		if !strings.Contains(got.Execution.Cause, name) {
			t.Errorf("the cause does not name %s: %s", name, got.Execution.Cause)
		}
	}
	if keys := n.Keys(""); len(keys) != 0 || len(n.Portal.Requests()) != 0 {
		t.Errorf("got objects %q and %d calls of the portal, want none", keys, len(n.Portal.Requests()))
	}
}

func TestThePortalAskedIsTheOneThatIsSet(t *testing.T) {
	t.Parallel()
	n, layer := one(t)
	other := arcgistest.NewScenario().Enterprise()
	wanted := other.Text("Of the other portal", "Web Map", `{"version":"2.31"}`).Tags("backup")
	portal := arcgistest.Start(other, arcgistest.WithClock(n.Portal.Clock))
	t.Cleanup(portal.Close)
	got := n.With("portal", portal.URL+"/home/").SignsInWith(portal.Secret).Run()
	wantStatus(t, got, "complete")
	if _, there := got.Log.Items[layer.ID]; there || !got.Item(wanted.ID).Success || len(n.Portal.Requests()) != 0 {
		t.Errorf("items %v, %d calls of the other portal; want the one item of the portal that is set", got.Log.Order, len(n.Portal.Requests()))
	}
}

// Hosts that are not trusted get no token, so a private layer's edits can't
// be read there and it is never taken for unchanged.
func TestTrustedHosts(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{true, false} {
		t.Run(fmt.Sprint(trusted), func(t *testing.T) {
			t.Parallel()
			n, layer := one(t)
			if !trusted {
				n.Without("trusted_hosts")
			}
			n.With("ignore_existing", true).Run().Sound()
			got := n.AdvanceDays(1).Run().Sound()
			wantStatus(t, got, "complete")
			if way := *got.Item(layer.ID).Way; (way == "copy") != trusted {
				t.Errorf("the layer's way in the second night: got %s; its host is trusted: %v", way, trusted)
			}
		})
	}
}

// The example call of the Python script that Mapkeep replaces.
func TestTheExampleOfThePythonScript(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	first := s.File("One.pdf", "PDF").Tags("tag1")
	second := s.Text("Two", "Web Map", `{"version":"2.31"}`).Tags("x", "tag2", "tag1")
	layer := s.Layer("Layer").Tags("tag1")
	tiles := s.Tiles("Tiles").Tags("tag2").ExportFails(4, "no room")
	n := machinetest.New(t, s)
	for name, value := range map[string]any{
		"backup_tags": []string{"tag1", "tag2"}, "directory_tags": []string{"tag1", "tag2"}, "backup_file_suffix": "_backup_",
		"uncategorized_save_tag": "uncategorized", "backup_exclude_types": []string{"Feature Service"}, "archive_number": 3,
		"delete_backup_online": true, "ignore_existing": false, "export_delay": 2, "max_retries": 5,
	} {
		n.With(name, value)
	}
	got := n.Run().Sound()
	wantStatus(t, got, "complete")
	want := []string{
		"backup_2026-11-23.json", "manifest.json", "tag1/One.pdf_backup_" + first.ID + ".item.json", "tag1/One.pdf_backup_" + first.ID + ".pdf",
		"tag2/Tiles_backup_" + tiles.ID + ".item.json", "tag2/Tiles_backup_" + tiles.ID + ".vtpk", "tag2/Two_backup_" + second.ID + ".item.json", "tag2/Two_backup_" + second.ID + ".json",
	}
	if diff := cmp.Diff(want, got.Tree); diff != "" || got.Log.Skipped[layer.ID].Reason != "excluded type" || got.Item(tiles.ID).Retries != 4 {
		t.Errorf("skipped %v, retries of the tiles %d, objects (-want +got):\n%s", got.Log.Skipped, got.Item(tiles.ID).Retries, diff)
	}
}
