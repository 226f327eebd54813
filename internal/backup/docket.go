package backup

import "time"

// A Docket travels with one item through the machine: each room reads it,
// adds its line and passes it on. It stays well under 32 KB, holds nothing
// secret, and every field that the machine's Choices read is always there
// (no omitempty on them: a missing path ends an execution on AWS).
type Docket struct {
	Run   string `json:"run"`
	Item  string `json:"item"` // id
	Title string `json:"title"`
	Type  string `json:"type"`
	Owner string `json:"owner"`

	Folder string `json:"folder"` // the tag folder, made safe
	Way    Way    `json:"way"`    // the way as it stands; Export and Download may change it to copy and back
	Plan   Way    `json:"plan"`   // the way List chose
	Format string `json:"format"`

	Previous *Previous `json:"previous"` // the newest good copy, nil where there is none
	Afresh   bool      `json:"afresh"`   // the older copy turned out to be gone or changed: don't try it again

	Began       time.Time `json:"began"`       // when work on the item first began; zero before
	Status      string    `json:"status"`      // the step it reached, "" before the first
	Fingerprint string    `json:"fingerprint"` // read by id right before the bytes were asked for
	Export      Export    `json:"export"`

	Wait    int     `json:"wait"`    // whole seconds the machine waits before the next look
	Whole   bool    `json:"whole"`   // Download has everything
	Closed  bool    `json:"closed"`  // Close has written the record
	Success bool    `json:"success"` // set by Close
	Failure Failure `json:"failure"`

	Retries   int      `json:"retries"`   // repeats of all steps so far
	Bytes     int64    `json:"bytes"`     // stored for the item; set with Whole
	Rounds    int      `json:"rounds"`    // looks, waits and hand-overs so far, bounded by MaxRounds
	Throttles int      `json:"throttles"` // waits the portal asked for, bounded by MaxThrottles
	Spent     float64  `json:"spent"`     // seconds in Download before the call at hand
	Warnings  []string `json:"warnings"`  // see Warn
	Unsaid    int      `json:"unsaid"`    // warnings that found no room
}

// Failure is the name and text of the error an item failed with, both empty
// for a good one; the machine's Fail state shows them.
type Failure struct {
	Error string `json:"error"`
	Cause string `json:"cause"`
}

// What an export is doing.
const (
	ExportNone    = "none"    // not started, or given back: Export is asked again
	ExportPending = "pending" // the portal works on it
	ExportReady   = "ready"   // its file can be fetched
	ExportAgain   = "again"   // it is started anew, after Wait
)

// Export is an item's temporary export in the portal.
type Export struct {
	State   string    `json:"state"`
	Attempt int       `json:"attempt"` // 1 is the first
	Job     string    `json:"job"`
	Item    string    `json:"item"`    // id of the temporary item
	Owner   string    `json:"owner"`   // whose content it lies in
	Title   string    `json:"title"`   // exact
	Started time.Time `json:"started"` // of this attempt
	Looks   int       `json:"looks"`   // of this attempt
	Odd     int       `json:"odd"`     // answers in a row that said neither yes nor no
	Seconds float64   `json:"seconds"` // from start to ready
	Temps   []Temp    `json:"temps"`   // temporary items of all attempts
}

// A Temp is a temporary item that Mapkeep made.
type Temp struct {
	Item  string `json:"item"`
	Owner string `json:"owner"`
}

// Previous is the newest good copy of an item in an older backup.
type Previous struct {
	Fingerprint string  `json:"fingerprint"`
	Seconds     float64 `json:"seconds"`  // its export took; 0 where it is not known
	Manifest    string  `json:"manifest"` // key of the older manifest
	Key         string  `json:"key"`      // key of the data object, "" where the item has none
	Size        int64   `json:"size"`
	CRC64NVME   string  `json:"crc64nvme"`
	At          int64   `json:"at"`     // where the file's entry begins in the manifest …
	Length      int64   `json:"length"` // … and how long it is, so that its chunk hashes can be read alone
}

// Bounds on an item's rounds. A child execution's history ends at 25,000
// events and a look takes about 9 of them; a portal that throttles for an
// hour is given up.
const (
	MaxRounds    = 2400
	MaxThrottles = 60
)
