//go:build judges || arcgis

package esri_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// facts are what a client may get, by the name of a case.
type facts map[string]any

// object is a JSON object.
type object = map[string]any

// refusal is an error of the portal's.
func refusal(code any, message string) object { return object{"error": code, "message": message} }

// The errors that many cases share, as the portal's reference gives them.
var (
	notThere  = refusal(400, "Item does not exist or is inaccessible.")
	forbidden = refusal(403, "You do not have permissions to access this resource or perform this operation.")
	noURL     = refusal(400, "Invalid URL")
)

// fields are those of an item that a client is asked for.
var fields = []string{"id", "title", "type", "tags", "owner", "access", "name", "size", "snippet", "protected"}

// right is what every client should get in the cases that all of them know.
func (w *town) right() facts {
	all := facts{"goes nowhere else": []string{}}
	for _, part := range []facts{w.signIns(), w.searches(), w.things(), w.features()} {
		for name, want := range part {
			all[name] = want
		}
	}
	return all
}

func (w *town) signIns() facts {
	const org = "q7zPNeKmTWeh7Aor"
	return facts{
		"sign in":                   object{"username": w.Username},
		"portal":                    object{"id": org, "urlKey": "littlefield", "isPortal": false, "user": w.Username, "role": "org_admin"},
		"portal for nobody":         object{"user": nil},
		"user":                      object{"username": w.Username, "role": "org_admin", "orgId": org},
		"application":               w.Username,
		"application, wrong secret": refusal(400, "Invalid client_secret"),
	}
}

func (w *town) searches() facts {
	ids := []string{}
	for _, l := range w.Items() {
		if tagged(l, "crowd") {
			ids = append(ids, l.ID)
		}
	}
	with := func(tags ...string) []string {
		return w.titles(func(l arcgistest.Listed) bool {
			return slices.ContainsFunc(tags, func(tag string) bool { return tagged(l, tag) })
		})
	}
	page := func(num, next int, first any) object {
		return object{"total": crowd, "num": num, "nextStart": next, "first": first}
	}
	return facts{
		"search by pages": object{"ids": ids, "answers": []object{
			{"total": crowd, "start": 1, "num": 100, "nextStart": 101}, {"total": crowd, "start": 101, "num": 100, "nextStart": 201}, {"total": crowd, "start": 201, "num": 30, "nextStart": -1}}},
		"search, newest first":       page(1, 2, "Crowd 229"),
		"search by title, from Z":    page(1, 2, "Crowd 229"),
		"search, ten by default":     page(10, 11, "Crowd 000"),
		"search, a hundred at most":  page(100, 101, "Crowd 000"),
		"search, past the end":       page(0, -1, nil),
		"search, deeper than 10,000": page(0, -1, nil),
		"search, nothing found":      object{"total": 0, "num": 0, "nextStart": -1, "first": nil},
		"search, bad query":          refusal(400, "Unable to perform search."),
		"search, no query":           refusal(400, "'q' or 'filter' parameter must be specified."),
		"search by tag":              with("backup", "no backup", "backups"),
		"search by tag, exactly":     w.titles(func(l arcgistest.Listed) bool { return slices.Contains(l.Tags, "backup") }),
		"search by tag of two words": with("no backup"),
		"search by type and owner":   w.titles(func(l arcgistest.Listed) bool { return l.Type == "Feature Service" && l.Owner == "rosa" }),
		"search by either tag":       with("parks", "roads"),
		"search without a type":      w.titles(func(l arcgistest.Listed) bool { return tagged(l, "parks") && l.Type != "PDF" }),
		"search by time":             []string{"Trail Map", "Road Network"},
		"search, long":               with("roads"),
		"search by who may see":      w.titles(func(l arcgistest.Listed) bool { return tagged(l, "parks") && l.Access != "private" }),
		"search for nobody":          w.titles(func(l arcgistest.Listed) bool { return tagged(l, "parks") && l.Access == "public" }),
	}
}

