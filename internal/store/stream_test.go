package store_test

import (
	"bytes"
	"testing"

	"github.com/mapkeep/mapkeep/internal/store"
)

func TestPartFrom(t *testing.T) {
	t.Parallel()
	s, ctx := bucket(t), t.Context()
	body := bytesOf(5<<20 + 77)
	upload := must(s.Begin(ctx, "a/piped.zip", "application/zip"))(t, "Begin")
	first := must(s.PartFrom(ctx, "a/piped.zip", upload, 1, bytes.NewReader(body[:5<<20]), 5<<20))(t, "PartFrom")
	last := must(s.PartFrom(ctx, "a/piped.zip", upload, 2, bytes.NewReader(body[5<<20:]), 77))(t, "PartFrom")
	if first.CRC64NVME != store.Sum(body[:5<<20]) || first.Size != 5<<20 || first.ETag == "" {
		t.Errorf("PartFrom = %+v, want 5 MiB with CRC64NVME %s", first, store.Sum(body[:5<<20]))
	}
	o := must(s.Complete(ctx, "a/piped.zip", upload, []store.Part{first, last}, int64(len(body)), store.Sum(body)))(t, "Complete")
	if o.CRC64NVME != store.Sum(body) {
		t.Errorf("Complete = %+v, want CRC64NVME %s", o, store.Sum(body))
	}
	wantBody(t, s, "a/piped.zip", body)
}
