package retention_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/retention"
)

// A bucket is a history of runs over one set of items, as a search would
// have found them: what a run holds follows from its selection.
type bucket struct {
	runs    []retention.Run // this run among them
	this    retention.Run
	archive int
	now     time.Time
	all     map[string][]int // items that a run selected, by folder
	good    map[string][]int // and those it has a good copy of
}

func (b bucket) plan() retention.Decisions {
	return retention.Plan(b.runs, b.this, b.archive, b.now)
}

var subsets = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.ID[string])

// anyBucket draws few values of each kind, so that runs meet: the same
// moment, the same selection, the same place.
func anyBucket(t *rapid.T) bucket {
	b := bucket{all: map[string][]int{}, good: map[string][]int{}}
	n := rapid.IntRange(1, 12).Draw(t, "runs")
	for i := range n {
		r := retention.Run{
			Folder:      fmt.Sprint("f", i),
			ID:          fmt.Sprint("r", rapid.IntRange(0, 99).Draw(t, "id")),
			Started:     day(float64(rapid.IntRange(0, 9).Draw(t, "started"))),
			HasManifest: rapid.IntRange(0, 5).Draw(t, "manifest") > 0,
			Status:      rapid.SampledFrom([]string{backup.RunComplete, backup.RunComplete, backup.RunPartial, ""}).Draw(t, "status"),
			Empty:       rapid.IntRange(0, 5).Draw(t, "empty") == 0,
			Copied:      rapid.IntRange(0, 9).Draw(t, "copied") == 0,
			Org:         rapid.SampledFrom([]string{"o", "o", "o", "q"}).Draw(t, "org"),
			Portal:      rapid.SampledFrom([]string{"p", "p", "p2"}).Draw(t, "portal"),
			Enterprise:  rapid.Bool().Draw(t, "enterprise"),
			Mark:        rapid.SampledFrom([]string{"", "", "", "", "", "keep", "hold", "expiring", "expired"}).Draw(t, "mark"),
			Dead:        rapid.Bool().Draw(t, "dead"),
			Selection: backup.Selection{
				BackupTags:         append(subsets.Draw(t, "tags"), "a"),
				BackupExcludeTypes: subsets.Draw(t, "types"),
			},
		}
		for item := range 6 {
			tag := rapid.SampledFrom([]string{"a", "b", "c", "gone"}).Draw(t, "tag")
			typ := string(rune('a' + item%4))
			if r.Empty || !slices.Contains(r.Selection.BackupTags, tag) || slices.Contains(r.Selection.BackupExcludeTypes, typ) {
				continue
			}
			b.all[r.Folder] = append(b.all[r.Folder], item)
			if r.Status == backup.RunComplete || rapid.Bool().Draw(t, "good") {
				b.good[r.Folder] = append(b.good[r.Folder], item)
			}
		}
		b.runs = append(b.runs, r)
	}
	b.this = b.runs[rapid.IntRange(0, n-1).Draw(t, "this")]
	b.archive = rapid.IntRange(0, 3).Draw(t, "archive_number")
	b.now = day(20)
	return b
}

// supersedes says it again, in the contract's order of words.
func (b bucket) supersedes(a, o retention.Run) bool {
	after := a.Started.After(o.Started) || a.Started.Equal(o.Started) && a.ID+"/"+a.Folder > o.ID+"/"+o.Folder
	within := func(part, whole []string) bool {
		for _, p := range part {
			if !slices.Contains(whole, p) {
				return false
			}
		}
		return true
	}
	return after && a.Org == o.Org && (!b.this.Enterprise || a.Portal == o.Portal) &&
		within(o.Selection.BackupTags, a.Selection.BackupTags) &&
		within(a.Selection.BackupExcludeTypes, o.Selection.BackupExcludeTypes)
}

// whole reports whether r is a complete backup with items.
func (b bucket) whole(r retention.Run) bool {
	return (r.HasManifest && !r.Copied || r.Folder == b.this.Folder) && r.Status == backup.RunComplete && !r.Empty
}

func TestPlanProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := anyBucket(t)
		before := slices.Clone(b.runs)
		decisions := b.plan()
		if diff := cmp.Diff(before, b.runs); diff != "" {
			t.Fatalf("Plan changed its input (-before +after):\n%s", diff)
		}
		if len(decisions) != len(b.runs) || len(decisions.Reasons()) != len(b.runs) || slices.Contains(slices.Collect(maps.Values(decisions.Reasons())), "") {
			t.Fatalf("Plan: %d folders, decisions %v", len(b.runs), decisions)
		}
		kept := decisions.Kept()
		if !slices.Contains(kept, b.this.Folder) {
			t.Fatalf("Plan doesn't keep the current run: %v", decisions)
		}
		for _, r := range b.runs {
			if slices.Contains(decisions.Expired(), r.Folder) {
				b.mayExpire(t, r, kept)
			}
		}
	})
}

// mayExpire checks every promise about an expired run.
func (b bucket) mayExpire(t *rapid.T, r retention.Run, kept []string) {
	if b.this.Status != backup.RunComplete || b.this.Empty {
		t.Fatalf("a run that is %q, empty %v, expires %+v", b.this.Status, b.this.Empty, r)
	}
	if r.Mark == retention.Expiring {
		return
	}
	if r.Mark != "" || r.Copied && r.HasManifest || !r.HasManifest && !r.Dead {
		t.Fatalf("Plan expires %+v", r)
	}
	if !b.supersedes(b.this, r) {
		t.Fatalf("%+v\nexpires, without superseding it, %+v", b.this, r)
	}
	stay := 0
	for _, o := range b.runs {
		if slices.Contains(kept, o.Folder) && b.whole(o) && b.supersedes(o, r) {
			stay++
		}
	}
	if r.HasManifest && r.Status == backup.RunComplete && stay < b.archive+1 {
		t.Fatalf("%d complete backups that supersede it stay, archive_number is %d, expired: %+v", stay, b.archive, r)
	}
	for _, item := range b.good[r.Folder] {
		if r.HasManifest && !b.safe(item, r, kept) {
			t.Fatalf("item %d of %+v has no newer copy", item, r)
		}
	}
}

// safe reports whether an item of an expired run has a good copy in a kept
// newer run, or was not selected any more by a complete one.
func (b bucket) safe(item int, r retention.Run, kept []string) bool {
	return slices.ContainsFunc(b.runs, func(o retention.Run) bool {
		if !slices.Contains(kept, o.Folder) || !b.supersedes(o, r) {
			return false
		}
		return slices.Contains(b.good[o.Folder], item) || b.whole(o) && !slices.Contains(b.all[o.Folder], item)
	})
}

func TestPlanAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := anyBucket(t)
		first := b.plan()

		b.runs = rapid.Permutation(b.runs).Draw(t, "order")
		if diff := cmp.Diff(first, b.plan()); diff != "" {
			t.Fatalf("Plan of the same folders in another order (-first +second):\n%s", diff)
		}
		b.mark(first.Expired(), retention.Expiring)
		if diff := cmp.Diff(first.Expired(), b.plan().Expired()); diff != "" {
			t.Fatalf("Plan after the marking began: expired (-first +second):\n%s", diff)
		}
		b.mark(first.Expired(), retention.Expired)
		again := b.plan()
		if len(again.Expired()) > 0 {
			t.Fatalf("Plan after the marking expires %q more", again.Expired())
		}
		if diff := cmp.Diff(first.Kept(), again.Kept()); diff != "" {
			t.Fatalf("Plan after the marking: kept (-first +second):\n%s", diff)
		}
	})
}

func (b bucket) mark(folders []string, mark string) {
	for i := range b.runs {
		if slices.Contains(folders, b.runs[i].Folder) {
			b.runs[i].Mark = mark
		}
	}
}
