package arcgistest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// sublayer finds {layer}.
func (a *ask) sublayer() (*item, sublayer, bool) {
	i := a.p.items[a.id]
	id, err := strconv.Atoi(a.PathValue("layer"))
	n := slices.IndexFunc(i.shown(), func(l sublayer) bool { return l.id == id })
	if err != nil || n < 0 {
		return i, sublayer{}, false
	}
	return i, i.shown()[n], true
}

// layer is {FeatureServer}/{n}: editingInfo moves when features are edited.
func (a *ask) layer() reply {
	i, l, ok := a.sublayer()
	if a.PathValue("layer") == "sources" && i.from != nil {
		return reply{json: map[string]any{"services": []any{map[string]any{"name": i.from.service, "type": "FeatureServer", "url": i.from.url, "serviceItemId": i.from.ID}}}}
	}
	if !ok {
		return reply{fail: &failure{Code: 400, Message: "Invalid URL", Details: []string{"Invalid URL"}}}
	}
	if i.script.broken != nil {
		return reply{fail: i.script.broken}
	}
	return reply{json: a.p.described(i, l)}
}

// layers is {FeatureServer}/layers: all layers and tables, as each describes
// itself.
func (a *ask) layers() reply {
	i := a.p.items[a.id]
	if i.script.broken != nil {
		return reply{fail: i.script.broken}
	}
	layers, tables := []any{}, []any{}
	for _, l := range i.shown() {
		if l.table {
			tables = append(tables, a.p.described(i, l))
		} else {
			layers = append(layers, a.p.described(i, l))
		}
	}
	return reply{json: map[string]any{"layers": layers, "tables": tables}}
}

// sceneLayer is {SceneServer}/layers/0: what a scene layer says of itself.
func (a *ask) sceneLayer() reply {
	i := a.p.items[a.id]
	if i.kind != "Scene Service" {
		return reply{fail: &failure{Code: 400, Message: "Invalid URL", Details: []string{"Invalid URL"}}}
	}
	return reply{json: map[string]any{"id": 0, "name": i.shown()[0].name, "layerType": "3DObject", "version": "1.8", "capabilities": []string{"View"},
		"spatialReference": map[string]any{"wkid": 4326, "latestWkid": 4326}, "store": map[string]any{"profile": "meshpyramids", "version": "1.8", "rootNode": "./nodes/root"}}}
}

func (p *Portal) described(i *item, l sublayer) map[string]any {
	out := map[string]any{"currentVersion": 12, "id": l.id, "name": l.name, "type": "Feature Layer", "serviceItemId": i.ID, "objectIdField": "OBJECTID", "maxRecordCount": 2000,
		"capabilities": i.capabilities(), "hasAttachments": false, "advancedQueryCapabilities": map[string]any{"supportsPagination": true, "supportsOrderBy": true, "supportsStatistics": true},
		"fields": columnsOf}
	if l.table {
		out["type"] = "Table"
	} else {
		out["geometryType"] = "esriGeometryPoint"
	}
	if at, known := p.edited(i, l.id); known {
		out["editingInfo"] = map[string]any{"lastEditDate": at.UnixMilli(), "schemaLastEditDate": i.created.UnixMilli(), "dataLastEditDate": at.UnixMilli()}
	}
	return out
}

// columnsOf are the fields of every layer and table.
var columnsOf = []any{map[string]any{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"},
	map[string]any{"name": "name", "type": "esriFieldTypeString", "alias": "name", "length": 255}}

// edited is when a layer's features were last edited, if the service says.
func (p *Portal) edited(i *item, layer int) (time.Time, bool) {
	if i.script.undated || !strings.HasPrefix(i.kind, "Feature") {
		return time.Time{}, false
	}
	at := i.edits[layer]
	if i.from != nil && !p.rules.viewsSleep && i.from.edits[layer].After(at) {
		at = i.from.edits[layer]
	}
	return at, true
}
