package close

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// tidy deletes the temporary exports of all attempts, permanently: those on
// the docket first, then one that was started and never reached it. What one
// can't be deleted for keeps no other.
func (r Room) tidy(ctx context.Context, run backup.Run, d backup.Docket, failure backup.Failure, repeats int) ([]string, error) {
	unheard := r.unheard(run, d, failure, repeats)
	if d.Plan != backup.ByExport || !run.Settings.DeleteBackupOnline || len(d.Export.Temps) == 0 && !unheard {
		return nil, nil
	}
	portal, err := r.Portals.Portal(ctx, run)
	if err != nil {
		return nil, err
	}
	known := make([]string, len(d.Export.Temps))
	for i, temp := range d.Export.Temps {
		known[i] = temp.Item
	}
	warnings, err := r.remove(ctx, portal, run, known)
	if !unheard || errors.As(err, new(*arcgis.Throttled)) {
		return warnings, err
	}
	lost, missed := r.lost(ctx, portal, run, d)
	more, kept := r.remove(ctx, portal, run, lost)
	return append(warnings, more...), errors.Join(err, missed, kept)
}

// remove deletes temporary items as far as it can; a portal that asks for a
// slower pace is left alone.
func (r Room) remove(ctx context.Context, portal *arcgis.Client, run backup.Run, ids []string) (warnings []string, err error) {
	for _, id := range ids {
		warning, failed := r.removeOne(ctx, portal, run, id)
		if warning != "" {
			warnings = append(warnings, warning)
		}
		err = errors.Join(err, failed)
		if errors.As(failed, new(*arcgis.Throttled)) {
			break
		}
	}
	return warnings, err
}

// ours reports whether an item, whose id the portal gave us for an export of
// this run, is still that: its title ends in the run's digits, and it bears
// our tag. A portal that drops an export's tags leaves it without any.
func (r Room) ours(run backup.Run, item arcgis.Item) bool {
	tagged := len(item.Tags) == 0 || slices.Contains(item.Tags, run.Marker)
	return tagged && layout.ExportRun(item.Title, "") == layout.RunHex(r.Ledger.Store.Bucket(), run.ID)
}

// removeOne deletes one temporary item after re-reading it.
func (r Room) removeOne(ctx context.Context, portal *arcgis.Client, run backup.Run, id string) (warning string, err error) {
	item, _, err := portal.Item(ctx, id)
	switch {
	case fault.Is(err, fault.ItemGone):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the temporary export %s: %w", id, err)
	case item.Service() || !r.ours(run, item):
		return fmt.Sprintf("the temporary export %s was changed by somebody and stays in %s's content", id, item.Owner), nil
	}
	err = portal.Delete(ctx, item.Owner, item.OwnerFolder, id)
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, new(*arcgis.Throttled)) || retried(err) || ctx.Err() != nil:
		return "", fmt.Errorf("delete the temporary export %s: %w", id, err)
	}
	return fmt.Sprintf("the temporary export %s could not be deleted from %s's content: %v", id, item.Owner, err), nil
}
