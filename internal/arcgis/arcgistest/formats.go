package arcgistest

import (
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

// plain is a name as geodatabases and file names take it.
func plain(name string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
	out = out[:min(len(out), 40)]
	if out == "" || out[0] == '_' || out[0] >= '0' && out[0] <= '9' {
		return "L" + out
	}
	return out
}
