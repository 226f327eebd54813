package content

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// A finder looks for a data set among a zip's entries; names come in lower
// case with forward slashes.
type finder interface {
	see(name string, size uint64)
	found() bool
}

// A format is what an export of that name may be: outside a zip a file by
// itself, which is what the portal gives for a source of one layer, and
// inside a zip files that end like these.
type format struct {
	name  string
	alone []string // kinds; text is any that is not binary
	ends  []string // none: any file that is no readme
}

const textKind = "text"

// formats by their names in lower case without spaces, as arcgis spells them.
var formats = map[string]format{
	"filegeodatabase":   {name: "File Geodatabase"},
	"shapefile":         {name: "Shapefile"},
	"csv":               {"CSV file", []string{textKind}, []string{".csv"}},
	"geojson":           {"GeoJSON file", []string{jsonKind}, []string{".geojson", ".json"}},
	"kml":               {"KML file", []string{textKind}, []string{".kml", ".kmz"}},
	"excel":             {"Excel file", []string{oleKind}, []string{".xls", ".xlsx", ".xlsm", ".xlsb", "xl/workbook.xml", "xl/workbook.bin"}},
	"geopackage":        {"GeoPackage", []string{sqliteKind}, []string{".gpkg"}},
	"featurecollection": {"feature collection", []string{jsonKind}, nil},
	"scenepackage":      {name: "scene package"},
	"vectortilepackage": {name: "vector tile package"},
}

func (c Check) format() (format, bool) {
	f, known := formats[strings.ToLower(strings.ReplaceAll(c.name, " ", ""))]
	return f, known
}

func (c Check) dataset() string {
	if f, known := c.format(); known {
		return f.name
	}
	return "data"
}

// judgeExport decides what an export's first bytes may be. A format nobody
// has heard of may be anything.
func (c Check) judgeExport(head []byte, find finding) (finding, error) {
	f, known := c.format()
	if find.kind == zipKind || !known {
		return find, nil
	}
	switch {
	case slices.Contains(f.alone, jsonKind) && find.kind == plainKind:
		return finding{kind: jsonKind}, nil
	case slices.Contains(f.alone, textKind) && find.kind == plainKind && isText(head):
		return find, nil
	case slices.Contains(f.alone, find.kind):
		return find, nil
	}
	return finding{}, refuse("the export is no %s: its bytes are something else", f.name)
}

// isText: no text that the portal writes has a zero byte.
func isText(head []byte) bool { return bytes.IndexByte(head, 0) < 0 }

// finder is what to look for; only exports must hold something.
func (c Check) finder() finder {
	if c.expect != anExport {
		return &anyFile{ok: true}
	}
	f, _ := c.format()
	switch {
	case f.name == "File Geodatabase":
		return &geodatabase{}
	case f.name == "Shapefile":
		return shapefile{}
	case len(f.ends) > 0:
		return &ending{ends: f.ends}
	}
	return &anyFile{}
}

// geodatabase wants a table inside a folder *.gdb.
type geodatabase struct{ ok bool }

func (g *geodatabase) found() bool { return g.ok }
func (g *geodatabase) see(name string, size uint64) {
	folder := path.Dir(name)
	if size > 0 && strings.HasSuffix(name, ".gdbtable") && (strings.HasSuffix(folder, ".gdb") || strings.Contains(folder, ".gdb/")) {
		g.ok = true
	}
}

// shapefile wants shapes and attributes of the same name.
type shapefile map[string]int

func (s shapefile) see(name string, size uint64) {
	base, ext, _ := cutLast(name, ".")
	if bit := map[string]int{"shp": 1, "dbf": 2}[ext]; bit != 0 && size > 0 {
		s[base] |= bit
	}
}

func (s shapefile) found() bool {
	for _, bits := range s {
		if bits == 3 {
			return true
		}
	}
	return false
}

// ending wants one file that ends like one of these.
type ending struct {
	ends []string
	ok   bool
}

func (e *ending) found() bool { return e.ok }
func (e *ending) see(name string, size uint64) {
	for _, end := range e.ends {
		e.ok = e.ok || size > 0 && strings.HasSuffix(name, end) && !strings.HasPrefix(name, "__macosx/")
	}
}

// anyFile wants one file beyond a readme.
type anyFile struct{ ok bool }

func (a *anyFile) found() bool { return a.ok }
func (a *anyFile) see(name string, size uint64) {
	a.ok = a.ok || size > 0 && !strings.HasPrefix(path.Base(name), "readme")
}
