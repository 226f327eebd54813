package list

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// sweep deletes temporary exports that dead runs left in the portal: by id,
// after re-reading each, only with this bucket's own tag, and never those of
// a run that may still be at work. What can't be swept is said and left to
// the next run.
func (r Room) sweep(ctx context.Context, portal *arcgis.Client, org string, run backup.Run, now time.Time) []string {
	left, err := portal.Marked(ctx, org, run.Marker)
	if err != nil {
		return []string{fmt.Sprintf("exports that earlier runs left could not be looked for: %v", err)}
	}
	if len(left) == 0 {
		return nil
	}
	living, err := r.living(ctx, run, now)
	if err != nil {
		return []string{fmt.Sprintf("exports that earlier runs left were not swept: %v", err)}
	}
	var warnings []string
	for _, item := range left {
		if w := sweepOne(ctx, portal, run, living, item.ID); w != "" {
			warnings = append(warnings, w)
		}
	}
	return warnings
}

// living are the beginnings of the titles that living runs give their
// temporary exports.
func (r Room) living(ctx context.Context, run backup.Run, now time.Time) (map[string]bool, error) {
	ids, err := r.Ledger.Runs(ctx)
	if err != nil {
		return nil, err
	}
	bucket := r.Ledger.Store.Bucket()
	living := map[string]bool{layout.RunHex(bucket, run.ID): true}
	for _, id := range ids {
		alive, err := r.Ledger.Living(ctx, id, now)
		if err != nil {
			return nil, err
		}
		if alive {
			living[layout.RunHex(bucket, id)] = true
		}
	}
	return living, nil
}

// sweepOne deletes one leftover, or says why it stays.
func sweepOne(ctx context.Context, portal *arcgis.Client, run backup.Run, living map[string]bool, id string) string {
	item, _, err := portal.Item(ctx, id)
	if err != nil {
		return fmt.Sprintf("the export %s that an earlier run left could not be read: %v", id, err)
	}
	hex := layout.ExportRun(item.Title, run.Settings.BackupFileSuffix)
	if !slices.Contains(item.Tags, run.Marker) || hex == "" || living[hex] {
		return ""
	}
	if err := portal.Delete(ctx, item.Owner, item.OwnerFolder, item.ID); err != nil {
		return fmt.Sprintf("the export %s that an earlier run left in %s's content could not be deleted: %v", id, item.Owner, err)
	}
	return ""
}
