package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"github.com/minio/crc64nvme"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/store"
)

// How an object differs from what its manifest says.
const (
	whatMissing    = "missing"
	whatExtra      = "extra" // the manifest does not name it
	whatChanged    = "changed"
	whatShort      = "short"
	whatUnreadable = "unreadable" // the place gives an error in place of its bytes
	whatInTheWay   = "in the way" // get alone: something else lies where it should go
	whatUnsafe     = "unsafe"     // get alone: its name can't be a file's
)

// A difference is one of them.
type difference struct {
	Key    string  `json:"key"` // as in the manifest, below the backup's folder
	Item   *string `json:"item"`
	What   string  `json:"what"`
	Detail string  `json:"detail,omitempty"`
}

func (d difference) String() string {
	text := fmt.Sprintf("%-10s  %s", d.What, d.Key)
	if d.Detail != "" {
		text += " (" + d.Detail + ")"
	}
	return text
}

// differs is a difference of a file of a manifest.
func differs(f backup.File, what, detail string) *difference {
	return &difference{f.Key, f.Item, what, detail}
}

func byKey(a, b difference) int { return cmp.Compare(a.Key, b.Key) }

// A checker compares bytes, as they come, with what a manifest says of them.
// It holds nothing of what it was told.
type checker struct {
	want  backup.File
	size  int64
	crc   uint64
	chunk hash.Hash // of the chunk under way
	n     int       // chunks that ended
	bad   int       // of them that differ
	first []int     // the first of those, from 0
}

// shownChunks is how many differing chunks of a file are named.
const shownChunks = 3

func newChecker(want backup.File) *checker { return &checker{want: want, chunk: sha256.New()} }

// Write takes the next bytes; it never fails.
func (c *checker) Write(p []byte) (int, error) {
	c.crc = crc64nvme.Update(c.crc, p)
	for rest := p; len(rest) > 0; {
		part := rest[:min(int64(len(rest)), c.want.Chunk-c.size%c.want.Chunk)]
		c.chunk.Write(part)
		c.size += int64(len(part))
		rest = rest[len(part):]
		if c.size%c.want.Chunk == 0 {
			c.shut()
		}
	}
	return len(p), nil
}

// shut ends a chunk.
func (c *checker) shut() {
	if c.n < len(c.want.SHA256) && hex.EncodeToString(c.chunk.Sum(nil)) != c.want.SHA256[c.n] {
		if c.bad++; c.bad <= shownChunks {
			c.first = append(c.first, c.n)
		}
	}
	c.n++
	c.chunk.Reset()
}

// verdict says how the whole differs, nil where it does not.
func (c *checker) verdict() *difference {
	if d := sizeDiffers(c.want, c.size); d != nil {
		return d
	}
	if c.size%c.want.Chunk != 0 {
		c.shut()
	}
	sum := store.SumText(c.crc)
	switch {
	case c.bad > 0:
		return differs(c.want, whatChanged, c.places())
	case c.want.CRC64NVME != "" && sum != c.want.CRC64NVME:
		return differs(c.want, whatChanged, fmt.Sprintf("CRC64NVME is %s, not %s", sum, c.want.CRC64NVME))
	case c.want.CRC64NVME == "" && len(c.want.SHA256) == 0 && c.size > 0:
		return differs(c.want, whatChanged, "the manifest has no checksum to compare with")
	}
	return nil
}

// sizeDiffers compares sizes alone.
func sizeDiffers(want backup.File, size int64) *difference {
	switch {
	case size < want.Size:
		return differs(want, whatShort, fmt.Sprintf("%d of %d bytes", size, want.Size))
	case size > want.Size:
		return differs(want, whatChanged, fmt.Sprintf("%d bytes, not %d", size, want.Size))
	}
	return nil
}

// places names the chunks that differ by the bytes they hold.
func (c *checker) places() string {
	text := ""
	for _, n := range c.first {
		from := int64(n) * c.want.Chunk
		text += fmt.Sprintf("bytes %d-%d, ", from, min(from+c.want.Chunk, c.want.Size)-1)
	}
	return fmt.Sprintf("%s%d of %d chunks", text, c.bad, len(c.want.SHA256))
}

// sorted gives differences by key, never nil.
func sorted(differences []difference) []difference {
	all := append([]difference{}, differences...)
	slices.SortFunc(all, byKey)
	return all
}
