package list

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
)

// reserve is the time at a call's end that the sweep leaves for writing down
// what was listed.
const reserve = time.Minute

// sweep deletes temporary exports that dead runs left in the portal: by id,
// after re-reading each, only with this bucket's own tag, and never those of
// a run that may still be at work. What can't be swept is said and left to
// the next run.
func (r Room) sweep(ctx context.Context, portal *arcgis.Client, org string, run backup.Run, now time.Time) []string {
	if end, ok := ctx.Deadline(); ok {
		early, stop := context.WithDeadline(ctx, end.Add(-reserve))
		defer stop()
		ctx = early
	}
	marked, err := portal.Marked(ctx, org, run.Marker)
	if err != nil {
		return []string{fmt.Sprintf("exports that earlier runs left could not be looked for: %v", plain(ctx, err))}
	}
	left := slices.DeleteFunc(marked, func(item arcgis.Item) bool { return item.Service() || runHex(item) == "" })
	if len(left) == 0 {
		return nil
	}
	living, err := r.living(ctx, run, left, now)
	if err != nil {
		return []string{fmt.Sprintf("exports that earlier runs left were not swept: %v", plain(ctx, err))}
	}
	var warnings []string
	for i, item := range left {
		if !sweepable(item, living, now) {
			continue
		}
		err := sweepOne(ctx, portal, run, item)
		if ctx.Err() != nil || errors.As(err, new(*arcgis.Throttled)) {
			return append(warnings, fmt.Sprintf("the sweep of exports that earlier runs left ended early, %d are left to the next run: %v", len(left)-i, plain(ctx, err)))
		}
		if err != nil {
			warnings = append(warnings, err.Error())
		}
	}
	return warnings
}

// plain words what a deadline does to an error.
func plain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("time was up")
	}
	return err
}

// runHex tells runs' exports apart, also those of runs that had another
// backup_file_suffix; "" for what no run made.
func runHex(item arcgis.Item) string { return layout.ExportRun(item.Title, "") }

// living says of the runs that left something whether they may still be at
// work. What other runs wrote is not looked at: they may be many.
func (r Room) living(ctx context.Context, run backup.Run, left []arcgis.Item, now time.Time) (map[string]bool, error) {
	ids, err := r.Ledger.Runs(ctx)
	if err != nil {
		return nil, err
	}
	living := map[string]bool{}
	for _, id := range ids {
		hex := layout.RunHex(r.Ledger.Store.Bucket(), id)
		if !slices.ContainsFunc(left, func(item arcgis.Item) bool { return runHex(item) == hex }) {
			continue
		}
		if living[hex], err = r.Ledger.Living(ctx, id, now); err != nil {
			return nil, err
		}
	}
	living[layout.RunHex(r.Ledger.Store.Bucket(), run.ID)] = true
	return living, nil
}

// sweepable: a run that nobody knows may be at work in a copy of this bucket,
// so what it left is swept when no run can still want it.
func sweepable(item arcgis.Item, living map[string]bool, now time.Time) bool {
	alive, known := living[runHex(item)]
	if !known {
		return item.Created.Add(ledger.Patience).Before(now)
	}
	return !alive
}

// sweepOne deletes one leftover, unless it is not what the search, which
// lags, took it for.
func sweepOne(ctx context.Context, portal *arcgis.Client, run backup.Run, left arcgis.Item) error {
	item, _, err := portal.Item(ctx, left.ID)
	if fault.Is(err, fault.ItemGone) {
		return nil // the index lags
	}
	if err != nil {
		return fmt.Errorf("the export %s that an earlier run left could not be read: %w", left.ID, err)
	}
	if item.Service() || !slices.Contains(item.Tags, run.Marker) || runHex(item) != runHex(left) {
		return nil
	}
	if err := portal.Delete(ctx, item.Owner, item.OwnerFolder, item.ID); err != nil {
		return fmt.Errorf("the export %s that an earlier run left in %s's content could not be deleted: %w", item.ID, item.Owner, err)
	}
	return nil
}
