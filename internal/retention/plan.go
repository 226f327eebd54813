package retention

import (
	"fmt"
	"slices"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// Grace is how long a run without a manifest may be silent before it counts
// as dead. The longest silence of a living one is an export, three days at
// most with all its attempts.
const Grace = 4 * 24 * time.Hour

// Plan decides on every folder in runs and on current, the run that has just
// ended, whose manifest need not be written yet: its Status says how it ended
// and HasManifest is not looked at. A folder of current's name in runs is
// ignored. archiveNumber is current's own.
//
// Only a complete current run with items expires anything, and only what it
// supersedes itself. Marked folders don't count for others; so planning again
// after the marks are set expires nothing further.
func Plan(runs []Run, current Run, archiveNumber int, now time.Time) Decisions {
	others := slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return r.Folder == current.Folder })
	current.HasManifest, current.Mark, current.Copied = true, "", false
	all := append(others, current)
	slices.SortFunc(all, newest)

	p := plan{all, current, archiveNumber, now}
	decisions := make(Decisions, len(all))
	for i, r := range all {
		verdict, reason := p.decide(r)
		decisions[i] = Decision{r.Folder, verdict, reason}
	}
	return decisions
}

// plan is what every decision looks at.
type plan struct {
	runs    []Run // the newest first, current among them
	current Run
	archive int
	now     time.Time
}

// decide goes from what holds for any folder to the rule of its kind.
func (p plan) decide(r Run) (Verdict, string) {
	switch {
	case r.Folder == p.current.Folder:
		return Keep, p.ownReason()
	case r.Mark == Expired:
		return Leaving, "expired by an earlier run"
	case r.Mark == Expiring && p.expiresNothing() != "":
		return Leaving, "begun to expire by an earlier run"
	case r.Mark == Expiring:
		return Expire, "begun to expire by an earlier run"
	case r.Mark != "":
		return Keep, "kept by hand"
	case r.Copied:
		return Keep, "copied by hand"
	case p.expiresNothing() != "":
		return Keep, p.expiresNothing()
	case !r.HasManifest:
		return p.unfinished(r)
	case r.Status != backup.RunComplete && r.Status != backup.RunPartial:
		return Keep, "manifest not understood"
	}
	if reason := p.outOfReach(r); reason != "" {
		return Keep, reason
	}
	if r.Status == backup.RunPartial {
		return p.partial(r)
	}
	return p.complete(r)
}

// ownReason is why the current run stays.
func (p plan) ownReason() string {
	later := p.count(func(o Run) bool { return counts(o) && newer(o, p.current) })
	if p.expiresNothing() == "" && later == 0 {
		return "newest"
	}
	return "this run"
}

// expiresNothing says why the current run may not expire anything, or "".
func (p plan) expiresNothing() string {
	if p.current.Status != backup.RunComplete {
		return "a " + p.current.Status + " run expires nothing"
	}
	if p.current.Empty {
		return "a run without items expires nothing"
	}
	return ""
}

// outOfReach says why the current run doesn't supersede r, or "".
func (p plan) outOfReach(r Run) string {
	switch {
	case !newer(p.current, r):
		return "newer than this run"
	case p.current.Org != r.Org:
		return "other organization"
	case !samePortal(p.current, r, p.current.Enterprise):
		return "other portal"
	case !covers(p.current.Selection, r.Selection):
		return "wider selection"
	}
	return ""
}

// complete expires a run once more than archive newer complete ones supersede
// it. The current one is the first of them.
func (p plan) complete(r Run) (Verdict, string) {
	n := p.count(func(o Run) bool { return counts(o) && supersedes(o, r, p.current.Enterprise) })
	if n > p.archive {
		return Expire, plural(n, "newer complete backup")
	}
	return Keep, fmt.Sprintf("%d of %d", n, p.archive)
}

// partial leaves the newest archive+1 of a selection. Nothing has to be asked
// about the items of an older one: the current run is complete, kept, newer
// and supersedes it, so each of its items is either well in the current run
// or was not selected there any more.
func (p plan) partial(r Run) (Verdict, string) {
	n := p.count(func(o Run) bool {
		return o.Status == backup.RunPartial && stands(o) && newer(o, r) && sameSelection(o, r, p.current.Enterprise)
	})
	if n > p.archive {
		return Expire, plural(n, "newer partial backup")
	}
	return Keep, fmt.Sprintf("partial, %d of %d", n+1, p.archive+1)
}

// unfinished expires a folder that never became a backup, once it is surely
// dead and enough backups followed. Of such a folder organization and
// selection may not be known; what isn't known doesn't protect it.
func (p plan) unfinished(r Run) (Verdict, string) {
	if r.Org == "" {
		r.Org = p.current.Org
	}
	if r.Portal == "" {
		r.Portal = p.current.Portal
	}
	if len(r.Selection.BackupTags) == 0 {
		r.Selection = p.current.Selection
	}
	switch {
	case r.Started.IsZero():
		return Keep, "not finished, start not known"
	case !p.dead(r):
		return Keep, "not finished, perhaps still running"
	}
	if reason := p.outOfReach(r); reason != "" {
		return Keep, "not finished, " + reason
	}
	n := p.count(func(o Run) bool { return counts(o) && newer(o, r) })
	if n > p.archive {
		return Expire, "never finished, " + plural(n, "newer complete backup")
	}
	return Keep, fmt.Sprintf("not finished, %d of %d newer backups", n, p.archive+1)
}

// dead reports whether a run without a manifest will never go on. A time that
// isn't known proves nothing.
func (p plan) dead(r Run) bool {
	return r.Dead || !r.Touched.IsZero() && p.now.Sub(r.Touched) > Grace
}

// counts reports whether r is one of the complete runs that make older ones
// superfluous.
func counts(r Run) bool {
	return r.Status == backup.RunComplete && !r.Empty && stands(r)
}

// stands reports whether r is a backup of its own that nobody has begun to
// expire.
func stands(r Run) bool {
	return r.HasManifest && !r.Copied && r.Mark != Expiring && r.Mark != Expired
}

func (p plan) count(holds func(Run) bool) int {
	n := 0
	for _, r := range p.runs {
		if holds(r) {
			n++
		}
	}
	return n
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
