package arcgistest_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// titles are the titles of a page of results, sorted.
func titles(page map[string]any) []string {
	out := []string{}
	for _, r := range page["results"].([]any) {
		out = append(out, r.(map[string]any)["title"].(string))
	}
	sort.Strings(out)
	return out
}

func TestSearchLanguage(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_publisher")
	s.Layer("Parks").Tags("backup", "parks").Owner("rosa")
	s.Layer("Forest fires").Tags("Backups")
	s.Text("Town", "Web Map", "{}").Tags("no backup")
	s.Text("App", "Web Mapping Application", "{}").Tags("other")
	_, c := start(t, s)
	day := time.Date(2024, 3, 1, 6, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ q, filter, want string }{
		{`tags:"backup"`, "", "Forest fires,Parks,Town"},
		{`tags:BACKUP`, "", "Forest fires,Parks,Town"},
		{`tags:backup AND type:"Feature Service"`, "", "Forest fires,Parks"},
		{`tags:backup type:"Feature Service"`, "", "Forest fires,Parks"},
		{`tags:backup -type:"Feature Service"`, "", "Town"},
		{`tags:backup NOT owner:rosa`, "", "Forest fires,Town"},
		{`owner:Rosa`, "", ""},
		{`(tags:other OR owner:rosa) AND orgid:q7zPNeKmTWeh7Aor`, "", "App,Parks"},
		{`tags:(other OR parks)`, "", "App,Parks"},
		{`fire`, "", "Forest fires"},
		{`type:"Web Map"`, "", "App,Town"},
		{`no backup`, "", "Town"},
		{`"backup no"`, "", ""},
		{`for*`, "", "Forest fires"},
		{fmt.Sprintf("created:[%d TO %d]", day.UnixMilli(), day.Add(time.Hour).UnixMilli()), "", "Forest fires,Parks"},
		{fmt.Sprintf("uploaded:[000000%d TO *]", day.Add(2*time.Hour).UnixMilli()), "", "App,Town"},
		{"", `tags:"backup"`, "Parks"},
		{`tags:backup`, `tags:"Backups" OR type:"Web Map"`, "Forest fires,Town"},
		{`group:0123`, "", ""},
	} {
		pairs := []string{"num", "100"}
		if tc.q != "" {
			pairs = append(pairs, "q", tc.q)
		}
		if tc.filter != "" {
			pairs = append(pairs, "filter", tc.filter)
		}
		if got := strings.Join(titles(c.must(c.get("/search", pairs...))), ","); got != tc.want {
			t.Errorf("search q=%s filter=%s: got %s, want %s", tc.q, tc.filter, got, tc.want)
		}
	}
	for _, q := range []string{"", `tags:"backup`, "(a", "created:[1 2]", "a AND", strings.Repeat("a", 10<<10+1)} {
		if got := c.post("/search", "q", q).code(); got != 400 {
			t.Errorf("search q=%.20s: got code %d, want 400", q, got)
		}
	}
}

func TestSearchTakesAnyText(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	s.Layer("Trail Map").Tags("backup")
	_, c := start(t, s)
	for _, q := range []string{":", "a:", "a:b:c", "]", "}", "[", "\"", "()", "(", ")", "-", "NOT", "OR a", "a OR", "a AND AND b", "+a", "-(a OR b)", "tags:*", "*", "à\u00a0b", "tags:\"\"",
		"created:5", "created:[* TO *]", "size:[a TO b]", "\x00", "\xff", "ing", "ss", strings.Repeat("(", 5000), strings.Repeat("-", 5000), "{x}", "tags:[a TO b]", "títulos ΑΒΓ"} {
		if got := c.get("/search", "q", q); got.json == nil || got.json["results"] == nil && got.code() != 400 {
			t.Errorf("search q=%.20q: got %d %.100s, want results or code 400", q, got.status, got.body)
		}
	}
}

func TestSearchShowsWhatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().User("rosa", "r", "org_user")
	s.Layer("Public").Tags("x").Access("public")
	s.Layer("Org").Tags("x").Access("org")
	s.Layer("Private").Tags("x")
	s.Layer("Hers").Tags("x").Owner("rosa")
	p, c := start(t, s)
	if got := titles(c.must(c.get("/search", "q", "tags:x"))); len(got) != 4 {
		t.Errorf("the administrator: got %v, want all four", got)
	}
	c.signIn(p.SecretOf("rosa"))
	if got := strings.Join(titles(c.must(c.get("/search", "q", "tags:x"))), ","); got != "Hers,Org,Public" {
		t.Errorf("rosa: got %s, want Hers,Org,Public", got)
	}
	c.token = ""
	page := c.must(c.get("/search", "q", "tags:x"))
	if got := strings.Join(titles(page), ","); got != "Public" {
		t.Errorf("nobody: got %s, want Public", got)
	}
	if hit := page["results"].([]any)[0].(map[string]any); hit["protected"] != nil || hit["ownerFolder"] != nil {
		t.Errorf("a hit: got protected %v and ownerFolder %v, want neither", hit["protected"], hit["ownerFolder"])
	}
}

func TestSearchPagesTenThousandAndNoMore(t *testing.T) {
	t.Parallel()
	s, err := arcgistest.Named("many:10050")
	if err != nil {
		t.Fatal(err)
	}
	_, c := start(t, s)
	seen := map[string]bool{}
	next := 1.0
	for next > 0 {
		page := c.must(c.get("/search", "q", "tags:backup", "num", "500", "start", fmt.Sprint(int(next)), "sortField", "created"))
		if got := page["total"]; got != 10050.0 {
			t.Fatalf("total from %v: got %v, want 10050", next, got)
		}
		for _, r := range page["results"].([]any) {
			seen[r.(map[string]any)["id"].(string)] = true
		}
		next = page["nextStart"].(float64)
	}
	if len(seen) != 10000 {
		t.Errorf("ids on all pages: got %d, want 10000 of 10050", len(seen))
	}
	if got := c.must(c.get("/search", "q", "tags:backup", "start", "-1")); len(got["results"].([]any)) != 0 {
		t.Errorf("start=-1: got %v results, want none", got["num"])
	}
}

func TestSearchOrderMovesUnlessSorted(t *testing.T) {
	t.Parallel()
	s, err := arcgistest.Named("many:300")
	if err != nil {
		t.Fatal(err)
	}
	_, c := start(t, s)
	order := func(pairs ...string) string {
		var ids []string
		for _, r := range c.must(c.get("/search", append([]string{"q", "tags:backup", "num", "100"}, pairs...)...))["results"].([]any) {
			ids = append(ids, r.(map[string]any)["id"].(string))
		}
		return strings.Join(ids, " ")
	}
	for _, tc := range []struct {
		name  string
		pairs []string
		same  bool
	}{
		{"without sortField", nil, false}, {"by what is the same for all", []string{"sortField", "avgRating"}, false}, {"by created", []string{"sortField", "created"}, true},
	} {
		first, second := order(tc.pairs...), order(tc.pairs...)
		if (first == second) != tc.same {
			t.Errorf("two calls %s: got the same order %v, want %v", tc.name, first == second, tc.same)
		}
	}
}

func TestSearchLagsBehindTheContent(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario().IndexLag(10 * time.Second)
	trail := s.Layer("Trail Map").Tags("backup")
	p, c := start(t, s, arcgistest.WithClock(arcgistest.At(morning)))
	count := func(q string) float64 { return c.must(c.get("/search", "q", q))["total"].(float64) }
	c.export(trail.ID, "File Geodatabase", "copy")
	if got := count("title:copy"); got != 0 {
		t.Errorf("a new item at once: got %v hits, want 0", got)
	}
	list := c.must(c.get("/content/users/" + arcgistest.Admin))
	if got := list["total"]; got != 2.0 {
		t.Errorf("the owner's content at once: got %v items, want 2", got)
	}
	p.Remove(trail.ID)
	if got := count(`title:"Trail Map"`); got != 1 {
		t.Errorf("a deleted item at once: got %v hits, want 1", got)
	}
	p.Advance(10 * time.Second)
	if a, b := count("title:copy"), count(`title:"Trail Map"`); a != 1 || b != 0 {
		t.Errorf("after the lag: got %v and %v hits, want 1 and 0", a, b)
	}
}
