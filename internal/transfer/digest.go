package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"

	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// A Digest is told the bytes of an object, from the first to the last, and
// gives what a manifest says of it.
type Digest struct {
	size   int64
	crc    uint64
	chunk  hash.Hash // of the chunk under way
	chunks []string
}

// NewDigest is a Digest of no bytes.
func NewDigest() *Digest { return &Digest{chunk: sha256.New(), chunks: []string{}} }

// Write takes the next bytes; it never fails.
func (d *Digest) Write(p []byte) (int, error) {
	d.crc = crc64nvme.Update(d.crc, p)
	for rest := p; len(rest) > 0; {
		room := backup.Chunk - d.size%backup.Chunk
		part := rest[:min(int64(len(rest)), room)]
		d.chunk.Write(part)
		d.size += int64(len(part))
		rest = rest[len(part):]
		if d.size%backup.Chunk == 0 {
			d.chunks = append(d.chunks, d.sum())
			d.chunk.Reset()
		}
	}
	return len(p), nil
}

// File gives the facts of the bytes so far; more may follow.
func (d *Digest) File(key string) backup.File {
	chunks := slices.Clone(d.chunks)
	if d.size%backup.Chunk != 0 {
		chunks = append(chunks, d.sum())
	}
	return backup.File{Key: key, Size: d.size, CRC64NVME: store.SumText(d.crc), Chunk: backup.Chunk, SHA256: chunks}
}

func (d *Digest) sum() string { return hex.EncodeToString(d.chunk.Sum(nil)) }
