package infra_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// The paths that stories share.
const (
	allWell     = "List Listed BackUpItems Finish Outcome Complete"
	notComplete = "List Listed BackUpItems Finish Outcome NotComplete"
	started     = "Way Export Exporting WaitForExport Check Exported"
	fetched     = " Download Downloaded Close Closed ItemDone"
	looked      = " WaitForExport Check Exported"
	anew        = " ExportLater Export Exporting WaitForExport Check Exported"
)

var goodStories = []story{
	{"a layer is exported, looked at until it is ready, and fetched", func(t *testing.T) []*machinetest.Got {
		n, layer := one(t)
		got := n.Run().Sound()
		wantPath(t, got, "", allWell)
		wantPath(t, got, layer.ID, started+looked+fetched)
		return []*machinetest.Got{got}
	}},
	{"a file, a text and a link need no export", func(t *testing.T) []*machinetest.Got {
		s := arcgistest.NewScenario()
		s.File("Rules.pdf", "PDF").Tags("backup")
		s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
		s.Link("Link", "Document Link", "https://county.example/").Tags("backup")
		got := machinetest.New(t, s).Run().Sound()
		for _, id := range got.Log.Order {
			wantPath(t, got, id, "Way"+fetched)
		}
		return []*machinetest.Got{got}
	}},
	{"an export that failed is started anew", func(t *testing.T) []*machinetest.Got {
		s := arcgistest.NewScenario()
		layer := s.Layer("Trail Map").Tags("backup").ExportFails(2, "no room")
		got := machinetest.New(t, s).Run().Sound()
		wantPath(t, got, layer.ID, started+looked+anew+looked+anew+looked+fetched)
		if retries := got.Item(layer.ID).Retries; retries != 2 {
			t.Errorf("retries: got %d, want 2", retries)
		}
		return []*machinetest.Got{got}
	}},
	{"an export that came damaged is started anew", func(t *testing.T) []*machinetest.Got {
		s := arcgistest.NewScenario()
		layer := s.Layer("Trail Map").Tags("backup").Truncated().Times(1)
		got := machinetest.New(t, s).Run().Sound()
		wantPath(t, got, layer.ID, started+looked+" Download Downloaded"+anew+looked+fetched)
		if retries := got.Item(layer.ID).Retries; retries != 1 {
			t.Errorf("retries: got %d, want 1", retries)
		}
		return []*machinetest.Got{got}
	}},
	{"an empty selection is a success where that is allowed", func(t *testing.T) []*machinetest.Got {
		got := machinetest.Named(t, "empty").With("allow_empty", true).Run().Sound()
		wantStatus(t, got, "complete")
		wantPath(t, got, "", "List Listed Finish Outcome Complete")
		return []*machinetest.Got{got}
	}},
}

var copyStories = []story{
	{"an unchanged layer is copied, a changed one exported", func(t *testing.T) []*machinetest.Got {
		n, layer := one(t)
		n.With("ignore_existing", true).Run().Sound()
		second := n.AdvanceDays(1).Run().Sound()
		wantPath(t, second, layer.ID, "Way Export Exporting"+fetched)
		if way := *second.Item(layer.ID).Way; way != "copy" {
			t.Errorf("way of the unchanged layer: got %s, want copy", way)
		}
		n.Portal.EditFeatures(layer.ID)
		third := n.AdvanceDays(1).Run().Sound()
		if way := *third.Item(layer.ID).Way; way != "export" {
			t.Errorf("way of the changed layer: got %s, want export", way)
		}
		return []*machinetest.Got{second, third}
	}},
	{"a layer whose older copy is gone is exported after all", func(t *testing.T) []*machinetest.Got {
		n, layer := one(t)
		first := n.With("ignore_existing", true).Run().Sound()
		n.Delete(*first.Item(layer.ID).BackupPath)
		got := n.AdvanceDays(1).Run().Sound()
		wantPath(t, got, layer.ID, "Way Export Exporting Download Downloaded"+anew+looked+fetched)
		if item := got.Item(layer.ID); item.Retries != 0 || len(item.Warnings) != 1 {
			t.Errorf("retries %d, warnings %q; want none and one", item.Retries, item.Warnings)
		}
		return []*machinetest.Got{got}
	}},
}

var slowStories = []story{
	{"a portal that asks for a slower pace is obeyed in every step", func(t *testing.T) []*machinetest.Got {
		n, layer := one(t)
		slow := func() { n.Portal.ThrottleAll(30 * time.Second) }
		got := n.When("List", "", slow).When("Export", "", slow).When("Check", "", slow).When("Download", "", slow).When("Close", "", slow).Run().Sound()
		wantStatus(t, got, "complete")
		wantPath(t, got, "", "List Listed ListLater "+allWell)
		wantPath(t, got, layer.ID, "Way Export Exporting ExportLater Export Exporting WaitForExport Check Exported WaitForExport Check Exported WaitForExport Check Exported "+
			"Download Downloaded DownloadLater Download Downloaded Close Closed CloseLater Close Closed ItemDone")
		if item := got.Item(layer.ID); item.Retries != 0 {
			t.Errorf("retries: got %d, want none: the portal asked for these waits", item.Retries)
		}
		return []*machinetest.Got{got}
	}},
	{"a file that takes longer than a function is handed over", func(t *testing.T) []*machinetest.Got {
		s := arcgistest.NewScenario()
		file := s.File("Aerial survey.pdf", "PDF").Tags("backup").Bulk(40 << 20)
		n := machinetest.New(t, s).Hurries("download", file.ID, 10*time.Second, 1)
		got := n.Run().Sound()
		wantStatus(t, got, "complete")
		wantPath(t, got, file.ID, "Way Download Downloaded DownloadLater"+fetched)
		if item := got.Item(file.ID); item.Retries != 0 {
			t.Errorf("retries: got %d, want none: a hand-over is none", item.Retries)
		}
		return []*machinetest.Got{got}
	}},
	{"retention that takes longer than a function is handed over", func(t *testing.T) []*machinetest.Got {
		n, _ := one(t)
		first := n.With("archive_number", 0).Run().Sound()
		second := n.AdvanceDays(1).Hurries("finish", "", 19*time.Second, 1).Run().Sound()
		wantPath(t, second, "", "List Listed BackUpItems Finish Outcome Finish Outcome Complete")
		for _, name := range first.Tree {
			if mark := n.Mark(first.Folder + "/" + name); mark != "expired" {
				t.Errorf("%s/%s is marked %q, want expired", first.Folder, name, mark)
			}
		}
		return []*machinetest.Got{second}
	}},
}

