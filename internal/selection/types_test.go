package selection_test

import (
	"testing"

	"github.com/mapkeep/mapkeep/internal/backup"
	"github.com/mapkeep/mapkeep/internal/selection"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	hosted, view := []string{"Service", "Hosted Service"}, []string{"Hosted Service", "View Service"}
	tests := []struct {
		found  selection.Found
		way    backup.Way
		format string
	}{
		{selection.Found{Type: "Feature Service", Keywords: hosted}, backup.ByExport, "File Geodatabase"},
		{selection.Found{Type: "Feature Service", Keywords: view}, backup.ByExport, "File Geodatabase"},
		{selection.Found{Type: "Vector Tile Service", Keywords: hosted}, backup.ByExport, "Vector Tile Package"},
		{selection.Found{Type: "Scene Service", Keywords: hosted}, backup.ByExport, "Scene Package"},
		{selection.Found{Type: "Map Service", Keywords: hosted}, backup.ByText, ""},
		{selection.Found{Type: "Image Service", Keywords: hosted}, backup.ByText, ""},

		{selection.Found{Type: "Feature Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "Feature Service", Keywords: []string{"Service Hosted", "hosted service"}}, backup.ByDescription, ""},
		{selection.Found{Type: "Vector Tile Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "Scene Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "Map Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "WMS", URL: "https://wms.example.com"}, backup.ByDescription, ""},
		{selection.Found{Type: "WMTS"}, backup.ByDescription, ""},
		{selection.Found{Type: "WFS"}, backup.ByDescription, ""},
		{selection.Found{Type: "Document Link"}, backup.ByDescription, ""},
		{selection.Found{Type: "Geocoding Service", Keywords: hosted}, backup.ByDescription, ""},
		{selection.Found{Type: "Geoprocessing Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "Network Analysis Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "Stream Service"}, backup.ByDescription, ""},
		{selection.Found{Type: "Feed"}, backup.ByDescription, ""},

		{selection.Found{Type: "Web Map"}, backup.ByText, ""},
		{selection.Found{Type: "Dashboard"}, backup.ByText, ""},
		{selection.Found{Type: "StoryMap"}, backup.ByText, ""},
		{selection.Found{Type: "Web Experience"}, backup.ByText, ""},
		{selection.Found{Type: "Feature Collection"}, backup.ByText, ""},
		{selection.Found{Type: "Hub Site Application", URL: "https://hub.example.com"}, backup.ByText, ""},
		{selection.Found{Type: "Notebook"}, backup.ByText, ""},
		{selection.Found{Type: "Notebook", Name: "clean.ipynb"}, backup.ByFile, ""},
		{selection.Found{Type: "Pro Map", Name: "city.mapx"}, backup.ByFile, ""},

		{selection.Found{Type: "CSV", Name: "trees.csv"}, backup.ByFile, ""},
		{selection.Found{Type: "CSV"}, backup.ByFile, ""},
		{selection.Found{Type: "CSV", URL: "https://data.example.com/trees.csv"}, backup.ByUnknown, ""},
		{selection.Found{Type: "KML", URL: "https://data.example.com/trees.kml"}, backup.ByUnknown, ""},
		{selection.Found{Type: "KML", Name: "trees.kml", URL: "https://data.example.com/trees.kml"}, backup.ByFile, ""},
		{selection.Found{Type: "File Geodatabase", Name: "trees.zip"}, backup.ByFile, ""},
		{selection.Found{Type: "GeoJson"}, backup.ByFile, ""},
		{selection.Found{Type: "GeoJSON"}, backup.ByFile, ""},
		{selection.Found{Type: "Raster Function Template"}, backup.ByFile, ""},
		{selection.Found{Type: "Form"}, backup.ByFile, ""},
		{selection.Found{Type: "Service Definition"}, backup.ByFile, ""},

		{selection.Found{Type: "QuickCapture Project"}, backup.ByUnknown, ""},
		{selection.Found{Type: "Something New"}, backup.ByUnknown, ""},
		{selection.Found{Type: ""}, backup.ByUnknown, ""},
	}
	for _, tt := range tests {
		if way, format := selection.Plan(tt.found); way != tt.way || format != tt.format {
			t.Errorf("Plan(%+v) = %q, %q; want %q, %q", tt.found, way, format, tt.way, tt.format)
		}
	}
}
