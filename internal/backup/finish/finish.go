// Package finish is the machine's last step: it compares the records of all
// items with what lies in the folder, writes the log and then the manifest,
// without which the folder is no backup, and applies retention. Asked again
// it finds what it wrote and goes on where it stopped.
package finish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/entry"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/store"
)

// Interrupted is the error by which `mapkeep` tells that a person stopped the
// run.
const Interrupted = "Interrupted"

// The errors an execution that is not complete ends with.
const (
	partial = "BackupPartial"
	failed  = "BackupFailed"
)

// Answer is what the machine is told. Error and Cause are those of an
// execution that has to end FAILED.
type Answer struct {
	Whole  bool           `json:"whole"` // false: ask again
	Result catalog.Result `json:"result"`
	Error  string         `json:"error"`
	Cause  string         `json:"cause"`
}

// Room is the step and its tools. It has no portal: what is left there is
// Close's and the next List's.
type Room struct {
	Ledger ledger.Ledger
	Base   backup.Settings // the stack's defaults
}

// Run finishes the run. Settings that could not be used leave no log: there
// is no folder that would be theirs.
func (r Room) Run(ctx context.Context, call backup.RunCall) (Answer, error) {
	settings, err := backup.Fixed(call.Input, r.Base)
	if err != nil {
		cause := catalog.Cause(catalog.Summary{}, backup.RunFailed, err.Error(), "")
		return Answer{Whole: true, Result: catalog.Result{Status: backup.RunFailed}, Error: failed, Cause: cause}, nil
	}
	run, err := r.Ledger.Claim(ctx, settings, call.Execution, call.Started)
	if err != nil {
		return Answer{}, err
	}
	t, err := r.tally(ctx, call, run)
	if err != nil {
		return Answer{}, err
	}
	plan, err := r.plan(ctx, t, call.Time())
	if err != nil {
		return Answer{}, err
	}
	info, err := r.write(ctx, t, plan)
	if err != nil {
		return Answer{}, err
	}
	answer := t.answer(r, info)
	if whole, err := r.expire(ctx, t, plan, call.Time()); err != nil || !whole {
		return answer, err
	}
	answer.Whole = true
	return answer, r.Ledger.Finish(ctx, run.ID)
}

// A tally is all that is known of the run when its items are done.
type tally struct {
	run     backup.Run
	listing backup.Listing
	listed  bool // List answered
	lines   []catalog.Line
	extra   []backup.File // objects of the folder that no record knows
	summary catalog.Summary
	status  string
	failure string // of the run as a whole
	ended   time.Time
}

// tally reads the listing and the records, and believes the records only as
// far as the folder bears them out.
func (r Room) tally(ctx context.Context, call backup.RunCall, run backup.Run) (tally, error) {
	t := tally{run: run, failure: text(call.Error), ended: call.Time()}
	var err error
	t.listing, err = r.Ledger.Listing(ctx, run.ID)
	t.listed = err == nil
	if err != nil && !errors.Is(err, store.ErrMissing) {
		return t, err
	}
	if t.listed {
		t.lines, err = r.records(ctx, run.ID, lostBy(call.Error))
		if lost(ctx, err) {
			t.listed, t.lines, t.failure, err = false, nil, fmt.Sprintf("the list of items, or what became of them, can't be read: %v", err), nil
		}
		if err != nil {
			return t, err
		}
		if err := r.compare(ctx, &t); err != nil {
			return t, err
		}
	}
	t.summary = catalog.Summary{Counts: catalog.Counts{Skipped: len(t.listing.Skipped)}}
	for _, line := range t.lines {
		t.summary.Add(line.Record)
	}
	for _, file := range t.extra {
		t.summary.Bytes += file.Size
	}
	stopped := call.Error.Error == Interrupted
	t.status = t.summary.Status(!t.listed || stopped, run.Settings.AllowEmpty)
	if t.status == backup.RunComplete && t.failure != "" {
		t.listing.Warnings = append(t.listing.Warnings, t.failure)
		t.failure = ""
	}
	if t.status == backup.RunFailed && t.failure == "" && !t.listed {
		t.failure = "the items were never listed"
	}
	return t, nil
}

// lostBy is why an item may have no record: a child execution was lost, or the
// run was stopped before the item's turn.
func lostBy(caught backup.Caught) backup.Failure {
	if caught.Error == Interrupted {
		return backup.Failure{Error: Interrupted, Cause: "not begun, or not ended, when the run was interrupted"}
	}
	return backup.Failure{Cause: "no record: its execution ended before it could write one"}
}

// lost reports whether the list of items and their records can't be read
// however often one tries. The run has failed then, and its log says so.
func lost(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && !fault.Is(err, fault.StoreUnavailable)
}

// text is an error in words: what a Catch gave, without Lambda's wrapping.
func text(caught backup.Caught) string {
	if caught.Error == "" {
		return ""
	}
	if caught.Error == Interrupted {
		return "interrupted"
	}
	said, _ := entry.Said(caught)
	if said == "" {
		return caught.Error
	}
	return said
}

// answer is what the machine is told of the run: what the log says, which may
// be an earlier call's.
func (t tally) answer(r Room, info catalog.Info) Answer {
	log := r.Ledger.Layout(t.run.Settings).Log(t.run.Directory)
	a := Answer{Result: catalog.NewResult(t.run.Folder, log, info)}
	switch info.Status {
	case backup.RunComplete:
		return a
	case backup.RunPartial:
		a.Error = partial
	default:
		a.Error = failed
	}
	told, failure := t.summary, ""
	told.Counts = catalog.Counts{Total: info.Total, BackedUp: info.BackedUp, Failed: info.Failed, Unchanged: info.Unchanged, Skipped: info.Skipped}
	if info.Error != nil {
		failure = *info.Error
	}
	a.Cause = catalog.Cause(told, info.Status, failure, log)
	return a
}
