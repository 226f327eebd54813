package arcgistest

import (
	"fmt"
	"slices"
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
func (p *Portal) retell(id string, d *doc) {
	now := p.Clock.Now()
	p.index.tell(now.Add(p.rules.lag), id, d)
	if len(p.index.waiting) > 500 { // nobody has searched for long
		p.index.hear(now)
	}
}

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
