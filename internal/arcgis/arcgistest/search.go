package arcgistest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// deepest is how far search results can be paged, whatever their number.
const deepest = 10000

// doc is an item as the search knows it: a picture of the moment when the
// search heard of it.
type doc struct {
	id, owner, access, title, kind string
	tags, keywords                 []string
	snippet                        string
	created, modified, size        int64
	seen                           item  // the item at that moment
	item                           *item // and as it is now
	words                          map[string][][]string
	luck                           uint64
}

func (p *Portal) doc(i *item) *doc {
	d := &doc{id: i.ID, owner: i.owner, access: i.access, title: i.title, kind: i.kind, tags: slices.Clone(i.tags), keywords: i.keywords, snippet: i.snippet,
		created: millis(i.created), modified: millis(i.modified), size: i.size(), seen: *i, item: i, words: map[string][][]string{}, luck: hiss(0, i.ID).seed}
	for _, field := range []string{"title", "tags", "snippet", "type", "typekeywords"} {
		for _, v := range d.values(field) {
			d.words[field] = append(d.words[field], stems(v))
		}
	}
	return d
}

// values are a field's values as they are written.
func (d *doc) values(field string) []string {
	switch field {
	case "tags":
		return d.tags
	case "typekeywords":
		return d.keywords
	}
	return []string{d.value(field)}
}

func (d *doc) value(field string) string {
	switch field {
	case "id":
		return d.id
	case "owner":
		return d.owner
	case "orgid", "accountid":
		return orgID
	case "access":
		return d.access
	case "title":
		return d.title
	case "type":
		return d.kind
	case "snippet":
		return d.snippet
	}
	return ""
}

// stems are the words of a field; without a field those of all that hold
// text.
func (d *doc) stems(field string) [][]string {
	if field != "" {
		return d.words[field]
	}
	var all [][]string
	for _, f := range []string{"title", "tags", "snippet", "type", "typekeywords"} {
		all = append(all, d.words[f]...)
	}
	return all
}

func (d *doc) number(field string) (int64, bool) {
	switch field {
	case "created", "uploaded":
		return d.created, true
	case "modified", "lastmodified":
		return d.modified, true
	case "size":
		return d.size, true
	}
	return 0, false
}

// index is what the search knows, and what it has yet to hear.
type index struct {
	docs    map[string]*doc
	waiting []news
	cache   map[string][]*doc
}

type news struct {
	at time.Time
	id string
	d  *doc
}

// tell lets the index hear at a time that an item is now d, or gone.
func (x *index) tell(at time.Time, id string, d *doc) {
	x.waiting = append(x.waiting, news{at, id, d})
}

// hear takes in what is due.
func (x *index) hear(now time.Time) {
	if x.docs == nil {
		x.docs, x.cache = map[string]*doc{}, map[string][]*doc{}
	}
	before := len(x.waiting)
	x.waiting = slices.DeleteFunc(x.waiting, func(n news) bool {
		if now.Before(n.at) {
			return false
		}
		if n.d == nil {
			delete(x.docs, n.id)
		} else {
			x.docs[n.id] = n.d
		}
		return true
	})
	if len(x.waiting) != before || len(x.cache) > 64 {
		clear(x.cache)
	}
}

// search is search: an index, not a table.
func (a *ask) search() reply {
	q, filter := a.form.Get("q"), a.form.Get("filter")
	if q == "" && filter == "" {
		return bad("'q' or 'filter' parameter must be specified.")
	}
	if len(q) > 10<<10 {
		return bad("The query string is longer than 10 KB.")
	}
	hits, err := a.hits(q, filter)
	if err != nil {
		return reply{fail: &failure{Code: 400, Message: "Unable to perform search.", Details: []string{err.Error()}}}
	}
	from, to, out := a.page(len(hits))
	if start, num := a.whole("start", 1), min(a.whole("num", 10), 100); start+num-1 > deepest {
		from, to, out["num"], out["nextStart"] = 0, 0, 0, -1
	}
	results := []any{}
	for _, d := range hits[from:to] {
		face := a.p.face(&d.seen, false)
		face["size"] = d.size
		results = append(results, face)
	}
	out["query"], out["results"] = q, results
	return reply{json: out}
}

// hits are all results of a query in their order. Without sortField, and
// among equals, the order differs between one call and the next.
func (a *ask) hits(q, filter string) ([]*doc, error) {
	x := &a.p.index
	x.hear(a.now)
	field, desc, spin := strings.ToLower(a.form.Get("sortField")), strings.EqualFold(a.form.Get("sortOrder"), "desc"), uint64(0)
	if !a.p.rules.stable {
		spin = uint64(a.p.counts[countKey{Search, ""}] % 3)
	}
	key := fmt.Sprintf("%s\x00%s\x00%s\x00%t\x00%d\x00%s\x00%t", q, filter, field, desc, spin, a.who.name, a.who.admin)
	if hits, ok := x.cache[key]; ok {
		return hits, nil
	}
	var all []match
	for i, text := range []string{q, filter} {
		if text == "" {
			continue
		}
		m, err := parse(text, i == 1)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	hits := []*doc{}
	for _, d := range x.docs {
		if a.who.mayRead(d.item) && !slices.ContainsFunc(all, func(m match) bool { return !m(d) }) {
			hits = append(hits, d)
		}
	}
	slices.SortFunc(hits, func(a, b *doc) int {
		n := compare(a, b, field)
		if desc {
			n = -n
		}
		return cmp.Or(n, cmp.Compare(mix(a.luck, spin), mix(b.luck, spin)))
	})
	x.cache[key] = hits
	return hits, nil
}

// compare orders by a field that can be sorted by; by others all are equal.
func compare(a, b *doc, field string) int {
	switch field {
	case "title":
		return strings.Compare(strings.ToLower(a.title), strings.ToLower(b.title))
	case "type":
		return strings.Compare(a.kind, b.kind)
	case "owner":
		return strings.Compare(a.owner, b.owner)
	}
	x, _ := a.number(field)
	y, _ := b.number(field)
	return cmp.Compare(x, y)
}
