package finish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// write writes the log and, unless the run failed, the manifest; each only
// where none is. It gives the log that holds, which may be an earlier call's.
func (r Room) write(ctx context.Context, t tally, plan catalog.Retention) (catalog.Info, error) {
	keys := r.Ledger.Layout(t.run.Settings)
	info := catalog.NewInfo(t.run, t.listing, t.summary, catalog.Ending{
		Status: t.status, Error: t.failure, Finished: t.ended, Retention: plan,
	})
	if err := t.rehearse(info); err != nil {
		return info, err
	}
	key := keys.Log(t.run.Directory)
	log, created, err := r.create(ctx, key, func(w io.Writer) error {
		return catalog.WriteLog(w, info, each(t.lines), t.listing.Skipped)
	})
	if err != nil {
		return info, fmt.Errorf("write the log: %w", err)
	}
	if !created {
		earlier, written, err := r.earlierLog(ctx, key, t.run.ID)
		if err != nil {
			return info, err
		}
		if earlier.Status != info.Status || earlier.Failed != info.Failed {
			return info, fault.New(fault.StoreRefused, fmt.Sprintf("%s says that the run is %s, but now it is %s", key, earlier.Status, info.Status))
		}
		info, log = earlier, written
	}
	if info.Status == backup.RunFailed {
		return info, nil
	}
	return info, r.manifest(ctx, t, info, log)
}

// rehearse makes every check of the manifest's writer before the log says
// anything: a log that calls a run complete has a manifest beside it.
func (t tally) rehearse(info catalog.Info) error {
	if info.Status == backup.RunFailed {
		return nil
	}
	files := catalog.Files(t.run.Directory, records(t.lines), t.extra...)
	return catalog.WriteManifest(io.Discard, catalog.NewHeader(t.run, t.listing, info.Status, info.Finished), records(t.lines), files)
}

// manifest makes the folder a backup, and reads back that it is one.
func (r Room) manifest(ctx context.Context, t tally, info catalog.Info, log backup.File) error {
	key := r.Ledger.Layout(t.run.Settings).Manifest(t.run.Directory)
	header := catalog.NewHeader(t.run, t.listing, info.Status, info.Finished)
	_, _, err := r.create(ctx, key, func(w io.Writer) error {
		files := catalog.Files(t.run.Directory, records(t.lines), append(t.extra, log)...)
		return catalog.WriteManifest(w, header, records(t.lines), files)
	})
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	body, _, err := r.Ledger.Store.Reader(ctx, key)
	if err != nil {
		return fmt.Errorf("read the manifest back: %w", err)
	}
	defer body.Close()
	items, failed := 0, 0
	back, err := catalog.ReadManifest(body, catalog.Visitor{Item: func(_ string, item catalog.Item) error {
		items++
		if !item.Success {
			failed++
		}
		return nil
	}})
	if err != nil {
		return fmt.Errorf("read the manifest back: %w", err)
	}
	if back.Run != t.run.ID || items != info.Total || failed != info.Failed {
		return fault.New(fault.StoreRefused, fmt.Sprintf("%s is not this run's manifest", key))
	}
	return nil
}

// create streams a document into the bucket where none is, and gives its
// facts as they pass.
func (r Room) create(ctx context.Context, key string, write func(io.Writer) error) (backup.File, bool, error) {
	read, to := io.Pipe()
	go func() { to.CloseWithError(write(to)) }()
	defer read.Close()
	sum := transfer.NewDigest()
	_, created, err := r.Ledger.Store.Upload(ctx, key, io.TeeReader(read, sum), store.UploadOptions{IfNoneMatch: true, Type: "application/json"})
	return sum.File(key), created, err
}

// earlierLog reads the log that an earlier call of this run wrote.
func (r Room) earlierLog(ctx context.Context, key, run string) (catalog.Info, backup.File, error) {
	file, err := r.digest(ctx, key)
	if err != nil {
		return catalog.Info{}, file, err
	}
	body, _, err := r.Ledger.Store.Reader(ctx, key)
	if err != nil {
		return catalog.Info{}, file, err
	}
	defer body.Close()
	info, _, err := catalog.ReadLog(body)
	if err == nil && info.Run != run {
		err = errors.New("it is another run's")
	}
	if err != nil {
		return info, file, fault.As(fault.StoreRefused, fmt.Errorf("read the log %s: %w", key, err))
	}
	return info, file, nil
}

// each walks the lines.
func each(lines []catalog.Line) iter.Seq2[catalog.Line, error] {
	return func(yield func(catalog.Line, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
}

// records walks the lines' records.
func records(lines []catalog.Line) iter.Seq2[backup.Record, error] {
	return func(yield func(backup.Record, error) bool) {
		for _, line := range lines {
			if !yield(line.Record, nil) {
				return
			}
		}
	}
}
