package close

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
)

// unheard reports whether an export may have been started that the docket
// knows nothing of: by the step Export, in a call whose answer was lost. A
// plain no to the first call started none; to look for it all the same would
// list an owner's whole content for each item that fails.
func (r Room) unheard(run backup.Run, d backup.Docket, failure backup.Failure, repeats int) bool {
	starting := d.Export.State == backup.ExportNone || d.Export.State == backup.ExportAgain
	if failure.Error == "" || d.Way != backup.ByExport || !starting {
		return false
	}
	refused := slices.Contains(fault.Final(), fault.Kind(failure.Error))
	asked := strings.HasSuffix(d.Export.Title, r.ending(run, d))
	return !refused || repeats > 0 || asked
}

// ending is what the title of the attempt at hand ends in.
func (r Room) ending(run backup.Run, d backup.Docket) string {
	return layout.ExportEnding(run.Settings.BackupFileSuffix, r.Ledger.Store.Bucket(), run.ID, d.Item, max(1, d.Export.Attempt))
}

// lost finds such an export, by the end of its title and our tag, in the
// content of the item's owner and of the account itself.
func (r Room) lost(ctx context.Context, portal *arcgis.Client, run backup.Run, d backup.Docket) ([]string, error) {
	self, err := portal.Known(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, owner := range slices.Compact([]string{d.Owner, self.Username}) {
		if owner == "" {
			continue // an application
		}
		items, err := portal.Root(ctx, owner)
		if err != nil && !fault.Is(err, fault.NotPermitted) {
			return found, fmt.Errorf("look for exports left: %w", err)
		}
		for _, item := range items {
			if !item.Service() && strings.HasSuffix(item.Title, r.ending(run, d)) && slices.Contains(item.Tags, run.Marker) {
				found = append(found, item.ID)
			}
		}
	}
	return found, nil
}
