package infra_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/infra/machinetest"
	"github.com/mapkeep/mapkeep/infra/mapkeep/states"
)

// Troubles by chance, from a seed that the test's name shows: whatever comes
// together, a run that leaves a log tells the truth, and soon after the
// troubles are over a night is whole and nothing is left in the portal.
func TestTroublesByChance(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(seed, 23))
			n := machinetest.Named(t, pick(chance, "demo", "flaky", "many:12:5s"))
			n.With("ignore_existing", chance.IntN(2) == 0).With("archive_number", chance.IntN(2)).With("max_retries", chance.IntN(4)).
				With("max_concurrency", 1+chance.IntN(8))
			var all []string
			for _, item := range n.Portal.Items() {
				all = append(all, item.ID)
			}
			for range 3 {
				trouble(n, chance)
				if chance.IntN(4) == 0 {
					n.StopsAt(pick(chance, "List", "BackUpItems", "Check", "Download", "Close", "Finish"), "")
				}
				got := n.Run()
				switch {
				case got.Execution.Status == states.Aborted:
				case got.Log != nil:
					got.Sound(all...)
				case got.Manifest != nil || got.Execution.Error != "BackupFailed":
					t.Errorf("a run without a log: manifest %v, %s %s %s", got.Manifest != nil, got.Execution.Status, got.Execution.Error, got.Execution.Cause)
				}
				n.Heals().AdvanceDays(1 + chance.IntN(3)).Accepts()
				edits(n, chance)
				rot(n, chance)
			}
			// What a nervous portal does not let go in one night goes in the next.
			n.With("max_retries", 5).AdvanceDays(5).Run().Sound(all...)
			n.AdvanceDays(1).Run().Sound(all...)
			wantStatus(t, n.AdvanceDays(1).Run().Sound(), "complete")
		})
	}
}

// trouble sets a few of everything.
func trouble(n *machinetest.Night, chance *rand.Rand) {
	for _, function := range []string{"list", "export", "check", "download", "close", "finish"} {
		if chance.IntN(3) == 0 {
			var names []string
			for range 1 + chance.IntN(4) {
				names = append(names, pick(chance, "PortalUnavailable", "StoreUnavailable", "TokenRejected", "ChangedWhileRead",
					"Sandbox.Timedout", "Runtime.ExitError", "Lambda.TooManyRequestsException", "Lambda.Unknown", "ContentInvalid", "StoreRefused"))
			}
			n.Fails(function, "", names...)
		}
		if chance.IntN(3) == 0 {
			n.LosesAnswer(function, "", 1+chance.IntN(2))
		}
	}
	for range chance.IntN(4) {
		n.Refuses(pick(chance, "GET", "PUT", "HEAD", "POST"), pick(chance, ".mapkeep/runs", "/items/", "/receipts/", "/map", "/backup_2026", "manifest.json", ".item.json", ".zip", "/finished", "/retention.json"),
			pick(chance, 403, 503, 500), 1+chance.IntN(12))
	}
}

// edits are what people do in the portal between two nights.
func edits(n *machinetest.Night, chance *rand.Rand) {
	for _, item := range n.Portal.Items() {
		if item.Export || chance.IntN(6) > 0 {
			continue
		}
		switch what := chance.IntN(5); {
		case what == 0:
			n.Portal.Rename(item.ID, item.Title+"'")
		case what == 1:
			n.Portal.EditItem(item.ID)
		case item.Type == "Feature Service":
			n.Portal.EditFeatures(item.ID)
		case item.Type == "PDF":
			n.Portal.ReplaceFile(item.ID, []byte("%PDF-1.7\n"+strings.Repeat("new ", chance.IntN(9))))
		}
	}
}

// rot is what happens to old objects between two nights.
func rot(n *machinetest.Night, chance *rand.Rand) {
	for _, key := range n.Keys("backup_") {
		switch chance.IntN(40) {
		case 0:
			n.Delete(key)
		case 1:
			n.Damage(key, []byte("rot"))
		}
	}
}

func pick[T any](chance *rand.Rand, from ...T) T { return from[chance.IntN(len(from))] }