// errorStories let every step fail in each way that the machine tells apart.
func errorStories() []story {
	var all []story
	for _, function := range []string{"list", "export", "check", "download", "close", "finish"} {
		all = append(all, story{function + " is repeated after errors that may pass", func(t *testing.T) []*machinetest.Got {
			n, layer := one(t)
			got := n.Fails(function, "", "StoreUnavailable", "Lambda.TooManyRequestsException", "PortalUnavailable", "Sandbox.Timedout", "Runtime.ExitError").Run().Sound()
			wantStatus(t, got, "complete")
			wantPath(t, got, "", allWell)
			retries := 5
			if function == "list" || function == "finish" {
				retries = 0
			}
			if item := got.Item(layer.ID); item.Retries != retries {
				t.Errorf("retries: got %d, want %d", item.Retries, retries)
			}
			return []*machinetest.Got{got}
		}})
	}
	for _, function := range []string{"export", "check", "download"} {
		all = append(all, story{function + " fails for good, and the item is closed", func(t *testing.T) []*machinetest.Got {
			n, layer := one(t)
			got := n.Fails(function, "", "QuotaExceeded").Run().Sound()
			wantStatus(t, got, "failed")
			wantPath(t, got, "", notComplete)
			if path := got.Path(layer.ID); !slices.Equal(path[len(path)-3:], []string{"Close", "Closed", "ItemFailed"}) {
				t.Errorf("path: got %v, want it to end with Close Closed ItemFailed", path)
			}
			wantError(t, got, layer.ID, "QuotaExceeded: said by the test")
			if calls := got.Calls(function, layer.ID); calls != 1 {
				t.Errorf("calls of %s: got %d, want 1: no repetition mends it", function, calls)
			}
			return []*machinetest.Got{got}
		}})
	}
	return all
}

var endStories = []story{
	{"an item that can't be closed counts as failed, and what it left is named", func(t *testing.T) []*machinetest.Got {
		s := arcgistest.NewScenario()
		good := s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
		bad := s.File("No extension", "PDF").Filename("rules").Tags("backup")
		n := machinetest.New(t, s)
		n.Refuses("PUT", "/items/"+bad.ID, 403, machinetest.Always)
		n.Refuses("GET", "/uncategorized/No extension_backup_"+bad.ID, 403, machinetest.Always) // too large to read, say
		got := n.Run().Sound()
		wantStatus(t, got, "partial")
		wantPath(t, got, bad.ID, "Way Download Downloaded Close CloseFailed")
		wantPath(t, got, good.ID, "Way"+fetched)
		wantError(t, got, bad.ID, "no record")
		left := 0
		for _, f := range got.Manifest.Files {
			if f.Item != nil && *f.Item == bad.ID {
				left++
			}
		}
		if left != 2 {
			t.Errorf("files of the failed item in the manifest: got %d, want data and description", left)
		}
		return []*machinetest.Got{got}
	}},
	{"a portal that lets nobody in ends the run, and the log says so", func(t *testing.T) []*machinetest.Got {
		n, _ := one(t)
		got := n.SignsInWith(func() []byte { return []byte(`{"username":"mapkeeper","password":"wrong"}`) }).Run().Sound()
		wantStatus(t, got, "failed")
		wantPath(t, got, "", "List ListFailed Finish Outcome NotComplete")
		return []*machinetest.Got{got}
	}},
	{"a list of items that can't be read ends the Map, not the run", func(t *testing.T) []*machinetest.Got {
		n, _ := one(t)
		damage := func() {
			for _, key := range n.Keys(".mapkeep/runs/") {
				if strings.HasSuffix(key, "/items.json") {
					n.Damage(key, []byte("[not JSON"))
				}
			}
		}
		got := n.When("BackUpItems", "", damage).Run()
		wantStatus(t, got, "failed")
		wantPath(t, got, "", notComplete)
		if e := got.Log.Info.Error; e == nil || !strings.Contains(*e, "the list of items, or what became of them, can't be read") {
			t.Errorf("the log: %+v, want an error about the list of items", got.Log.Info)
		}
		return []*machinetest.Got{got}
	}},
	{"a log that can't be written leaves no backup", func(t *testing.T) []*machinetest.Got {
		n, _ := one(t)
		n.Refuses("PUT", "/backup_2026-11-23/backup_2026-11-23.json", 403, machinetest.Always)
		got := n.Run()
		wantPath(t, got, "", "List Listed BackUpItems Finish FinishFailed")
		if got.Manifest != nil || got.Log != nil || got.Execution.Error != "BackupFailed" {
			t.Errorf("got manifest %v, log %v, error %s; want neither, BackupFailed", got.Manifest != nil, got.Log != nil, got.Execution.Error)
		}
		return []*machinetest.Got{got}
	}},
}
