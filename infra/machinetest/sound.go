package machinetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// Sound checks what must hold after any run, however it went: each item is
// either whole in the bucket, with the portal's bytes, or failed with a
// reason; log, manifest, folder and execution tell the same; nothing secret
// is in the bucket; the portal has no complaint and no temporary export of
// ours, but those that the caller expects by the ids of their items.
func (g *Got) Sound(exportsLeft ...string) *Got {
	g.t.Helper()
	if g.Log == nil {
		g.t.Errorf("the run left no log: %s %s %s", g.Execution.Status, g.Execution.Error, g.Execution.Cause)
		return g
	}
	g.soundEnd()
	g.soundSelection()
	for _, id := range g.Log.Order {
		g.soundItem(id)
	}
	g.soundCounts()
	g.soundManifest()
	g.soundPortal(exportsLeft)
	if found := g.night.Holding("3NKHt6i2urmWtqOuugvr9", g.night.Portal.Password); len(found) > 0 {
		g.t.Errorf("a token or a password lies in %v", found)
	}
	return g
}

// unfinished says that Finish failed for good: how far it came is chance. The
// execution is red then, and what it wrote is as true as ever.
func (g *Got) unfinished() bool {
	path := g.run.main.path
	return path[len(path)-1] == "FinishFailed"
}

// soundEnd compares the execution with the log.
func (g *Got) soundEnd() {
	g.t.Helper()
	if g.unfinished() {
		return
	}
	want := map[string]string{backup.RunComplete: states.Succeeded, backup.RunPartial: "FAILED BackupPartial", backup.RunFailed: "FAILED BackupFailed"}[g.Status]
	got := strings.TrimSpace(g.Execution.Status + " " + g.Execution.Error)
	if got != want {
		g.t.Errorf("the log's status is %q, the execution ended %s (%s), want %s", g.Status, got, g.Execution.Cause, want)
	}
	if bad := g.Bad(); g.Execution.Status == states.Failed {
		for _, id := range bad[:min(len(bad), 25)] {
			if !strings.Contains(g.Execution.Cause, id) {
				g.t.Errorf("the cause does not name the failed item %s:\n%s", id, g.Execution.Cause)
			}
		}
		if key := g.Folder + "/" + g.Folder[strings.LastIndexByte(g.Folder, '/')+1:] + ".json"; !strings.Contains(g.Execution.Cause, key) {
			g.t.Errorf("the cause does not name the log %s:\n%s", key, g.Execution.Cause)
		}
	}
}

// leftover is a title that only temporary exports have, with the suffix that
// nights begin with.
var leftover = regexp.MustCompile(`_backup_[0-9a-f]{32}$`)

// soundSelection compares the log with the portal's items, by the contract's
// rule: at least one of the tags, exactly.
func (g *Got) soundSelection() {
	g.t.Helper()
	s := g.Log.Info.Settings
	if !slices.Equal(g.Log.Order, slices.Compact(slices.Clone(g.Log.Order))) {
		g.t.Error("the log has an item twice")
	}
	if g.Status == backup.RunFailed && len(g.Log.Order) == 0 {
		return // nothing was listed, or the list was lost
	}
	for _, item := range g.night.Portal.Items() {
		tagged := slices.ContainsFunc(item.Tags, func(tag string) bool { return slices.Contains(s.BackupTags, tag) })
		wanted := tagged && !item.Export && !leftover.MatchString(item.Title) && !slices.Contains(s.BackupExcludeTypes, item.Type) && !slices.Contains(s.BackupExcludeItems, item.ID)
		_, logged := g.Log.Items[item.ID]
		if _, skipped := g.Log.Skipped[item.ID]; logged != wanted || logged && skipped {
			g.t.Errorf("item %s %q, a %s with tags %q: in the log's items %v, skipped %v, want in the items %v", item.ID, item.Title, item.Type, item.Tags, logged, skipped, wanted)
		}
	}
}

// soundItem compares an item with the portal and the folder.
func (g *Got) soundItem(id string) {
	g.t.Helper()
	item := g.Log.Items[id]
	if !item.Success {
		if item.Error == nil || *item.Error == "" || item.BackupPath != nil || item.Size != 0 || item.Status != nil && *item.Status == backup.StatusComplete {
			g.t.Errorf("failed item %s %q: got %+v, want an error, no path, no size, a status on the way", id, item.Title, item)
		}
		return
	}
	if item.Status == nil || *item.Status != backup.StatusComplete || item.Error != nil || item.BackupPath == nil || item.Way == nil {
		g.t.Errorf("good item %s %q: got %+v, want COMPLETE, no error, a path", id, item.Title, item)
		return
	}
	body := g.night.Object(*item.BackupPath)
	want := g.night.Portal.Content(id)
	if *item.Way == backup.ByDescription {
		if !strings.HasSuffix(*item.BackupPath, ".item.json") || want != nil && want.Size() > 0 {
			g.t.Errorf("item %s %q is backed up by its description at %s, and the portal has data of it", id, item.Title, *item.BackupPath)
		}
	} else if want == nil || !bytes.Equal(body, want.Bytes()) {
		g.t.Errorf("item %s %q at %s: %d other bytes than the portal has", id, item.Title, *item.BackupPath, len(body))
	}
	g.soundFile(backup.File{Key: *item.BackupPath, Size: item.Size, CRC64NVME: *item.CRC64NVME, Chunk: backup.Chunk, SHA256: item.SHA256})
}

