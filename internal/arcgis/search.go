package arcgis

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/mapkeep/mapkeep/internal/fault"
)

// The portal's own limits of a search, and ours.
const (
	pageSize    = 100    // the most hits that a page holds
	mostPaged   = 10_000 // hits that can be paged; total may be larger
	pagesAtOnce = 32     // no limit of the portal is known, so we stay modest
	passes      = 3      // the index moves while it is read
)

// A Query asks for the items of an organization that have a tag, or one that
// looks like it.
type Query struct {
	Tag string
	Org string // id; "" for all that the account sees
}

// text is the query in the portal's language. No escape for quotes and
// backslashes is known, so they are left out: the answer gets wider, and exact
// comparison is the caller's anyway, for a search also finds tags that merely
// contain the word.
func (q Query) text() string {
	tag := strings.NewReplacer(`"`, " ", `\`, " ").Replace(q.Tag)
	text := `tags:"` + tag + `"`
	if q.Org != "" {
		text += " AND orgid:" + q.Org
	}
	return text
}

// Search gives all items that a query finds, in order of creation, then id,
// and how many there are. Search is an index whose pages drift: hits that were
// created in the same millisecond come in any order, another on each page. So
// the ids are compared with the portal's own count, and read up to three times
// until they agree; PortalUnavailable names both numbers when they never do.
// More hits than can be paged are read in windows of their creation, and all
// but the first time in windows that fill one page.
func (c *Client) Search(ctx context.Context, q Query) ([]Item, int, error) {
	s := &search{client: c, text: q.text(), slots: make(chan struct{}, pagesAtOnce),
		most: mostPaged, found: map[string]Item{}}
	var total, own int
	for range passes {
		first, err := s.page(ctx, everything, 1, oldestFirst)
		if err != nil {
			return nil, 0, err
		}
		total = int(first.Total.n)
		s.pass = map[string]bool{}
		if err := s.read(ctx, everything, first); err != nil {
			return nil, 0, err
		}
		if own = len(s.pass); own == total || len(s.found) == total {
			return s.sorted(), len(s.found), nil
		}
		s.most = pageSize
	}
	return nil, 0, fault.New(fault.PortalUnavailable,
		fmt.Sprintf("search %s: the portal counts %d items and shows %d", s.text, total, own))
}

// Marked gives the items of an organization that have exactly this tag.
func (c *Client) Marked(ctx context.Context, org, tag string) ([]Item, error) {
	hits, _, err := c.Search(ctx, Query{tag, org})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(hits, func(i Item) bool { return !slices.Contains(i.Tags, tag) }), nil
}

// search is one search while it is read.
type search struct {
	client *Client
	text   string
	slots  chan struct{} // one for each request at a time
	most   int           // hits that are paged through; more are read in windows

	sync.Mutex
	found map[string]Item // of all passes
	pass  map[string]bool // of this one
}

type searchPage struct {
	Total     number
	NextStart number
	Results   []itemAnswer
}

// An order is that of a search's hits.
type order struct{ field, direction string }

var (
	oldestFirst = order{"created", "asc"}
	newestFirst = order{"created", "desc"}
	byTitle     = order{"title", "asc"} // where all are equally old
)

func (s *search) page(ctx context.Context, w window, start int, o order) (searchPage, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return searchPage{}, context.Cause(ctx)
	}
	text := s.text
	if w != everything {
		text += fmt.Sprintf(" AND created:[%d TO %d]", w.from, w.to)
	}
	var p searchPage
	_, err := s.client.ask(ctx, question{op: "search", to: s.client.portal.rest("search"), params: url.Values{
		"q": {text}, "start": {strconv.Itoa(start)}, "num": {strconv.Itoa(pageSize)},
		"sortField": {o.field}, "sortOrder": {o.direction},
	}}, &p)
	return p, err
}

// read takes all hits of a window, of which first is the first page.
func (s *search) read(ctx context.Context, w window, first searchPage) error {
	if int(first.Total.n) > s.most {
		return s.split(ctx, w, first)
	}
	return s.pages(ctx, w, first, oldestFirst)
}

// pages takes a window page by page.
func (s *search) pages(ctx context.Context, w window, first searchPage, o order) error {
	total := int(first.Total.n)
	s.take(first)
	step := pageSize
	if next := int(first.NextStart.n); next > 1 {
		step = min(step, next-1) // a portal that gives shorter pages
	}
	group, ctx := errgroup.WithContext(ctx)
	for start := 1 + step; start <= total; start += step {
		group.Go(func() error {
			p, err := s.page(ctx, w, start, o)
			s.take(p)
			return err
		})
	}
	return group.Wait()
}

func (s *search) take(p searchPage) {
	s.Lock()
	defer s.Unlock()
	for _, item := range itemsOf(p.Results) {
		s.found[item.ID] = item
		s.pass[item.ID] = true
	}
}

func (s *search) sorted() []Item {
	items := make([]Item, 0, len(s.found))
	for _, i := range s.found {
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	return items
}
