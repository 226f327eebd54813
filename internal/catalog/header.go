package catalog

import (
	"errors"
	"fmt"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// Version is the version of manifests that this program writes and reads.
const Version = 1

// A Header is what a manifest says before its items.
type Header struct {
	Version   int              `json:"version"`
	Run       string           `json:"run"`
	Folder    string           `json:"folder"` // its name, not its key
	Status    string           `json:"status"` // backup.RunComplete or RunPartial: other runs have no manifest
	Started   time.Time        `json:"started"`
	Finished  time.Time        `json:"finished"`
	Portal    string           `json:"portal"`
	Org       string           `json:"org"`
	Selection backup.Selection `json:"selection"`
}

// NewHeader is the header of a run's manifest.
func NewHeader(run backup.Run, l backup.Listing, status string, finished time.Time) Header {
	return Header{
		Version: Version, Run: run.ID, Folder: run.Folder, Status: status,
		Started: run.Started, Finished: finished,
		Portal: run.Settings.Portal, Org: l.Org, Selection: run.Settings.Selection(),
	}
}

// tidy is the header as it is written and given: no list is null, times are
// in UTC.
func (h Header) tidy() Header {
	h.Started, h.Finished = h.Started.UTC(), h.Finished.UTC()
	s := &h.Selection
	s.BackupTags, s.BackupExcludeTypes, s.BackupExcludeItems =
		list(s.BackupTags), list(s.BackupExcludeTypes), list(s.BackupExcludeItems)
	return h
}

// sound reports what makes a header useless.
func (h Header) sound() error {
	switch {
	case h.Version != Version:
		return h.wrongVersion()
	case h.Run == "" || h.Folder == "" || h.Started.IsZero():
		return errors.New("run, folder or start is missing")
	case h.Status != backup.RunComplete && h.Status != backup.RunPartial:
		return fmt.Errorf("a run of status %q has no manifest", h.Status)
	}
	return nil
}

// wrongVersion says what is wrong with the version. It must come first, since
// it says what the rest means.
func (h Header) wrongVersion() error {
	if h.Version == 0 {
		return errors.New("not a manifest of Mapkeep: it doesn't begin with a version")
	}
	return fmt.Errorf("version %d of the manifest is not known to this program, which knows version %d: a newer Mapkeep wrote it",
		h.Version, Version)
}

// A field is one key of a document and its value.
type field struct {
	key   string
	value any
}

// fields are the header's, in the order of the document. Values are pointers,
// for writing and reading.
func (h *Header) fields() []field {
	return []field{
		{"version", &h.Version}, {"run", &h.Run}, {"folder", &h.Folder}, {"status", &h.Status},
		{"started", &h.Started}, {"finished", &h.Finished},
		{"portal", &h.Portal}, {"org", &h.Org}, {"selection", &h.Selection},
	}
}
