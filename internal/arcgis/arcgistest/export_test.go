package arcgistest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

const mine = "/content/users/" + arcgistest.Admin

// begin asks for one export and gives the answer.
func (c *client) begin(id, format, title string) answer {
	c.t.Helper()
	return c.post(mine+"/export", "itemId", id, "exportFormat", format, "title", title, "tags", "mapkeep-1,copy")
}

// look asks once for the status of an export.
func (c *client) look(job map[string]any) answer {
	c.t.Helper()
	return c.get(fmt.Sprintf("%s/items/%v/status", mine, job["exportItemId"]), "jobId", job["jobId"].(string), "jobType", "export")
}

// words are what the status says, look by look, until it says a last word.
func (c *client) words(job map[string]any) []string {
	c.t.Helper()
	var out []string
	for range 20 {
		got := c.look(job)
		if got.json["error"] != nil {
			return append(out, fmt.Sprint("error ", got.code()))
		}
		out = append(out, fmt.Sprint(got.json["status"]))
		if w := strings.ToLower(out[len(out)-1]); w == "completed" || w == "failed" {
			return out
		}
	}
	return out
}

func TestExportIsRefused(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_publisher").User("tom", "t", "org_publisher")
	hers := s.Layer("Hers").Owner("rosa").Access("org")
	tiles := s.Tiles("Tiles")
	registered := s.ReferencedService("Registered", "Feature Service")
	file := s.File("a.pdf", "PDF")
	off := s.Layer("Off").ExtractOff()
	no := s.Layer("No").ExportRefused(500, "Subscription expired")
	p, c := start(t, s)
	for _, tc := range []struct {
		id, format string
		code       int
	}{
		{hers.ID, "Nonsense", 400}, {hers.ID, "Scene Package", 400}, {tiles.ID, "File Geodatabase", 400}, {registered.ID, "File Geodatabase", 400},
		{file.ID, "File Geodatabase", 400}, {off.ID, "File Geodatabase", 400}, {no.ID, "File Geodatabase", 500}, {"0123", "File Geodatabase", 400},
	} {
		if got := c.begin(tc.id, tc.format, "x"); got.code() != tc.code || got.status != 200 {
			t.Errorf("export of %s to %s: got %d %s, want code %d in HTTP 200", tc.id, tc.format, got.status, got.body, tc.code)
		}
	}
	if got := c.get(mine+"/export", "itemId", hers.ID).code(); got != 405 {
		t.Errorf("GET export: got code %d, want 405", got)
	}
	c.signIn(p.SecretOf("tom"))
	if got := c.post("/content/users/tom/export", "itemId", hers.ID, "exportFormat", "CSV", "title", "x").code(); got != 403 {
		t.Errorf("export of another's item: got code %d, want 403", got)
	}
	c.signIn(p.SecretOf("rosa"))
	c.must(c.post("/content/users/rosa/export", "itemId", hers.ID, "exportFormat", "csv", "title", "x"))
	if got := p.Exports(); len(got) != 1 || got[0].Owner != "rosa" {
		t.Errorf("exports: got %v, want the one of rosa", got)
	}
}

func TestExportItemIsThereAtOnceAndHalfBuilt(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail Map")
	_, c := start(t, s)
	job := c.must(c.begin(trail.ID, "File Geodatabase", "Trail: 1/2"))
	x := job["exportItemId"].(string)
	item := c.must(c.get("/content/items/" + x))
	want := map[string]any{"title": "Trail: 1/2", "name": "Trail_ 1_2.zip", "type": "File Geodatabase", "owner": arcgistest.Admin, "access": "private", "size": 0.0}
	for k, v := range want {
		if item[k] != v {
			t.Errorf("the new item's %s: got %v, want %v", k, item[k], v)
		}
	}
	if got := fmt.Sprint(item["tags"]); got != "[mapkeep-1 copy]" {
		t.Errorf("the new item's tags: got %s, want [mapkeep-1 copy]", got)
	}
	early := []string{c.get("/content/items/" + x + "/data").body, c.get("/content/items/" + x + "/data").body}
	if early[0] != "" || !strings.Contains(early[1], "does not have a file") {
		t.Errorf("/data while the export runs: got %q, want nothing and then an error", early)
	}
	if got := c.begin(trail.ID, "File Geodatabase", "Trail: 1/2"); got.code() != 409 || !strings.Contains(got.body, "CONT_0027") {
		t.Errorf("a second export of the same title: got %s, want 409 CONT_0027", got.body)
	}
	c.words(job)
	if got := c.must(c.get("/content/items/" + x))["size"].(float64); got <= 0 {
		t.Errorf("size after completion: got %v, want more than 0", got)
	}
}

