// Package export is the step that asks the portal for one temporary export of
// an item, unless the item is unchanged since an older backup. Asked twice
// for one attempt it finds the first job again, by its exact title.
package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
)

// kept is the tag of exports that are to stay in the portal
// (delete_backup_online is false): no run ever sweeps it.
const kept = "mapkeep-kept"

// Room is the step and its tools.
type Room struct {
	Ledger  ledger.Ledger
	Portals *login.Login
}

// Run starts this attempt's export, or answers with a wait when the portal
// asks for a slower pace.
func (r Room) Run(ctx context.Context, call backup.Call) (backup.Docket, error) {
	d := call.Docket
	d.Retries += call.Repeat
	d.Rounds++
	d.Wait = 0
	if d.Began.IsZero() {
		d.Began = call.Time()
	}
	if d.Status == "" {
		d.Status = backup.StatusBacking
	}
	if d.Rounds > backup.MaxRounds {
		return d, fault.New(fault.ExportFailed, fmt.Sprintf("the export was given up after %d rounds", backup.MaxRounds))
	}
	next, err := r.start(ctx, call, d)
	var slow *arcgis.Throttled
	if !errors.As(err, &slow) {
		return next, err
	}
	if !next.Throttled(slow.After) {
		return next, backup.TooSlow(err)
	}
	return next, nil
}

// start reads the item as it is now and has it exported, or copied.
func (r Room) start(ctx context.Context, call backup.Call, d backup.Docket) (backup.Docket, error) {
	run, err := r.Ledger.Run(ctx, d.Run)
	if err != nil {
		return d, err
	}
	if call.Time().After(run.Settings.Deadline(d.Began)) {
		return d, fault.New(fault.ExportFailed, fmt.Sprintf("the export was given up: export_timeout (%d s) is over", run.Settings.ExportTimeout))
	}
	portal, err := r.Portals.Portal(ctx, run)
	if err != nil {
		return d, err
	}
	item, _, err := portal.Item(ctx, d.Item)
	if err != nil {
		return d, fmt.Errorf("read the item: %w", err)
	}
	if d.Fingerprint, err = fingerprint(ctx, portal, call, d, run.Settings, item); err != nil {
		return d, fmt.Errorf("read when its features were edited: %w", err)
	}
	if run.Settings.IgnoreExisting && d.Unchanged(d.Fingerprint) {
		d.Way = backup.ByCopy
		return d, nil
	}
	if d.Export.Attempt == 0 {
		d.Export.Attempt = 1
	}
	d.Owner = item.Owner
	job, adopted, err := r.job(ctx, portal, run, &d, item.Title, call.Repeat > 0)
	if err != nil {
		return d, err
	}
	if adopted {
		d.Fingerprint = "" // features may have been edited since the job began
	}
	return begun(d, job, call.Time()), nil
}

// job starts the export. Where it may have been started before, or its answer
// was lost, it is looked for first, and adopted: never two for one attempt.
func (r Room) job(ctx context.Context, portal *arcgis.Client, run backup.Run, d *backup.Docket, title string, again bool) (job arcgis.Job, adopted bool, err error) {
	bucket, suffix := r.Ledger.Store.Bucket(), run.Settings.BackupFileSuffix
	ending := layout.ExportEnding(suffix, bucket, run.ID, d.Item, d.Export.Attempt)
	asked := strings.HasSuffix(d.Export.Title, ending)
	if !asked {
		d.Export.Title = layout.ExportTitle(title, suffix, bucket, run.ID, d.Item, d.Export.Attempt)
	}
	if again || asked {
		if job, adopted, err = find(ctx, portal, run, d, ending); adopted || err != nil {
			return job, adopted, err
		}
	}
	order := arcgis.ExportOrder{Item: d.Item, Owner: d.Owner, Format: d.Format, Title: d.Export.Title, Tags: []string{tag(run)}}
	started, err := portal.Export(ctx, order)
	if errors.As(err, new(*arcgis.Unsure)) {
		job, adopted, lost := find(ctx, portal, run, d, ending)
		if adopted || lost != nil {
			return job, adopted, lost
		}
	}
	return started, false, wrap("start the export", err)
}

// find looks for this attempt's job in the content of the item's owner and of
// the account itself: its title must end in the hex digits that only this
// attempt has, and it must bear our tag and be younger than the work on the
// item. A service that was published from an export bears all of that too.
func find(ctx context.Context, portal *arcgis.Client, run backup.Run, d *backup.Docket, ending string) (arcgis.Job, bool, error) {
	self, err := portal.Known(ctx)
	if err != nil {
		return arcgis.Job{}, false, err
	}
	for _, owner := range owners(d.Owner, self.Username) {
		items, err := portal.Root(ctx, owner)
		if err != nil && !fault.Is(err, fault.NotPermitted) {
			return arcgis.Job{}, false, fmt.Errorf("look for the export: %w", err)
		}
		for _, item := range items {
			if !item.Service() && strings.HasSuffix(item.Title, ending) && slices.Contains(item.Tags, tag(run)) && !item.Created.Before(d.Began.Add(-skew)) {
				d.Export.Title = item.Title
				return arcgis.Job{Item: item.ID, Owner: owner}, true, nil
			}
		}
	}
	return arcgis.Job{}, false, nil
}

// skew is how far the portal's clock may be behind ours.
const skew = 5 * time.Minute

func owners(owner, self string) []string {
	if self == "" || self == owner {
		return []string{owner}
	}
	return []string{owner, self}
}

// tag is what a run's temporary exports carry.
func tag(run backup.Run) string {
	if run.Settings.DeleteBackupOnline {
		return run.Marker
	}
	return kept
}

// begun notes a started export on the docket. The first look comes a little
// before the time that the item's export took last, so that an estimate can
// shrink again; without one after a second.
func begun(d backup.Docket, job arcgis.Job, now time.Time) backup.Docket {
	d.Status = backup.StatusExporting
	d.Export.State, d.Export.Job, d.Export.Item, d.Export.Owner = backup.ExportPending, job.ID, job.Item, job.Owner
	d.Export.Started, d.Export.Looks, d.Export.Odd = now, 0, 0
	temp := backup.Temp{Item: job.Item, Owner: job.Owner}
	if !slices.Contains(d.Export.Temps, temp) {
		d.Export.Temps = append(d.Export.Temps, temp)
	}
	d.Wait = 1
	if d.Previous != nil {
		d.Wait = max(1, int(d.Previous.Seconds*0.9))
	}
	return d
}

// wrap adds what was being done.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
