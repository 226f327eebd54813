package infra_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// People go on working while a run does. Title and file name are the item's
// when it is read by id, folder and selection those of the listing.
func TestEditsInTheMiddle(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "rosa's own", "org_publisher")
	renamed := s.Layer("Old title").Tags("backup", "parks")
	retagged := s.Layer("Retagged").Tags("backup", "parks")
	given := s.Layer("Given away").Tags("backup")
	edited := s.Layer("Edited").Tags("backup")
	n := machinetest.New(t, s)
	n.When("Export", renamed.ID, func() { n.Portal.Rename(renamed.ID, "New title") }).
		When("Export", retagged.ID, func() { n.Portal.Retag(retagged.ID, "backup", "roads") }).
		When("Export", given.ID, func() { n.Portal.Reassign(given.ID, "rosa") }).
		When("Export", edited.ID, func() { n.Portal.EditFeatures(edited.ID) })
	got := n.Run().Sound()
	wantStatus(t, got, "complete")
	if item := got.Item(renamed.ID); item.Title != "New title" || !strings.Contains(*item.BackupPath, "/parks/New title_backup_") {
		t.Errorf("the renamed layer: title %q at %s, want the new title", item.Title, *item.BackupPath)
	}
	if item := got.Item(retagged.ID); item.Folder != "parks" {
		t.Errorf("the retagged layer lies in %s, want parks, as it was listed", item.Folder)
	}
	if item := got.Item(given.ID); item.Owner != "rosa" {
		t.Errorf("owner of the layer that was given away: got %s, want rosa", item.Owner)
	}
}

// A large file that changes its name or its bytes between two hand-overs is
// the new one in the end, and nothing of the old one stays.
func TestALargeFileChangesInTheMiddle(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(p *arcgistest.Portal, id string){
		"name":  func(p *arcgistest.Portal, id string) { p.Rename(id, "New.pdf") },
		"bytes": func(p *arcgistest.Portal, id string) { p.ReplaceFile(id, []byte("%PDF-1.7\nnew bytes")) },
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario()
			file := s.File("Old.pdf", "PDF").Tags("backup").Bulk(40 << 20)
			n := machinetest.New(t, s).Hurries("download", file.ID, 10*time.Second, 1)
			n.When("DownloadLater", file.ID, func() { change(n.Portal, file.ID) })
			got := n.Run().Sound()
			wantStatus(t, got, "complete")
			if len(got.Tree) != 4 {
				t.Errorf("objects: got %q, want log, manifest, file and description", got.Tree)
			}
			if calls := got.Calls("download", file.ID); calls < 2 {
				t.Errorf("calls of download: got %d, want a hand-over", calls)
			}
		})
	}
}

// A backup's objects may be lost before Finish counts them.
func TestFinishBelievesTheFolder(t *testing.T) {
	t.Parallel()
	c := newTown(t)
	lost := func() {
		for _, key := range c.Keys("backup_2026-11-23/") {
			switch {
			case strings.HasSuffix(key, c.file.ID+".pdf"):
				c.Delete(key)
			case strings.HasSuffix(key, c.text.ID+".json"):
				c.Damage(key, []byte(`{"longer or shorter":"than it was"}`))
			}
		}
		for _, key := range c.Keys(".mapkeep/runs/") {
			if strings.HasSuffix(key, "/items/"+c.link.ID+".json") {
				c.Damage(key, []byte("rot"))
			}
		}
		c.Put("backup_2026-11-23/parks/stray.txt", "nobody knows it")
	}
	got := c.When("Finish", "", lost).Run()
	wantStatus(t, got, "partial")
	wantError(t, got, c.file.ID, "is missing from the bucket")
	wantError(t, got, c.text.ID, "has another length in the bucket")
	wantError(t, got, c.link.ID, "its record can't be read")
	if len(got.Bad()) != 3 || len(got.Manifest.Files) != len(got.Tree)-1 {
		t.Errorf("%d failed, %d files in the manifest, %d objects; want 3, and all but the manifest", len(got.Bad()), len(got.Manifest.Files), len(got.Tree))
	}
}

// The ways to sign in, and a portal of one's own.
func TestWaysToSignIn(t *testing.T) {
	t.Parallel()
	for says, tt := range map[string]struct {
		enterprise bool
		options    []arcgistest.Option
		secret     func(*arcgistest.Portal) []byte
	}{
		"user":        {secret: (*arcgistest.Portal).Secret},
		"application": {secret: (*arcgistest.Portal).SecretApp},
		"token":       {secret: (*arcgistest.Portal).SecretToken},
		"enterprise":  {enterprise: true, secret: (*arcgistest.Portal).Secret},
		"own CA":      {enterprise: true, options: []arcgistest.Option{arcgistest.TLS()}, secret: (*arcgistest.Portal).Secret},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			s := arcgistest.NewScenario().NoRecycleBin()
			if tt.enterprise {
				s.Enterprise()
			}
			s.Layer("Trail Map").Tags("backup", "parks")
			s.File("Rules.pdf", "PDF").Tags("backup")
			n := machinetest.New(t, s, tt.options...)
			given := tt.secret(n.Portal)
			got := n.SignsInWith(func() []byte { return given }).Run().Sound()
			wantStatus(t, got, "complete")
		})
	}
}

// Tokens end in the middle of a run, and early.
func TestTokensThatEnd(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().TokenUses(7)
	for range 6 {
		s.Layer("Layer").Tags("backup")
	}
	n := machinetest.New(t, s).With("max_concurrency", 1)
	got := n.When("Download", "", n.Portal.ExpireTokens).Run().Sound()
	wantStatus(t, got, "complete")
	for _, id := range got.Log.Order {
		if retries := got.Item(id).Retries; retries != 0 {
			t.Errorf("retries of item %s: got %d, want none: a token is renewed on the way", id, retries)
		}
	}
}
