package arcgis_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	born := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	var want []string
	for i := range 250 {
		item := s.File(fmt.Sprintf("File %d", i), "PDF").Tags("backup").Created(born.Add(time.Duration(i/7) * time.Second))
		want = append(want, item.ID)
	}
	s.File("other", "PDF").Tags("something else")
	p := start(t, s)
	got, total, err := client(t, p).Search(t.Context(), arcgis.Query{Tag: "backup"})
	if err != nil || total != 250 || len(got) != 250 {
		t.Fatalf("Search() = %d items, %d, %v, want 250", len(got), total, err)
	}
	if !slices.IsSortedFunc(got, func(a, b arcgis.Item) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	}) {
		t.Error("Search() is not in order of creation, then id")
	}
	for _, i := range got {
		if !slices.Contains(want, i.ID) || i.Created.IsZero() || !slices.Equal(i.Tags, []string{"backup"}) {
			t.Errorf("Search() gives %+v", i)
		}
	}
}

func TestSearchFindsNothing(t *testing.T) {
	t.Parallel()
	p := start(t, arcgistest.NewScenario())
	got, total, err := client(t, p).Search(t.Context(), arcgis.Query{Tag: "backup"})
	if len(got) != 0 || total != 0 || err != nil {
		t.Errorf("Search() = %v, %d, %v, want nothing", got, total, err)
	}
}

func TestMarked(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	mine := s.File("mine", "PDF").Tags("mapkeep-0123456789ab")
	s.File("alike", "PDF").Tags("mapkeep-0123456789AB", "no mapkeep-0123456789ab")
	p := start(t, s)
	got, err := client(t, p).Marked(t.Context(), "", "mapkeep-0123456789ab")
	if err != nil || len(got) != 1 || got[0].ID != mine.ID {
		t.Errorf("Marked() = %+v, %v, want %s alone", got, err, mine.ID)
	}
}

// index is a portal that holds nothing but a search index, with the habits
// that a table of answers can't show.
type index struct {
	created  []int64                        // of each item; its id is its place
	loses    func(ask int, ids []int) []int // what a page leaves out or shows twice
	total    func(ask, total int) int
	spins    bool // hits created at the same time come in another order each time
	shortest int  // the most hits of a page, 100 when 0
	asks     atomic.Int64
}

var between = regexp.MustCompile(`created:\[(\d+) TO (\d+)\]`)

func (x *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ask := int(x.asks.Add(1))
	low, high := int64(0), int64(1)<<62
	if m := between.FindStringSubmatch(r.FormValue("q")); m != nil {
		low, _ = strconv.ParseInt(m[1], 10, 64)
		high, _ = strconv.ParseInt(m[2], 10, 64)
	}
	var ids []int
	for i, c := range x.created {
		if c >= low && c <= high {
			ids = append(ids, i)
		}
	}
	slices.SortStableFunc(ids, func(a, b int) int { return int(x.created[a] - x.created[b]) })
	if r.FormValue("sortOrder") == "desc" {
		slices.Reverse(ids)
	}
	if r.FormValue("sortField") == "created" && x.spins { // equals in any order
		rand.New(rand.NewPCG(uint64(ask), 0)).Shuffle(len(ids), func(i, j int) {
			if x.created[ids[i]] == x.created[ids[j]] {
				ids[i], ids[j] = ids[j], ids[i]
			}
		})
	}
	total := len(ids)
	if x.total != nil {
		total = x.total(ask, total)
	}
	start, _ := strconv.Atoi(r.FormValue("start"))
	num, _ := strconv.Atoi(r.FormValue("num"))
	if x.shortest > 0 {
		num = min(num, x.shortest)
	}
	next := start + num
	if start+num > 10_001 {
		ids = nil
	}
	ids = ids[min(len(ids), start-1):min(len(ids), start-1+num)]
	if next > total {
		next = -1
	}
	if x.loses != nil {
		ids = x.loses(ask, ids)
	}
	hits := []map[string]any{}
	for _, id := range ids {
		hits = append(hits, map[string]any{"id": fmt.Sprintf("%032x", id), "created": x.created[id], "title": nil, "tags": "backup, parks"})
	}
	json.NewEncoder(w).Encode(map[string]any{"total": total, "start": start, "num": len(hits), "nextStart": next, "results": hits})
}

