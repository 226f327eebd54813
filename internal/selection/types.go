package selection

import (
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep/internal/backup"
)

// The export formats that are asked for, as the portal spells them.
const (
	FileGeodatabase   = "File Geodatabase"
	VectorTilePackage = "Vector Tile Package"
	ScenePackage      = "Scene Package"
)

// Plan is the way in which an item is to be backed up and, when that is an
// export, its format. It is a plan: an item that turns out to have no data
// has its description alone, and a type that is not in the table is
// ByUnknown.
func Plan(f Found) (way backup.Way, format string) {
	hosted := slices.Contains(f.Keywords, "Hosted Service")
	switch kind := kinds[strings.ToLower(f.Type)]; kind {
	case service:
		if !hosted {
			return backup.ByDescription, ""
		}
		if format := exports[strings.ToLower(f.Type)]; format != "" {
			return backup.ByExport, format
		}
		return backup.ByText, ""
	case link:
		return backup.ByDescription, ""
	case text:
		return backup.ByText, ""
	case file:
		return fileOrLink(f), ""
	case textFile:
		if f.Name != "" {
			return backup.ByFile, ""
		}
		return backup.ByText, ""
	}
	return backup.ByUnknown, ""
}

// fileOrLink tells a file from a mere address of one: a KML, CSV or image
// may be registered by URL, and then the portal holds no bytes of it.
func fileOrLink(f Found) backup.Way {
	if f.Name == "" && f.URL != "" {
		return backup.ByUnknown
	}
	return backup.ByFile
}

// exports are the services that the portal can export when it hosts them.
// Hosted tiles, maps and images have no item export.
var exports = map[string]string{
	"feature service":     FileGeodatabase, // views too
	"vector tile service": VectorTilePackage,
	"scene service":       ScenePackage,
}

// A kind is what the data of a type of item are.
type kind int

const (
	unknown  kind = iota
	service       // data live in a service; the item's own data are overrides, or nothing
	link          // the item says where something is, and holds nothing
	text          // JSON
	file          // an uploaded or made file
	textFile      // JSON that was uploaded as a file, or was written by a web page
)

// kinds is by type in lower case, since the portal and its documents differ
// in the case of a few ("GeoJson", "Raster function template").
var kinds = func() map[string]kind {
	all := map[string]kind{}
	for kind, types := range map[kind][]string{service: services, link: links, text: texts, file: files, textFile: textFiles} {
		for _, t := range types {
			all[strings.ToLower(t)] = kind
		}
	}
	return all
}()