func TestExportTroubles(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	for _, tc := range []struct {
		name  string
		item  *arcgistest.Item
		begin int // the code that the request is answered with, -1 for a broken connection
		words string
		again string // of a second export
	}{
		{"plain", s.Layer("a"), 0, "processing completed", "processing completed"},
		{"slow", s.Layer("b").ExportTakes(3), 0, "processing processing processing completed", ""},
		{"in its own words", s.Layer("c").ExportSays("partial", "Processing", "COMPLETED"), 0, "partial Processing COMPLETED", ""},
		{"fails once", s.Layer("d").ExportFails(1, "no room"), 0, "processing failed", "processing completed"},
		{"forgotten", s.Layer("e").ExportForgotten(), 0, "processing error 400", ""},
		{"poll errs once", s.Layer("f").StatusErrors(1), 0, "error 400", "processing completed"},
		{"hangs", s.Layer("g").ExportHangs(), 0, strings.TrimSpace(strings.Repeat("processing ", 20)), ""},
		{"answer lost", s.Layer("h").ExportAnswerLost(1), -1, "", ""},
		{"answer 504", s.Layer("i").ExportAnswer504(1), 504, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, c := start(t, s)
			got := c.begin(tc.item.ID, "File Geodatabase", "first")
			if tc.begin != 0 {
				if got.code() != tc.begin && got.status != tc.begin {
					t.Errorf("export: got %d %s, want %d", got.status, got.body, tc.begin)
				}
				if n := len(p.Exports()); n != 1 {
					t.Errorf("exports begun: got %d, want 1", n)
				}
				return
			}
			if got := strings.Join(c.words(c.must(got)), " "); got != tc.words {
				t.Errorf("status: got %q, want %q", got, tc.words)
			}
			if tc.again != "" {
				if got := strings.Join(c.words(c.must(c.begin(tc.item.ID, "File Geodatabase", "second"))), " "); got != tc.again {
					t.Errorf("status of the second export: got %q, want %q", got, tc.again)
				}
			}
		})
	}
}

func TestStatusErrsButTheExportLives(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail Map").StatusErrorButLives()
	p, c := start(t, s)
	job := c.must(c.begin(trail.ID, "File Geodatabase", "copy"))
	for range 3 {
		if got := c.look(job); got.code() != 400 {
			t.Fatalf("status: got %s, want code 400", got.body)
		}
	}
	x := job["exportItemId"].(string)
	if got, want := c.must(c.get("/content/items/" + x))["size"], float64(p.Content(trail.ID).Size()); got != want {
		t.Errorf("the item's size: got %v, want %v", got, want)
	}
	c.download(x)
}

func TestStatusByTheSourceItem(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail, other := s.Layer("Trail Map"), s.Layer("Other")
	_, c := start(t, s)
	job := c.must(c.begin(trail.ID, "File Geodatabase", "copy"))
	ask := func(id, job string) answer {
		return c.get(mine+"/items/"+id+"/status", "jobId", job, "jobType", "export")
	}
	if got := c.must(ask(trail.ID, job["jobId"].(string))); got["status"] != "processing" || got["itemId"] != job["exportItemId"] {
		t.Errorf("by the source: got %v, want processing of the export", got)
	}
	for _, wrong := range [][2]string{{other.ID, job["jobId"].(string)}, {trail.ID, "0"}, {job["exportItemId"].(string), "0"}, {"0", job["jobId"].(string)}} {
		if got := ask(wrong[0], wrong[1]).code(); got != 400 {
			t.Errorf("status of %v: got code %d, want 400", wrong, got)
		}
	}
}

