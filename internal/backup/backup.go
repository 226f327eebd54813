// Package backup holds the words of the project: what a run, an item, a
// docket and a record are. It has no behaviour beyond reading settings, and
// it imports nothing of ours. The rooms that work with these words are the
// folders below it, one for each state of infra/backup.asl.json; start with
// Docket, the paper that travels with an item from room to room.
package backup

// Version is the version of the program and of every log it writes; release
// builds set it with -ldflags.
var Version = "dev"

// A Way is how an item's data is brought into the bucket.
type Way string

// The ways. Unknown is a way to find out: the item is tried as file, then as
// text, then as description, and its record names the one that held.
const (
	ByExport      Way = "export"      // a temporary export is made by the portal and its file is taken
	ByFile        Way = "file"        // the item's own file
	ByText        Way = "text"        // the item's data is JSON
	ByCopy        Way = "copy"        // unchanged: copied inside the bucket from an older backup
	ByDescription Way = "description" // there are no data: the item's own description is all there is
	ByUnknown     Way = "unknown"     // a type nobody has heard of; never in a record
)

// The steps an item walks, as its record and the log show them.
const (
	StatusBacking     = "BACKING"
	StatusExporting   = "EXPORTING"
	StatusDownloading = "DOWNLOADING"
	StatusComplete    = "COMPLETE"
)

// How a run ended, in its log and manifest.
const (
	RunComplete = "complete" // every selected item is there
	RunPartial  = "partial"  // some are
	RunFailed   = "failed"   // none is, or nothing could be listed, or it was interrupted
)
