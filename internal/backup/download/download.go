// Package download is the step that moves an item's bytes into the bucket:
// from the portal, or from an older backup where the item is unchanged. It
// writes the item's own description beside them and leaves a receipt for
// Close. Asked again it goes on from its checkpoint.
package download

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/login"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// Room is the step and its tools.
type Room struct {
	Ledger  ledger.Ledger
	Portals *login.Login
}

// work is one call's view of the item.
type work struct {
	Room
	run    backup.Run
	keys   layout.Layout
	portal *arcgis.Client
	item   arcgis.Item // read by id just now
	raw    []byte      // the same, as the portal gave it
	again  bool        // the step has been at it before
	began  time.Time
}

// Run moves as much as its time allows.
func (r Room) Run(ctx context.Context, call backup.Call) (backup.Docket, error) {
	d := call.Docket
	d.Retries += call.Repeat
	d.Rounds++
	d.Wait = 0
	if d.Began.IsZero() {
		d.Began = call.Time()
	}
	d.Status = backup.StatusDownloading
	if d.Rounds > backup.MaxRounds {
		return d, fault.New(fault.PortalUnavailable, fmt.Sprintf("given up after %d rounds", d.Rounds))
	}
	began := time.Now()
	next, err := r.move(ctx, d, d.Rounds > 1 || call.Repeat > 0)
	next.Spent += time.Since(began).Seconds()
	var slow *arcgis.Throttled
	if !errors.As(err, &slow) {
		return next, err
	}
	if !next.Throttled(slow.After) {
		return next, backup.TooSlow(err)
	}
	return next, nil
}

// move reads the item as it is now and goes its way.
func (r Room) move(ctx context.Context, d backup.Docket, again bool) (backup.Docket, error) {
	run, err := r.Ledger.Run(ctx, d.Run)
	if err != nil {
		return d, err
	}
	w := work{Room: r, run: run, keys: r.Ledger.Layout(run.Settings), again: again, began: time.Now()}
	if w.portal, err = r.Portals.Portal(ctx, run); err != nil {
		return d, err
	}
	if w.item, w.raw, err = w.portal.Item(ctx, d.Item); err != nil {
		return d, fmt.Errorf("read the item: %w", err)
	}
	if d.Plan != backup.ByExport {
		d.Way, d.Fingerprint = d.Plan, backup.Fingerprint(d.Plan, d.Format, w.item.Modified, w.item.Size, time.Time{}, true)
		if run.Settings.IgnoreExisting && d.Unchanged(d.Fingerprint) {
			d.Way = backup.ByCopy
		}
	}
	if d.Way == backup.ByCopy {
		copied, err := w.copy(ctx, d)
		switch {
		case err == nil && copied.Whole:
			return w.whole(ctx, d, backup.ByCopy, &copied.File)
		case err == nil:
			return d, nil
		}
		if !errors.Is(err, transfer.ErrStale) {
			return d, fmt.Errorf("copy from the older backup: %w", err)
		}
		d = afresh(d, err)
		if d.Plan == backup.ByExport {
			return d, nil
		}
	}
	return w.fetch(ctx, d)
}

// afresh gives the older copy up and goes back to the way List chose.
func afresh(d backup.Docket, why error) backup.Docket {
	d.Afresh, d.Way = true, d.Plan
	if d.Plan == backup.ByExport {
		d.Export.State = backup.ExportAgain
	}
	d.Warn(fmt.Sprintf("backed up afresh: %v", why))
	return d
}

// copy carries the older copy forward inside the bucket. Its chunk hashes are
// those of the older manifest, since the bytes are proven to be the same.
func (w work) copy(ctx context.Context, d backup.Docket) (transfer.Result, error) {
	older, err := w.older(ctx, *d.Previous)
	if err != nil {
		return transfer.Result{}, err
	}
	to := w.keys.Data(w.run.Directory, d.Folder, w.item.Title, w.run.Settings.BackupFileSuffix, d.Item, w.extension(d.Plan, d.Format, older.Key))
	stop, _ := ctx.Deadline()
	return transfer.Copy(ctx, transfer.CopyJob{
		Store: w.Ledger.Store, From: older, To: to, Checkpoint: w.Ledger.Checkpoint(d.Run, d.Item), Stop: stop,
	})
}

// whole finishes an item: its description, and the receipt.
func (w work) whole(ctx context.Context, d backup.Docket, way backup.Way, data *backup.File) (backup.Docket, error) {
	key := w.keys.Description(w.run.Directory, d.Folder, w.item.Title, w.run.Settings.BackupFileSuffix, d.Item)
	if err := w.Ledger.Store.Put(ctx, key, w.raw, "application/json"); err != nil {
		return d, fmt.Errorf("write the item's description: %w", err)
	}
	sum := transfer.NewDigest()
	_, _ = sum.Write(w.raw)
	description := sum.File(key)
	description.Item = &d.Item
	d.Way, d.Whole, d.Bytes = way, true, description.Size
	if data != nil {
		data.Item = &d.Item
		d.Bytes += data.Size
	}
	return d, w.Ledger.SaveReceipt(ctx, d.Run, d.Item, backup.Receipt{
		Title: w.item.Title, Type: w.item.Type, Owner: w.item.Owner, Modified: w.item.Modified,
		Way: way, Format: d.Format, Fingerprint: d.Fingerprint, Data: data, Description: description,
		Seconds: d.Spent + time.Since(w.began).Seconds(), Warnings: []string{},
	})
}
