package transfer_test

import (
	"testing"

	"github.com/minio/crc64nvme"
	"pgregory.net/rapid"

	"github.com/mapkeep/mapkeep/internal/transfer"
)

// However bytes are cut into pieces, the pieces' checksums joined are that of
// the whole.
func TestJoinCRC(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 4096).Draw(t, "body")
		var joined uint64
		for rest := body; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			joined = transfer.JoinCRC(joined, crc64nvme.Checksum(rest[:n]), int64(n))
			rest = rest[n:]
		}
		if want := crc64nvme.Checksum(body); joined != want {
			t.Errorf("JoinCRC of the pieces of %x = %x, want %x", body, joined, want)
		}
	})
}

// Lengths beyond memory are held against zeros, which Update takes in steps.
func TestJoinCRCOfLongPieces(t *testing.T) {
	t.Parallel()
	first, zeros := crc64nvme.Checksum([]byte("a park")), make([]byte, 16<<20)
	want, last, n := first, uint64(0), int64(0)
	for range 300 {
		want, last, n = crc64nvme.Update(want, zeros), crc64nvme.Update(last, zeros), n+int64(len(zeros))
	}
	if got := transfer.JoinCRC(first, last, n); got != want {
		t.Errorf("JoinCRC with %d zeros = %x, want %x", n, got, want)
	}
}
