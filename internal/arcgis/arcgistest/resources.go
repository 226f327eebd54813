package arcgistest

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
