//go:build arcgis

package esri_test

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mapkeep/mapkeep/infra/judge"
	"github.com/mapkeep/mapkeep/internal/arcgis/arcgistest"
)

func TestPython(t *testing.T) {
	t.Parallel()
	venv, j := python(t)
	w := open(t)
	w.pythonVerdicts().judge(t, j, "", w.run(t, w.python(t, venv, w.URL, allGroups...)))
	j.Case("endpoints it never asks", cmp.Diff([]string{arcgistest.SignIn}, w.unasked()))
	j.Case("what the portal holds against it", cmp.Diff([]string{"a Referer at the file host"}, w.breaches()))
	for name, objection := range w.downloads(t) {
		j.Case("bytes of "+name, objection)
	}
	if left := w.Exports(); len(left) != 1 || left[0].Source != w.items["fails"].ID {
		t.Errorf("after all deletions: got exports %v, want the one whose failure the package reports without its id", left)
	}
}

func TestPythonOnEnterprise(t *testing.T) {
	t.Parallel()
	venv, j := python(t)
	w := open(t, (*arcgistest.Scenario).Enterprise)
	v := w.pythonVerdicts()
	v.want["portal"].(object)["isPortal"] = true
	v.want["delete into the bin"] = object{"gone": true, "seen": false, "binned": []string{}, "forGood": []bool{}} // it has none
	v.judge(t, j, "Enterprise: ", w.run(t, w.python(t, venv, w.URL, allGroups...)))
}

func TestPythonMeetsFaults(t *testing.T) {
	t.Parallel()
	venv, j := python(t)
	audible := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return f.quiet })
	bites(t, j, audible, (*town).pythonVerdicts, func(w *town, portal string, _ []byte, group string) program {
		return w.python(t, venv, portal, group)
	})
}

// python is where the package is installed, and its judge.
func python(t *testing.T) (venv string, j *judge.Judge) {
	t.Helper()
	venv = judge.Tool(t, root, "arcgis")
	version, err := exec.Command(judge.Script(venv, "python"), "-c", "import importlib.metadata as m; print(m.version('arcgis'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	return venv, judge.New(t, "arcgis for Python", strings.TrimSpace(string(version)))
}

// python is client.py at work on a portal, whose certificate it does not check.
func (w *town) python(t *testing.T, venv, portal string, groups ...string) program {
	t.Helper()
	return program{[]string{judge.Script(venv, "python"), "client.py", w.settings(t, portal, groups)}, []string{"PATH=" + os.Getenv("PATH")}}
}

// pythonVerdicts are what is right in all cases of client.py, and where that
// package is wrong.
func (w *town) pythonVerdicts() verdicts {
	want := w.right()
	maps.Copy(want, w.exported())
	// The package has no call for these, or another one below.
	for _, name := range []string{"resources", "layers and tables", "layer, not there", "status, wrong owner"} {
		delete(want, name)
	}
	wrong := refusal("Exception", "A general error occurred: Invalid username or password.")
	rows := func(first, last any) object { return object{"first": first, "last": last} }
	pages := want["search by pages"].(object)
	waited := []string{"processing", "failed"}
	maps.Copy(want, facts{
		"sign in, wrong password": wrong, "sign in, unknown user": wrong,
		"search by pages": object{"ids": slices.Sorted(slices.Values(pages["ids"].([]string))), "total": crowd},
		"members":         []string{w.Username, "rosa", "tom"}, "item, not there": nil, "item after delete": nil,
		"all resources": object{"total": resources, "paths": w.resourceList()["paths"]}, "resource, not there": noResource,
		"layers of the item":   []string{"Streets", "Bridges"},
		"features, first page": rows(1, 2000), "features, last page": rows(4001, 4200), "features, past the end": rows(nil, nil),
		"features where": rows(11, 25), "features by id": rows(7, 9),
		"export, waited for":        object{"title": "Waited for", "tags": []string{"a", "b"}, "snippet": "a summary", "deleted": true},
		"export, waited for, fails": refusal("Exception", "Could not export item: "+w.items["fails"].ID),
		"export fails":              waited, "export fails in JSON": waited,
		"delete several":      object{"done": []string{"completed", "completed"}, "deleted": []bool{true}, "left": []any{nil, nil}},
		"delete into the bin": object{"gone": true, "seen": false, "binned": []string{"Into the bin"}, "forGood": []bool{true}},
	})
	mine := len(w.titles(func(l arcgistest.Listed) bool { return l.Owner == w.Username }))
	want["content by pages"] = object{"ids": mine, "distinct": mine} // of all folders
	roads := maps.Clone(want["service item"].(object))
	roads["size"] = nil
	maps.Copy(want, facts{
		"token ended": forbidden, "JSON that owns a key error": object{}, "no data": object{}, "service item": roads, "search, ties": object{"rows": crowd, "lost": true},
		"content, no rights": refusal("KeyError", "'items'"),
	})
	return verdicts{want, map[string]string{
		"token ended":                "it repeats the request without any token instead of signing in anew, and then says that the item is forbidden",
		"JSON that owns a key error": "get_data takes any JSON with a key error for an error, and swallows it",
		"no data":                    "an empty answer is given as {}, not as None",
		"service item":               "it drops the size -1 that services have",
		"search, ties":               "sorted by avgRating, where all are equal, its threads get pages of different orders: some items come twice, others never",
		"content, no rights":         "the error is not looked at: the list of items is missed instead",
	}}
}

var noResource = refusal("Exception", `{"error":{"code":400,"messageCode":"CONT_0001","message":"Resource does not exist or is inaccessible.","details":[]}}`)
