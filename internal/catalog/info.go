package catalog

import (
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// Info is the first part of the log: the run as a whole. Its first six keys
// are those of the Python script that Mapkeep replaces.
type Info struct {
	Date      string    `json:"date"`      // formatted, without -2
	Directory string    `json:"directory"` // key of the run's folder
	Success   bool      `json:"success"`   // the run is complete
	Total     int       `json:"total items"`
	BackedUp  int       `json:"backed up items"`
	Size      float64   `json:"size"` // Bytes in GiB
	Run       string    `json:"run"`  // "" only in logs that the Python script wrote
	Started   time.Time `json:"started"`
	Finished  time.Time `json:"finished"`
	Portal    string    `json:"portal"`
	Org       string    `json:"org"`
	User      string    `json:"user"`
	Version   string    `json:"version"` // of the program
	Status    string    `json:"status"`  // backup.RunComplete, RunPartial or RunFailed
	Failed    int       `json:"failed items"`
	Unchanged int       `json:"unchanged items"`
	Skipped   int       `json:"skipped items"`
	Bytes     int64     `json:"bytes"` // all item objects of the folder
	Error     *string   `json:"error"` // of the run as a whole

	Settings  backup.Settings `json:"settings"`
	Warnings  []string        `json:"warnings"`
	Execution string          `json:"execution"`
	Retention Retention       `json:"retention"`
}

// Retention is the plan of retention as the log shows it.
type Retention struct {
	Kept    []string          `json:"kept"`    // folders
	Expired []string          `json:"expired"` // those that this run marks
	Reason  map[string]string `json:"reason"`  // by folder
}

// An Ending is what is known of a run once all its records are read.
type Ending struct {
	Status    string // Summary.Status decides it
	Error     string // of the run as a whole, "" where there is none
	Finished  time.Time
	Warnings  []string // beside the listing's
	Retention Retention
}

// NewInfo puts the first part of a run's log together. Its error and warnings
// have 1,000 bytes at most: what ended a Map may be 32 KB of someone's words.
func NewInfo(run backup.Run, l backup.Listing, s Summary, e Ending) Info {
	warnings := append(append([]string{}, l.Warnings...), e.Warnings...)
	for n, warning := range warnings {
		warnings[n] = clip(warning, longest)
	}
	return Info{
		Date: run.Date, Directory: run.Directory, Success: e.Status == backup.RunComplete,
		Total: s.Total, BackedUp: s.BackedUp, Size: float64(s.Bytes) / (1 << 30),
		Run: run.ID, Started: run.Started, Finished: e.Finished,
		Portal: run.Settings.Portal, Org: l.Org, User: l.User, Version: backup.Version, Status: e.Status,
		Failed: s.Failed, Unchanged: s.Unchanged, Skipped: s.Skipped, Bytes: s.Bytes, Error: text(clip(e.Error, longest)),
		Settings: run.Settings, Warnings: warnings, Execution: run.Execution,
		Retention: e.Retention,
	}
}

// tidy is the info as it is written: no list is null, times are in UTC.
func (i Info) tidy() Info {
	i.Started, i.Finished = i.Started.UTC(), i.Finished.UTC()
	i.Warnings = list(i.Warnings)
	i.Retention.Kept, i.Retention.Expired = list(i.Retention.Kept), list(i.Retention.Expired)
	if i.Retention.Reason == nil {
		i.Retention.Reason = map[string]string{}
	}
	for _, l := range []*[]string{
		&i.Settings.BackupTags, &i.Settings.DirectoryTags, &i.Settings.BackupExcludeTypes,
		&i.Settings.BackupExcludeItems, &i.Settings.TrustedHosts,
	} {
		*l = list(*l)
	}
	return i
}
