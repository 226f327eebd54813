package arcgistest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// featureServices is the host of the organization's services: another host,
// the same tokens, and a meter on every answer.
func (p *Portal) featureServices() http.Handler {
	m := http.NewServeMux()
	at := func(path, name string, do func(*ask) reply) {
		h := p.endpoint("services", name, 0, func(a *ask) reply { return a.metered(do) })
		m.HandleFunc("/{org}/arcgis/rest/services/{service}/{kind}"+path, func(w http.ResponseWriter, r *http.Request) {
			p.mu.Lock()
			if i := p.services[r.PathValue("service")]; i != nil {
				r.SetPathValue("id", i.ID)
			}
			p.mu.Unlock()
			h.ServeHTTP(w, r)
		})
	}
	at("", Service, (*ask).service)
	at("/{layer}", Layer, (*ask).layer)
	at("/{layer}/query", Query, (*ask).query)
	m.Handle("/{org}/arcgis/rest/info", p.endpoint("services", "info", open, (*ask).info))
	m.Handle("/", p.endpoint("services", "unknown", open, (*ask).unknown))
	return m
}

// units counts the request units of the running minute.
type units struct {
	minute time.Time
	used   int
}

// metered checks who may use the service and adds the meter.
func (a *ask) metered(do func(*ask) reply) reply {
	i := a.p.items[a.id]
	out := reply{fail: &failure{Code: 400, Message: "Invalid URL", Details: []string{"Invalid URL"}}}
	switch {
	case i == nil:
	case a.who.mayRead(i):
		out = do(a)
	case a.who.name == "":
		out = reply{fail: &failure{Code: 499, Message: "Token Required", Details: []string{}}}
	default:
		out = reply{fail: &failure{Code: 403, Message: forbidden.Message, Details: []string{}}}
	}
	u := &a.p.units
	if minute := a.now.Truncate(time.Minute); u.minute != minute {
		*u = units{minute: minute}
	}
	u.used++
	if out.header == nil {
		out.header = map[string]string{}
	}
	out.header["x-esri-org-request-units-per-min"] = fmt.Sprintf("usage=%d;max=10000", u.used)
	out.header["x-esri-query-request-units"] = "1"
	return out
}

// shown are the layers of a service: of a view those of its source.
func (i *item) shown() []sublayer {
	if i.from != nil {
		return i.from.layers
	}
	return i.layers
}

func (i *item) capabilities() string {
	if i.script.extractOff {
		return "Query"
	}
	return "Query,Extract"
}

// service is {FeatureServer}.
func (a *ask) service() reply {
	i := a.p.items[a.id]
	layers, tables := []any{}, []any{}
	for _, l := range i.shown() {
		about := map[string]any{"id": l.id, "name": l.name, "parentLayerId": -1, "defaultVisibility": true, "subLayerIds": nil, "minScale": 0, "maxScale": 0}
		if l.table {
			tables = append(tables, about)
		} else {
			about["geometryType"] = "esriGeometryPoint"
			layers = append(layers, about)
		}
	}
	out := map[string]any{"currentVersion": 12, "serviceItemId": i.ID, "serviceDescription": "", "hasVersionedData": false, "maxRecordCount": 2000,
		"supportedQueryFormats": "JSON", "capabilities": i.capabilities(), "description": "", "spatialReference": map[string]any{"wkid": 102100, "latestWkid": 3857},
		"layers": layers, "tables": tables}
	if i.from != nil {
		out["isView"] = true
	}
	if !strings.HasPrefix(i.kind, "Feature") {
		delete(out, "tables")
		out["capabilities"] = "TilesOnly"
	}
	return reply{json: out}
}

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
