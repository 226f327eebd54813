package transfer

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// growAfter and growEvery set the parts of a source whose length nobody
// knows: 16 MiB each up to 15.6 GiB, then one chunk more every 125 parts,
// which makes 5 TiB of 10,000 parts.
const (
	growAfter = 1000
	growEvery = 125
)

// PartSize is the length of part n (from 1) of size bytes, -1 for unknown: a
// multiple of backup.Chunk, the least with which 10,000 parts suffice.
func PartSize(n int, size int64) int64 {
	if size < 0 {
		return backup.Chunk * int64(1+max(0, n-growAfter)/growEvery)
	}
	chunks := (size + backup.Chunk - 1) / backup.Chunk
	return backup.Chunk * max(1, (chunks+store.MaxParts-1)/store.MaxParts)
}

// A piece is a part that the bucket has, with the sums of its bytes.
type piece struct {
	Number int32  `json:"number"` // from 1
	Size   int64  `json:"size"`
	ETag   string `json:"etag"`
	CRC    uint64 `json:"crc64nvme,string"`
	SHA256 []byte `json:"sha256"` // of each chunk, one after the other
}

func pieceOf(n int, body []byte) piece {
	p := piece{Number: int32(n), Size: int64(len(body)), CRC: crc64nvme.Checksum(body)}
	for len(body) > 0 {
		chunk := body[:min(len(body), backup.Chunk)]
		sum := sha256.Sum256(chunk)
		p.SHA256 = append(p.SHA256, sum[:]...)
		body = body[len(chunk):]
	}
	return p
}

// done counts the bytes of the parts.
func (c *checkpoint) done() int64 {
	var n int64
	for _, p := range c.Parts {
		n += p.Size
	}
	return n
}

// crc is that of all parts, which are in their order.
func (c *checkpoint) crc() uint64 {
	var crc uint64
	for _, p := range c.Parts {
		crc = JoinCRC(crc, p.CRC, p.Size)
	}
	return crc
}

// stored are the parts as the bucket wants them named.
func (c *checkpoint) stored() []store.Part {
	parts := make([]store.Part, 0, len(c.Parts))
	for _, p := range c.Parts {
		parts = append(parts, store.Part{Number: p.Number, Size: p.Size, ETag: p.ETag, CRC64NVME: store.SumText(p.CRC)})
	}
	return parts
}

// file is what a manifest says of the whole.
func (c *checkpoint) file() backup.File {
	f := backup.File{Key: c.Key, Size: c.done(), CRC64NVME: store.SumText(c.crc()), Chunk: backup.Chunk, SHA256: []string{}}
	for _, p := range c.Parts {
		for sums := p.SHA256; len(sums) > 0; sums = sums[sha256.Size:] {
			f.SHA256 = append(f.SHA256, hex.EncodeToString(sums[:sha256.Size]))
		}
	}
	return f
}
