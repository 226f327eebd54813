package transfer_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/backup"
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
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Copy: %v, the file differs (-want +got):\n%s", err, diff)
	}
	p.holds(t, transfer.Result{Whole: true, File: backup.File{
		Key: key, Size: got.Size, CRC64NVME: got.CRC64NVME, Chunk: chunk, SHA256: []string{sumOf(body)},
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
