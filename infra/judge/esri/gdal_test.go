//go:build judges

package esri_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

// GDAL knows the formats of exports and nothing of portals: what it reads in
// a simulated export has to be what the portal's own queries give.
func TestGDAL(t *testing.T) {
	t.Parallel()
	g := gdal{judge.Script(judge.Tool(t, root, "gdal"), "python")}
	j := judge.New(t, "GDAL", g.version(t))
	w := open(t)
	s := arcgistest.NewScenario()
	for name, item := range map[string]*arcgistest.Item{"empty": s.Layer("No rows").Rows(0), "odd": s.Layer(`1/Über "Straße"`).Rows(3),
		"bulky": s.Layer("Bulky").Rows(1025).Bulk(3 << 20), "table": s.Layer("Tables only").Table(4, "Readings", 9)} {
		w.items[name] = item
		w.Add(item)
	}
	c := w.signedIn(t)
	for _, name := range []string{"trail", "roads", "view", "empty", "odd", "bulky", "table"} {
		path := w.save(t, name+".zip", w.Content(w.items[name].ID).Bytes())
		j.Case("File Geodatabase of "+name, cmp.Diff(c.layers(w.items[name].ID), g.open(t, inside(t, path)).Layers))
	}
	for format, file := range map[string]string{"Shapefile": "x.zip", "GeoJson": "x.geojson", "CSV": "x.csv", "KML": "x.kml"} {
		want := c.rows(w.items["trail"].ID, 0)
		path := w.save(t, file, c.export("trail", format))
		if format == "Shapefile" {
			path = "/vsizip/" + path
			for n := range want {
				want[n].Name = "" // its table has no field but OBJECTID
			}
		}
		j.Case(format+" of trail", cmp.Diff([][]row{want}, g.open(t, path).rows()))
	}
	g.bites(t, j, w, c)
}

// bites has GDAL read damaged copies of one geodatabase.
func (g gdal) bites(t *testing.T, j *judge.Judge, w *town, c caller) {
	whole := w.Content(w.items["roads"].ID).Bytes()
	want := c.layers(w.items["roads"].ID)
	for fault, data := range map[string][]byte{
		"a geodatabase is cut in the middle": whole[:len(whole)/2],
		"a table's rows are called deleted": rezipped(t, whole, func(name string, data []byte) []byte {
			if strings.HasSuffix(name, "a00000009.gdbtablx") {
				return append(data[:16:16], make([]byte, len(data)-16)...)
			}
			return data
		}),
		"the table of tables is missing": rezipped(t, whole, func(name string, data []byte) []byte {
			if strings.HasSuffix(name, "a00000001.gdbtable") {
				return nil
			}
			return data
		}),
		"one letter in one row is another": rezipped(t, whole, func(_ string, data []byte) []byte {
			return bytes.Replace(data, []byte("place "), []byte("plate "), 1)
		}),
	} {
		path := w.save(t, "fault.zip", data)
		j.Bites(fault, cmp.Diff(want, g.open(t, inside(t, path)).Layers) != "")
	}
}

// gdal is the Python that has GDAL.
type gdal struct{ python string }

func (g gdal) version(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(g.python, "-c", "import pyogrio; print('.'.join(map(str, pyogrio.__gdal_version__)))").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// dataSet is what a data set holds, and sheet one layer or table of it, with
// the rows' names and places.
type dataSet struct {
	Layers []sheet
	Error  string
}

// rows are those of each layer.
func (d dataSet) rows() (all [][]row) {
	for _, l := range d.Layers {
		all = append(all, l.Rows)
	}
	return all
}

type sheet struct {
	Name, Driver string
	Geometry     *string
	CRS          *string
	Count        int
	Fields       [][2]string
	IDs          []int
	Rows         []row
}

type row struct {
	Name  string
	Place *[2]float64
}

// UnmarshalJSON reads a row as gdal.py gives it.
func (r *row) UnmarshalJSON(data []byte) error {
	pair := []any{&r.Name, &r.Place}
	return json.Unmarshal(data, &pair)
}

// open has GDAL open a data set and read all of it.
func (g gdal) open(t *testing.T, path string) dataSet {
	t.Helper()
	cmd := exec.Command(g.python, "gdal.py", path)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("gdal.py %s: %v\n%s", path, err, complaints.String())
	}
	var d dataSet
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("gdal.py %s: %v in %.300s", path, err, out)
	}
	return d
}

func (w *town) save(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// inside is the way for GDAL to the geodatabase in a zip file.
func inside(t *testing.T, path string) string {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		return "/vsizip/" + path // GDAL will say so too
	}
	defer r.Close() //nolint:errcheck // only read
	folder, _, _ := strings.Cut(r.File[0].Name, "/")
	return fmt.Sprintf("/vsizip/%s/%s", path, folder)
}

// rezipped is a zip file with its files changed; those that become nil are
// left out.
func rezipped(t *testing.T, data []byte, change func(name string, data []byte) []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		old, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if data := change(f.Name, old); data != nil {
			to, err := w.Create(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			to.Write(data) //nolint:errcheck // a buffer takes every byte
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
