package arcgistest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"strings"
)

// geodatabase is a zip file that holds a File Geodatabase which programs can
// open: a folder with the files gdb and timestamps, the system tables, and a
// table for each layer with a feature for each row. As the portal does, the
// folder has a name that says nothing, here one that follows from the
// content. Its spatial index is left out, and bulk is dead space behind the
// first table's rows.
func geodatabase(mark string, layers []sublayer, bulk int64) *Content {
	sum := sha256.Sum256([]byte(mark))
	dir := hex.EncodeToString(sum[:16]) + ".gdb/"
	files := []file{
		{dir + "gdb", bytes.NewReader([]byte{5, 0, 0, 0, 0xde, 0xad, 0xbe, 0xef})},
		{dir + "timestamps", bytes.NewReader(bytes.Repeat([]byte{0xff}, 400))}}
	files = append(files, table(dir, 1, catalogColumns, catalog(layers))...)
	for n, name := range systemTables[1:] {
		if name == "GDB_Items" {
			files = append(files, table(dir, n+2, itemColumns, catalogItems(mark, layers))...)
			continue
		}
		files = append(files, table(dir, n+2, []column{{"ID", objectID, true}, {"Name", text, true}}, listed(row([]column{{}, {kind: text, need: true}}, name)))...)
	}
	for i, l := range layers {
		files = append(files, table(dir, 1+len(systemTables)+i, featureColumns(l), features(mark, l, bulk))...)
		bulk = 0
	}
	return zipped(mark, files...)
}

// systemTables are the tables before those of the layers, by their numbers.
var systemTables = []string{"GDB_SystemCatalog", "GDB_DBTune", "GDB_SpatialRefs", "GDB_Items", "GDB_ItemTypes", "GDB_ItemRelationships", "GDB_ItemRelationshipTypes", "GDB_ReplicaLog"}

var catalogColumns = []column{{"ID", objectID, true}, {"Name", text, true}, {"FileFormat", number, true}}

// catalog names the tables: the row's number is the table's.
func catalog(layers []sublayer) rows {
	var list [][]byte
	for _, name := range systemTables {
		list = append(list, row(catalogColumns, name, 0))
	}
	for _, l := range layers {
		list = append(list, row(catalogColumns, tableName(l), 0))
	}
	return listed(list...)
}

// tableName is a layer's name as a geodatabase takes it.
func tableName(l sublayer) string { return fmt.Sprintf("%s_%d", plain(l.name), l.id) }

var itemColumns = []column{{"ObjectID", objectID, true}, {"UUID", globalID, true}, {"Type", guid, true}, {"Name", text, false}, {"PhysicalName", text, false},
	{"Path", text, false}, {"DatasetSubtype1", number, false}, {"DatasetSubtype2", number, false}, {"DatasetInfo1", text, false}, {"DatasetInfo2", text, false},
	{"URL", text, false}, {"Definition", xml, false}, {"Documentation", xml, false}, {"ItemInfo", xml, false}, {"Properties", number, false}, {"Defaults", blob, false}, {"Shape", point, false}}

// The types of items in a geodatabase, the same in all of them.
var (
	itemFolder       = guidOf("f3783e6f65ca45148315ce3985dad3b1")
	itemWorkspace    = guidOf("c673fe0f7280404f853220755dd8fc06")
	itemFeatureClass = guidOf("70737809852c4a039e222cecea5b9bfa")
	itemTable        = guidOf("cd06bc3b789d4c51aafaa467912b8965")
)

// catalogItems describes the layers, after a root and a workspace.
func catalogItems(mark string, layers []sublayer) rows {
	uuid := func(of string) id128 {
		sum := sha256.Sum256([]byte(mark + of))
		return id128(sum[:16])
	}
	list := [][]byte{
		row(itemColumns, uuid("root"), itemFolder, "", "", `\`, nil, nil, nil, nil, "", nil, nil, nil, 1, nil, nil),
		row(itemColumns, uuid("workspace"), itemWorkspace, "Workspace", "WORKSPACE", "", nil, nil, nil, nil, "",
			`<DEWorkspace xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.3" xsi:type="typens:DEWorkspace"><CatalogPath>\</CatalogPath><Name/></DEWorkspace>`, nil, nil, 1, nil, nil)}
	for _, l := range layers {
		name := tableName(l)
		kind, shape := itemFeatureClass, any("SHAPE")
		if l.table {
			kind, shape = itemTable, nil
		}
		list = append(list, row(itemColumns, uuid(name), kind, name, strings.ToUpper(name), `\`+name, 1, 0, shape, nil, "", definition(l), nil, nil, 1, nil, nil))
	}
	return listed(list...)
}

// definition is what the catalog says of a layer.
func definition(l sublayer) string {
	class, kind, shape := "DETableInfo", "esriDTTable", ""
	if !l.table {
		class, kind = "DEFeatureClassInfo", "esriDTFeatureClass"
		shape = "<FeatureType>esriFTSimple</FeatureType><ShapeType>esriGeometryPoint</ShapeType><ShapeFieldName>SHAPE</ShapeFieldName><HasM>false</HasM><HasZ>false</HasZ>" +
			"<SpatialReference xsi:type=\"typens:GeographicCoordinateSystem\"><WKT>" + html.EscapeString(wgs84) + "</WKT><WKID>4326</WKID></SpatialReference>"
	}
	return fmt.Sprintf(`<typens:%[1]s xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.3" xsi:type="typens:%[1]s">`+
		`<CatalogPath>\%[2]s</CatalogPath><Name>%[2]s</Name><DatasetType>%[3]s</DatasetType><HasOID>true</HasOID><OIDFieldName>OBJECTID</OIDFieldName><AliasName>%[4]s</AliasName>%[5]s</typens:%[1]s>`,
		class, tableName(l), kind, html.EscapeString(printable(l.name)), shape)
}

// printable leaves out what XML can't hold.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, name)
}

func featureColumns(l sublayer) []column {
	if l.table {
		return []column{{"OBJECTID", objectID, true}, {"name", text, false}}
	}
	return []column{{"OBJECTID", objectID, true}, {"SHAPE", point, false}, {"name", text, false}}
}

// features are the rows of a layer, all of one length, so that any of them
// can be made alone.
func features(mark string, l sublayer, bulk int64) rows {
	columns := featureColumns(l)
	one := func(i int) []byte {
		if l.table {
			return row(columns, label(l, i))
		}
		x, y := place(l, i)
		return row(columns, [2]float64{x, y}, label(l, i))
	}
	size := int64(len(one(0)))
	return rows{l.rows, func(i int) int64 { return int64(i) * size }, join("", series{l.rows, size, one}, hiss(bulk, mark))}
}

// series is n records of one size.
type series struct {
	n    int
	size int64
	make func(i int) []byte
}

func (s series) Size() int64 { return int64(s.n) * s.size }

func (s series) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) && off < s.Size() {
		k := copy(p[done:], s.make(int(off / s.size))[off%s.size:])
		done, off = done+k, off+int64(k)
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

// gzipped is text, compressed.
func gzipped(text string) part {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text)) //nolint:errcheck // a buffer takes every byte
	w.Close()             //nolint:errcheck // and closes
	return bytes.NewReader(b.Bytes())
}
