package backup

import "time"

// A Run is what List fixes when it claims a folder, before it signs in. It is
// written once, to .mapkeep/runs/<run>/run.json, and read by every room.
type Run struct {
	ID        string    `json:"run"`       // start in UTC and 8 hex of SHA-256 over the execution's id
	Execution string    `json:"execution"` // id (ARN) of the execution
	Started   time.Time `json:"started"`
	Date      string    `json:"date"`      // date_format applied to Started in time_zone
	Folder    string    `json:"folder"`    // name: backup_2026-11-23, or with -2, -3, …
	Directory string    `json:"directory"` // key of the folder in the bucket, no slash at the end
	Marker    string    `json:"marker"`    // the bucket's own tag for temporary exports, mapkeep-<12 hex>
	Settings  Settings  `json:"settings"`
}

// A Listing is what List found after it signed in; it is written once, to
// .mapkeep/runs/<run>/listing.json, after items.json.
type Listing struct {
	Org        string             `json:"org"`
	User       string             `json:"user"`
	Enterprise bool               `json:"enterprise"` // ArcGIS Enterprise: ids of orgs are not unique there
	Total      int                `json:"total"`
	Skipped    map[string]Skipped `json:"skipped"` // by item id
	Warnings   []string           `json:"warnings"`
}

// Skipped says why an item that was found is not in the backup.
type Skipped struct {
	Title  string `json:"title"`
	Type   string `json:"type"`
	Reason string `json:"reason"` // one of the Skip words
}

// Why an item is left out; the first that holds is said.
const (
	SkipLeftover     = "export leftover"
	SkipTagDiffers   = "tag differs"
	SkipExcludedItem = "excluded item"
	SkipExcludedType = "excluded type"
	SkipGone         = "gone"
)

// An Entry is one element of items.json: the docket goes into the item's
// child execution, the rest is for the log.
type Entry struct {
	Docket Docket `json:"docket"`
	Item   Item   `json:"item"`
}

// An Item is an item as List found it.
type Item struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Type     string    `json:"type"`
	Owner    string    `json:"owner"`
	Tags     []string  `json:"tags"`
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
	Folder   string    `json:"folder"` // the tag folder, made safe
	Way      Way       `json:"way"`
	Format   string    `json:"format"` // export format, "" where nothing is exported
}
