package arcgistest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// deepest is how far search results can be paged, whatever their number.
const deepest = 10000

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
