package arcgistest

import (
	"fmt"
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
	out := map[string]any{"currentVersion": 12, "id": l.id, "name": l.name, "type": "Feature Layer", "serviceItemId": i.ID, "objectIdField": "OBJECTID", "maxRecordCount": 2000,
		"capabilities": i.capabilities(), "hasAttachments": false, "advancedQueryCapabilities": map[string]any{"supportsPagination": true, "supportsOrderBy": true, "supportsStatistics": true},
		"fields": []any{map[string]any{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}, map[string]any{"name": "name", "type": "esriFieldTypeString", "alias": "name", "length": 255}}}
	if l.table {
		out["type"] = "Table"
	} else {
		out["geometryType"] = "esriGeometryPoint"
	}
	if at, known := a.p.edited(i, l.id); known {
		out["editingInfo"] = map[string]any{"lastEditDate": at.UnixMilli(), "schemaLastEditDate": i.created.UnixMilli(), "dataLastEditDate": at.UnixMilli()}
	}
	return reply{json: out}
}

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

// query is {FeatureServer}/{n}/query: counts, ids, and features a page at a
// time.
func (a *ask) query() reply {
	i, l, ok := a.sublayer()
	if !ok {
		return reply{fail: &failure{Code: 400, Message: "Invalid URL", Details: []string{"Invalid URL"}}}
	}
	if a.form.Get("where") == "" && a.form.Get("objectIds") == "" {
		return reply{fail: &failure{Code: 400, Message: "Cannot perform query. Invalid query parameters.", Details: []string{"'where' clause is missing"}}}
	}
	if a.form.Get("returnCountOnly") == "true" {
		return reply{json: map[string]any{"count": l.rows}}
	}
	from := min(max(a.whole("resultOffset", 0), 0), l.rows)
	to := min(from+min(max(a.whole("resultRecordCount", 2000), 0), 2000), l.rows)
	ids := a.form.Get("returnIdsOnly") == "true"
	if ids {
		from, to = 0, l.rows
	}
	features, numbers := []any{}, []int{}
	mark := fmt.Sprintf("%s/%d", i.ID, i.edition)
	for row := from; row < to; row++ {
		numbers = append(numbers, row+1)
		if !ids {
			x, y := place(mark, l, row)
			features = append(features, map[string]any{"attributes": map[string]any{"OBJECTID": row + 1, "name": label(mark, l, row)}, "geometry": map[string]any{"x": x, "y": y}})
		}
	}
	if ids {
		return reply{json: map[string]any{"objectIdFieldName": "OBJECTID", "objectIds": numbers}}
	}
	return reply{json: map[string]any{"objectIdFieldName": "OBJECTID", "features": features, "exceededTransferLimit": to < l.rows}}
}
