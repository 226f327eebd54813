package catalog

import (
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// A Line is one item for the log: as List found it, and its record. An item
// without a record gets one by Missing.
type Line struct {
	Item   backup.Item
	Record backup.Record
}

// A Logged is what the log says of an item. ID is its key there.
type Logged struct {
	ID         string         `json:"-"`
	Title      string         `json:"title"`
	Type       string         `json:"type"`
	Tags       []string       `json:"tags"`
	Status     *string        `json:"status"` // the last step it reached; null before the first
	Success    bool           `json:"success"`
	Retries    int            `json:"retries"`
	Error      *string        `json:"error"`
	BackupPath *string        `json:"backup_path"` // bucket key; null when it failed
	Owner      string         `json:"owner"`
	Modified   *time.Time     `json:"modified"`
	Folder     string         `json:"folder"`
	Way        *backup.Way    `json:"way"` // null when it failed before anyone knew
	Format     string         `json:"format"`
	Size       int64          `json:"size"` // of the object at BackupPath, as the next two
	CRC64NVME  *string        `json:"crc64nvme"`
	SHA256     []string       `json:"sha256"`
	Started    *time.Time     `json:"started"`
	Finished   *time.Time     `json:"finished"`
	Seconds    backup.Seconds `json:"seconds"`
	Warnings   []string       `json:"warnings"`
	Execution  string         `json:"execution"` // of the item's child; "" without a record
}

// Missing is the record of an item that has none: its execution was lost
// before it could write one, so it counts as failed.
func Missing(i backup.Item, why backup.Failure) backup.Record {
	return backup.Record{
		ID: i.ID, Title: i.Title, Type: i.Type, Owner: i.Owner, Modified: i.Modified, Folder: i.Folder,
		Way: i.Way, Format: i.Format, Warnings: []string{},
		Failure: why,
	}
}

// logged is the log's view of a line. Title, type and owner are those the
// item had when it was copied; tags and folder are List's.
func logged(l Line) Logged {
	r := l.Record
	g := Logged{
		ID: l.Item.ID, Title: r.Title, Type: r.Type, Tags: list(l.Item.Tags),
		Status: text(r.Status), Success: r.Success, Retries: r.Retries, Error: text(failureText(r.Failure)),
		Owner: r.Owner, Modified: moment(r.Modified), Folder: l.Item.Folder,
		Way: text(known(r.Way)), Format: r.Format,
		SHA256: []string{}, Started: moment(r.Started), Finished: moment(r.Finished),
		Seconds: r.Seconds, Warnings: list(r.Warnings), Execution: r.Execution,
	}
	if f := object(r); f != nil {
		g.BackupPath, g.Size, g.CRC64NVME, g.SHA256 = text(f.Key), f.Size, text(f.CRC64NVME), list(f.SHA256)
	}
	return g
}

// object is the file that stands for an item: its data, or its description
// where it has none; nil when it failed.
func object(r backup.Record) *backup.File {
	switch {
	case !r.Success:
		return nil
	case r.Data != nil:
		return r.Data
	}
	return r.Description
}

// failureText is a failure's text: its name, then its cause.
func failureText(f backup.Failure) string {
	if f.Error != "" && f.Cause != "" {
		return f.Error + ": " + f.Cause
	}
	return f.Error + f.Cause
}
