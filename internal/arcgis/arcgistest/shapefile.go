package arcgistest

import (
	"bytes"
	"fmt"
	"strings"
)

func shapefile(mark string, layers []sublayer, bulk int64) *Content {
	var files []file
	for i, l := range layers {
		stem := fmt.Sprintf("%s_%d", plain(l.name), l.id)
		points := int64(l.rows) * 28
		if i == 0 {
			points += bulk / 28 * 28
		}
		if !l.table {
			files = append(files,
				file{stem + ".shp", join("", shape(100+points), hiss(points, mark+stem+"shp"))},
				file{stem + ".shx", join("", shape(100+int64(l.rows)*8), hiss(int64(l.rows)*8, mark+stem+"shx"))},
				file{stem + ".prj", strings.NewReader(`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`)})
		}
		files = append(files, file{stem + ".dbf", dbase(mark+stem, l.rows)}, file{stem + ".cpg", strings.NewReader("UTF-8")})
	}
	return zipped(mark, files...)
}

// shape is the header of a shapefile of points, size bytes long as a whole.
func shape(size int64) part {
	var b bytes.Buffer
	b.Write([]byte{0, 0, 0x27, 0x0a})
	b.Write(make([]byte, 20))
	b.Write([]byte{byte(size >> 25), byte(size >> 17), byte(size >> 9), byte(size >> 1)})
	put(&b, int32(1000), int32(1), [8]float64{-180, -90, 180, 90})
	return bytes.NewReader(b.Bytes())
}

// dbase is a table of one field, OBJECTID.
func dbase(mark string, rows int) part {
	var b bytes.Buffer
	put(&b, byte(3), [3]byte{124, 1, 1}, uint32(rows), uint16(32+32+1), uint16(1+10), [20]byte{})
	put(&b, [11]byte{'O', 'B', 'J', 'E', 'C', 'T', 'I', 'D'}, byte('N'), uint32(0), byte(10), byte(0), [14]byte{}, byte(0x0d))
	for i := range rows {
		fmt.Fprintf(&b, " %10d", i+1)
	}
	b.WriteByte(0x1a)
	return bytes.NewReader(b.Bytes())
}
