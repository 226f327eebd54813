package finish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/catalog"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/layout"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

// parallel is how many small requests are under way at once: enough to hide
// the bucket's latency, few enough for one function's sockets and memory.
const parallel = 32

// records reads the items, puts them into selection order (by creation, then
// id: items.json has them in the order they are begun), and reads each one's
// record. An item
// without a record has failed: its execution was lost. So has one whose record
// is not what was written.
func (r Room) records(ctx context.Context, run string, lost backup.Failure) ([]catalog.Line, error) {
	var lines []catalog.Line
	for item, err := range r.Ledger.ReadItems(ctx, run) {
		if err != nil {
			return nil, err
		}
		lines = append(lines, catalog.Line{Item: item.Item})
	}
	slices.SortFunc(lines, func(a, b catalog.Line) int {
		return cmp.Or(a.Item.Created.Compare(b.Item.Created), cmp.Compare(a.Item.ID, b.Item.ID))
	})
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i := range lines {
		group.Go(func() error {
			record, err := r.Ledger.Record(ctx, run, lines[i].Item.ID)
			switch {
			case errors.Is(err, store.ErrMissing):
				record, err = catalog.Missing(lines[i].Item, lost), nil
			case garbled(ctx, err):
				record, err = unreadable(lines[i].Item, err), nil
			}
			lines[i].Record = record
			return err
		})
	}
	return lines, group.Wait()
}

// unreadable is the record of an item whose own can't be read.
func unreadable(item backup.Item, why error) backup.Record {
	return catalog.Missing(item, backup.Failure{Cause: fmt.Sprintf("its record can't be read: %v", why)})
}

// garbled reports whether a document can't be read, now and by every later
// call: it was cut, has other bytes than the bucket has a checksum of, or is
// archived or shut away from this role.
func garbled(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && (fault.Of(err) == "" || fault.Is(err, fault.StoreRefused))
}

// compare holds the records against the folder. A good item whose objects are
// not there in their length has failed; objects that no record knows are read
// once, so that the manifest can name them.
func (r Room) compare(ctx context.Context, t *tally) error {
	there := map[string]int64{}
	keys := r.Ledger.Layout(t.run.Settings)
	own := map[string]bool{keys.Log(t.run.Directory): true, keys.Manifest(t.run.Directory): true}
	for object, err := range r.Ledger.Store.List(ctx, layout.Inside(t.run.Directory)) {
		if err != nil {
			return err
		}
		if !own[object.Key] {
			there[object.Key] = object.Size
		}
	}
	for i := range t.lines {
		record := &t.lines[i].Record
		files := slices.DeleteFunc([]*backup.File{record.Data, record.Description}, func(f *backup.File) bool { return f == nil })
		lost := slices.IndexFunc(files, func(f *backup.File) bool { size, ok := there[f.Key]; return !ok || size != f.Size })
		if lost >= 0 {
			_, ok := there[files[lost].Key]
			spoil(record, files[lost].Key, ok)
			continue
		}
		for _, file := range files {
			delete(there, file.Key)
		}
	}
	return r.extras(ctx, t, there)
}

// extras finds out what lies in the folder beside the records' objects: what
// tries that failed left. It is no good item's data.
func (r Room) extras(ctx context.Context, t *tally, there map[string]int64) error {
	good := map[string]bool{}
	for _, line := range t.lines {
		good[line.Item.ID] = line.Record.Success
	}
	for _, key := range slices.Sorted(maps.Keys(there)) {
		relative, ok := layout.Relative(t.run.Directory, key)
		if !ok || !fs.ValidPath(relative) {
			t.listing.Warnings = append(t.listing.Warnings, fmt.Sprintf("%q lies in the folder and is no file of this backup", key))
			continue
		}
		file, err := r.left(ctx, t.run.ID, key, there[key])
		if err != nil {
			return err
		}
		if file.Item != nil && good[*file.Item] {
			file.Item = nil
		}
		t.extra = append(t.extra, file)
	}
	return nil
}

// spoil makes a good record a failed one.
func spoil(record *backup.Record, key string, there bool) {
	what := "is missing from"
	if there {
		what = "has another length in"
	}
	record.Success = false
	record.Failure = backup.Failure{Error: string(fault.ContentInvalid), Cause: fmt.Sprintf("%s %s the bucket", key, what)}
	record.Data, record.Description = nil, nil
}

var itemOf = regexp.MustCompile(`([0-9a-f]{32})(\.[^/]*)?$`)

// left says what an object is that no record knows: by the receipt that
// Download left, since it may be too large to be read here, else by reading
// it.
func (r Room) left(ctx context.Context, run, key string, size int64) (backup.File, error) {
	var item *string
	if found := itemOf.FindStringSubmatch(key); found != nil {
		item = &found[1]
		receipt, err := r.Ledger.Receipt(ctx, run, *item)
		for _, file := range []*backup.File{receipt.Data, &receipt.Description} {
			if err == nil && file != nil && file.Key == key && file.Size == size {
				return *file, nil
			}
		}
	}
	if size > large {
		object, err := r.Ledger.Store.Head(ctx, key)
		return backup.File{Key: key, Item: item, Size: object.Size, CRC64NVME: object.CRC64NVME, SHA256: []string{}}, err
	}
	file, err := r.digest(ctx, key)
	file.Item = item
	return file, err
}

// large is what is not read again for the hashes of something that no item
// needs: the bucket's own checksum does.
const large = 256 << 20

// digest reads an object and says what it is now, also where that is not what
// was written.
func (r Room) digest(ctx context.Context, key string) (backup.File, error) {
	body, _, err := r.Ledger.Store.Reader(ctx, key)
	if err != nil {
		return backup.File{}, err
	}
	defer body.Close()
	sum := transfer.NewDigest()
	if _, err := io.Copy(sum, body); err != nil && !errors.Is(err, store.ErrAltered) {
		return backup.File{}, fmt.Errorf("read %s: %w", key, err)
	}
	return sum.File(key), nil
}
