package arcgistest

import "fmt"

// A resource is a file that an item has beside its data.
type resource struct {
	path string
	size int64
}

// Resource puts a file of n bytes beside the item's data, as StoryMaps and
// styles have them. The item's size counts it, so it is more than /data gives.
func (i *Item) Resource(path string, n int64) *Item {
	i.resources = append(i.resources, resource{path, n})
	return i
}

// Thumbnail gives the item a small picture.
func (i *Item) Thumbnail() *Item { i.thumbnail = "thumbnail/ago_downloaded.png"; return i }

// resources is content/items/{id}/resources: the list, a page at a time.
func (a *ask) resources() reply {
	i, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	from, to, out := a.page(len(i.Item.resources))
	list := []any{}
	for _, r := range i.Item.resources[from:to] {
		list = append(list, map[string]any{"resource": r.path, "created": i.created.UnixMilli(), "size": r.size, "access": "inherit"})
	}
	out["resources"] = list
	return reply{json: out}
}

// resource is content/items/{id}/resources/{path}. Of a missing one Esri's
// Python package knows this message, in an answer that is labelled as JSON.
func (a *ask) resource() reply {
	i, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	c := i.beside(a.PathValue("path"))
	if c == nil {
		return reply{fail: &failure{Code: 400, MessageCode: "CONT_0001", Message: "Resource does not exist or is inaccessible.", Details: []string{}}}
	}
	return reply{mime: mimeOf(a.PathValue("path")), text: c.Bytes()}
}

// itemInfo is content/items/{id}/info/{path}: the thumbnail is all there is.
func (a *ask) itemInfo() reply {
	i, fail := a.find(a.id)
	if fail != nil {
		return reply{fail: fail}
	}
	if path := a.PathValue("path"); path == i.thumbnail {
		return reply{mime: mimeOf(path), text: i.beside(path).Bytes()}
	}
	return reply{fail: &failure{Code: 400, MessageCode: "CONT_0036", Message: "Item info file does not exist or is inaccessible.", Details: []string{"Error getting Item Info from DataStore"}}}
}

// beside is the content of a resource or of the thumbnail, nil where there is
// none under that path.
func (i *Item) beside(path string) *Content {
	mark := fmt.Sprintf("%s beside %s", path, i.ID)
	if path != "" && path == i.thumbnail {
		return join(mark, hiss(600, mark))
	}
	for _, r := range i.resources {
		if r.path == path {
			return join(mark, hiss(r.size, mark))
		}
	}
	return nil
}

// Beside is the content of a resource of an item, or of its thumbnail; nil
// where there is none under that path.
func (p *Portal) Beside(id, path string) *Content {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.must(id).beside(path)
}
