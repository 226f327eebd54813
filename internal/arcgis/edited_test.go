package arcgis_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mapkeep/mapkeep/internal/arcgis"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
	"github.com/mapkeep/mapkeep/internal/fault"
)

func TestEdited(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	roads := s.Layer("Roads").Sublayer(0, "Streets", 9).Sublayer(7, "Bridges", 2).Table(12, "Inspections", 5)
	silent := s.Layer("Old").NoEditingInfo()
	busy := s.Layer("Busy")
	p := start(t, s)
	c := client(t, p)
	address := func(i *arcgistest.Item) string {
		item, _, err := c.Item(t.Context(), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		return item.URL
	}
	before, known, err := c.Edited(t.Context(), address(roads))
	if err != nil || !known || before.IsZero() {
		t.Fatalf("Edited() = %v, %v, %v", before, known, err)
	}
	p.Advance(time.Minute)
	p.EditFeatures(roads.ID) // of the last table
	after, known, err := c.Edited(t.Context(), address(roads)+"/")
	if err != nil || !known || !after.After(before) {
		t.Errorf("Edited() after an edit = %v, %v, %v, want later than %v", after, known, err, before)
	}
	if at, known, err := c.Edited(t.Context(), address(silent)); known || err != nil {
		t.Errorf("Edited() of a service without dates = %v, %v, %v, want not known", at, known, err)
	}
	url := address(busy)
	p.ThrottleAll(time.Minute)
	if _, _, err := c.Edited(t.Context(), url); !errors.As(err, new(*arcgis.Throttled)) {
		t.Errorf("Edited() of a throttled service = %v, want *Throttled", err)
	}
}

// A server that is neither the portal nor trusted is asked without the token.
func TestEditedElsewhere(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	layer := s.Layer("Trails")
	p := start(t, s)
	c := client(t, p, func(o *arcgis.Options) { o.Trusted = nil })
	item, _, err := c.Item(t.Context(), layer.ID)
	if err != nil {
		t.Fatal(err)
	}
	if at, known, err := c.Edited(t.Context(), item.URL); known || err != nil {
		t.Errorf("Edited() where the token may not go = %v, %v, %v, want not known", at, known, err)
	}
}

func TestEditedOddServices(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"/both/FeatureServer":     `{"layers":[{"id":"0"},{"id":9,"type":"Group Layer"}],"tables":null}`,
		"/both/FeatureServer/0":   `{"editingInfo":{"lastEditDate":1000,"schemaLastEditDate":3000,"dataLastEditDate":null}}`,
		"/layer/FeatureServer/3":  `{"id":3,"editingInfo":{"lastEditDate":2000}}`,
		"/null/FeatureServer":     `{"layers":[{"id":0}],"tables":[]}`,
		"/null/FeatureServer/0":   `{"editingInfo":null}`,
		"/none/FeatureServer":     `{"layers":[],"tables":[]}`,
		"/closed/FeatureServer":   `{"error":{"code":403,"message":"no"}}`,
		"/private/FeatureServer":  `{"error":{"code":499,"message":"Token Required"}}`,
		"/stranger/FeatureServer": `{"error":{"code":498,"message":"Invalid Token"}}`,
		"/broken/FeatureServer":   `{"layers":[`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/community/self") {
			fmt.Fprint(w, `{"username":"mona"}`)
			return
		}
		if r.URL.Query().Get("token") != "" || r.URL.Query().Get("f") != "json" {
			t.Errorf("asked %s", r.RequestURI)
		}
		fmt.Fprint(w, answers[r.URL.Path])
	}))
	defer server.Close()
	c := dial(t, arcgis.Options{Portal: server.URL, Secret: token})
	for _, test := range []struct {
		path  string
		ms    int64
		known bool
		kind  fault.Kind
	}{
		{"/both/FeatureServer?token=x", 3000, true, ""},
		{"/layer/FeatureServer/3", 2000, true, ""},
		{"/null/FeatureServer", 0, false, ""},
		{"/none/FeatureServer", 0, false, ""},
		{"/closed/FeatureServer", 0, false, ""},
		{"/private/FeatureServer", 0, false, ""},
		{"/stranger/FeatureServer", 0, false, ""},
		{"/broken/FeatureServer", 0, false, fault.PortalUnavailable},
		{"/tiles/VectorTileServer", 0, false, ""},
	} {
		at, known, err := c.Edited(t.Context(), server.URL+test.path)
		if known != test.known || fault.Of(err) != test.kind || known && at.UnixMilli() != test.ms {
			t.Errorf("Edited(%s) = %v, %v, %v, want %d ms, %v, kind %q", test.path, at, known, err, test.ms, test.known, test.kind)
		}
	}
	for _, odd := range []string{"", "not an address/FeatureServer", "http://169.254.169.254/FeatureServer", "https://maps.example/x/FeatureServer"} {
		if at, known, err := c.Edited(t.Context(), odd); known || err != nil {
			t.Errorf("Edited(%q) = %v, %v, %v, want not known", odd, at, known, err)
		}
	}
}
