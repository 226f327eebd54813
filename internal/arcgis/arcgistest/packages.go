package arcgistest

import (
	"fmt"
	"strings"
)

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
