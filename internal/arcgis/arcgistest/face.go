package arcgistest

// find reads {id} as the caller sees it.
func (a *ask) find(id string) (*item, *failure) {
	i := a.p.items[id]
	switch {
	case i == nil, i.recycled && a.form.Get("inRecycleBin") != "true":
		return nil, missing
	case i.root().script.unreadable && i.job == nil, !a.who.mayRead(i):
		return nil, forbidden
	}
	if i.job != nil {
		a.p.settle(i.job, a.now, false)
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
		"thumbnail": nilIfEmpty(i.thumbnail), "largeThumbnail": nil, "banner": nil, "screenshots": []any{}, "numViews": i.views, "numComments": 0, "numRatings": 0, "avgRating": 0,
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

// size is what the portal says an item's data part and resources measure: -1
// for services, and 0 for an export that is still being made.
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
	sum := int64(0)
	for _, r := range i.Item.resources {
		sum += r.size
	}
	if c := i.kept(); c != nil {
		sum += c.Size()
	}
	return sum
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
