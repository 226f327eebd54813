package arcgistest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// item is an item as the portal holds it now.
type item struct {
	Item
	edition  int               // counts changes of features or file
	edits    map[int]time.Time // last edit of each layer
	job      *job              // the export that made it, or is making it
	recycled bool
	views    int
	from     *item // of a view: whose features it shows
	service  string
	made     *Content // the content of edition madeOf
	madeOf   int
}

// root is the item whose script governs this one.
func (i *item) root() *item {
	if i.job != nil {
		return i.job.source
	}
	return i
}

// admit takes an item of a scenario in; at is when the search will hear of
// it, the zero time for at once.
func (p *Portal) admit(draft *Item, at time.Time) *item {
	i := &item{Item: *draft, edition: 1, edits: map[int]time.Time{}}
	i.tags, i.keywords, i.layers = slices.Clone(i.tags), slices.Clone(i.keywords), slices.Clone(i.layers)
	for _, l := range i.layers {
		i.edits[l.id] = i.modified
	}
	if i.source != "" {
		i.from = p.items[i.source]
	}
	if len(i.layers) > 0 {
		p.publish(i)
	}
	p.index.tell(at, i.ID, p.doc(i))
	if i.script.gone {
		p.ghosts[i.ID] = i
		return i
	}
	p.keep(i)
	return i
}

func (p *Portal) keep(i *item) {
	p.items[i.ID] = i
	p.owned[i.owner] = append(p.owned[i.owner], i)
	if name, ok := i.filename().(string); ok {
		p.names[i.owner+"\x00"+i.folder+"\x00"+name] = i.ID
	}
}

// forget removes an item for good.
func (p *Portal) forget(i *item) {
	delete(p.items, i.ID)
	if i.job != nil {
		delete(p.jobs, i.job.id)
	}
	p.owned[i.owner] = slices.DeleteFunc(p.owned[i.owner], func(o *item) bool { return o == i })
	p.release(i)
	p.retell(i.ID, nil)
}

// release frees the item's file name.
func (p *Portal) release(i *item) {
	if name, ok := i.filename().(string); ok {
		if key := i.owner + "\x00" + i.folder + "\x00" + name; p.names[key] == i.ID {
			delete(p.names, key)
		}
	}
}

// retell lets the search hear of a change, after its lag.
func (p *Portal) retell(id string, d *doc) { p.index.tell(p.Clock.Now().Add(p.rules.lag), id, d) }

// publish gives a service its address.
func (p *Portal) publish(i *item) {
	kind := strings.ReplaceAll(i.kind, " ", "")
	if kind == "VectorTileService" || kind == "SceneService" || kind == "FeatureService" || kind == "MapService" || kind == "ImageService" {
		kind = strings.TrimSuffix(kind, "Service") + "Server"
	}
	i.service = plain(i.title) + "_" + i.ID[:8]
	host := p.StrangerURL
	if i.hosted {
		host = p.ServicesURL
		p.services[i.service] = i
	}
	if i.url == "" {
		i.url = fmt.Sprintf("%s/%s/arcgis/rest/services/%s/%s", host, orgID, i.service, kind)
	}
}

// find reads {id} as the caller sees it.
func (a *ask) find(id string) (*item, *failure) {
	i := a.p.items[id]
	switch {
	case i == nil, i.recycled && a.form.Get("inRecycleBin") != "true":
		return nil, missing
	case i.root().script.unreadable && i.job == nil, !a.who.mayRead(i):
		return nil, forbidden
	}
	return i, nil
}

// item is content/items/{id}.
func (a *ask) item() reply {
	i, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	i.views++
	return reply{json: a.p.face(i, a.who.mayChange(i.owner))}
}

