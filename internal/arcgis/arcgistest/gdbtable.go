package arcgistest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"unicode/utf16"
)

// The tables of a File Geodatabase, as the open readers of the format know
// them: .gdbtable holds a head, a description of the columns and the rows;
// .gdbtablx where each row begins, in blocks of 1,024; .gdbindexes the names
// of the indexes.

// column is one column of a table.
type column struct {
	name string
	kind byte
	need bool // never null
}

const (
	number   byte = 1
	text     byte = 4
	objectID byte = 6
	point    byte = 7
	blob     byte = 8
	guid     byte = 10
	globalID byte = 11
	xml      byte = 12
)

// rows are the rows of a table: how many, where each begins behind the first
// one, and their bytes.
type rows struct {
	n    int
	at   func(i int) int64
	body part
}

// listed are rows of any length.
func listed(list ...[]byte) rows {
	var all []byte
	at := make([]int64, len(list))
	for i, r := range list {
		at[i] = int64(len(all))
		all = append(all, r...)
	}
	return rows{len(list), func(i int) int64 { return at[i] }, bytes.NewReader(all)}
}

// table is the files of table number n in a geodatabase's folder.
func table(dir string, n int, columns []column, r rows) []file {
	fields := describe(columns)
	head := func(size int64) []byte {
		var b bytes.Buffer
		put(&b, int32(3), int32(r.n), int32(1<<16), int32(5), int32(0), int32(0), size, int64(40))
		b.Write(fields)
		return b.Bytes()
	}
	first := int64(len(head(0)))
	blocks := (r.n + 1023) / 1024
	offsets := &record{size: int64(16 + blocks*1024*5 + 16), make: func() []byte {
		var b bytes.Buffer
		put(&b, int32(3), int32(blocks), int32(r.n), int32(5))
		for i := range blocks * 1024 {
			at := int64(0)
			if i < r.n {
				at = first + r.at(i)
			}
			b.Write([]byte{byte(at), byte(at >> 8), byte(at >> 16), byte(at >> 24), byte(at >> 32)})
		}
		put(&b, int32(0), int32(blocks), int32(blocks), int32(0))
		return b.Bytes()
	}}
	stem := fmt.Sprintf("%sa%08x", dir, n)
	return []file{
		{stem + ".gdbtable", join("", bytes.NewReader(head(first+r.body.Size())), r.body)},
		{stem + ".gdbtablx", offsets},
		{stem + ".gdbindexes", bytes.NewReader(indexed(columns[0].name))}}
}

// wgs84 is how geodatabases spell the coordinates of a GPS.
const wgs84 = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// Coordinates are whole numbers of steps from an origin.
const (
	origin = -400.0
	steps  = 1e9
)

// describe is the description of columns, its length before it.
func describe(columns []column) []byte {
	var b bytes.Buffer
	flags := uint32(0x100) // text is UTF-8
	for _, c := range columns {
		if c.kind == point {
			flags = 0x01000301 // and features are points
		}
	}
	put(&b, int32(4), flags, int16(len(columns)))
	for _, c := range columns {
		name := utf16.Encode([]rune(c.name))
		put(&b, byte(len(name)), name, byte(0), c.kind)
		flag := byte(5)
		if c.need {
			flag = 4
		}
		switch c.kind {
		case objectID:
			put(&b, byte(4), byte(2))
		case number:
			put(&b, byte(4), flag, byte(0))
		case text:
			put(&b, int32(255), flag, byte(0))
		case guid, globalID:
			put(&b, byte(38), flag)
		case xml, blob:
			put(&b, byte(0), flag)
		case point:
			srs := utf16.Encode([]rune(wgs84))
			put(&b, byte(0), byte(7), int16(2*len(srs)), srs, byte(7), [3]float64{origin, origin, steps},
				[4]float64{-100000, 10000, -100000, 10000}, [3]float64{8.983152841195215e-09, 0.001, 0.001},
				[4]float64{-180, -90, 180, 90}, byte(0), int32(1), 1.0)
		}
	}
	return append(binary.LittleEndian.AppendUint32(nil, uint32(b.Len())), b.Bytes()...)
}

// indexed names the one index that every table has, that of its row numbers.
func indexed(column string) []byte {
	var b bytes.Buffer
	word := func(s string) {
		units := utf16.Encode([]rune(s))
		put(&b, int32(len(units)), units)
	}
	put(&b, int32(1))
	word("FDO_" + column)
	put(&b, int16(0), int32(16), int16(-1), int32(1))
	word(column)
	put(&b, int16(0))
	return b.Bytes()
}

// row is one row: the values of all columns but the row number, nil for null.
func row(columns []column, values ...any) []byte {
	var flags []byte
	var b bytes.Buffer
	nullable := 0
	for i, c := range columns[1:] {
		v := values[i]
		if !c.need {
			if nullable%8 == 0 {
				flags = append(flags, 0)
			}
			if v == nil {
				flags[nullable/8] |= 1 << (nullable % 8)
			}
			nullable++
		}
		switch v := v.(type) {
		case string:
			b.Write(binary.AppendUvarint(nil, uint64(len(v))))
			b.WriteString(v)
		case id128:
			b.Write(v[:])
		case [2]float64:
			xy := []byte{1}
			xy = binary.AppendUvarint(xy, uint64((v[0]-origin)*steps)+1)
			xy = binary.AppendUvarint(xy, uint64((v[1]-origin)*steps)+1)
			put(&b, byte(len(xy)), xy)
		case int:
			put(&b, int32(v))
		}
	}
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(flags)+b.Len()))
	return append(append(out, flags...), b.Bytes()...)
}

// id128 is a GUID in the byte order in which geodatabases keep it.
type id128 [16]byte

// guidOf reads 32 hex digits.
func guidOf(digits string) id128 {
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != 16 {
		return id128{}
	}
	out := id128(b)
	out[0], out[1], out[2], out[3] = b[3], b[2], b[1], b[0]
	out[4], out[5], out[6], out[7] = b[5], b[4], b[7], b[6]
	return out
}
