package list

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
)

// An older is an earlier backup that copies may be taken from.
type older struct {
	manifest string // key
	folder   string // key
	header   catalog.Header
}

// earlier notes on each docket the newest good copy of its item, from
// complete and partial backups that are not expiring, newest first. Backups
// of another organization are passed over.
func (r Room) earlier(ctx context.Context, run backup.Run, listing backup.Listing, entries []backup.Entry) (warnings []string, err error) {
	open := make(map[string]*backup.Docket, len(entries))
	for i := range entries {
		open[entries[i].Item.ID] = &entries[i].Docket
	}
	backups, warnings, err := r.backups(ctx, run)
	if err != nil {
		return nil, err
	}
	for _, from := range backups {
		if len(open) == 0 {
			break
		}
		if from.header.Org != listing.Org || (listing.Enterprise && from.header.Portal != run.Settings.Portal) {
			continue
		}
		err := r.copies(ctx, from, open)
		if garbled(ctx, err) {
			warnings = append(warnings, fmt.Sprintf("no copies are taken from %s: %v", from.folder, err))
		} else if err != nil {
			return nil, err
		}
	}
	return warnings, nil
}

// backups are the earlier backups, newest first.
func (r Room) backups(ctx context.Context, run backup.Run) (found []older, warnings []string, err error) {
	keys := r.Ledger.Layout(run.Settings)
	folders, err := r.Ledger.Store.Folders(ctx, keys.BasePrefix())
	if err != nil {
		return nil, nil, err
	}
	for _, name := range folders {
		folder := keys.Folder(name)
		from, err := r.older(ctx, folder, keys.Manifest(folder))
		switch {
		case errors.Is(err, store.ErrMissing):
		case garbled(ctx, err):
			warnings = append(warnings, fmt.Sprintf("no copies are taken from %s: %v", folder, err))
		case err != nil:
			return nil, nil, err
		case from != nil:
			found = append(found, *from)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].header.Started.After(found[j].header.Started) })
	return found, warnings, nil
}

// garbled reports whether a manifest can't be read, or is not what it was:
// then its backup can't be copied from, and tonight's goes on without. Old
// backups may be archived, or shut away from this role.
func garbled(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && (fault.Of(err) == "" || fault.Is(err, fault.StoreRefused))
}

// older reads the head of one manifest; nil where its backup is on its way
// out.
func (r Room) older(ctx context.Context, folder, manifest string) (*older, error) {
	there, err := r.Ledger.Store.Exists(ctx, manifest)
	if err != nil || !there {
		return nil, err
	}
	tags, err := r.Ledger.Store.Tags(ctx, manifest)
	if err != nil {
		return nil, err
	}
	if mark := tags["mapkeep"]; mark == "expiring" || mark == "expired" {
		return nil, nil
	}
	body, _, err := r.Ledger.Store.Reader(ctx, manifest)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	header, err := catalog.ReadHeader(body)
	if err != nil {
		return nil, err
	}
	return &older{manifest, folder, header}, nil
}

// copies takes from one manifest what is still wanted.
func (r Room) copies(ctx context.Context, from older, open map[string]*backup.Docket) error {
	body, _, err := r.Ledger.Store.Reader(ctx, from.manifest)
	if err != nil {
		return err
	}
	defer body.Close()
	good := map[string]*backup.Previous{}
	_, err = catalog.ReadManifest(body, catalog.Visitor{
		Item: func(id string, item catalog.Item) error {
			if open[id] != nil && item.Success {
				good[id] = &backup.Previous{Fingerprint: item.Fingerprint, Seconds: item.Seconds, Manifest: from.manifest}
			}
			return nil
		},
		File: func(file backup.File, at, length int64) error {
			if file.Item == nil || good[*file.Item] == nil || strings.HasSuffix(file.Key, ".item.json") {
				return nil
			}
			copied := good[*file.Item]
			if copied.Key != "" {
				return nil // what an earlier try left comes behind the item's own
			}
			copied.Key, copied.Size, copied.CRC64NVME = from.folder+"/"+file.Key, file.Size, file.CRC64NVME
			copied.At, copied.Length = at, length
			return nil
		},
	})
	if err != nil {
		return err
	}
	for id, copied := range good {
		open[id].Previous = copied
		delete(open, id)
	}
	return nil
}