func (w *town) things() facts {
	mine := w.titles(func(l arcgistest.Listed) bool { return l.Owner == w.Username && l.Folder == "" })
	hers := w.titles(func(l arcgistest.Listed) bool { return l.Owner == "rosa" })
	file := w.Content(w.items["rules"].ID)
	return facts{
		"item":                    w.face("rules"),
		"service item":            w.face("roads"),
		"item in a folder":        object{"total": 1, "titles": []string{"Filed away"}, "same": true, "atRoot": false},
		"content by pages":        object{"ids": len(mine), "distinct": len(mine)},
		"content of another":      hers,
		"item, not there":         notThere,
		"item, no rights":         forbidden,
		"item, for nobody":        forbidden,
		"item of all, for nobody": "Trails for all",
		"content, no rights":      forbidden,
		"data, no rights":         forbidden,
		"throttled":               refusal(429, "Unable to perform query. Too many requests."),
		"throttled no more":       "Throttled",
		"resources":               w.resourceList(),
		"resource":                sum(w.Beside(w.items["rules"].ID, resource)),
		"resource with a space":   sum(w.Beside(w.items["rules"].ID, spaced)),
		"thumbnail":               sum(w.Beside(w.items["trail"].ID, "thumbnail/ago_downloaded.png")),
		"JSON":                    json.RawMessage(webMap),
		"file":                    object{"size": file.Size(), "sum": sum(file)},
		"no data":                 nil,
		"no file":                 refusal(500, "Item does not have a file."),
		"data, not there":         notThere,
	}
}

// face is an item as its owner sees it.
func (w *town) face(name string) object {
	l := w.item(name)
	out := object{"id": l.ID, "title": l.Title, "type": l.Type, "tags": l.Tags, "owner": l.Owner, "access": l.Access, "name": nil, "size": l.Size, "snippet": nil, "protected": l.Protected}
	if l.Name != "" {
		out["name"] = l.Name
	}
	return out
}

func (w *town) features() facts {
	sub := func(id int, name string) object { return object{"id": id, "name": name} }
	rows := func(first, last any, more bool) object { return object{"first": first, "last": last, "more": more} }
	layers, tables := []object{sub(0, "Streets"), sub(2, "Bridges")}, []object{sub(5, "Inspections")}
	return facts{
		"service": object{"serviceItemId": w.items["roads"].ID, "capabilities": "Query,Extract", "maxRecordCount": 2000, "layers": layers, "tables": tables},
		"layer": object{"id": 2, "name": "Bridges", "type": "Feature Layer", "geometryType": "esriGeometryPoint", "objectIdField": "OBJECTID", "hasAttachments": false,
			"fields": []object{{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "name", "type": "esriFieldTypeString"}}},
		"table":                  object{"id": 5, "name": "Inspections", "type": "Table"},
		"layers and tables":      object{"layers": layers, "tables": tables, "edited": true},
		"layer, not there":       noURL,
		"service, not there":     noURL,
		"service, no rights":     forbidden,
		"service for nobody":     refusal(499, "Token Required"),
		"count":                  4200,
		"count of a view":        4200,
		"ids":                    4200,
		"features, first page":   rows(1, 2000, true),
		"features, last page":    rows(4001, 4200, false),
		"features, past the end": rows(nil, nil, false),
		"features where":         rows(11, 25, false),
		"features by id":         rows(7, 9, false),
		"features, bad where":    refusal(400, "Cannot perform query. Invalid query parameters."),
		"all features":           object{"rows": 4200, "distinct": 4200, "fields": []string{"OBJECTID", "name"}, "geometry": "esriGeometryPoint"},
	}
}

// resourceList is what the portal says of the 120 resources, in two pages.
func (w *town) resourceList() object {
	paths := []string{}
	for n := range resources {
		paths = append(paths, resourcePath(n))
	}
	return object{"total": resources, "num": 100, "nextStart": 101, "then": resources - 100, "paths": paths}
}

func sum(c *arcgistest.Content) string {
	s := sha256.Sum256(c.Bytes())
	return hex.EncodeToString(s[:])
}
