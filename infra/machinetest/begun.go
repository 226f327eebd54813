package machinetest

import (
	"maps"
	"slices"
)

// Begun are the items by the order in which the Map was given them.
func (g *Got) Begun() []string {
	var items []string
	for _, child := range slices.Sorted(maps.Keys(g.run.children)) {
		items = append(items, g.run.children[child].item)
	}
	return items
}