// face is an item's JSON; insiders see more.
func (p *Portal) face(i *item, insider bool) map[string]any {
	nilIfEmpty := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	out := map[string]any{
		"id": i.ID, "owner": i.owner, "orgId": orgID, "created": millis(i.created), "modified": millis(i.modified), "lastModified": -1, "isOrgItem": true,
		"title": i.title, "name": i.filename(), "type": i.kind, "typeKeywords": orEmpty(i.keywords), "tags": orEmpty(i.tags), "categories": []string{},
		"description": nil, "snippet": nilIfEmpty(i.snippet), "accessInformation": nil, "licenseInfo": nil, "culture": "en-us",
		"url": nilIfEmpty(i.url), "proxyFilter": nil, "properties": nil, "documentation": nil, "extent": []any{}, "spatialReference": nil,
		"access": i.access, "size": i.size(), "contentStatus": "", "listed": false, "scoreCompleteness": 33, "groupDesignations": nil, "commentsEnabled": true,
		"thumbnail": nil, "largeThumbnail": nil, "banner": nil, "screenshots": []any{}, "numViews": i.views, "numComments": 0, "numRatings": 0, "avgRating": 0,
		"appCategories": []any{}, "industries": []any{}, "languages": []any{}, "guid": nil, "classification": nil, "lastViewed": -1, "subInfo": 0, "apiToken1ExpirationDate": -1,
	}
	if insider {
		out["protected"], out["ownerFolder"] = i.protected, nilIfEmpty(folderID(i.owner, i.folder))
		out["itemControl"] = "admin"
	}
	return out
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// size is what the portal says an item's data part measures: -1 for
// services, and 0 for an export that is still being made.
func (i *item) size() int64 {
	switch {
	case i.job != nil:
		if c := i.job.content; c != nil && i.job.state == done {
			return c.Size()
		}
		return 0
	case len(i.layers) > 0:
		return -1
	}
	if c := i.kept(); c != nil {
		return c.Size()
	}
	return 0
}

// kept is the item's content without the script's damage, made once for each
// edition; nil where it has none.
func (i *item) kept() *Content {
	switch {
	case i.job != nil:
		return i.job.content
	case i.made == nil || i.madeOf != i.edition:
		i.made, i.madeOf = i.content(i.edition), i.edition
	}
	return i.made
}

// page reads start and num of a listing of n entries and makes the counters
// of the answer.
func (a *ask) page(n int) (from, to int, answer map[string]any) {
	start, num := a.whole("start", 1), min(a.whole("num", 10), 100)
	next := -1
	from, to = n, n
	if start >= 1 && start <= n {
		from, to = start-1, min(start-1+num, n)
	}
	if to < n && to > from {
		next = to + 1
	}
	return from, to, map[string]any{"total": n, "start": start, "num": to - from, "nextStart": next}
}

// whole reads a number of the form.
func (a *ask) whole(field string, otherwise int) int {
	if n, err := strconv.Atoi(a.form.Get(field)); err == nil {
		return n
	}
	return otherwise
}

// userContent is content/users/{user} and …/{folder}: the truth at once, a
// page at a time.
func (a *ask) userContent() reply {
	owner, folder := a.PathValue("user"), a.PathValue("folder")
	if _, ok := a.p.users[owner]; !ok && len(a.p.owned[owner]) == 0 {
		return reply{fail: &failure{Code: 400, MessageCode: "COM_0018", Message: "User does not exist or is inaccessible.", Details: []string{}}}
	}
	if !a.who.mayChange(owner) {
		return reply{fail: forbidden}
	}
	var list []*item
	folders, seen := []any{}, map[string]bool{}
	for _, i := range a.p.owned[owner] {
		if id := folderID(owner, i.folder); id == folder && !i.recycled {
			list = append(list, i)
		} else if i.folder != "" && !seen[id] {
			seen[id] = true
			folders = append(folders, map[string]any{"username": owner, "id": id, "title": i.folder, "created": birth.UnixMilli()})
		}
	}
	sortItems(list, a.form.Get("sortField"), a.form.Get("sortOrder"))
	from, to, out := a.page(len(list))
	items := []any{}
	for _, i := range list[from:to] {
		items = append(items, a.p.face(i, true))
	}
	out["username"], out["items"] = owner, items
	if folder == "" {
		out["folders"] = folders
	} else {
		out["currentFolder"] = map[string]any{"username": owner, "id": folder}
	}
	return reply{json: out}
}

// folderID is the id of a user's folder, "" for the root.
func folderID(owner, title string) string {
	if title == "" {
		return ""
	}
	return newItem(0, owner+"/"+title, "").ID
}

func sortItems(list []*item, field, order string) {
	by := map[string]func(a, b *item) int{
		"title":    func(a, b *item) int { return strings.Compare(strings.ToLower(a.title), strings.ToLower(b.title)) },
		"created":  func(a, b *item) int { return a.created.Compare(b.created) },
		"modified": func(a, b *item) int { return a.modified.Compare(b.modified) },
		"type":     func(a, b *item) int { return cmp.Compare(a.kind, b.kind) },
	}[strings.ToLower(field)]
	if by == nil {
		return
	}
	slices.SortStableFunc(list, func(a, b *item) int {
		if order == "desc" {
			a, b = b, a
		}
		return by(a, b)
	})
}
