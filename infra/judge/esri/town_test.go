//go:build judges || arcgis

package esri_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// A town is a portal that holds one item for each thing that a client of a
// backup asks, and 230 in a crowd for what needs pages.
type town struct {
	*arcgistest.Portal
	items map[string]*arcgistest.Item
	dir   string // where a client puts what it downloads
}

const (
	folder   = "Work / in progress"
	resource = "images/r-007.png"
	spaced   = "images/r 000.png"
	crowd    = 230
	// resources is how many resource files the rules have: more than a page.
	resources = 120
)

func resourcePath(n int) string {
	if n == 0 {
		return spaced
	}
	return fmt.Sprintf("images/r-%03d.png", n)
}

// allGroups are the groups of cases that client.mjs and client.py know.
var allGroups = []string{"signIn", "search", "items", "data", "services", "exports"}

// passwords are those of the members beside the administrator: rosa owns
// items, and tom may see few.
var passwords = map[string]string{"rosa": "rosa's own", "tom": "tom's own"}

// webMap is the JSON of the town's map.
const webMap = `{"operationalLayers":[],"baseMap":{"title":"Topographic"},"title":"Überblick","version":"2.31"}`

// appWithError is JSON that owns a key error, and is well.
const appWithError = `{"error":{"code":500,"message":"only a setting of this app"},"values":{}}`

// open starts the town over TLS, as a portal of ArcGIS Online or Enterprise.
func open(t *testing.T, ways ...func(*arcgistest.Scenario) *arcgistest.Scenario) *town {
	t.Helper()
	s := arcgistest.NewScenario().User("rosa", passwords["rosa"], "org_publisher").User("tom", passwords["tom"], "org_user")
	for _, way := range ways {
		way(s)
	}
	items := map[string]*arcgistest.Item{}
	items["trail"] = s.Layer("Trail Map").Tags("backup", "parks").Rows(4200).Access("org").Snippet("All trails of the parks").Thumbnail()
	items["roads"] = s.Layer("Road Network").Tags("backup", "roads").Owner("rosa").Sublayer(0, "Streets", 900).Sublayer(2, "Bridges", 14).Table(5, "Inspections", 26)
	items["view"] = s.View("Trails for all", items["trail"]).Tags("parks").Access("public")
	items["scene"] = s.Scene("Town hall").Tags("parks")
	items["tiles"] = s.Tiles("Water mains").Tags("water")
	items["map"] = s.Text("Parks of Littlefield", "Web Map", webMap).Tags("backup", "parks")
	items["app"] = s.Text("An error of ours", "Web Mapping Application", appWithError).Tags("no backup")
	items["rules"] = s.File("Park rules.pdf", "PDF").Tags("parks", "Backup").Bulk(48_000)
	for n := range resources {
		items["rules"].Resource(resourcePath(n), int64(100+n))
	}
	items["link"] = s.Link("Winter service", "Document Link", "https://county.example/winter").Tags("backups")
	items["diary"] = s.File("Diary.pdf", "PDF").Owner("rosa").Tags("private")
	items["filed"] = s.Layer("Filed away").Folder(folder)
	items["throttled"] = s.Layer("Throttled").Throttled(1)
	items["fails"] = s.Layer("Fails").ExportFails(9, "Error exporting data to filegdb format")
	items["failsInJSON"] = s.Layer("Fails in JSON").ExportFails(9, `{"code":500,"message":"Export job failed."}`)
	items["extractOff"] = s.Layer("Extract is off").ExtractOff()
	for n := range crowd {
		s.Text(fmt.Sprintf("Crowd %03d", n), "Web Map", "{}").Tags("crowd")
	}
	p := arcgistest.Start(s, arcgistest.TLS())
	t.Cleanup(p.Close)
	return &town{p, items, t.TempDir()}
}

// settings is what a client is told, as JSON; portal is the town's address, or
// that of something in between.
func (w *town) settings(t *testing.T, portal string, groups []string) string {
	t.Helper()
	var app map[string]string
	if err := json.Unmarshal(w.SecretApp(), &app); err != nil {
		t.Fatal(err)
	}
	ids, services := map[string]string{}, map[string]string{}
	for name, i := range w.items {
		ids[name] = i.ID
	}
	for _, name := range []string{"trail", "roads", "view"} {
		services[name] = w.Address(w.items[name].ID)
	}
	data, err := json.Marshal(map[string]any{"portal": portal, "username": w.Username, "password": w.Password, "passwords": passwords,
		"app": map[string]string{"clientId": app["client_id"], "clientSecret": app["client_secret"]}, "items": ids, "services": services, "groups": groups,
		"folder": folder, "resource": resource, "spaced": spaced, "fields": fields, "born": w.item("trail").Created.UnixMilli(), "exports": exports, "folderForFiles": w.dir})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// item is an item of the town as the portal holds it.
func (w *town) item(name string) arcgistest.Listed {
	for _, l := range w.Items() {
		if l.ID == w.items[name].ID {
			return l
		}
	}
	return arcgistest.Listed{}
}

// do is what a client asks the test to do to the portal.
func (w *town) do(what, id string) error {
	switch what {
	case "end tokens":
		w.ExpireTokens()
	case "change password":
		w.SetPassword(id, "another")
	case "restore password":
		w.SetPassword(id, passwords[id])
	case "protect", "release":
		w.Protect(id, what == "protect")
	default:
		return fmt.Errorf("nobody knows how to %q", what)
	}
	return nil
}

// titles are those of the town's items, in the order of their creation.
func (w *town) titles(keep func(arcgistest.Listed) bool) []string {
	out := []string{}
	for _, l := range w.Items() {
		if keep(l) {
			out = append(out, l.Title)
		}
	}
	return out
}

func tagged(l arcgistest.Listed, tag string) bool {
	for _, t := range l.Tags {
		if strings.EqualFold(t, tag) {
			return true
		}
	}
	return false
}

// unasked are the endpoints of the portal that nobody has called.
func (w *town) unasked() []string {
	out := []string{}
	for _, name := range []string{arcgistest.SignIn, arcgistest.OAuth, arcgistest.Self, arcgistest.Community, arcgistest.Search, arcgistest.UserContent, arcgistest.ItemByID,
		arcgistest.Data, arcgistest.Resources, arcgistest.Resource, arcgistest.ItemInfo, arcgistest.Export, arcgistest.Status, arcgistest.Delete, arcgistest.DeleteItems,
		arcgistest.Service, arcgistest.Layer, arcgistest.Query, arcgistest.Download} {
		if w.Count(name) == 0 {
			out = append(out, name)
		}
	}
	return out
}

// breaches are the kinds of what the portal noted that no client should do.
func (w *town) breaches() []string {
	kinds := []string{}
	for _, b := range w.Violations() {
		kind, _, _ := strings.Cut(b, ", for")
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
