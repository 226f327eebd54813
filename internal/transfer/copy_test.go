package transfer_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/fault"
	"github.com/mapkeep/mapkeep/internal/store"
	"github.com/mapkeep/mapkeep/internal/transfer"
)

func TestCopyOfWhatIsStillThere(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(1000)
	if err := p.Put(t.Context(), "old/a.zip", body, "application/zip"); err != nil {
		t.Fatalf("Put: %v", err)
	}
	from := backup.File{Key: "old/a.zip", Size: 1000, CRC64NVME: store.Sum(body), Chunk: chunk, SHA256: []string{"aa"}}
	got, err := transfer.Copy(t.Context(), transfer.CopyJob{Store: p.Store, From: from, To: key})
	want := from
	want.Key = key
	if diff := cmp.Diff(transfer.Result{Whole: true, File: want}, got); diff != "" || err != nil {
		t.Errorf("Copy: %v, the result differs (-want +got):\n%s", err, diff)
	}
	p.holds(t, transfer.Result{Whole: true, File: backup.File{
		Key: key, Size: want.Size, CRC64NVME: want.CRC64NVME, Chunk: chunk, SHA256: []string{sumOf(body)},
	}}, body)
}

func TestCopyOfWhatIsStale(t *testing.T) {
	t.Parallel()
	p := bucket(t)
	body := bytesOf(1000)
	if err := p.Put(t.Context(), "old/a.zip", body, ""); err != nil {
		t.Fatalf("Put: %v", err)
	}
	for name, from := range map[string]backup.File{
		"gone":      {Key: "old/b.zip", Size: 1000, CRC64NVME: store.Sum(body)},
		"longer":    {Key: "old/a.zip", Size: 1001, CRC64NVME: store.Sum(body)},
		"different": {Key: "old/a.zip", Size: 1000, CRC64NVME: store.Sum(body[1:])},
		"unknown":   {Key: "old/a.zip", Size: 1000},
	} {
		_, err := transfer.Copy(t.Context(), transfer.CopyJob{Store: p.Store, From: from, To: key})
		if !errors.Is(err, transfer.ErrStale) {
			t.Errorf("Copy of a source that is %s: %v, want ErrStale", name, err)
		}
		p.nothing(t)
	}
}

// vastJob copies a TiB of zeros.
func vastJob(t *testing.T) (*vast, transfer.CopyJob) {
	t.Helper()
	old := zerosOf(1<<40 + 77)
	v := &vast{objects: map[string]zeros{"old/a.zip": old}}
	return v, transfer.CopyJob{
		Store: serveVast(t, v), To: key, Checkpoint: checkpoint,
		From: backup.File{Key: "old/a.zip", Size: old.size, CRC64NVME: store.SumText(old.crc)},
	}
}

// wantCopied compares the copy, and counts the parts that were copied twice.
func (v *vast) wantCopied(t *testing.T, j transfer.CopyJob, got transfer.Result, err error, twice int) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil || !got.Whole || got.File.Key != key || v.objects[key] != v.objects["old/a.zip"] || v.upload != nil {
		t.Errorf("Copy = %+v, %v; the object is %+v, want %+v", got, err, v.objects[key], v.objects["old/a.zip"])
	}
	slices.Sort(v.copies)
	parts := len(slices.Compact(slices.Clone(v.copies)))
	if want := int((j.From.Size + 512<<20 - 1) / (512 << 20)); parts != want || len(v.copies) != want+twice {
		t.Errorf("%d parts were copied by %d requests, want %d and %d more", parts, len(v.copies), want, twice)
	}
}

func TestACopyByPartsIsHandedOver(t *testing.T) {
	t.Parallel()
	v, j := vastJob(t)
	j.Now = ticking(time.Second)
	j.After = func(time.Duration) <-chan time.Time { return nil }
	var got transfer.Result
	var err error
	sittings := 0
	for ; !got.Whole && err == nil && sittings < 100; sittings++ {
		j.Stop = j.Now().Add(15 * time.Minute)
		got, err = transfer.Copy(t.Context(), j)
	}
	v.wantCopied(t, j, got, err, 0)
	if sittings < 3 {
		t.Errorf("the copy took %d sittings, want it handed over several times", sittings)
	}
	if again, err := transfer.Copy(t.Context(), j); err != nil || !again.Whole { // it died before it could say so
		t.Errorf("Copy of a complete copy = %+v, %v", again, err)
	}
	v.wantCopied(t, j, got, err, 0)
}

func TestACopyByPartsGoesOnAfterTrouble(t *testing.T) {
	t.Parallel()
	v, j := vastJob(t)
	v.refuse = func(n int) (int, string) {
		if n == 500 {
			return 503, "SlowDown"
		}
		return 0, ""
	}
	if _, err := transfer.Copy(t.Context(), j); !fault.Is(err, fault.StoreUnavailable) {
		t.Fatalf("Copy with a part that can't be copied now: %v, want StoreUnavailable", err)
	}
	v.refuse = nil
	got, err := transfer.Copy(t.Context(), j)
	v.mu.Lock()
	twice := len(v.copies)
	v.mu.Unlock()
	if twice > 2049+16 {
		t.Errorf("%d parts were copied, want 2,049 and those that were under way again", twice)
	}
	v.wantCopied(t, j, got, err, twice-2049)
}

func TestACopyByPartsOfWhatIsStale(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{"PreconditionFailed": 412, "NoSuchKey": 404} {
		v, j := vastJob(t)
		v.refuse = func(n int) (int, string) { return status, code }
		if _, err := transfer.Copy(t.Context(), j); !errors.Is(err, transfer.ErrStale) {
			t.Errorf("Copy whose parts are answered by %s: %v, want ErrStale", code, err)
		}
	}
}
