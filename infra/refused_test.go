package infra_test

import (
	"slices"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// Whichever room is the first that the portal refuses, it tells the others,
// and none of them signs in any more: an account is soon locked.
func TestEachRoomTellsOfARefusedSignIn(t *testing.T) {
	t.Parallel()
	for before, room := range []string{"List", "Export", "Check", "Download", "Close"} {
		t.Run(room, func(t *testing.T) {
			t.Parallel()
			n, layer := one(t)
			g := newGrants(t, "")
			n.ActsInRoles(g.may).SignsInWith(secret(n.Portal.Password)).When(room, "", func() {
				n.Portal.SetPassword(arcgistest.Admin, "something else")
			})
			got := n.Run()
			if c := n.Portal.Count(arcgistest.SignIn); c != before+1 {
				t.Errorf("sign-ins: got %d, want %d that were taken and one that was refused", c, before)
			}
			if room == "Close" { // the copy is good, and the next night deletes the export
				wantStatus(t, got, "complete")
			} else if wantStatus(t, got, "failed"); room != "List" {
				wantError(t, got, layer.ID, "LoginRefused")
			}
			if len(g.refused) > 0 {
				t.Errorf("the roles lack rights: %q", slices.Compact(g.refused))
			}
		})
	}
}
