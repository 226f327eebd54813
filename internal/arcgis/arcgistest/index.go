package arcgistest

import (
	"slices"
	"time"
)

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