func TestExportsByTheClockWaitForAPlace(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().ExportsAtOnce(2)
	var jobs []map[string]any
	var layers []*arcgistest.Item
	for i := range 3 {
		layers = append(layers, s.Layer(fmt.Sprint(i)).ExportSeconds(10))
	}
	p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
	for i, l := range layers {
		jobs = append(jobs, c.must(c.begin(l.ID, "File Geodatabase", fmt.Sprint("copy ", i))))
	}
	states := func() string {
		var out []string
		for _, j := range jobs {
			out = append(out, fmt.Sprint(c.look(j).json["status"]))
		}
		return strings.Join(out, " ")
	}
	for _, want := range []string{"processing processing processing", "completed completed processing", "completed completed completed"} {
		if got := states(); got != want {
			t.Errorf("states: got %s, want %s", got, want)
		}
		for _, item := range c.must(c.get(mine, "num", "100", "sortField", "created"))["items"].([]any)[3:] {
			i := item.(map[string]any)
			n, err := strconv.Atoi(strings.TrimPrefix(i["title"].(string), "copy "))
			if ready := i["size"].(float64) > 0; err != nil || ready != (strings.Fields(want)[n] == "completed") {
				t.Errorf("%v in the owner's content: got size %v, want one above 0 when completed", i["title"], i["size"])
			}
		}
		p.Advance(10 * time.Second)
	}
}

func TestFormatsBecomeTheirItems(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Road Network").Sublayer(0, "Streets", 9).Table(5, "Inspections", 2)
	scene, tiles := s.Scene("Scene"), s.Tiles("Tiles")
	_, c := start(t, s)
	for _, tc := range []struct{ id, format, kind, suffix, magic string }{
		{layer.ID, "File Geodatabase", "File Geodatabase", ".zip", "PK"}, {layer.ID, "shapefile", "Shapefile", ".zip", "PK"},
		{layer.ID, "CSV", "CSV Collection", ".zip", "PK"}, {layer.ID, "KML", "KML Collection", ".zip", "PK"}, {layer.ID, "Excel", "Microsoft Excel", ".xlsx", "PK"},
		{layer.ID, "GeoJson", "GeoJson", ".geojson", `{"type":"FeatureCollection"`}, {layer.ID, "geoPackage", "GeoPackage", ".gpkg", "SQLite format 3"},
		{scene.ID, "Scene Package", "Scene Package", ".slpk", "PK"}, {tiles.ID, "Vector Tile Package", "Vector Tile Package", ".vtpk", "PK"},
	} {
		x := c.export(tc.id, tc.format, "as "+tc.format)
		item := c.must(c.get("/content/items/" + x))
		if name, _ := item["name"].(string); item["type"] != tc.kind || !strings.HasSuffix(name, tc.suffix) {
			t.Errorf("%s: got type %v and name %v, want %s and …%s", tc.format, item["type"], name, tc.kind, tc.suffix)
		}
		if _, b := c.download(x); !strings.HasPrefix(string(b), tc.magic) {
			t.Errorf("%s: got %.30q, want %s…", tc.format, b, tc.magic)
		}
	}
	one := c.must(c.post(mine+"/export", "itemId", layer.ID, "exportFormat", "CSV", "title", "one", "exportParameters", `{"layers":[{"id":5}]}`))
	c.words(one)
	if _, b := c.download(one["exportItemId"].(string)); !strings.HasPrefix(string(b), "OBJECTID,") || strings.Count(string(b), "\n") != 3 {
		t.Errorf("CSV of one table: got %.200q, want a head and two rows", b)
	}
	collection := c.export(layer.ID, "Feature Collection", "collection")
	if got := c.must(c.get("/content/items/" + collection + "/data")); got["layers"] == nil {
		t.Errorf("feature collection: got %v, want layers inline", got)
	}
}

