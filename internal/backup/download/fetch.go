package download

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/content"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// A try is one thing that an item's data may be.
type try struct {
	way   backup.Way
	check content.Check
}

// fetch brings the bytes from the portal. An item of a type nobody has heard
// of is tried as what it looks like: as a file where it has a file name, else
// as text, then as a file. One without data is backed up by its description.
func (w work) fetch(ctx context.Context, d backup.Docket) (backup.Docket, error) {
	var tries []try
	file := try{backup.ByFile, content.File(w.item.Name)}
	text := try{backup.ByText, content.Text()}
	switch d.Plan {
	case backup.ByExport:
		tries = []try{{backup.ByExport, content.Export(d.Format)}}
	case backup.ByFile:
		tries = []try{file}
	case backup.ByText:
		tries = []try{text}
	case backup.ByUnknown:
		tries = []try{text, file}
		if w.item.Name != "" {
			tries = []try{file}
		}
	}
	var err error
	for _, try := range tries {
		var next backup.Docket
		next, err = w.take(ctx, d, try)
		if !fault.Is(err, fault.ContentInvalid) {
			return next, err
		}
	}
	if err != nil {
		return d, err
	}
	return w.whole(ctx, d, backup.ByDescription, nil)
}

// take moves the item's data as one thing.
func (w work) take(ctx context.Context, d backup.Docket, try try) (backup.Docket, error) {
	from := &origin{portal: w.portal, item: d.Item, data: w.portal.Data(d.Item)}
	size := int64(-1)
	switch {
	case try.way == backup.ByExport:
		from.data = w.portal.Data(d.Export.Item)
	case try.way == backup.ByFile && w.item.Size == 0:
		size = 0 // no bytes are right then
	case try.way == backup.ByFile:
		from.size = w.item.Size
	}
	stop, _ := ctx.Deadline()
	moved, err := transfer.Move(ctx, transfer.Job{
		Source:     from,
		Store:      w.Ledger.Store,
		Key:        w.keys.Data(w.run.Directory, d.Folder, w.item.Title, w.run.Settings.BackupFileSuffix, d.Item, w.extension(try.way, d.Format, "")),
		Checkpoint: w.Ledger.Checkpoint(d.Run, d.Item),
		Again:      w.again,
		Size:       size,
		Check:      try.check,
		Stop:       stop,
	})
	switch {
	case err != nil && try.way != backup.ByExport && w.dataless(try.way, err):
		return w.whole(ctx, d, backup.ByDescription, nil)
	case try.way == backup.ByExport && useless(err) && d.TriesLeft(w.run.Settings):
		d.ExportAnew(w.run.Settings, err.Error())
		return d, nil
	case try.way == backup.ByExport && vanished(err):
		return d, fault.As(fault.ExportLost, fmt.Errorf("download: %w", err))
	case err != nil:
		return d, fmt.Errorf("download: %w", err)
	case !moved.Whole:
		return d, nil
	}
	return w.whole(ctx, d, try.way, &moved.File)
}

// useless reports whether an export's file will never do, so that only a new
// export helps.
func useless(err error) bool { return fault.Is(err, fault.ContentInvalid) || vanished(err) }

// vanished reports whether a temporary export is gone although it was ready.
func vanished(err error) bool {
	return fault.Is(err, fault.ItemGone) || errors.Is(err, arcgis.ErrNoData)
}

// dataless reports whether an item has no data at all: the portal says so, or
// it gives nothing for JSON that it counts no bytes for.
func (w work) dataless(way backup.Way, err error) bool {
	return errors.Is(err, arcgis.ErrNoData) || (way == backup.ByText && w.item.Size <= 0 && errors.Is(err, content.ErrNoData))
}

// extension is that of the data's file name.
func (w work) extension(way backup.Way, format, older string) string {
	switch {
	case older != "":
		return strings.TrimPrefix(path.Ext(older), ".")
	case way == backup.ByExport:
		return layout.ExportExtension(format)
	case way == backup.ByText:
		return "json"
	}
	return layout.Extension(w.item.Name)
}

// older reads one file's entry out of an older manifest, by its place there.
func (w work) older(ctx context.Context, p backup.Previous) (backup.File, error) {
	text, err := w.Ledger.Store.Slice(ctx, p.Manifest, p.At, p.Length)
	if errors.Is(err, store.ErrMissing) {
		return backup.File{}, fmt.Errorf("%w: %s is gone", transfer.ErrStale, p.Manifest)
	}
	if err != nil {
		return backup.File{}, err
	}
	file, err := catalog.ReadFile(bytes.TrimSpace(text))
	if err != nil || !strings.HasSuffix(p.Key, "/"+file.Key) || file.CRC64NVME != p.CRC64NVME || file.Size != p.Size {
		return backup.File{}, fmt.Errorf("%w: %s has changed", transfer.ErrStale, p.Manifest)
	}
	file.Key = p.Key
	return file, nil
}
