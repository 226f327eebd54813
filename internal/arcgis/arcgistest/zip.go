package arcgistest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"sync"
)

// file is one entry of an archive.
type file struct {
	name string
	body part
}

// zipped is an archive of files, stored without compression, so that its
// size is known and each byte of it can be computed on its own. Only the
// checksums need one pass over the bodies, made when the first byte of the
// archive is read. Entries and archives over 4 GiB use the zip64 records.
func zipped(mark string, files ...file) *Content {
	a := &archive{files: files}
	parts := make([]part, 0, 2*len(files)+1)
	at := int64(0)
	for i, f := range files {
		a.at = append(a.at, at)
		head := &record{size: int64(30 + len(f.name) + 20), make: func() []byte { return a.local(i) }}
		parts = append(parts, head, f.body)
		at += head.size + f.body.Size()
	}
	a.end = at
	parts = append(parts, &record{size: int64(len(a.directory(make([]uint32, len(files))))), make: func() []byte { return a.directory(a.sums()) }})
	return join(mark, parts...)
}

// archive is what the records of a zip file are computed from.
type archive struct {
	files []file
	at    []int64
	end   int64
	once  sync.Once
	crc   []uint32
}

func (a *archive) sums() []uint32 {
	a.once.Do(func() {
		buf := make([]byte, 1<<16)
		for _, f := range a.files {
			h := crc32.NewIEEE()
			io.CopyBuffer(struct{ io.Writer }{h}, io.NewSectionReader(f.body, 0, f.body.Size()), buf) //nolint:errcheck // bodies are made, not fetched
			a.crc = append(a.crc, h.Sum32())
		}
	})
	return a.crc
}

const (
	stored   = 0
	utf8Flag = 1 << 11
	dosDate  = 0x5821 // 2024-01-01: archives must not depend on the hour
)

func (a *archive) local(i int) []byte {
	f, size := a.files[i], uint64(a.files[i].body.Size())
	var b bytes.Buffer
	small := uint32(min(size, math.MaxUint32))
	put(&b, uint32(0x04034b50), uint16(45), uint16(utf8Flag), uint16(stored), uint16(0), uint16(dosDate),
		a.sums()[i], small, small, uint16(len(f.name)), uint16(20))
	b.WriteString(f.name)
	if small == math.MaxUint32 {
		put(&b, uint16(1), uint16(16), size, size)
	} else {
		put(&b, uint16(0xa11e), uint16(16), uint64(0), uint64(0)) // the same length, so that offsets don't depend on sizes
	}
	return b.Bytes()
}

// directory is the central directory with the end records.
func (a *archive) directory(sums []uint32) []byte {
	var b bytes.Buffer
	for i, f := range a.files {
		size, at := uint64(f.body.Size()), uint64(a.at[i])
		put(&b, uint32(0x02014b50), uint16(45), uint16(45), uint16(utf8Flag), uint16(stored), uint16(0), uint16(dosDate), sums[i])
		if size >= math.MaxUint32 || at >= math.MaxUint32 {
			put(&b, uint32(math.MaxUint32), uint32(math.MaxUint32), uint16(len(f.name)), uint16(28), uint16(0), uint16(0), uint16(0), uint32(0), uint32(math.MaxUint32))
			b.WriteString(f.name)
			put(&b, uint16(1), uint16(24), size, size, at)
			continue
		}
		put(&b, uint32(size), uint32(size), uint16(len(f.name)), uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), uint32(at))
		b.WriteString(f.name)
	}
	n, length := len(a.files), uint64(b.Len())
	if a.end+int64(length) >= math.MaxUint32 || n >= math.MaxUint16 {
		end64 := uint64(a.end) + length
		put(&b, uint32(0x06064b50), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), uint64(n), uint64(n), length, uint64(a.end))
		put(&b, uint32(0x07064b50), uint32(0), end64, uint32(1))
	}
	put(&b, uint32(0x06054b50), uint16(0), uint16(0), uint16(min(n, math.MaxUint16)), uint16(min(n, math.MaxUint16)),
		uint32(min(length, math.MaxUint32)), uint32(min(uint64(a.end), math.MaxUint32)), uint16(0))
	return b.Bytes()
}

// put writes values in the byte order of zip files and geodatabases.
func put(b *bytes.Buffer, values ...any) {
	for _, v := range values {
		binary.Write(b, binary.LittleEndian, v) //nolint:errcheck // a buffer takes every byte
	}
}

// record is a part whose bytes are made whenever they are read, and not kept.
type record struct {
	size int64
	make func() []byte
}

func (r *record) Size() int64 { return r.size }

func (r *record) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(r.make()).ReadAt(p, off)
}
