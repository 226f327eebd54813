package arcgistest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf16"
)

// geodatabase is a zip file that holds a File Geodatabase: a folder with the
// files gdb and timestamps, the eight system tables and a table for each
// layer, whose header counts the layer's rows. The layout and the headers of
// .gdbtable (version, rows, file size, fields) and .gdbtablx (version, blocks
// of 1,024 rows, offsets) are those that the open readers of the format
// describe; the rows themselves are noise. As the portal does, the folder
// has a name that says nothing, here one that follows from the content.
func geodatabase(mark string, layers []sublayer, bulk int64) *Content {
	sum := sha256.Sum256([]byte(mark))
	dir := hex.EncodeToString(sum[:16]) + ".gdb/"
	files := []file{
		{dir + "gdb", bytes.NewReader([]byte{5, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef})},
		{dir + "timestamps", hiss(400, mark+"timestamps")}}
	for i, name := range []string{"GDB_SystemCatalog", "GDB_DBTune", "GDB_SpatialRefs", "GDB_Items", "GDB_ItemTypes", "GDB_ItemRelationships", "GDB_ItemRelationshipTypes", "GDB_ReplicaLog"} {
		files = append(files, table(dir, i+1, mark, name, 8+i, 0)...)
	}
	for i, l := range layers {
		files = append(files, table(dir, 9+i, mark, l.name, l.rows, bulk)...)
		bulk = 0
		if !l.table {
			files = append(files, file{fmt.Sprintf("%sa%08x.spx", dir, 9+i), hiss(4118, mark+l.name+"spx")})
		}
	}
	return zipped(mark, files...)
}

// table is table number n: its rows, the offsets of them, and its indexes.
func table(dir string, n int, mark, name string, rows int, bulk int64) []file {
	const rowSize = 92
	fields := fieldDescription(name)
	size := int64(40+len(fields)) + int64(rows)*rowSize + bulk
	var head bytes.Buffer
	put(&head, int32(3), int32(rows), int32(rowSize), int32(5), int32(0), int32(0), size, int64(40))
	head.Write(fields)

	stem := fmt.Sprintf("%sa%08x", dir, n)
	return []file{
		{stem + ".gdbtable", join("", bytes.NewReader(head.Bytes()), hiss(int64(rows)*rowSize+bulk, mark+stem+name))},
		{stem + ".gdbtablx", offsets(rows, int64(40+len(fields)), rowSize)},
		{stem + ".gdbindexes", hiss(116, mark+stem)}}
}

// fieldDescription says that a table has a row number and a text.
func fieldDescription(name string) []byte {
	var fields bytes.Buffer
	word := func(s string) {
		units := utf16.Encode([]rune(s))
		put(&fields, byte(len(units)), units)
	}
	put(&fields, int32(4), uint32(0x00000100), int16(2))
	word("OBJECTID")
	word("")
	put(&fields, byte(6), byte(4), byte(2))
	word("name")
	word(string([]rune(name)[:min(len([]rune(name)), 100)]))
	put(&fields, byte(4), int32(255), byte(5), byte(0))
	var b bytes.Buffer
	put(&b, int32(fields.Len()))
	b.Write(fields.Bytes())
	return b.Bytes()
}

// gzipped is text, compressed.
func gzipped(text string) part {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text)) //nolint:errcheck // a buffer takes every byte
	w.Close()             //nolint:errcheck // and closes
	return bytes.NewReader(b.Bytes())
}

// offsets says where each of a table's rows begins, in blocks of 1,024.
func offsets(rows int, first, rowSize int64) part {
	blocks := (rows + 1023) / 1024
	return &record{size: int64(16 + blocks*1024*5 + 16), make: func() []byte {
		var b bytes.Buffer
		put(&b, int32(3), int32(blocks), int32(rows), int32(5))
		for i := range blocks * 1024 {
			at := int64(0)
			if i < rows {
				at = first + int64(i)*rowSize
			}
			b.Write([]byte{byte(at), byte(at >> 8), byte(at >> 16), byte(at >> 24), byte(at >> 32)})
		}
		put(&b, int32(0), int32(blocks), int32(blocks), int32(0))
		return b.Bytes()
	}}
}
