// Package close is every item's last step, good or bad: it deletes the item's
// temporary exports from the portal, if that is asked for, and writes the
// item's record, which Finish believes. Asked twice it leaves one record.
package close

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
	"github.com/mapkeep/mapkeep/internal/store"
)

// Room is the step and its tools.
type Room struct {
	Ledger  ledger.Ledger
	Portals *login.Login
}

// Run closes the item. What can't be deleted in the portal is said in the
// record and left to the next run's sweep: it never costs a good backup.
func (r Room) Run(ctx context.Context, call backup.Call) (backup.Docket, error) {
	d := call.Docket
	d.Wait = 0
	run, err := r.Ledger.Run(ctx, d.Run)
	if err != nil {
		return d, err
	}
	failure, repeats := failed(call.Error)
	var receipt *backup.Receipt
	if failure.Error == "" {
		found, err := r.Ledger.Receipt(ctx, d.Run, d.Item)
		switch {
		case errors.Is(err, store.ErrMissing):
			failure = backup.Failure{Error: "Unexpected", Cause: "the item's receipt is missing from the bucket"}
		case err != nil:
			return d, err
		default:
			receipt = &found
		}
	}
	early, stop := backup.Share(ctx, 0.75) // the rest is for the record, whatever the portal does
	defer stop()
	warnings, err := r.tidy(early, run, d, failure, repeats)
	var slow *arcgis.Throttled
	if errors.As(err, &slow) && d.Throttled(slow.After) {
		return d, nil
	}
	if err != nil && call.Repeat < run.Settings.MaxRetries && retried(err) {
		return d, err
	}
	if err != nil {
		warnings = append(warnings, fmt.Sprintf("a temporary export may be left in the portal; the next run sweeps it: %v", err))
	}
	record := r.record(call, run, d, receipt, failure, repeats, warnings)
	if fault.Kind(failure.Error) == fault.ItemGone {
		record.Gone = r.gone(early, run, d)
	}
	if record, err = r.Ledger.SaveRecord(ctx, d.Run, record); err != nil {
		return d, err
	}
	d.Closed, d.Success, d.Failure = true, record.Success || record.Gone, record.Failure
	d.Status, d.Retries = record.Status, record.Retries
	return d, nil
}

// retried reports whether the machine repeats such an error.
func retried(err error) bool {
	for _, kind := range fault.Retried() {
		if fault.Is(err, kind) {
			return true
		}
	}
	return false
}

// unnamed is how often the machine repeats, under States.ALL, what no room
// could give a name or count.
const unnamed = 6

// failed reads what a Catch gave.
func failed(caught backup.Caught) (failure backup.Failure, repeats int) {
	if caught.Error == "" {
		return backup.Failure{}, 0
	}
	text, repeats := entry.Said(caught)
	if family, _, _ := strings.Cut(caught.Error, "."); repeats == 0 && slices.Contains([]string{"Lambda", "Runtime", "Sandbox", "States"}, family) {
		repeats = unnamed
	}
	return backup.Failure{Error: caught.Error, Cause: text}, repeats
}

// gone reports whether an item that can't be read any more is really gone:
// only its owner's own listing proves that.
func (r Room) gone(ctx context.Context, run backup.Run, d backup.Docket) bool {
	portal, err := r.Portals.Portal(ctx, run)
	if err != nil {
		return false
	}
	listed, err := portal.Listed(ctx, d.Owner, d.Item)
	return err == nil && !listed
}

// record is the last word on the item.
func (r Room) record(call backup.Call, run backup.Run, d backup.Docket, receipt *backup.Receipt, failure backup.Failure, repeats int, warnings []string) backup.Record {
	record := backup.Record{
		ID: d.Item, Title: d.Title, Type: d.Type, Owner: d.Owner, Folder: d.Folder, Status: reached(d),
		Retries: d.Retries + repeats + call.Repeat, Failure: failure, Way: d.Plan, Format: d.Format,
		Started: d.Began, Finished: call.Time(), Seconds: backup.Seconds{Export: d.Export.Seconds},
		Warnings: append(d.Told(), warnings...), Execution: call.Execution,
	}
	if record.Started.IsZero() {
		record.Started = call.Began.UTC()
	}
	if record.Started.IsZero() { // a machine older than this function doesn't say
		record.Started = record.Finished
	}
	if receipt == nil {
		return record
	}
	record.Success, record.Status = true, backup.StatusComplete
	record.Title, record.Type, record.Owner, record.Modified = receipt.Title, receipt.Type, receipt.Owner, receipt.Modified
	record.Way, record.Format, record.Fingerprint = receipt.Way, receipt.Format, receipt.Fingerprint
	record.Data, record.Description = receipt.Data, &receipt.Description
	record.Seconds.Download = receipt.Seconds
	if record.Way == backup.ByCopy && d.Previous != nil {
		record.Seconds.Export = d.Previous.Seconds // or the next night would not know when to look first
	}
	record.Warnings = append(record.Warnings, receipt.Warnings...)
	return record
}

// reached is the step that a failed item came to. A step that fails leaves the
// docket as it was before it.
func reached(d backup.Docket) string {
	switch {
	case d.Way != backup.ByExport || d.Export.State == backup.ExportReady:
		return backup.StatusDownloading
	case d.Status == "":
		return backup.StatusBacking
	}
	return d.Status
}
