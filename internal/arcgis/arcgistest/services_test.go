package arcgistest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// at asks a service: address, parameters.
func (c *client) at(address string, pairs ...string) answer {
	c.t.Helper()
	return c.read(c.do(http.MethodGet, address, fields(pairs)))
}

// url is an item's address as its JSON says it.
func (c *client) url(id string) string {
	c.t.Helper()
	return c.must(c.get("/content/items/" + id))["url"].(string)
}

func TestFeatureService(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_user")
	roads := s.Layer("Road Network").Sublayer(0, "Streets", 3000).Sublayer(7, "Bridges", 14).Table(9, "Inspections", 2)
	off := s.Layer("Off").ExtractOff()
	p, c := start(t, s)
	address := c.url(roads.ID)
	if !strings.HasPrefix(address, p.ServicesURL) || !strings.HasSuffix(address, "/FeatureServer") {
		t.Fatalf("url: got %s, want a FeatureServer at %s", address, p.ServicesURL)
	}
	service := c.must(c.at(address))
	var ids []string
	for _, key := range []string{"layers", "tables"} {
		for _, l := range service[key].([]any) {
			ids = append(ids, fmt.Sprint(l.(map[string]any)["id"]))
		}
	}
	if got := strings.Join(ids, ","); got != "0,7,9" || service["serviceItemId"] != roads.ID {
		t.Errorf("service: got layers and tables %s of %v, want 0,7,9 of %s", got, service["serviceItemId"], roads.ID)
	}
	if got := c.must(c.at(c.url(off.ID)))["capabilities"]; got != "Query" {
		t.Errorf("capabilities with Extract off: got %v, want Query", got)
	}
	if got := c.must(c.at(address+"/0/query", "where", "1=1", "returnCountOnly", "true"))["count"]; got != 3000.0 {
		t.Errorf("count: got %v, want 3000", got)
	}
	page := c.must(c.at(address+"/0/query", "where", "1=1", "resultOffset", "0"))
	if n := len(page["features"].([]any)); n != 2000 || page["exceededTransferLimit"] != true {
		t.Errorf("first page: got %d features, exceeded %v, want 2000 and more", n, page["exceededTransferLimit"])
	}
	res := c.do(http.MethodGet, address, fields(nil))
	c.read(res)
	if got := res.Header.Get("x-esri-org-request-units-per-min"); !strings.HasSuffix(got, ";max=10000") {
		t.Errorf("meter: got %q, want usage and max", got)
	}
	for path, code := range map[string]int{"/1": 400, "/sources": 400, "/0/query": 400} {
		if got := c.at(address + path).code(); got != code {
			t.Errorf("%s: got code %d, want %d", path, got, code)
		}
	}
	c.signIn(p.SecretOf("rosa"))
	if got := c.at(address).code(); got != 403 {
		t.Errorf("another's private service: got code %d, want 403", got)
	}
	c.token = ""
	if got := c.at(address).code(); got != 499 {
		t.Errorf("without a token: got code %d, want 499", got)
	}
	if got := c.at(address, "token", "wrong").code(); got != 498 {
		t.Errorf("with a wrong token: got code %d, want 498", got)
	}
}

func TestTokenAtAStrangersHostIsNoticed(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	registered := s.ReferencedService("Flood zones", "Map Service")
	p, c := start(t, s)
	address := c.url(registered.ID)
	if !strings.HasPrefix(address, p.StrangerURL) {
		t.Fatalf("url: got %s, want one at %s", address, p.StrangerURL)
	}
	c.at(address)
	if got := p.Violations(); len(got) != 1 {
		t.Errorf("violations: got %q, want one", got)
	}
}

func TestEditsMoveWhatTheyShould(t *testing.T) {
	t.Parallel()
	for _, asleep := range []bool{false, true} {
		s := arcgistest.NewScenario()
		if asleep {
			s.ViewsKeepTheirDate()
		}
		roads := s.Layer("Road Network").Sublayer(0, "Streets", 3).Table(4, "Inspections", 2)
		view := s.View("View", roads)
		undated := s.Layer("Undated").NoEditingInfo()
		p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
		edited := func(id, layer string) any {
			info, _ := c.must(c.at(c.url(id) + "/" + layer))["editingInfo"].(map[string]any)
			return info["lastEditDate"]
		}
		modified := func(id string) any { return c.must(c.get("/content/items/" + id))["modified"] }
		street, table, seen, item := edited(roads.ID, "0"), edited(roads.ID, "4"), edited(view.ID, "4"), modified(roads.ID)
		before, viewed := p.Content(roads.ID).Bytes(), p.Content(view.ID).Bytes()
		p.EditFeatures(roads.ID)
		if edited(roads.ID, "0") != street || edited(roads.ID, "4") == table || modified(roads.ID) != item {
			t.Errorf("after EditFeatures: want the last table's date moved, not the layer's nor the item's")
		}
		if moved := edited(view.ID, "4") != seen; moved == asleep {
			t.Errorf("the view's date moved: got %v, want %v", moved, !asleep)
		}
		if string(before) == string(p.Content(roads.ID).Bytes()) || string(viewed) == string(p.Content(view.ID).Bytes()) {
			t.Error("after EditFeatures: got the same content, want another")
		}
		sources := c.must(c.at(c.url(view.ID) + "/sources"))
		if got := sources["services"].([]any)[0].(map[string]any)["serviceItemId"]; got != roads.ID {
			t.Errorf("the view's source: got %v, want %s", got, roads.ID)
		}
		if got := edited(undated.ID, "0"); got != nil {
			t.Errorf("a layer that says nothing: got %v, want nothing", got)
		}
	}
}

