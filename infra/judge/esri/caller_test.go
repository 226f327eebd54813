//go:build judges

package esri_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A caller asks a portal by hand, as its reference says, for tests whose judge
// is no client. What fails ends the test.
type caller struct {
	t     *testing.T
	w     *town
	http  *http.Client
	token string
}

// signedIn is a caller who is the administrator.
func (w *town) signedIn(t *testing.T) caller {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(w.CA())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	c := caller{t, w, &http.Client{Transport: transport}, ""}
	var got struct{ Token string }
	c.ask(w.URL+"/sharing/rest/generateToken", &got, "username", w.Username, "password", w.Password, "client", "requestip")
	c.token = got.Token
	return c
}

// ask posts a form, and reads the JSON that is answered.
func (c caller) ask(address string, into any, pairs ...string) {
	c.t.Helper()
	if err := json.Unmarshal(c.bytes(address, pairs...), into); err != nil {
		c.t.Fatalf("%s: %v", address, err)
	}
}

// bytes posts a form, and gives what is answered, behind a redirect too.
func (c caller) bytes(address string, pairs ...string) []byte {
	c.t.Helper()
	form := url.Values{"f": {"json"}, "token": {c.token}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s %v %.300s", address, res.Status, err, data)
	}
	return data
}

// layers are the layers and tables of a service as a geodatabase should hold
// them, by the service's own words and queries.
func (c caller) layers(id string) []sheet {
	c.t.Helper()
	var service struct {
		Layers, Tables []struct {
			ID   int
			Name string
		}
	}
	c.ask(c.w.Address(id), &service)
	var out []sheet
	point, wgs84 := "Point", "EPSG:4326"
	for n, l := range append(service.Layers, service.Tables...) {
		s := sheet{Name: fmt.Sprintf("%s_%d", tableName(l.Name), l.ID), Driver: "OpenFileGDB", Fields: [][2]string{{"name", "OFTString"}}, IDs: []int{}, Rows: c.rows(id, l.ID)}
		if s.Count = len(s.Rows); s.Count > 0 {
			s.IDs = []int{1, s.Count}
		}
		if n < len(service.Layers) {
			s.Geometry, s.CRS = &point, &wgs84
		}
		out = append(out, s)
	}
	return out
}

// rows are all rows of a layer, page by page.
func (c caller) rows(id string, layer int) []row {
	c.t.Helper()
	out := []row{}
	for more := true; more; {
		var page struct {
			Features []struct {
				Attributes struct{ Name string }
				Geometry   *struct{ X, Y float64 }
			}
			ExceededTransferLimit bool
		}
		c.ask(fmt.Sprintf("%s/%d/query", c.w.Address(id), layer), &page, "where", "1=1", "outFields", "*", "orderByFields", "OBJECTID ASC", "resultOffset", fmt.Sprint(len(out)))
		for _, f := range page.Features {
			r := row{Name: f.Attributes.Name}
			if f.Geometry != nil {
				r.Place = &[2]float64{math.Round(f.Geometry.X*1e6) / 1e6, math.Round(f.Geometry.Y*1e6) / 1e6}
			}
			out = append(out, r)
		}
		more = page.ExceededTransferLimit
	}
	return out
}

// tableName is a layer's name as the simulated portal spells it in files.
func tableName(name string) string {
	out := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", r) {
			return r
		}
		return '_'
	}, name)
	if out[0] < 'A' {
		return "L" + out
	}
	return out
}

// export has an item exported in a format, and downloads and deletes it.
func (c caller) export(name, format string) []byte {
	c.t.Helper()
	user := c.w.URL + "/sharing/rest/content/users/" + c.w.Username
	var job struct{ ExportItemID, JobID string }
	c.ask(user+"/export", &job, "itemId", c.w.items[name].ID, "exportFormat", format, "title", name)
	for range 10 {
		var status struct{ Status string }
		if c.ask(user+"/items/"+job.ExportItemID+"/status", &status, "jobId", job.JobID, "jobType", "export"); status.Status == "completed" {
			data := c.bytes(c.w.URL + "/sharing/rest/content/items/" + job.ExportItemID + "/data")
			c.ask(user+"/items/"+job.ExportItemID+"/delete", new(any), "permanentDelete", "true")
			return data
		}
	}
	c.t.Fatalf("export of %s as %s does not end", name, format)
	return nil
}