func TestSearchInWindows(t *testing.T) {
	t.Parallel()
	x := &index{}
	for i := range 25_000 { // a burst in which many share a millisecond, then a long tail
		if i < 15_000 {
			x.created = append(x.created, 1_600_000_000_000+int64(i/1000))
		} else {
			x.created = append(x.created, 1_600_000_000_000+int64(i)*60_000)
		}
	}
	got, total, err := serve(t, x.ServeHTTP).Search(t.Context(), arcgis.Query{Tag: "backup", Org: "org1"})
	if err != nil || total != 25_000 || len(got) != 25_000 {
		t.Fatalf("Search() = %d items, %d, %v, want 25,000", len(got), total, err)
	}
	if want := []string{"backup", "parks"}; !cmp.Equal(got[0].Tags, want) {
		t.Errorf("tags %q, want %q", got[0].Tags, want)
	}
}

func TestSearchOfABurst(t *testing.T) {
	t.Parallel()
	x := &index{spins: true, created: append(slices.Repeat([]int64{1_600_000_000_000}, 950), 1_500_000_000_000, 1_700_000_000_000)}
	got, total, err := serve(t, x.ServeHTTP).Search(t.Context(), arcgis.Query{Tag: "backup"})
	if err != nil || total != 952 || len(got) != 952 {
		t.Errorf("Search() = %d items, %d, %v, want 952", len(got), total, err)
	}
}

func TestSearchOfOneMillisecond(t *testing.T) {
	t.Parallel()
	x := &index{created: slices.Repeat([]int64{1_600_000_000_000}, 10_001)}
	_, _, err := serve(t, x.ServeHTTP).Search(t.Context(), arcgis.Query{Tag: "backup"})
	if err == nil || !strings.Contains(err.Error(), "same millisecond") || fault.Of(err) != "" {
		t.Errorf("Search() = %v, want an error about one millisecond, of no kind", err)
	}
}

func TestSearchDrifts(t *testing.T) {
	t.Parallel()
	many := make([]int64, 350)
	for i := range many {
		many[i] = 1_600_000_000_000 + int64(i)
	}
	for _, test := range []struct {
		name string
		x    *index
		want int // 0: PortalUnavailable
	}{
		{"shows one twice in the first pass", &index{loses: func(ask int, ids []int) []int {
			if ask == 2 {
				ids[0] = ids[1]
			}
			return ids
		}}, 350},
		{"loses another in each pass", &index{loses: func(ask int, ids []int) []int {
			if ask%4 == 2 && ask < 8 {
				return ids[ask%8/4+1:]
			}
			return ids
		}}, 350},
		{"gives shorter pages than asked", &index{shortest: 30}, 350},
		{"always loses one", &index{loses: func(_ int, ids []int) []int {
			return slices.DeleteFunc(ids, func(id int) bool { return id == 123 })
		}}, 0},
		{"counts one that it never shows", &index{total: func(_, n int) int { return n + 1 }}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.x.created = many
			got, total, err := serve(t, test.x.ServeHTTP).Search(t.Context(), arcgis.Query{Tag: "backup"})
			if test.want == 0 {
				wantKind(t, "Search()", err, fault.PortalUnavailable)
				if err != nil && !regexp.MustCompile(`35[01].*3(49|50)`).MatchString(err.Error()) {
					t.Errorf("Search() = %v, want both numbers", err)
				}
				return
			}
			if err != nil || len(got) != test.want || total != test.want {
				t.Errorf("Search() = %d items, %d, %v, want %d", len(got), total, err, test.want)
			}
		})
	}
}

// Quotes and backslashes can't be escaped in a query, so they are left out.
func TestSearchAsksFor(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		`backup`:      `tags:"backup" AND orgid:org1`,
		`a "b\c" d`:   `tags:"a  b c  d" AND orgid:org1`,
		`ä AND (x:y)`: `tags:"ä AND (x:y)" AND orgid:org1`,
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if got := r.FormValue("q"); got != want {
				t.Errorf("tag %q asks for %q, want %q", tag, got, want)
			}
			for name, want := range map[string]string{"sortField": "created", "sortOrder": "asc", "num": "100", "start": "1", "f": "json", "filter": ""} {
				if got := r.FormValue(name); got != want {
					t.Errorf("%s=%q, want %q", name, got, want)
				}
			}
			fmt.Fprint(w, `{"total":0,"nextStart":-1,"results":null}`)
		})
		if _, _, err := c.Search(t.Context(), arcgis.Query{Tag: tag, Org: "org1"}); err != nil {
			t.Errorf("Search(%q) = %v", tag, err)
		}
	}
}
