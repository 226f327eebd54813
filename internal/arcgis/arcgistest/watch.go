package arcgistest

import (
	"fmt"
	"slices"
	"time"
)

// Request is one call that a portal answered.
type Request struct {
	At       time.Time
	Host     string // portal, files or services
	Endpoint string // one of the names above, SignIn to Download
	Method   string
	User     string
	Item     string // the item named, if one is
	Source   string // of an export: the item that it was made from
	Code     int    // the portal's error code, or the HTTP status
	Fault    string // what was done to the answer on purpose
}

type countKey struct{ endpoint, item string }

func (p *Portal) note(a *ask, out reply) {
	if a.source == "" {
		a.source = p.origins[a.id]
	}
	r := Request{At: a.now, Host: a.host, Endpoint: a.endpoint, Method: a.Method, User: a.who.name, Item: a.id, Source: a.source, Code: max(out.status, 200), Fault: a.fault}
	switch {
	case out.fail != nil:
		r.Code = out.fail.Code
	case out.location != "":
		r.Code = 302
	case out.reset:
		r.Code = 0
	}
	p.log = append(p.log, r)
	p.counts[countKey{r.Endpoint, ""}]++
	for _, id := range slices.Compact([]string{r.Item, r.Source}) {
		if id != "" {
			p.counts[countKey{r.Endpoint, id}]++
		}
	}
}

// watchCall notes what no client should do.
func (p *Portal) watchCall(a *ask) {
	if a.URL.Query().Has("token") {
		p.breach("a token in a URL's query, for %s %s", a.endpoint, a.id)
	}
}

func (p *Portal) breach(format string, args ...any) {
	p.breaches = append(p.breaches, fmt.Sprintf(format, args...))
}

// Requests are all calls so far, in the order in which they were answered.
func (p *Portal) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.log)
}

// Count is how often an endpoint was called; with ids, for these items only.
// What was done about an export counts for its source as well.
func (p *Portal) Count(endpoint string, ids ...string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(ids) == 0 {
		return p.counts[countKey{endpoint, ""}]
	}
	sum := 0
	for _, id := range ids {
		sum += p.counts[countKey{endpoint, id}]
	}
	return sum
}

// Violations says in words what a client did that none should: a token or a
// password in a URL, credentials or a Referer at the file host, a token at a
// stranger's, deleting what is no export, GET where only POST is meant.
func (p *Portal) Violations() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.breaches)
}

// Listed is an item as the portal holds it at a moment.
type Listed struct {
	ID, Title, Name, Type, Owner, Folder string
	Access                               string
	Tags                                 []string
	Created, Modified                    time.Time
	Size                                 int64
	Protected                            bool
	// Export says that the item was made by the export of Source in attempt
	// Attempt, and Running that this goes on.
	Export, Running bool
	Source          string
	Attempt         int
	// Recycled says that it lies in the recycle bin.
	Recycled bool
}

// Items are all items there are, temporary exports and the recycle bin among
// them, by time of creation.
func (p *Portal) Items() []Listed {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Listed
	for _, i := range p.items {
		l := Listed{ID: i.ID, Title: i.title, Type: i.kind, Owner: i.owner, Folder: i.folder, Access: i.access, Tags: slices.Clone(i.tags), Created: i.created, Modified: i.modified,
			Size: i.size(), Protected: i.protected, Recycled: i.recycled}
		l.Name, _ = i.filename().(string)
		if i.job != nil {
			l.Export, l.Running, l.Source, l.Attempt = true, i.job.state == working, i.job.source.ID, i.job.attempt
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Listed) int {
		if n := a.Created.Compare(b.Created); n != 0 {
			return n
		}
		return slices.Compare([]string{a.ID}, []string{b.ID})
	})
	return out
}

// Exports are the temporary exports that are still stored, the recycle bin's
// too: after a good run there are none.
func (p *Portal) Exports() []Listed {
	return slices.DeleteFunc(p.Items(), func(l Listed) bool { return !l.Export })
}

// Content is what a correct backup of an item must hold now: its file, its
// JSON text, or the export in the format that holds all of it; nil for an
// item that has neither.
func (p *Portal) Content(id string) *Content {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.items[id]
	switch {
	case i == nil:
		return nil
	case i.hosted:
		f, ok := formatFor(natural(i.kind))
		if !ok {
			return nil
		}
		return p.exported(i, f.of(len(i.shown())), i.shown())
	}
	return i.kept()
}

// Address is the url of an item: of a service, where it answers.
func (p *Portal) Address(id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.must(id).url
}

// Edition counts the changes of an item's features or file, from 1 on.
func (p *Portal) Edition(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.items[id]; i != nil {
		return i.edition
	}
	return 0
}
