package arcgistest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// shapefile is a zip file with the files of a shapefile of points for every
// layer, and a .dbf for every table; bulk goes into a file beside them.
func shapefile(mark string, layers []sublayer, bulk int64) *Content {
	var files []file
	for _, l := range layers {
		stem := tableName(l)
		if !l.table {
			shp := series{l.rows, 28, func(i int) []byte {
				x, y := place(l, i)
				b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(i+1)), 10)
				for _, v := range []uint64{math.Float64bits(x), math.Float64bits(y)} {
					if len(b) == 8 {
						b = binary.LittleEndian.AppendUint32(b, 1)
					}
					b = binary.LittleEndian.AppendUint64(b, v)
				}
				return b
			}}
			shx := series{l.rows, 8, func(i int) []byte {
				return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(50+14*i)), 10)
			}}
			files = append(files, file{stem + ".shp", join("", shape(100+shp.Size()), shp)}, file{stem + ".shx", join("", shape(100+shx.Size()), shx)},
				file{stem + ".prj", strings.NewReader(wgs84)})
		}
		files = append(files, file{stem + ".dbf", dbase(l.rows)}, file{stem + ".cpg", strings.NewReader("UTF-8")})
	}
	if bulk > 0 {
		files = append(files, file{"attachments.bin", hiss(bulk, mark)})
	}
	return zipped(mark, files...)
}

// shape is the head of a shapefile of points, size bytes long as a whole.
func shape(size int64) part {
	b := bytes.NewBuffer(binary.BigEndian.AppendUint32(nil, 9994))
	b.Write(make([]byte, 20))
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(size/2)))
	put(b, int32(1000), int32(1), [8]float64{-180, -90, 180, 90})
	return bytes.NewReader(b.Bytes())
}

// dbase is a table of one field, OBJECTID.
func dbase(rows int) part {
	var b bytes.Buffer
	put(&b, byte(3), [3]byte{124, 1, 1}, uint32(rows), uint16(32+32+1), uint16(1+10), [20]byte{})
	put(&b, [11]byte{'O', 'B', 'J', 'E', 'C', 'T', 'I', 'D'}, byte('N'), uint32(0), byte(10), byte(0), [14]byte{}, byte(0x0d))
	for i := range rows {
		fmt.Fprintf(&b, " %10d", i+1)
	}
	b.WriteByte(0x1a)
	return bytes.NewReader(b.Bytes())
}
