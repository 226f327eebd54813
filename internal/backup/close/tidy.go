package close

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// tidy deletes the temporary exports of all attempts, permanently.
func (r Room) tidy(ctx context.Context, call backup.Call, run backup.Run, d backup.Docket, failure backup.Failure) ([]string, error) {
	if d.Plan != backup.ByExport || !run.Settings.DeleteBackupOnline {
		return nil, nil
	}
	if len(d.Export.Temps) == 0 && failure.Error == "" {
		return nil, nil
	}
	portal, err := r.Portals.Portal(ctx, run)
	if err != nil {
		return nil, err
	}
	temps := d.Export.Temps
	if failure.Error != "" {
		lost, err := r.lost(ctx, portal, run, d)
		if err != nil {
			return nil, err
		}
		temps = append(slices.Clone(temps), lost...)
	}
	var warnings []string
	for _, temp := range temps {
		warning, err := remove(ctx, portal, run, temp)
		if err != nil {
			return nil, err
		}
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return warnings, nil
}

// lost finds exports that were started but never reached the docket, since
// the step that started them failed: by the exact titles of all attempts, and
// our tag.
func (r Room) lost(ctx context.Context, portal *arcgis.Client, run backup.Run, d backup.Docket) ([]backup.Temp, error) {
	self, err := portal.Self(ctx)
	if err != nil {
		return nil, err
	}
	var endings []string
	for attempt := 1; attempt <= max(1, d.Export.Attempt); attempt++ {
		endings = append(endings, layout.ExportEnding(run.Settings.BackupFileSuffix, r.Ledger.Store.Bucket(), run.ID, d.Item, attempt))
	}
	var found []backup.Temp
	for _, owner := range slices.Compact([]string{d.Owner, self.Username}) {
		items, err := portal.Root(ctx, owner)
		if fault.Is(err, fault.NotPermitted) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look for exports left: %w", err)
		}
		for _, item := range items {
			ours := slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(item.Title, ending) })
			known := slices.ContainsFunc(d.Export.Temps, func(t backup.Temp) bool { return t.Item == item.ID })
			if ours && !known && slices.Contains(item.Tags, run.Marker) {
				found = append(found, backup.Temp{Item: item.ID, Owner: owner, Title: item.Title})
			}
		}
	}
	return found, nil
}

// remove deletes one temporary item after re-reading it: its id is from our
// own docket, and title and owner must be those we gave it.
func remove(ctx context.Context, portal *arcgis.Client, run backup.Run, temp backup.Temp) (warning string, err error) {
	item, _, err := portal.Item(ctx, temp.Item)
	var slow *arcgis.Throttled
	switch {
	case fault.Is(err, fault.ItemGone):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the temporary export %s: %w", temp.Item, err)
	case item.Title != temp.Title || item.Owner != temp.Owner:
		return fmt.Sprintf("the temporary export %s was changed by somebody and stays in %s's content", temp.Item, item.Owner), nil
	}
	err = portal.Delete(ctx, item.Owner, item.OwnerFolder, item.ID)
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &slow) || retried(err):
		return "", fmt.Errorf("delete the temporary export %s: %w", temp.Item, err)
	}
	return fmt.Sprintf("the temporary export %s could not be deleted from %s's content: %v", temp.Item, temp.Owner, err), nil
}
