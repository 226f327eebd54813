package arcgistest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"sort"
	"sync"
)

// Content is the bytes of one file. Any part of it can be read at any time
// and none of it need be held: a noise of 4 GiB takes as little room as an
// empty file. It is safe for many readers.
type Content struct {
	parts []part
	ends  []int64
	mark  string
}

// part is a stretch of bytes.
type part interface {
	io.ReaderAt
	Size() int64
}

// join strings parts together; mark, with the size, tells contents apart.
func join(mark string, parts ...part) *Content {
	c := &Content{mark: mark}
	end := int64(0)
	for _, p := range parts {
		if p.Size() == 0 {
			continue
		}
		end += p.Size()
		c.parts, c.ends = append(c.parts, p), append(c.ends, end)
	}
	return c
}

// literal is a Content of the bytes of b.
func literal(b []byte) *Content {
	sum := sha256.Sum256(b)
	return join(hex.EncodeToString(sum[:]), bytes.NewReader(b))
}

// Size is the length in bytes.
func (c *Content) Size() int64 {
	if len(c.ends) == 0 {
		return 0
	}
	return c.ends[len(c.ends)-1]
}

// ReadAt is io.ReaderAt.
func (c *Content) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read at %d", off)
	}
	n := 0
	for i := sort.Search(len(c.ends), func(i int) bool { return c.ends[i] > off }); i < len(c.parts) && n < len(p); i++ {
		start := c.ends[i] - c.parts[i].Size()
		k, err := c.parts[i].ReadAt(p[n:min(int64(len(p)), int64(n)+c.ends[i]-off)], off-start)
		n, off = n+k, off+int64(k)
		if err != nil && err != io.EOF {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Reader reads the whole from its beginning.
func (c *Content) Reader() *io.SectionReader { return io.NewSectionReader(c, 0, c.Size()) }

// Bytes is the whole in memory: for contents that a test knows to be small.
func (c *Content) Bytes() []byte {
	b := make([]byte, c.Size())
	if _, err := c.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil
	}
	return b
}

// first is the beginning of c, n bytes of it.
func (c *Content) first(n int64) *Content {
	return join(fmt.Sprintf("%s, first %d", c.mark, n), io.NewSectionReader(c, 0, n))
}

// etag is the entity tag that the file host gives: like that of a file which
// was uploaded in parts, it is no MD5 of anything.
func (c *Content) etag() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", c.mark, c.Size()))
	return fmt.Sprintf(`"%s-%d"`, hex.EncodeToString(sum[:16]), 1+c.Size()>>26)
}

// noise is bytes that look random and follow from the seed alone: pages of a
// pool that all noises share, each with a head of its own, so that reading is
// copying and no two pages of two files are the same.
type noise struct {
	seed uint64
	size int64
}

const (
	pageSize  = 4 << 10
	poolPages = 256
)

var pool = sync.OnceValue(func() []byte {
	b := make([]byte, 0, poolPages*pageSize)
	for i := range uint64(poolPages * pageSize / 8) {
		b = binary.LittleEndian.AppendUint64(b, mix(0, i))
	}
	return b
})

// hiss is a noise of size bytes from the words of its seed.
func hiss(size int64, seed string) noise {
	h := fnv.New64a()
	io.WriteString(h, seed) //nolint:errcheck // a hash takes every byte
	return noise{h.Sum64(), size}
}

func (n noise) Size() int64 { return n.size }

func (n noise) ReadAt(p []byte, off int64) (int, error) {
	if off >= n.size {
		return 0, io.EOF
	}
	short := int64(len(p)) > n.size-off
	if short {
		p = p[:n.size-off]
	}
	for done := 0; done < len(p); {
		page, at := uint64(off+int64(done))/pageSize, int(off+int64(done))%pageSize
		from := int((page+n.seed)%poolPages) * pageSize
		k := copy(p[done:], pool()[from+at:from+pageSize])
		var head []byte
		head = binary.LittleEndian.AppendUint64(head, mix(n.seed, 2*page))
		if head = binary.LittleEndian.AppendUint64(head, mix(n.seed, 2*page+1)); at < len(head) {
			copy(p[done:done+k], head[at:])
		}
		done += k
	}
	if short {
		return len(p), io.EOF
	}
	return len(p), nil
}

// mix is splitmix64: word i of the stream that seed begins.
func mix(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
