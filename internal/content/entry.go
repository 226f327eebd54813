package content

import (
	"bufio"
	"io"
)

// An entry is a file in the zip, as the directory lists it.
type entry struct {
	name         string
	packed, size uint64 // bytes in the zip, bytes of the file
	at           uint64 // where it begins
	elsewhere    bool   // in another file of a split zip
}

// fits: an entry lies before the directory.
func (n entry) fits(directory int64) bool {
	limit := uint64(directory)
	return n.elsewhere || n.at < limit && n.packed <= limit && n.at+localSize+n.packed <= limit
}

// readEntry is io.EOF after the last one.
func readEntry(in *bufio.Reader) (entry, error) {
	p := make([]byte, entrySize)
	if n, err := io.ReadFull(in, p); err != nil {
		if n >= 4 && string(p[:4]) == signatureMagic || err == io.EOF {
			return entry{}, io.EOF
		}
		return entry{}, cut(err)
	}
	switch string(p[:4]) {
	case entryMagic:
	case signatureMagic:
		return entry{}, io.EOF
	default:
		return entry{}, damaged("its directory holds something else")
	}
	name, extra := int(order.Uint16(p[28:])), int(order.Uint16(p[30:]))
	rest := make([]byte, name+extra+int(order.Uint16(p[32:])))
	if _, err := io.ReadFull(in, rest); err != nil {
		return entry{}, cut(err)
	}
	n := entry{
		name: string(rest[:name]), packed: uint64(order.Uint32(p[20:])), size: uint64(order.Uint32(p[24:])),
		at: uint64(order.Uint32(p[42:])), elsewhere: order.Uint16(p[34:]) != 0 && order.Uint16(p[34:]) != max16,
	}
	n.widen(rest[name : name+extra])
	return n, nil
}

// widen takes the numbers that are too large for 32 bits from the extra
// fields; they stand there in this order, only those that are needed.
func (n *entry) widen(extra []byte) {
	for len(extra) >= 4 {
		id, size := order.Uint16(extra), int(order.Uint16(extra[2:]))
		extra = extra[4:]
		field := extra[:min(size, len(extra))]
		extra = extra[len(field):]
		if id != 1 {
			continue
		}
		for _, number := range []*uint64{&n.size, &n.packed, &n.at} {
			if *number == max32 && len(field) >= 8 {
				*number, field = order.Uint64(field), field[8:]
			}
		}
	}
}

// cut makes an end that comes too early the bytes' fault; a source that fails
// keeps its own words.
func cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return damaged("its directory ends too early")
	}
	return err
}
