package arcgistest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// client is the simplest of clients: one call, one answer.
type client struct {
	t     *testing.T
	p     *arcgistest.Portal
	http  *http.Client
	token string
}

func newClient(t *testing.T, p *arcgistest.Portal) *client {
	t.Helper()
	c := &client{t: t, p: p, http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// start runs a portal for one test and signs a client in.
func start(t *testing.T, s *arcgistest.Scenario, opts ...arcgistest.Option) (*arcgistest.Portal, *client) {
	t.Helper()
	p := arcgistest.Start(s, opts...)
	t.Cleanup(p.Close)
	c := newClient(t, p)
	c.signIn(p.Secret())
	return p, c
}

func (c *client) signIn(secret []byte) {
	c.t.Helper()
	var s map[string]string
	if err := json.Unmarshal(secret, &s); err != nil {
		c.t.Fatalf("secret %s: %v", secret, err)
	}
	c.token = c.must(c.post("/generateToken", "username", s["username"], "password", s["password"], "client", "referer", "referer", s["referer"]))["token"].(string)
}

// do sends a request with the token and Referer in headers.
func (c *client) do(method, address string, form url.Values, header ...string) *http.Response {
	c.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = c.p.URL + "/sharing/rest" + address
	}
	var body io.Reader
	if form != nil && method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if form != nil {
		address += "?" + form.Encode()
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if form != nil && method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.token != "" && !strings.HasPrefix(address, c.p.FilesURL) {
		r.Header.Set("X-Esri-Authorization", "Bearer "+c.token)
		r.Header.Set("Referer", c.p.Referer)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(r)
	if err != nil {
		return &http.Response{StatusCode: -1, Status: err.Error(), Body: http.NoBody}
	}
	return res
}

// answer is a JSON answer, or what came in its place.
type answer struct {
	json   map[string]any
	body   string
	status int
}

func (c *client) read(res *http.Response) answer {
	c.t.Helper()
	defer res.Body.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(res.Body)
	a := answer{body: string(b), status: res.StatusCode}
	if err != nil {
		a.status = -1
	}
	json.Unmarshal(b, &a.json) //nolint:errcheck // not every answer is JSON
	return a
}

func fields(pairs []string) url.Values {
	v := url.Values{"f": {"json"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func (c *client) get(path string, pairs ...string) answer {
	c.t.Helper()
	return c.read(c.do(http.MethodGet, path, fields(pairs)))
}

func (c *client) post(path string, pairs ...string) answer {
	c.t.Helper()
	return c.read(c.do(http.MethodPost, path, fields(pairs)))
}

// must is the JSON of an answer that is no error.
func (c *client) must(a answer) map[string]any {
	c.t.Helper()
	if a.json == nil || a.json["error"] != nil {
		c.t.Fatalf("got %d %.300s, want a good answer", a.status, a.body)
	}
	return a.json
}

// code is the code of an error in an answer, 0 for a good one.
func (a answer) code() int {
	e, ok := a.json["error"].(map[string]any)
	if !ok {
		return 0
	}
	n, _ := e["code"].(float64)
	return int(n)
}

// export runs one export to its end and gives its item's id.
func (c *client) export(id, format, title string) string {
	c.t.Helper()
	job := c.must(c.post("/content/users/"+arcgistest.Admin+"/export", "itemId", id, "exportFormat", format, "title", title, "tags", "mapkeep-1"))
	x, j := job["exportItemId"].(string), job["jobId"].(string)
	for range 20 {
		if s := c.must(c.get("/content/users/"+arcgistest.Admin+"/items/"+x+"/status", "jobId", j, "jobType", "export"))["status"]; s == "completed" {
			return x
		} else if s != "processing" {
			c.t.Fatalf("status of the export of %s: got %v", id, s)
		}
	}
	c.t.Fatalf("the export of %s does not end", id)
	return ""
}

// download follows /data to the file host.
func (c *client) download(id string, header ...string) (*http.Response, []byte) {
	c.t.Helper()
	res := c.do(http.MethodGet, "/content/items/"+id+"/data", nil)
	res.Body.Close() //nolint:errcheck // a redirect
	if res.StatusCode != http.StatusFound {
		c.t.Fatalf("/data of %s: got %s, want a redirect", id, res.Status)
	}
	res = c.do(http.MethodGet, res.Header.Get("Location"), nil, header...)
	defer res.Body.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(res.Body)
	if err != nil && len(header) == 0 {
		c.t.Fatalf("download of %s: %v", id, err)
	}
	return res, b
}

func TestOneItemFromSearchToDelete(t *testing.T) {
	t.Parallel()
	s := arcgistest.NewScenario()
	trail := s.Layer("Trail Map").Tags("backup", "parks").Rows(120)
	p, c := start(t, s)

	hits := c.must(c.get("/search", "q", `orgid:q7zPNeKmTWeh7Aor AND tags:"backup"`, "sortField", "created"))
	if got := hits["total"]; got != 1.0 {
		t.Fatalf("search: got total %v, want 1", got)
	}
	x := c.export(trail.ID, "File Geodatabase", "Trail Map_backup_1")
	_, got := c.download(x)
	if want := p.Content(trail.ID).Bytes(); !bytes.Equal(got, want) {
		t.Errorf("download: got %d bytes, want the %d of Content", len(got), len(want))
	}
	z, err := zip.NewReader(bytes.NewReader(got), int64(len(got)))
	if err != nil {
		t.Fatalf("the export is no zip file: %v", err)
	}
	var names []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("open %s: %v", f.Name, err)
		}
		if n, err := io.Copy(io.Discard, r); err != nil || n == 0 {
			t.Errorf("%s: got %d bytes, %v, want some with a right checksum", f.Name, n, err)
		}
		_, name, _ := strings.Cut(f.Name, ".gdb/")
		names = append(names, name)
	}
	for _, want := range []string{"gdb", "timestamps", "a00000001.gdbtable", "a00000001.gdbtablx", "a00000009.gdbtable"} {
		if !strings.Contains(strings.Join(names, " "), want) {
			t.Errorf("the geodatabase lacks %s: got %v", want, names)
		}
	}
	if n := len(p.Exports()); n != 1 {
		t.Errorf("exports before the delete: got %d, want 1", n)
	}
	c.must(c.post("/content/users/"+arcgistest.Admin+"/items/"+x+"/delete", "permanentDelete", "true"))
	if got := c.post("/content/users/"+arcgistest.Admin+"/items/"+x+"/delete", "permanentDelete", "true").code(); got != 400 {
		t.Errorf("second delete: got code %d, want 400", got)
	}
	if got := p.Exports(); len(got) != 0 {
		t.Errorf("exports after the delete: got %v, want none", got)
	}
	if got := p.Violations(); len(got) != 0 {
		t.Errorf("violations: got %v, want none", got)
	}
	if got := p.Count(arcgistest.Export, trail.ID); got != 1 {
		t.Errorf("export requests: got %d, want 1", got)
	}
}
