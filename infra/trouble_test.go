package infra_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func secret(password string) func() []byte {
	return func() []byte {
		return []byte(`{"username":"` + arcgistest.Admin + `","password":"` + password + `","referer":"https://mapkeep.example"}`)
	}
}

func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	n := machinetest.Named(t, "many:20").SignsInWith(secret("a wrong one"))
	got := n.Run().Sound()
	wantStatus(t, got, "failed")
	if c := n.Portal.Count(arcgistest.SignIn); c != 1 || got.Calls("list", "") != 1 {
		t.Errorf("sign-ins: got %d in %d calls of list, want 1 in 1", c, got.Calls("list", ""))
	}
	if e := got.Log.Info.Error; e == nil || !strings.Contains(*e, "refused the sign-in") || !strings.Contains(*e, "Invalid username or password") {
		t.Errorf("the log's error: got %+v, want one about the sign-in", got.Log.Info)
	}
	if found := n.Holding("a wrong one"); len(found) > 0 {
		t.Errorf("the password lies in %v", found)
	}
}

// The secret is read again before the run is given up.
func TestASecretThatChangesIsReadAgain(t *testing.T) {
	t.Parallel()
	n, _ := one(t)
	reads := 0
	got := n.SignsInWith(func() []byte {
		if reads++; reads == 1 {
			return secret("the old one")()
		}
		return n.Portal.Secret()
	}).Run().Sound()
	wantStatus(t, got, "complete")
}

// A password that changes in the middle is tried a few times and not a
// thousand: ten wrong ones lock the account.
func TestAPasswordThatChangesInTheMiddle(t *testing.T) {
	t.Parallel()
	n := machinetest.Named(t, "many:40")
	n.SignsInWith(secret(n.Portal.Password)).When("Check", "", func() {
		n.Portal.SetPassword(arcgistest.Admin, "something else")
		n.Portal.ExpireTokens()
	})
	got := n.Run()
	before := 5 // one for each function that has the secret
	if c := n.Portal.Count(arcgistest.SignIn); c >= before+10 {
		t.Errorf("sign-ins: got %d, want fewer than %d", c, before+10)
	}
	if got.Log == nil || len(got.Bad()) == 0 {
		t.Fatalf("the run left %+v, want a log with failed items", got.Execution)
	}
	for _, id := range got.Bad() {
		wantError(t, got, id, "LoginRefused")
	}
}

// A function may have done its work when its answer is lost. It is asked
// again, and nothing is there twice.
func TestLostAnswersHarmNobody(t *testing.T) {
	t.Parallel()
	for _, function := range []string{"list", "export", "check", "download", "close", "finish"} {
		t.Run(function, func(t *testing.T) {
			t.Parallel()
			c := newTown(t)
			c.With("archive_number", 0).Run().Sound()
			exports := c.Portal.Count(arcgistest.Export)
			got := c.AdvanceDays(1).LosesAnswer(function, "", 2).Run().Sound()
			wantStatus(t, got, "complete")
			c.wantWays(t, got, "export", "export", "export", "file", "text", "description")
			if n := c.Portal.Count(arcgistest.Export) - exports; n != 3 {
				t.Errorf("exports: got %d, want 3", n)
			}
			if folders, err := c.Store.Folders(t.Context(), ""); err != nil || len(folders) != 3 {
				t.Errorf("folders: got %q, %v; want two nights and .mapkeep", folders, err)
			}
			if e := got.Log.Info.Retention.Expired; len(e) != 1 || got.Result.Retention.Expired != 1 {
				t.Errorf("retention: got %+v and %+v, want one expired", got.Log.Info.Retention, got.Result.Retention)
			}
		})
	}
}

// Two executions at once, as EventBridge may start them.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	n := machinetest.Named(t, "demo").With("ignore_existing", true)
	n.Run().Sound()
	runs := machinetest.Together(n.AdvanceDays(1), n.Beside())
	if runs[0].Folder == runs[1].Folder {
		t.Errorf("both runs took the folder %s", runs[0].Folder)
	}
	for _, got := range runs {
		got.Sound()
		wantStatus(t, got, "complete")
	}
}

// Only the owner's own listing proves that an item is gone.
func TestGoneItems(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	ghost := s.Layer("Ghost").Tags("backup").GoneAfterListing()
	removed := s.Layer("Removed").Tags("backup")
	hidden := s.Layer("Hidden").Tags("backup").Unreadable()
	stays := s.Text("Map", "Web Map", `{"version":"2.31"}`).Tags("backup")
	n := machinetest.New(t, s)
	got := n.When("Download", removed.ID, func() { n.Portal.Remove(removed.ID) }).Run().Sound()
	wantStatus(t, got, "partial")
	for _, id := range []string{ghost.ID, removed.ID} {
		if reason := got.Log.Skipped[id].Reason; reason != "gone" {
			t.Errorf("item %s is skipped as %q (%s), want gone", id, reason, errorOf(got, id))
		}
		if path := got.Path(id); path[len(path)-1] != "ItemDone" {
			t.Errorf("path of a gone item: got %v, want it to end well", path)
		}
	}
	wantError(t, got, hidden.ID, "NotPermitted")
	if !got.Item(stays.ID).Success {
		t.Errorf("the other item failed: %s", errorOf(got, stays.ID))
	}
}

// What the bucket refuses for good fails the item or the run; what it can't
// answer now is asked again.
func TestABucketInTrouble(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, in    string
		status, times int
		want          string
	}{
		{"PUT", "/parks/", 403, machinetest.Always, "failed"},
		{"PUT", "/parks/", 503, 7, "complete"},
		{"GET", "/receipts/", 503, 7, "complete"},
		{"PUT", "/.mapkeep/", 503, 7, "complete"},
		{"PUT", "/map/", 403, machinetest.Always, "complete"},
		{"PUT", "/manifest.json", 503, 7, "complete"},
		{"PUT", ".mapkeep/folders/", 403, machinetest.Always, ""},
	} {
		t.Run(fmt.Sprint(tt.method, tt.in, tt.status), func(t *testing.T) {
			t.Parallel()
			n, _ := one(t)
			n.Refuses(tt.method, tt.in, tt.status, tt.times)
			got := n.Run()
			if got.Log != nil {
				got.Sound()
			}
			wantStatus(t, got, tt.want)
		})
	}
}
