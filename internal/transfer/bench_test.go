package transfer_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/mapkeep/mapkeep/internal/transfer"
)

// BenchmarkMove takes 256 MiB over HTTP into the local S3 server, which is
// the slower end; bytes allocated must not grow with the file.
func BenchmarkMove(b *testing.B) {
	p := bucket(b)
	w := serve(b, &web{body: bytes.Repeat(bytesOf(chunk), 16)})
	b.SetBytes(16 * chunk)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.set(func(w *web) { w.etag = fmt.Sprintf(`"%d"`, i) })
		if _, err := transfer.Move(b.Context(), p.job(w)); err != nil {
			b.Fatalf("Move: %v", err)
		}
	}
}