// soundFile compares an object with what is said of it.
func (g *Got) soundFile(f backup.File) {
	g.t.Helper()
	body := g.night.Object(f.Key)
	sums := []string{}
	for chunk := range slices.Chunk(body, int(f.Chunk)) {
		sum := sha256.Sum256(chunk)
		sums = append(sums, hex.EncodeToString(sum[:]))
	}
	if int64(len(body)) != f.Size || store.Sum(body) != f.CRC64NVME || !slices.Equal(sums, f.SHA256) {
		g.t.Errorf("object %s: got %d bytes, %s, %v; said are %d, %s, %v", f.Key, len(body), store.Sum(body), sums, f.Size, f.CRC64NVME, f.SHA256)
	}
}

// soundCounts adds the log up.
func (g *Got) soundCounts() {
	g.t.Helper()
	i, bad := g.Log.Info, len(g.Bad())
	total, unchanged, size := len(g.Log.Order), 0, int64(0)
	for _, item := range g.Log.Items {
		if item.Way != nil && *item.Way == backup.ByCopy && item.Success {
			unchanged++
		}
	}
	for _, name := range g.Tree {
		if strings.Contains(name, "/") { // log and manifest lie in no tag's folder
			size += g.night.size(g.Folder + "/" + name)
		}
	}
	if i.Total != total || i.BackedUp != total-bad || i.Failed != bad || i.Unchanged != unchanged || i.Skipped != len(g.Log.Skipped) || i.Bytes != size || i.Success != (i.Status == backup.RunComplete) {
		g.t.Errorf("log: total %d, backed up %d, failed %d, unchanged %d, skipped %d, bytes %d, success %v; its items add up to %d, %d, %d, %d, %d, %d, status %s",
			i.Total, i.BackedUp, i.Failed, i.Unchanged, i.Skipped, i.Bytes, i.Success, total, total-bad, bad, unchanged, len(g.Log.Skipped), size, i.Status)
	}
	if g.Execution.Status == states.Succeeded && (g.Result.Items.Total != total || g.Result.Bytes != size || g.Result.Status != g.Status) {
		g.t.Errorf("output %+v does not say what the log does", g.Result)
	}
}

// soundManifest compares the manifest with the log and every object.
func (g *Got) soundManifest() {
	g.t.Helper()
	if (g.Manifest == nil) != (g.Status == backup.RunFailed) && !(g.Manifest == nil && g.unfinished()) {
		g.t.Errorf("a run that is %s: manifest %v", g.Status, g.Manifest != nil)
	}
	if g.Manifest == nil {
		return
	}
	if g.Manifest.Status != g.Status || len(g.Manifest.Items) != len(g.Log.Items) {
		g.t.Errorf("manifest: status %s, %d items; log: %s, %d", g.Manifest.Status, len(g.Manifest.Items), g.Status, len(g.Log.Items))
	}
	named := []string{"manifest.json"}
	for _, f := range g.Manifest.Files {
		named = append(named, f.Key)
		f.Key = g.Folder + "/" + f.Key
		g.soundFile(f)
	}
	slices.Sort(named)
	if tree := slices.Sorted(slices.Values(g.Tree)); !slices.Equal(named, tree) {
		g.t.Errorf("the manifest names %q, in the folder lie %q", named, tree)
	}
}

// soundPortal asks the portal for complaints and for what we left there.
func (g *Got) soundPortal(expected []string) {
	g.t.Helper()
	if v := g.night.Portal.Violations(); len(v) > 0 {
		g.t.Errorf("the portal complains: %q", v)
	}
	if !g.Log.Info.Settings.DeleteBackupOnline {
		return
	}
	left := slices.DeleteFunc(g.night.Portal.Exports(), func(l arcgistest.Listed) bool { return slices.Contains(expected, l.Source) })
	if len(left) > 0 {
		g.t.Errorf("%d temporary exports are left in the portal, the first: %+v", len(left), left[0])
	}
}
