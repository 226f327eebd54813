package finish

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/ledger"
	"github.com/mapkeep/mapkeep/internal/retention"
	"github.com/mapkeep/mapkeep/internal/store"
)

// plan decides what stays and what expires, as if this run's manifest were
// written already. The decision is kept beside the run, so that a second call
// goes on with the first one's.
func (r Room) plan(ctx context.Context, t tally, now time.Time) (catalog.Retention, error) {
	kept, err := r.Ledger.Plan(ctx, t.run.ID)
	if err == nil || !errors.Is(err, store.ErrMissing) {
		return kept, err
	}
	runs, err := r.runs(ctx, t.run)
	if err != nil {
		return catalog.Retention{}, err
	}
	current := retention.Run{
		Folder: t.run.Folder, ID: t.run.ID, Started: t.run.Started, Status: t.status, Empty: t.summary.Total == 0,
		Org: t.listing.Org, Portal: t.run.Settings.Portal, Enterprise: t.listing.Enterprise, Selection: t.run.Settings.Selection(),
	}
	decided := retention.Plan(runs, current, t.run.Settings.ArchiveNumber, now)
	plan := catalog.Retention{Kept: decided.Kept(), Expired: decided.Expired(), Reason: decided.Reasons()}
	return r.Ledger.SavePlan(ctx, t.run.ID, plan)
}

// runs looks at every folder directly under backup_directory that holds a
// manifest, a log or a claim of ours.
func (r Room) runs(ctx context.Context, current backup.Run) ([]retention.Run, error) {
	keys := r.Ledger.Layout(current.Settings)
	folders, err := r.Ledger.Store.Folders(ctx, keys.BasePrefix())
	if err != nil {
		return nil, err
	}
	runs := make([]retention.Run, len(folders))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, folder := range folders {
		group.Go(func() (err error) {
			runs[i], err = r.look(ctx, current.Settings, folder)
			return err
		})
	}
	err = group.Wait()
	return slices.DeleteFunc(runs, func(run retention.Run) bool { return run.Folder == "" }), err
}

// look reads what one folder says of itself; a folder without a sign of ours
// gives nothing. One that can't be read is kept, and tonight's run goes on.
func (r Room) look(ctx context.Context, s backup.Settings, name string) (retention.Run, error) {
	keys := r.Ledger.Layout(s)
	folder := keys.Folder(name)
	there, err := r.Ledger.Store.Exists(ctx, keys.Manifest(folder))
	if err != nil {
		return retention.Run{}, err
	}
	if there {
		return r.lookAtManifest(ctx, keys.Manifest(folder), name)
	}
	claim, err := r.Ledger.ClaimOf(ctx, s, name)
	if err != nil {
		return retention.Run{}, err
	}
	run := retention.Run{Folder: name, ID: claim.Run, Started: claim.Started, Touched: claim.Written}
	sign := keys.Log(folder)
	logged, err := r.Ledger.Store.Exists(ctx, sign)
	if err != nil {
		return retention.Run{}, err
	}
	if logged {
		err = r.lookAtLog(ctx, sign, &run)
	} else {
		sign, err = r.since(ctx, folder, claim)
	}
	if err != nil || sign == "" || run.ID == "" {
		return retention.Run{}, unlessGarbled(ctx, err)
	}
	return r.lookAtTraces(ctx, sign, run)
}

// since is the first object of a folder that a run claimed, whose mark stands
// for all where there is neither manifest nor log; "" where the folder is not
// the run's: nobody claimed it, or something lay there before.
func (r Room) since(ctx context.Context, folder string, claim ledger.Claim) (string, error) {
	first := ""
	if claim.Run == "" {
		return "", nil
	}
	for object, err := range r.Ledger.Store.List(ctx, layout.Inside(folder)) {
		if err != nil {
			return "", err
		}
		if object.Modified.Before(claim.Written.Truncate(time.Second)) {
			return "", nil
		}
		if first == "" {
			first = object.Key
		}
	}
	return first, nil
}

// lookAtTraces reads a folder's mark, and whether its run may still be at
// work.
func (r Room) lookAtTraces(ctx context.Context, sign string, run retention.Run) (retention.Run, error) {
	tags, err := r.Ledger.Store.Tags(ctx, sign)
	if err != nil {
		return retention.Run{}, unlessGarbled(ctx, err)
	}
	run.Mark = tags[ledger.Mark]
	if run.Dead, err = r.Ledger.Dead(ctx, run.ID); err != nil {
		return run, err
	}
	touched, err := r.Ledger.Touched(ctx, run.ID)
	if touched.After(run.Touched) {
		run.Touched = touched
	}
	return run, err
}

// lookAtManifest reads a backup's header and mark. A manifest that can't be
// understood is kept, and said so by retention.
func (r Room) lookAtManifest(ctx context.Context, key, name string) (retention.Run, error) {
	run := retention.Run{Folder: name, HasManifest: true}
	tags, err := r.Ledger.Store.Tags(ctx, key)
	if err != nil {
		return run, unlessGarbled(ctx, err)
	}
	run.Mark = tags[ledger.Mark]
	body, _, err := r.Ledger.Store.Reader(ctx, key)
	if err != nil {
		return run, unlessGarbled(ctx, err)
	}
	defer body.Close()
	run.Empty = true
	header, err := catalog.ReadManifest(body, catalog.Visitor{Item: func(string, catalog.Item) error { run.Empty = false; return catalog.ErrStop }})
	if err != nil {
		return run, unlessGarbled(ctx, err)
	}
	run.ID, run.Started, run.Status, run.Copied = header.Run, header.Started, header.Status, header.Folder != name
	run.Org, run.Portal, run.Selection = header.Org, header.Portal, header.Selection
	return run, nil
}

// lookAtLog reads what a folder without manifest says by its log.
func (r Room) lookAtLog(ctx context.Context, key string, run *retention.Run) error {
	object, err := r.Ledger.Store.Head(ctx, key)
	if err != nil {
		return err
	}
	run.Touched = object.Modified
	body, _, err := r.Ledger.Store.Reader(ctx, key)
	if err != nil {
		return err
	}
	defer body.Close()
	info, _, err := catalog.ReadLog(body)
	if err != nil {
		return unlessGarbled(ctx, err)
	}
	run.ID, run.Started, run.Org, run.Portal, run.Selection = info.Run, info.Started, info.Org, info.Portal, info.Settings.Selection()
	return nil
}

// unlessGarbled passes over an old folder that can't be understood: it is
// kept, and tonight's run goes on.
func unlessGarbled(ctx context.Context, err error) error {
	if garbled(ctx, err) {
		return nil
	}
	return err
}