func TestDeleteAndTheRecycleBin(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail Map").DeleteFails(1).DeleteSaysFalse(1)
	kept := s.File("Budget.pdf", "PDF").Protected()
	p, c := start(t, s)
	x := c.export(trail.ID, "File Geodatabase", "copy")
	del := func(id string, pairs ...string) answer { return c.post(mine+"/items/"+id+"/delete", pairs...) }
	if got := del(x).code(); got != 500 {
		t.Errorf("first delete: got code %d, want 500", got)
	}
	if got := del(x).json["success"]; got != false {
		t.Errorf("second delete: got success %v, want false", got)
	}
	if got := c.must(del(x))["success"]; got != true {
		t.Errorf("third delete: got success %v, want true", got)
	}
	if got := p.Exports(); len(got) != 1 || !got[0].Recycled || got[0].Size == 0 {
		t.Errorf("after a delete that is not permanent: got %+v, want it in the recycle bin with its size", got)
	}
	if got := c.get("/content/items/" + x).code(); got != 400 {
		t.Errorf("a recycled item: got code %d, want 400", got)
	}
	c.must(c.get("/content/items/"+x, "inRecycleBin", "true"))
	if got := c.must(c.get(mine, "inRecycleBin", "true"))["total"]; got != 1.0 {
		t.Errorf("the owner's recycle bin: got %v items, want 1", got)
	}
	if got := c.must(c.get("/search", "q", "title:copy"))["total"]; got != 0.0 {
		t.Errorf("search for a recycled item: got %v hits, want 0", got)
	}
	c.must(del(x, "permanentDelete", "true"))
	if got := del(x, "permanentDelete", "true"); got.code() != 400 || !strings.Contains(got.body, "CONT_0001") {
		t.Errorf("delete of what is gone: got %s, want CONT_0001", got.body)
	}
	if got := del(kept.ID); got.code() != 400 || !strings.Contains(got.body, "Delete protection") {
		t.Errorf("delete of a protected item: got %s, want 400", got.body)
	}
	if got := p.Violations(); !slices.Contains(got, "delete of "+kept.ID+", which is no export") {
		t.Errorf("violations: got %v, want the delete of the file", got)
	}
	if got, want := p.Count(arcgistest.Delete, trail.ID), 5; got != want {
		t.Errorf("deletes about the layer's export: got %d, want %d", got, want)
	}
}

func TestDeleteManyAnswersForEach(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail Map")
	kept := s.File("Budget.pdf", "PDF").Protected()
	p, c := start(t, s)
	a, b := c.export(trail.ID, "CSV", "a"), c.export(trail.ID, "CSV", "b")
	var good []bool
	for _, r := range c.must(c.post(mine+"/deleteItems", "items", a+","+kept.ID+", "+b+",none", "permanentDelete", "true"))["results"].([]any) {
		good = append(good, r.(map[string]any)["success"].(bool))
	}
	if got := fmt.Sprint(good); got != "[true false true false]" || len(p.Exports()) != 0 {
		t.Errorf("deleteItems: got %s and %d exports left, want [true false true false] and none", got, len(p.Exports()))
	}
	if got := p.Count(arcgistest.Delete, trail.ID); got != 2 {
		t.Errorf("deletes about the layer's exports: got %d, want 2", got)
	}
	if got := c.post(mine+"/deleteItems", "items", strings.Repeat("x,", 100)+"x").code(); got != 400 {
		t.Errorf("101 items: got code %d, want 400", got)
	}
}

func TestThrottles(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	inside := s.Layer("a").Throttled(2)
	outside := s.Layer("b").ThrottledHTTP(1, 7*time.Second)
	awhile := s.Layer("c").ThrottledFor(3 * time.Second)
	p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
	for range 2 {
		if got := c.get("/content/items/" + inside.ID); got.status != 200 || got.code() != 429 || !strings.Contains(got.body, "Retry after 60 sec.") {
			t.Errorf("throttled: got %d %s, want code 429 and 60 seconds in HTTP 200", got.status, got.body)
		}
	}
	c.must(c.get("/content/items/" + inside.ID))
	res := c.do(http.MethodGet, "/content/items/"+outside.ID, fields(nil))
	c.read(res)
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "7" {
		t.Errorf("throttled in HTTP: got %d, Retry-After %q, want 429 and 7", res.StatusCode, res.Header.Get("Retry-After"))
	}
	c.get("/content/items/" + awhile.ID)
	p.Advance(time.Second)
	if got := c.begin(awhile.ID, "CSV", "x"); got.code() != 429 || !strings.Contains(got.body, "Retry after 2 sec.") {
		t.Errorf("throttled for a while: got %s, want 2 seconds more", got.body)
	}
	p.Advance(2 * time.Second)
	c.must(c.begin(awhile.ID, "CSV", "x"))
	p.ThrottleAll(time.Minute)
	if got := c.get("/search", "q", "x").code(); got != 429 {
		t.Errorf("the organization throttled: got code %d, want 429", got)
	}
}
