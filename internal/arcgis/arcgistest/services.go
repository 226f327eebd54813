package arcgistest

import (
	"fmt"
	"net/http"
	"slices"
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
	at("/layers", Layer, (*ask).layers)
	at("/{layer}", Layer, (*ask).layer)
	at("/{layer}/query", Query, (*ask).query)
	at("/layers/0", Layer, (*ask).sceneLayer)
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

// shown are the layers of a service with their features as they are now: of a
// view those of its source, which an edit through the view changes as well.
func (i *item) shown() []sublayer {
	of, edition := i, i.edition
	if i.from != nil {
		of, edition = i.from, i.edition-1+i.from.edition
	}
	layers := slices.Clone(of.layers)
	for n := range layers {
		layers[n].features = fmt.Sprintf("%s/%d", of.ID, edition)
	}
	return layers
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
