//go:build judges || arcgis

package esri_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// An export that a client asks for: of which item, under which title, in which
// format and in whose content; and the type and file name that come of it.
type export struct {
	Item, Title, Format, Owner string
	kind, file                 string
}

var exports = []export{
	{"trail", "Trail Map_backup_1", "File Geodatabase", arcgistest.Admin, "File Geodatabase", "Trail Map_backup_1.zip"},
	{"roads", "Roads", "File Geodatabase", "rosa", "File Geodatabase", "Roads.zip"},
	{"view", "A view", "File Geodatabase", arcgistest.Admin, "File Geodatabase", "A view.zip"},
	{"scene", "Scene", "Scene Package", arcgistest.Admin, "Scene Package", "Scene.slpk"},
	{"tiles", "Tiles: all/1", "Vector Tile Package", arcgistest.Admin, "Vector Tile Package", "Tiles_ all_1.vtpk"},
	{"roads", "Roads", "Shapefile", "rosa", "Shapefile", "Roads.zip"},
	{"roads", "Roads", "CSV", "rosa", "CSV Collection", "Roads.zip"},
	{"trail", "Trails", "CSV", arcgistest.Admin, "CSV", "Trails.csv"},
	{"trail", "Trails", "GeoJson", arcgistest.Admin, "GeoJson", "Trails.geojson"},
	{"trail", "Trails", "KML", arcgistest.Admin, "KML", "Trails.kml"},
	{"trail", "Trails", "Excel", arcgistest.Admin, "Microsoft Excel", "Trails.xlsx"},
	{"trail", "Trails", "geoPackage", arcgistest.Admin, "GeoPackage", "Trails.gpkg"},
	{"trail", "Trails", "Feature Collection", arcgistest.Admin, "Feature Collection", ""},
}

// whole are the formats that hold all of a service: a backup asks for these.
var whole = []string{"File Geodatabase", "Scene Package", "Vector Tile Package"}

func (e export) name() string { return e.Item + " as " + e.Format }

// exported is what a client should see of exports, and of those that fail or
// are refused.
func (w *town) exported() facts {
	all := facts{
		"export of two layers":   []string{"processing", "completed"},
		"export, title taken":    refusal(409, "Item 'Taken.zip' already exists."),
		"export of no service":   refusal(400, fmt.Sprintf("Item %s of type PDF can not be exported.", w.items["rules"].ID)),
		"export, Extract is off": refusal(400, "Export is not enabled for this service."),
		"export, no rights":      forbidden,
		"status, wrong owner":    notThere,
		"status, wrong job":      refusal(400, "Job none does not exist."),
		"delete, no rights":      forbidden,
		"delete, protected":      true,
		"delete":                 true,
		"delete again":           notThere,
		"item after delete":      notThere,
		"delete into the bin":    object{"gone": true, "seen": false, "binned": "Into the bin", "forGood": true},
	}
	for _, e := range exports {
		want := object{"type": e.kind, "serviceItemId": w.items[e.Item].ID, "exportFormat": e.Format, "job": "string", "words": []string{"processing", "completed"},
			"title": e.Title, "owner": e.Owner, "access": "private", "name": nil, "size": 0}
		if e.file != "" {
			want["name"] = e.file
		}
		all["export "+e.name()] = want
	}
	return all
}

// downloads says of each export that a client has downloaded what is wrong
// with its bytes, "" for nothing.
func (w *town) downloads(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range exports {
		data, err := os.ReadFile(filepath.Join(w.dir, e.name()))
		switch kept := w.Content(w.items[e.Item].ID).Bytes(); {
		case err != nil:
			out[e.name()] = err.Error()
		case slices.Contains(whole, e.Format) && !bytes.Equal(data, kept):
			out[e.name()] = fmt.Sprintf("%d bytes, want the %d that the portal holds", len(data), len(kept))
		default:
			out[e.name()] = unreadable(e, data)
		}
	}
	return out
}

// unreadable says why bytes are no file of an export's format.
func unreadable(e export, data []byte) string {
	starts := func(with string) string {
		if !bytes.HasPrefix(data, []byte(with)) {
			return fmt.Sprintf("begins %q, want %q", data[:min(len(data), 20)], with)
		}
		return ""
	}
	switch filepath.Ext(e.file) {
	case ".csv":
		return starts("OBJECTID,")
	case ".gpkg":
		return starts("SQLite format 3\x00")
	case ".geojson", "":
		if !json.Valid(data) {
			return "no JSON"
		}
	case ".kml":
		if err := xml.Unmarshal(data, new(struct{ XMLName xml.Name })); err != nil {
			return err.Error()
		}
	default:
		archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err.Error()
		}
		if len(archive.File) == 0 {
			return "an empty archive"
		}
	}
	return ""
}
