package export

import (
	"context"
	"errors"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
)

// fingerprint tells the item's state from others, by the dates of its layers
// too. A date that can't be had never fails the item, whose export may work
// all the same: it is asked for again only where it may spare the export, and
// is not known in the end. A service that hangs gets half of the call's time.
func fingerprint(ctx context.Context, portal *arcgis.Client, call backup.Call, d backup.Docket, s backup.Settings, item arcgis.Item) (string, error) {
	limited, stop := backup.Share(ctx, 0.5)
	defer stop()
	edited, known, err := portal.Edited(limited, item.URL)
	switch {
	case err == nil:
	case ctx.Err() != nil || fault.Is(err, fault.LoginRefused):
		return "", err
	case errors.As(err, new(*arcgis.Throttled)):
		if d.Throttles < backup.MaxThrottles/2 {
			return "", err
		}
	case s.IgnoreExisting && call.Repeat < s.MaxRetries:
		return "", fault.As(fault.PortalUnavailable, err)
	}
	return backup.Fingerprint(backup.ByExport, d.Format, item.Modified, item.Size, edited, known && err == nil), nil
}
