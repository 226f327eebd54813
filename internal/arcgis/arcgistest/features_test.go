package arcgistest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	roads := s.Layer("Road Network").Sublayer(0, "Streets", 3000).Table(9, "Inspections", 2)
	_, c := start(t, s)
	address := c.url(roads.ID)
	for _, tc := range []struct {
		layer int
		query []string
		want  string // first and last id, number, and whether there is more
	}{
		{0, []string{"where", "1=1"}, "1 2000 2000 true"},
		{0, []string{"where", "1=1", "resultOffset", "2000"}, "2001 3000 1000 <nil>"},
		{0, []string{"where", "1=1", "resultOffset", "10", "resultRecordCount", "5"}, "11 15 5 true"},
		{0, []string{"where", "objectid >= 2999 AND 1=1"}, "2999 3000 2 <nil>"},
		{0, []string{"where", "OBJECTID<>1 and OBJECTID < 4"}, "2 3 2 <nil>"},
		{0, []string{"where", "OBJECTID = 7"}, "7 7 1 <nil>"},
		{0, []string{"where", "1=0"}, "none"},
		{0, []string{"objectIds", "5,3000,3001"}, "5 3000 2 <nil>"},
		{0, []string{"objectIds", "5,6", "where", "OBJECTID > 5"}, "6 6 1 <nil>"},
		{9, []string{"where", "1=1"}, "1 2 2 <nil>"},
		{0, []string{"where", "name = 'x'"}, "400"},
		{0, []string{"where", "OBJECTID > 5 OR 1=1"}, "400"},
		{0, nil, "400"},
	} {
		a := c.at(fmt.Sprintf("%s/%d/query", address, tc.layer), tc.query...)
		got := fmt.Sprint(a.code())
		if rows, ok := a.json["features"].([]any); ok && len(rows) == 0 {
			got = "none"
		} else if ok {
			id := func(row any) any { return row.(map[string]any)["attributes"].(map[string]any)["OBJECTID"] }
			got = fmt.Sprint(id(rows[0]), id(rows[len(rows)-1]), len(rows), " ", a.json["exceededTransferLimit"])
		}
		if got != tc.want {
			t.Errorf("query of layer %d with %q: got %s, want %s", tc.layer, tc.query, got, tc.want)
		}
	}
	page := c.must(c.at(address+"/9/query", "where", "1=1"))
	if page["geometryType"] != nil || page["features"].([]any)[0].(map[string]any)["geometry"] != nil {
		t.Errorf("query of a table: got %v, want no geometry", page)
	}
	all := c.must(c.at(address + "/layers"))
	if len(all["layers"].([]any)) != 1 || len(all["tables"].([]any)) != 1 {
		t.Errorf("layers: got %v, want a layer and a table", all)
	}
}

func TestFilesBesideTheData(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	story := s.Text("Story", "StoryMap", "{}").Resource("images/a b.png", 700).Thumbnail()
	p, c := start(t, s)
	item := c.must(c.get("/content/items/" + story.ID))
	for path, want := range map[string]*arcgistest.Content{
		"/resources/images/a%20b.png":         p.Beside(story.ID, "images/a b.png"),
		"/info/" + item["thumbnail"].(string): p.Beside(story.ID, item["thumbnail"].(string)),
	} {
		if got := c.get("/content/items/" + story.ID + path); want == nil || got.body != string(want.Bytes()) {
			t.Errorf("%s: got %d bytes, want those of %v", path, len(got.body), want)
		}
	}
	res := c.do(http.MethodGet, p.URL+"//sharing/rest/content/items/"+story.ID+"/resources/images/a%20b.png", fields(nil))
	if got := c.read(res); res.StatusCode != 200 || got.body != string(p.Beside(story.ID, "images/a b.png").Bytes()) {
		t.Errorf("with a slash too many: got %s and %d bytes, want the file", res.Status, len(got.body))
	}
	for _, path := range []string{"/resources/none.png", "/info/metadata/metadata.xml"} {
		if got := c.get("/content/items/" + story.ID + path).code(); got != 400 {
			t.Errorf("%s: got code %d, want 400", path, got)
		}
	}
	if got := p.Beside(story.ID, "none.png"); got != nil {
		t.Errorf("Beside of nothing: got %v, want nil", got)
	}
}

func TestAnExportHoldsWhatAQueryGives(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail Map").Rows(3)
	view := s.View("Trails for all", trail)
	p, c := start(t, s)
	before := c.rowsOf(trail.ID)
	p.EditFeatures(trail.ID)
	if before == c.rowsOf(trail.ID) {
		t.Errorf("rows after an edit: got %s as before, want others", before)
	}
	for _, i := range []*arcgistest.Item{trail, view} {
		_, data := c.download(c.export(i.ID, "GeoJson", "rows of "+i.ID))
		var got struct {
			Features []struct {
				Properties struct{ Name string }
				Geometry   struct{ Coordinates [2]float64 }
			}
		}
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		rows := ""
		for _, f := range got.Features {
			rows += fmt.Sprintf("%s %.6f %.6f\n", f.Properties.Name, f.Geometry.Coordinates[0], f.Geometry.Coordinates[1])
		}
		if want := c.rowsOf(trail.ID); rows != want || c.rowsOf(i.ID) != want {
			t.Errorf("rows of %s: exported\n%squeried\n%swant\n%s", i.ID, rows, c.rowsOf(i.ID), want)
		}
	}
}

// rowsOf are the rows of a service's first layer as a query gives them.
func (c *client) rowsOf(id string) string {
	c.t.Helper()
	out := ""
	for _, f := range c.must(c.at(c.url(id)+"/0/query", "where", "1=1"))["features"].([]any) {
		f := f.(map[string]any)
		at := f["geometry"].(map[string]any)
		out += fmt.Sprintf("%s %.6f %.6f\n", f["attributes"].(map[string]any)["name"], at["x"], at["y"])
	}
	return out
}
