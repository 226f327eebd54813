package arcgistest

import (
	"bytes"
	"fmt"
	"strings"
)

// format is one of the values of exportFormat: which services have it, and
// the item it becomes.
type format struct {
	asked    string // as the documentation spells it; the portal takes any case
	sources  string // the service types that can be exported so, by commas
	itemType string
	suffix   string // of the file's name; "" where the result is JSON text
	make     func(mark string, layers []sublayer, bulk int64) *Content
}

var formats = []format{
	{"File Geodatabase", "Feature Service", "File Geodatabase", ".zip", geodatabase},
	{"Shapefile", "Feature Service", "Shapefile", ".zip", shapefile},
	{"CSV", "Feature Service", "CSV", ".csv", csv},
	{"GeoJson", "Feature Service", "GeoJson", ".geojson", geojson},
	{"Feature Collection", "Feature Service", "Feature Collection", "", featureCollection},
	{"KML", "Feature Service", "KML", ".kml", kml},
	{"Excel", "Feature Service", "Microsoft Excel", ".xlsx", excel},
	{"geoPackage", "Feature Service", "GeoPackage", ".gpkg", geopackage},
	{"Scene Package", "Scene Service", "Scene Package", ".slpk", scenePackage},
	{"Vector Tile Package", "Vector Tile Service", "Vector Tile Package", ".vtpk", tilePackage},
}

// formatFor finds the format that was asked for.
func formatFor(asked string) (format, bool) {
	for _, f := range formats {
		if strings.EqualFold(f.asked, asked) {
			return f, true
		}
	}
	return format{}, false
}

// of is the format as it turns out for so many layers: some become
// collections in a zip file.
func (f format) of(layers int) format {
	if layers < 2 {
		return f
	}
	switch f.asked {
	case "CSV":
		f.itemType, f.suffix = "CSV Collection", ".zip"
	case "KML":
		f.itemType, f.suffix = "KML Collection", ".zip"
	}
	return f
}

// natural is the format that holds all of a service, "" where none does.
func natural(serviceType string) string {
	switch serviceType {
	case "Feature Service":
		return "File Geodatabase"
	case "Scene Service":
		return "Scene Package"
	case "Vector Tile Service":
		return "Vector Tile Package"
	}
	return ""
}

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

func csv(mark string, layers []sublayer, bulk int64) *Content {
	one := func(l sublayer, bulk int64) part {
		var b strings.Builder
		b.WriteString("OBJECTID,name,x,y\r\n")
		for i := range l.rows {
			x, y := place(mark, l, i)
			fmt.Fprintf(&b, "%d,%q,%.6f,%.6f\r\n", i+1, label(mark, l, i), x, y)
		}
		return join("", strings.NewReader(b.String()), hiss(bulk, mark))
	}
	if len(layers) == 1 {
		return join(mark, one(layers[0], bulk))
	}
	var files []file
	for _, l := range layers {
		files, bulk = append(files, file{fmt.Sprintf("%s_%d.csv", plain(l.name), l.id), one(l, bulk)}), 0
	}
	return zipped(mark, files...)
}

func geojson(mark string, layers []sublayer, _ int64) *Content {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for _, l := range layers {
		for i := range l.rows {
			if b.Len() > 45 {
				b.WriteByte(',')
			}
			x, y := place(mark, l, i)
			fmt.Fprintf(&b, `{"type":"Feature","id":%d,"geometry":{"type":"Point","coordinates":[%.6f,%.6f]},"properties":{"OBJECTID":%d,"name":%q}}`, i+1, x, y, i+1, label(mark, l, i))
		}
	}
	b.WriteString(`]}`)
	return join(mark, strings.NewReader(b.String()))
}

