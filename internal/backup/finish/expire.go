package finish

import (
	"context"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
)

// spare is what is left of the function's time when it hands over: marking
// one object takes far less.
const spare = 20 * time.Second

// expire marks what the plan says. Deleting is the lifecycle rule's. It
// reports false when its time is over before it is done.
func (r Room) expire(ctx context.Context, t tally, plan catalog.Retention, now time.Time) (bool, error) {
	if t.status != backup.RunComplete {
		return true, nil
	}
	since := now.UTC().Format(time.RFC3339)
	for _, name := range plan.Expired {
		whole, err := r.mark(ctx, r.Ledger.Layout(t.run.Settings), name, since)
		if err != nil || !whole {
			return false, err
		}
	}
	return true, nil
}

// mark marks one folder: first its manifest as expiring, so that it is not
// listed as whole any more, then every other object, then the manifest as
// expired. What bears its mark already is passed over.
func (r Room) mark(ctx context.Context, keys layout.Layout, name, since string) (bool, error) {
	folder := keys.Folder(name)
	manifest := keys.Manifest(folder)
	there, err := r.Ledger.Store.Exists(ctx, manifest)
	if err != nil {
		return false, err
	}
	if there {
		tags, err := r.Ledger.Store.Tags(ctx, manifest)
		if err != nil {
			return false, err
		}
		switch tags[ledger.Mark] {
		case "", ledger.Expiring:
		default:
			return true, nil // done already, or somebody wants it kept since the plan was made
		}
		if err := r.tag(ctx, manifest, tags, ledger.Expiring, since); err != nil {
			return false, err
		}
	}
	whole, err := r.markObjects(ctx, folder, manifest, since)
	if err != nil || !whole || !there {
		return whole, err
	}
	tags, err := r.Ledger.Store.Tags(ctx, manifest)
	if err != nil || tags[ledger.Mark] != ledger.Expiring {
		return err == nil, err
	}
	return true, r.tag(ctx, manifest, tags, ledger.Expired, since)
}

// markObjects marks all objects of a folder but its manifest.
func (r Room) markObjects(ctx context.Context, folder, manifest, since string) (bool, error) {
	deadline, bounded := ctx.Deadline()
	whole := true
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for object, err := range r.Ledger.Store.List(ctx, layout.Inside(folder)) {
		if err != nil {
			_ = group.Wait()
			return false, err
		}
		if bounded && time.Until(deadline) < spare {
			whole = false
			break
		}
		if object.Key == manifest {
			continue
		}
		group.Go(func() error {
			tags, err := r.Ledger.Store.Tags(within, object.Key)
			if err != nil || tags[ledger.Mark] == ledger.Expired {
				return err
			}
			return r.tag(within, object.Key, tags, ledger.Expired, since)
		})
	}
	return whole, group.Wait()
}

// tag sets a mark and since when it holds, beside the tags that are there: S3
// replaces the whole set, and takes ten.
func (r Room) tag(ctx context.Context, key string, tags map[string]string, mark, since string) error {
	set := map[string]string{}
	maps.Copy(set, tags)
	set[ledger.Mark], set[ledger.Since] = mark, since
	if len(set) > 10 {
		set = map[string]string{ledger.Mark: mark, ledger.Since: since}
	}
	return r.Ledger.Store.Tag(ctx, key, set)
}
