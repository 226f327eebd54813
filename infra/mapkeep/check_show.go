package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// showAccount says who signed in where.
func (c *checked) showAccount(a *app) {
	kind := "ArcGIS Online"
	if c.Enterprise {
		kind = "ArcGIS Enterprise"
	}
	a.say("portal:       %s (%s), organization %s (%s)", c.Portal, kind, c.OrgName, c.Org)
	a.say("signed in as: %s, role %s", cmp.Or(c.User, "an application"), cmp.Or(c.Role, "unknown"))
	a.say("recycle bin:  %s", c.RecycleBin)
}

// showItems says what a run would find.
func (c *checked) showItems(a *app) {
	for _, t := range c.Tags {
		a.say("tag %q: %d items, and %d whose tags only look like it", t.Tag, t.Exact, t.Almost)
		for _, e := range t.Examples {
			a.say("  not taken: %s (%s)", clip(e.Title, 60), strings.Join(e.Tags, ", "))
		}
	}
	a.say("to back up:   %d items%s", c.Items, counts(c.Ways))
	reasons := map[string]int{}
	for _, s := range c.Skipped {
		if s.Reason != backup.SkipTagDiffers { // said with the tags
			reasons[s.Reason]++
		}
	}
	if len(reasons) > 0 {
		a.say("skipped:     %s", counts(reasons)[1:])
	}
	c.showRefusable(a)
}

// showRefusable names items whose export may be refused.
func (c *checked) showRefusable(a *app) {
	if len(c.MayNot) == 0 {
		return
	}
	a.say("%d of them may be refused: this account is neither their owner nor an administrator, and exports them only where their owner allows others to", len(c.MayNot))
	for _, item := range c.MayNot[:min(len(c.MayNot), shownAlmost)] {
		a.say("  %s (%s of %s)", clip(item.Title, 60), item.Type, item.Owner)
	}
	if more := len(c.MayNot) - shownAlmost; more > 0 {
		a.say("  … and %d more", more)
	}
}

// counts are numbers by name, after a colon; "" where there are none.
func counts[K ~string](of map[K]int) string {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		said = append(said, fmt.Sprintf("%d %s", of[name], name))
	}
	if len(said) == 0 {
		return ""
	}
	return ": " + strings.Join(said, ", ")
}
