package retention

import (
	"cmp"
	"slices"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// newest orders runs by their start, the newest first. Two that started in
// the same moment are ordered by id and folder, so that every look at the
// same bucket gives the same order.
func newest(a, b Run) int {
	return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.ID, a.ID), cmp.Compare(b.Folder, a.Folder))
}

// newer reports whether a comes after b.
func newer(a, b Run) bool { return newest(a, b) < 0 }

// samePortal compares where two runs' items come from. Ids of organizations
// are unique in ArcGIS Online alone: every Enterprise portal may have the
// same one, so there, and where no id is known, the portal decides as well.
func samePortal(a, b Run, enterprise bool) bool {
	return !(enterprise || a.Org == "") || a.Portal == b.Portal
}

// covers reports whether selection a takes every item that b takes: a has all
// of b's tags and leaves nothing out that b doesn't. Lists are sets here.
func covers(a, b backup.Selection) bool {
	return subset(b.BackupTags, a.BackupTags) &&
		subset(a.BackupExcludeTypes, b.BackupExcludeTypes) &&
		subset(a.BackupExcludeItems, b.BackupExcludeItems)
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// supersedes reports whether a makes an older b superfluous in principle:
// what b looked for, where b looked for it, a looked for as well. How many
// such runs it takes is the rule's business.
func supersedes(a, b Run, enterprise bool) bool {
	return newer(a, b) && a.Org == b.Org && samePortal(a, b, enterprise) && covers(a.Selection, b.Selection)
}

// sameSelection reports whether two runs looked for the same in the same place.
func sameSelection(a, b Run, enterprise bool) bool {
	return a.Org == b.Org && samePortal(a, b, enterprise) &&
		covers(a.Selection, b.Selection) && covers(b.Selection, a.Selection)
}