func featureCollection(mark string, layers []sublayer, _ int64) *Content {
	var b strings.Builder
	b.WriteString(`{"layers":[`)
	for n, l := range layers {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"layerDefinition":{"id":%d,"name":%q,"objectIdField":"OBJECTID","geometryType":"esriGeometryPoint"},"featureSet":{"features":[`, l.id, l.name)
		for i := range l.rows {
			if i > 0 {
				b.WriteByte(',')
			}
			x, y := place(mark, l, i)
			fmt.Fprintf(&b, `{"attributes":{"OBJECTID":%d,"name":%q},"geometry":{"x":%.6f,"y":%.6f}}`, i+1, label(mark, l, i), x, y)
		}
		b.WriteString(`]}}`)
	}
	b.WriteString(`]}`)
	return join(mark, strings.NewReader(b.String()))
}

func kml(mark string, layers []sublayer, _ int64) *Content {
	one := func(l sublayer) part {
		var b strings.Builder
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
		for i := range l.rows {
			x, y := place(mark, l, i)
			fmt.Fprintf(&b, "<Placemark><name>%s</name><Point><coordinates>%.6f,%.6f</coordinates></Point></Placemark>", label(mark, l, i), x, y)
		}
		b.WriteString("</Document></kml>")
		return strings.NewReader(b.String())
	}
	if len(layers) == 1 {
		return join(mark, one(layers[0]))
	}
	var files []file
	for _, l := range layers {
		files = append(files, file{fmt.Sprintf("%s_%d.kml", plain(l.name), l.id), one(l)})
	}
	return zipped(mark, files...)
}

func excel(mark string, layers []sublayer, bulk int64) *Content {
	files := []file{
		{"[Content_Types].xml", strings.NewReader(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`)},
		{"xl/workbook.xml", strings.NewReader(`<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`)}}
	for i, l := range layers {
		files = append(files, file{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), hiss(int64(l.rows)*40+bulk, mark+l.name)})
		bulk = 0
	}
	return zipped(mark, files...)
}

func geopackage(mark string, layers []sublayer, bulk int64) *Content {
	size := bulk
	for _, l := range layers {
		size += int64(l.rows) * 96
	}
	pages := (size + 4095) / 4096 * 4096
	return join(mark, strings.NewReader("SQLite format 3\x00"), hiss(4096*12-16+pages, mark))
}

func scenePackage(mark string, layers []sublayer, bulk int64) *Content {
	files := []file{
		{"metadata.json", strings.NewReader(`{"folderPattern":"BASIC","archiveCompressionType":"STORE","resourceCompressionType":"GZIP","I3SVersion":"1.8","nodeCount":2}`)},
		{"3dSceneLayer.json.gz", gzipped(fmt.Sprintf(`{"id":0,"layerType":"3DObject","version":"1.8","name":%q}`, layers[0].name))}}
	for i, l := range layers {
		files = append(files, file{fmt.Sprintf("nodes/%d/geometries/0.bin.gz", i+1), hiss(int64(l.rows)*120+bulk, mark+l.name)})
		bulk = 0
	}
	return zipped(mark, files...)
}

func tilePackage(mark string, layers []sublayer, bulk int64) *Content {
	rows := int64(0)
	for _, l := range layers {
		rows += int64(l.rows)
	}
	return zipped(mark,
		file{"esriinfo/iteminfo.xml", strings.NewReader(`<?xml version="1.0"?><ESRI_ItemInformation Culture=""><type>Vector Tile Package</type></ESRI_ItemInformation>`)},
		file{"p12/root.json", strings.NewReader(`{"currentVersion":11.3,"capabilities":"TilesOnly","type":"indexedVector"}`)},
		file{"p12/resources/styles/root.json", strings.NewReader(`{"version":8,"layers":[]}`)},
		file{"p12/tile/L00/R0000C0000.bundle", hiss(64+rows*80+bulk, mark)})
}

// place is where row i of a layer lies, label what it is called: both move
// with every edition of the layer's features.
func place(mark string, l sublayer, i int) (x, y float64) {
	h := hiss(0, fmt.Sprint(mark, l.id))
	return float64(mix(h.seed, uint64(2*i))%360e6)/1e6 - 180, float64(mix(h.seed, uint64(2*i+1))%180e6)/1e6 - 90
}

func label(mark string, l sublayer, i int) string {
	return fmt.Sprintf("place %04x", mix(hiss(0, mark).seed, uint64(l.id*1000003+i))&0xffff)
}

// plain is a name as geodatabases and file names take it.
func plain(name string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
	return "L" + out[:min(len(out), 40)]
}
