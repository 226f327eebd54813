// Package retention decides which backups stay and which expire, each with a
// reason that a person understands. It is a pure function of the folders, the
// run that has just ended and the time: nothing is read, tagged or deleted
// here. Start with Plan; what "supersedes" means is in supersede.go.
package retention

import (
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// A Run is one folder directly under the backup directory, as far as
// retention looks at it.
type Run struct {
	Folder  string // its name in the bucket
	ID      string
	Started time.Time // from the manifest; of a folder without one from its run, log or claim; zero where nobody knows

	HasManifest bool
	Status      string // of the manifest; "" where there is none or it can't be read
	Empty       bool   // the manifest lists no items
	Copied      bool   // the manifest names another folder: somebody made this copy by hand

	Org        string
	Portal     string
	Enterprise bool             // looked at in the current run alone, so no manifest need hold it
	Selection  backup.Selection // no tags: not known, possible only without a manifest

	Mark string // the mapkeep tag of the manifest (without one: of the log), "" where there is none

	Dead    bool      // marked dead: it will never go on
	Touched time.Time // the newest of its claim, log and working files; read only where there is no manifest
}

// The marks that Mapkeep knows. A folder with any other one is nobody's to
// expire.
const (
	Expiring = "expiring" // begun: some of its objects may be on their way out
	Expired  = "expired"  // done: the bucket's lifecycle deletes it
	ByHand   = "keep"     // somebody wants it kept for ever
)

// A Verdict is what becomes of a folder.
type Verdict string

// The verdicts. A folder that is Leaving was marked by an earlier run: it
// isn't kept any more, and this run has nothing to mark in it.
const (
	Keep    Verdict = "keep"
	Expire  Verdict = "expire"
	Leaving Verdict = "leaving"
)

// A Decision is the verdict on one folder and why.
type Decision struct {
	Folder  string
	Verdict Verdict
	Reason  string
}

// Decisions are those on all folders, the newest first; the current run's is
// among them.
type Decisions []Decision

// Kept names the folders that stay, the newest first; never nil.
func (d Decisions) Kept() []string { return d.folders(Keep) }

// Expired names the folders that the current run has to mark, the newest
// first; never nil. A folder whose marking an earlier run began is among
// them.
func (d Decisions) Expired() []string { return d.folders(Expire) }

func (d Decisions) folders(v Verdict) []string {
	names := []string{}
	for _, one := range d {
		if one.Verdict == v {
			names = append(names, one.Folder)
		}
	}
	return names
}

// Reasons gives the reason for each folder, those that are Leaving included;
// never nil.
func (d Decisions) Reasons() map[string]string {
	reasons := make(map[string]string, len(d))
	for _, one := range d {
		reasons[one.Folder] = one.Reason
	}
	return reasons
}