func TestEditsBetweenNights(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_user")
	file := s.File("Budget.pdf", "PDF").Tags("backup")
	text := s.Text("Map", "Web Map", `{"a":1}`)
	p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
	item := func(id string) map[string]any { return c.must(c.get("/content/items/" + id)) }
	p.Advance(24 * time.Hour)
	c.signIn(p.Secret())
	p.Rename(file.ID, "Budget 2027")
	p.Retag(file.ID, "parks")
	p.Reassign(file.ID, "rosa")
	p.Protect(file.ID, true)
	p.ReplaceFile(file.ID, []byte("%PDF-1.7 new"))
	p.ReplaceFile(text.ID, []byte(`{"a":2}`))
	got := item(file.ID)
	for k, want := range map[string]any{"title": "Budget 2027", "name": "Budget.pdf", "owner": "rosa", "protected": true, "size": 12.0, "modified": float64(morning.Add(24 * time.Hour).UnixMilli())} {
		if got[k] != want {
			t.Errorf("the file's %s: got %v, want %v", k, got[k], want)
		}
	}
	if got := c.get("/content/items/" + text.ID + "/data").body; got != `{"a":2}` {
		t.Errorf("the text: got %s, want the new one", got)
	}
	if got := c.must(c.get("/search", "q", "tags:parks owner:rosa"))["total"]; got != 1.0 {
		t.Errorf("search for the new tag and owner: got %v hits, want 1", got)
	}
	p.Add(arcgistest.NewScenario().Layer("New").As(strings.Repeat("a", 32)).Tags("parks"))
	if got := c.must(c.get("/search", "q", "tags:parks"))["total"]; got != 2.0 {
		t.Errorf("search after Add: got %v hits, want 2", got)
	}
	p.Remove(file.ID)
	if got := c.get("/content/items/" + file.ID).code(); got != 400 {
		t.Errorf("a removed item: got code %d, want 400", got)
	}
	p.SetPassword(arcgistest.Admin, "another")
	if got := c.post("/generateToken", "username", p.Username, "password", "correct horse battery staple", "referer", "x").code(); got != 400 {
		t.Errorf("the old password: got code %d, want 400", got)
	}
	c.signIn(p.Secret())
}

func TestFoldersOfAUser(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_user")
	for i := range 25 {
		s.Layer(fmt.Sprint("Root ", i))
	}
	s.Layer("Inside").Folder("Work")
	p, c := start(t, s)
	first := c.must(c.get(mine, "num", "20"))
	folders := first["folders"].([]any)
	if first["total"] != 25.0 || first["num"] != 20.0 || first["nextStart"] != 21.0 || len(folders) != 1 {
		t.Fatalf("root: got total %v, num %v, nextStart %v, %d folders, want 25, 20, 21, 1", first["total"], first["num"], first["nextStart"], len(folders))
	}
	if last := c.must(c.get(mine, "num", "20", "start", "21")); last["num"] != 5.0 || last["nextStart"] != -1.0 {
		t.Errorf("second page: got num %v, nextStart %v, want 5 and -1", last["num"], last["nextStart"])
	}
	inside := c.must(c.get(mine + "/" + folders[0].(map[string]any)["id"].(string)))
	item := inside["items"].([]any)[0].(map[string]any)
	if item["title"] != "Inside" || item["ownerFolder"] != folders[0].(map[string]any)["id"] {
		t.Errorf("folder: got %v in %v, want Inside in its folder", item["title"], item["ownerFolder"])
	}
	c.signIn(p.SecretOf("rosa"))
	if got := c.get(mine).code(); got != 403 {
		t.Errorf("another's content: got code %d, want 403", got)
	}
}
