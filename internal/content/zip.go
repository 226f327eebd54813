package content

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The records of a zip, little-endian, by APPNOTE.TXT 4.3: the end record
// lies at the very end but for a comment, and says where the directory is.
const (
	endMagic, endSize         = "PK\x05\x06", 22
	locatorMagic, locatorSize = "PK\x06\x07", 20
	end64Magic, end64Size     = "PK\x06\x06", 56
	entryMagic, entrySize     = "PK\x01\x02", 46
	signatureMagic            = "PK\x05\x05" // may follow the entries
	localSize                 = 30

	max16, max32 = 1<<16 - 1, 1<<32 - 1 // "see the zip64 record"
)

var order = binary.LittleEndian

// zip reads the directory back and compares it with the end record, and for
// an export sees whether it holds a data set.
func (c Check) zip(s source) error {
	end, err := findEnd(s)
	if err != nil {
		return c.zipError(err)
	}
	if end.split { // the rest of its entries lies in other files
		return nil
	}
	finder := c.finder()
	if err := end.walk(s, finder); err != nil {
		return c.zipError(err)
	}
	if !finder.found() {
		return refuse("the export's zip holds no %s", c.dataset())
	}
	return nil
}

// errZip is behind what the bytes are to blame for, not the way to them.
var errZip = errors.New("is damaged or cut short")

func (c Check) zipError(err error) error {
	if errors.Is(err, errZip) {
		return refuse("%s: its zip %w", c.thing(), err)
	}
	return err
}

// damaged adds to errZip what was seen.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errZip, fmt.Sprintf(format, args...))
}

// source is the whole of which the end is at hand.
type source struct {
	tail ring
	size int64
	look Look
}

// open reads from at on; the caller takes n bytes at most.
func (s source) open(at, n int64) (io.ReadCloser, error) {
	if kept := s.tail.from(at); kept != nil {
		return io.NopCloser(bytes.NewReader(kept)), nil
	}
	return s.look(at, n)
}

func (s source) read(at, n int64) ([]byte, error) {
	if at < 0 || at+n > s.size {
		return nil, damaged("a record lies outside the file")
	}
	r, err := s.open(at, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	p := make([]byte, n)
	_, err = io.ReadFull(r, p)
	return p, err
}

// zipEnd is the end record, zip64 or not.
type zipEnd struct {
	entries  uint64
	wide     bool  // zip64: entries counts all, not modulo 65536
	at, size int64 // of the directory
	base     int64 // bytes in front of the zip's first
	split    bool  // one of several files
}

func findEnd(s source) (zipEnd, error) {
	n := min(s.size, max16+endSize)
	p, err := s.read(s.size-n, n)
	if err != nil {
		return zipEnd{}, err
	}
	for i := len(p) - endSize; i >= 0; i-- {
		if strings.HasPrefix(string(p[i:i+4]), endMagic) && i+endSize+int(order.Uint16(p[i+20:])) <= len(p) {
			return readEnd(s, s.size-n+int64(i), p[i:i+endSize])
		}
	}
	return zipEnd{}, damaged("it has no end record")
}

// readEnd reads the end record p at that place, and the zip64 one it may point to.
func readEnd(s source, at int64, p []byte) (zipEnd, error) {
	e := zipEnd{
		entries: uint64(order.Uint16(p[10:])), size: int64(order.Uint32(p[12:])), at: int64(order.Uint32(p[16:])),
		split: order.Uint16(p[4:]) != 0 || order.Uint16(p[6:]) != 0,
	}
	if e.entries == max16 || e.size == max32 || e.at == max32 {
		var err error
		if at, err = e.widen(s, at); err != nil {
			return zipEnd{}, err
		}
	}
	e.base = at - e.size - e.at
	if e.base < 0 && !e.split {
		return zipEnd{}, damaged("its directory of %d bytes can't begin at byte %d", e.size, e.at)
	}
	return e, nil
}

// widen reads the zip64 record, where there is one, and gives the place where
// the directory ends.
func (e *zipEnd) widen(s source, at int64) (int64, error) {
	locator, err := s.read(at-locatorSize, locatorSize)
	if at < locatorSize || err == nil && string(locator[:4]) != locatorMagic {
		return at, nil // 65,535 entries, by chance
	}
	if err != nil {
		return 0, err
	}
	said := int64(order.Uint64(locator[8:]))
	for _, place := range []int64{said, at - locatorSize - end64Size} { // something in front shifts what is said
		p, err := s.read(place, end64Size)
		if errors.Is(err, errZip) || err == nil && string(p[:4]) != end64Magic {
			continue
		}
		if err != nil {
			return 0, err
		}
		e.split = order.Uint32(p[16:]) != 0 || order.Uint32(p[20:]) != 0
		e.entries, e.size, e.at = order.Uint64(p[32:]), int64(order.Uint64(p[40:])), int64(order.Uint64(p[48:]))
		e.wide = true
		if e.size < 0 || e.at < 0 || e.size > s.size || e.at > s.size {
			return 0, damaged("its directory lies outside the file")
		}
		return place, nil
	}
	return 0, damaged("it has no zip64 end record where it says")
}

// walk reads the directory through and shows its entries to f.
func (e zipEnd) walk(s source, f finder) error {
	if e.size == 0 {
		return e.count(0)
	}
	r, err := s.open(e.base+e.at, e.size)
	if err != nil {
		return err
	}
	defer r.Close()
	in := bufio.NewReader(io.LimitReader(r, e.size))
	for n := uint64(0); ; n++ {
		entry, err := readEntry(in)
		if err == io.EOF {
			return e.count(n)
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", n+1, err)
		}
		if !entry.fits(e.at) {
			return damaged("entry %d, %q, is said to lie outside the file", n+1, entry.name)
		}
		f.see(strings.ToLower(strings.ReplaceAll(entry.name, `\`, "/")), entry.size)
	}
}

func (e zipEnd) count(n uint64) error {
	if n == e.entries || !e.wide && n&max16 == e.entries {
		return nil
	}
	return damaged("it says %d entries and lists %d", e.entries, n)
}
