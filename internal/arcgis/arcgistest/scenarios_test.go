package arcgistest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// backup copies one item as a patient client does, each call asked again up
// to six times, and gives the bytes.
func (c *client) backup(id string) ([]byte, error) {
	var last string
	try := func(what string, do func() (answer, bool)) (answer, error) {
		for range 40 {
			a, ok := do()
			if ok {
				return a, nil
			}
			if last = fmt.Sprintf("%s: %d %.200s", what, a.status, a.body); a.code() == 498 {
				c.signIn(c.p.Secret())
			}
			c.p.Advance(time.Second)
		}
		return answer{}, fmt.Errorf("%s", last)
	}
	good := func(a answer) (answer, bool) { return a, a.status == 200 && a.json != nil && a.json["error"] == nil }
	item, err := try("item", func() (answer, bool) { return good(c.get("/content/items/" + id)) })
	if err != nil {
		return nil, err
	}
	owner := item.json["owner"].(string)
	format := map[any]string{"Feature Service": "File Geodatabase", "Scene Service": "Scene Package", "Vector Tile Service": "Vector Tile Package"}[item.json["type"]]
	if format == "" || !slices.Contains(item.json["typeKeywords"].([]any), any("Hosted Service")) {
		return c.fetch(id)
	}
	want := c.p.Content(id).Size()
	for attempt := range 40 {
		title := fmt.Sprintf("copy of %s %d", id, attempt)
		job := c.post("/content/users/"+owner+"/export", "itemId", id, "exportFormat", format, "title", title)
		if job, ok := good(job); ok {
			x := job.json["exportItemId"].(string)
			status, err := try("status", func() (answer, bool) {
				a, ok := good(c.get("/content/users/"+owner+"/items/"+x+"/status", "jobId", job.json["jobId"].(string), "jobType", "export"))
				return a, ok && (strings.EqualFold(fmt.Sprint(a.json["status"]), "completed") || a.json["status"] == "failed")
			})
			if err == nil && status.json["status"] != "failed" {
				if b, err := c.fetch(x); err == nil && int64(len(b)) == want {
					return b, nil
				}
			}
			last = fmt.Sprint("export ", status.body, err)
		} else if last = job.body; job.code() == 498 {
			c.signIn(c.p.Secret())
		}
		c.p.Advance(time.Second)
	}
	return nil, fmt.Errorf("export: %s", last)
}

// fetch reads /data to its end.
func (c *client) fetch(id string) ([]byte, error) {
	var last string
	for range 10 {
		res := c.do(http.MethodGet, "/content/items/"+id+"/data", nil)
		link := res.Header.Get("Location")
		a := c.read(res)
		if link != "" {
			a = c.read(c.do(http.MethodGet, link, nil))
			if a.status == 200 {
				return []byte(a.body), nil
			}
		} else if a.status == 200 && (a.code() == 0 || len(a.json) > 1) && !strings.HasPrefix(a.body, "<!DOCTYPE") && a.body != "" {
			return []byte(a.body), nil
		}
		if last = fmt.Sprintf("%d %.200s", a.status, a.body); a.code() == 498 {
			c.signIn(c.p.Secret())
		}
		c.p.Advance(time.Second)
	}
	return nil, fmt.Errorf("data: %s", last)
}

// selected are the ids of the items that a scenario's settings choose.
func selected(p *arcgistest.Portal, s *arcgistest.Scenario) []string {
	var ids []string
	for _, i := range p.Items() {
		if slices.ContainsFunc(i.Tags, func(tag string) bool { return slices.Contains(s.BackupTags, tag) }) {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

func TestWhatShouldEndWellCanBeBackedUp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"demo", "odd", "many:60", "many:20:1s", "lookalike", "flaky"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := arcgistest.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
			ids := selected(p, s)
			if len(ids) == 0 {
				t.Fatal("no item is selected")
			}
			for _, id := range ids {
				want := p.Content(id)
				if want == nil {
					continue
				}
				if got, err := c.backup(id); err != nil || !bytes.Equal(got, want.Bytes()) {
					t.Errorf("backup of %s: got %d bytes, %v, want %d", id, len(got), err, want.Size())
				}
			}
		})
	}
}

func TestScenariosAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, name := range arcgistest.Names() {
		var before []arcgistest.Listed
		for range 2 {
			s, err := arcgistest.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			p := arcgistest.Start(s)
			items := p.Items()
			p.Close()
			if before != nil && fmt.Sprint(items) != fmt.Sprint(before) {
				t.Errorf("%s: got other items the second time", name)
			}
			before = items
		}
	}
	for _, name := range []string{"none", "demo:3", "many:x", "many:-1", "many:3:x", "many:3:1s:4"} {
		if _, err := arcgistest.Named(name); err == nil {
			t.Errorf("Named(%q): got a scenario, want an error", name)
		}
	}
}

func TestLookalikesAreFoundAndNothingElse(t *testing.T) {
	t.Parallel()
	s, err := arcgistest.Named("lookalike")
	if err != nil {
		t.Fatal(err)
	}
	p, c := start(t, s)
	if got := len(selected(p, s)); got != 4 {
		t.Errorf("items with the very tag: got %d, want 4", got)
	}
	if got := c.must(c.get("/search", "q", `tags:"backup"`))["total"].(float64); got < 10 {
		t.Errorf("hits of a search for the tag: got %v, want 10 and more", got)
	}
}

func TestFiftyClientsAtOnce(t *testing.T) {
	t.Parallel()
	s, err := arcgistest.Named("many:50")
	if err != nil {
		t.Fatal(err)
	}
	p, c := start(t, s)
	var all sync.WaitGroup
	for _, id := range selected(p, s) {
		all.Go(func() {
			one := newClient(t, p)
			one.token = c.token
			p.EditItem(id)
			if _, err := one.backup(id); err != nil {
				t.Errorf("backup of %s: %v", id, err)
			}
			one.get("/search", "q", "tags:backup")
			p.Items()
		})
	}
	all.Wait()
	if got, want := p.Count(arcgistest.Export), 40; got != want {
		t.Errorf("exports: got %d, want %d", got, want)
	}
}

func TestEnterpriseStreamsFilesItself(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().Enterprise()
	trail := s.Layer("Trail Map").CutDownloads(1)
	p, c := start(t, s)
	if self := c.must(c.get("/portals/self")); self["isPortal"] != true || self["recycleBinSupported"] != nil || !strings.HasSuffix(p.URL, "/portal") {
		t.Errorf("portals/self at %s: got isPortal %v, recycleBinSupported %v, want true and none", p.URL, self["isPortal"], self["recycleBinSupported"])
	}
	x := c.export(trail.ID, "File Geodatabase", "copy")
	if got := c.get("/content/items/" + x + "/data").status; got != -1 {
		t.Errorf("first download: got %d, want it to break", got)
	}
	if got := c.get("/content/items/" + x + "/data").body; got != string(p.Content(trail.ID).Bytes()) {
		t.Errorf("second download: got %d other bytes, want the export", len(got))
	}
	c.must(c.post(mine + "/items/" + x + "/delete"))
	if got := p.Exports(); len(got) != 0 {
		t.Errorf("exports after a delete without a bin: got %v, want none", got)
	}
}
